import type { FailureMessages } from './failures.fr';
import { at, wait } from './en.time';

export const failures: FailureMessages = {
  failure: {
    retry: 'Try again',
    retryIn: (left) => `Try again in ${wait(left)}`,
    restart: 'Start again',
    change_portal: 'Choose another portal',
    dismiss: 'Understood',
    details: 'For support',
    codes: {
      portal_unreachable: {
        title: 'The portal does not answer.',
        what: 'The network is down, or the portal has stopped.',
        lost: 'Nothing is lost: trying again costs no extra try.',
        now: 'Check the network of this workstation, then try again.',
      },
      certificate_rejected: {
        title: 'The portal has not proved who it is.',
        what: 'Its certificate is unknown, expired, or made for another name.',
        lost: 'Nothing was sent: your password stayed here.',
        now: 'Do not insist. Check the date and time of this workstation, then tell your IT department.',
      },
      proxy_refused: {
        title: 'Your organisation’s network refused the way through.',
        what: 'Its proxy server refuses the connection or wants a sign-in.',
        lost: 'Nothing is lost, nothing reached the portal.',
        now: 'Try again, and if it goes on, tell your IT department.',
      },
      portal_busy: {
        title: 'The portal is overloaded.',
        what: 'It answers, but cannot handle the request now.',
        lost: 'Nothing is lost, no try was counted.',
        now: 'Wait a moment, then try again.',
      },
      slow_down: {
        title: 'Too many tries in a row.',
        what: 'To protect the accounts, the portal asks you to wait.',
        lost: 'Nothing is lost, nothing is blocked.',
        now: 'Use the time to read again what you typed.',
      },
      unexpected_answer: {
        title: 'The portal’s answer made no sense.',
        what: 'It may be being updated, or the network changed its answer.',
        lost: 'What is still on the screen is kept.',
        now: 'Start again. If it goes on, send the details to support.',
      },
      wrong_issuer: {
        title: 'This is not the portal that was expected.',
        what: 'The answer came from another service than the chosen one. It was thrown away.',
        lost: 'Nobody was signed in.',
        now: 'Do not insist, and tell your IT department.',
      },
      session_expired: {
        title: 'Signing in took too long.',
        what: 'It stops after 10 minutes without an answer.',
        lost: 'Nothing is lost: your identifier is still there, no try was counted.',
        now: 'Start again with your password.',
      },
      signed_out_by_portal: {
        title: 'The portal closed your session.',
        what: 'You signed out elsewhere, or the time limit was reached.',
        lost: 'What was saved in the portal is still there.',
        now: 'Sign in again to continue.',
      },
      handover_incomplete: {
        title: 'The change of person is not complete.',
        what: 'Data of the previous person could not be wiped. To be safe, nobody is signed in.',
        lost: 'Nothing of yours is lost.',
        now: 'Close Parvis, open it again, then start again. If it comes back, tell your IT department.',
      },
      old_key_remains: {
        title: 'An old key could not be removed.',
        what: 'The keyring of this workstation is locked. The portal no longer accepts that key.',
        lost: 'Nothing is lost, you can work.',
        now: 'Nothing to do: it will be removed at the next start.',
      },
      keyring_unavailable: {
        title: 'This workstation will not recognise you.',
        what: 'The system keyring is missing or locked.',
        lost: 'Nothing is lost; a code will be asked for at each sign-in.',
        now: 'Carry on. Please report it to your IT department.',
      },
      data_folder: {
        title: 'This workstation does not let Parvis write.',
        what: 'The app’s folder is full or protected.',
        lost: 'Nothing is lost, but your settings will not be kept.',
        now: 'Carry on. Please report it to your IT department.',
      },
      portal_not_supported: {
        title: 'This portal cannot be opened here.',
        what: 'It is not in the list of this workstation, or needs a newer version of Parvis.',
        lost: 'Nothing was sent.',
        now: 'Choose another portal or tell your IT department.',
      },
      request_refused: {
        title: 'The portal refused the request.',
        what: 'It did not have the expected form: that is a defect, not your mistake.',
        lost: 'Nothing is lost, no try was counted.',
        now: 'Start again. If it goes on, send the details to support.',
      },
      out_of_step: {
        title: 'This answer came too late.',
        what: 'The screen had changed already.',
        lost: 'Nothing was sent.',
        now: 'Carry on with what is shown.',
      },
      internal: {
        title: 'Something went wrong in Parvis.',
        what: 'That is a defect of the app, not your mistake.',
        lost: 'What you typed is still there.',
        now: 'Try again. If it comes back, close Parvis, open it again and send the details to support.',
      },
    },
  },

  blocked: {
    title: 'Access blocked',
    why: 'Too many wrong or requested codes: to protect you, the portal closed access to this account. Nothing is lost.',
    causes: {
      wrong_codes:
        'Too many wrong codes in a row: to protect you, the portal blocked this account. Nothing is lost.',
      requests:
        'Too many codes requested without a right one entered: to protect you, the portal blocked this account. Nothing is lost.',
      support: 'The portal’s support blocked this account. Nothing is lost.',
    },
    onlySupport: 'Only support can open it again.',
    until: (end) => `Access will open again by itself ${at(end)}.`,
    since: 'Since',
    workstation: 'Workstation',
    message: 'Message ready to send',
    text: (portal, since, reference, workstation) =>
      `Hello,\n\nMy access to ${portal} is blocked${since ? ` since: ${since}` : ''}.\n${reference ? `Reference: ${reference}\n` : ''}Workstation: ${workstation}\n\nCould you unblock it? Thank you.`,
    copy: 'Copy the message',
    others: (names) => `You can still enter here: ${names}.`,
    change: 'Enter another portal',
  },

  support: {
    heading: 'Support',
    email: 'E-mail',
    phone: 'Telephone',
    reference: 'Reference',
    none: 'The portal has given no contact. Please ask your IT department.',
  },
};
