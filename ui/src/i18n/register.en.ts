import { at, count } from './en.time';
import type { RegisterMessages } from './register.fr';

export const register: RegisterMessages = {
  newHere: 'New here?',
  title: 'Create an account',
  haveAccount: 'Do you already have an account?',
  signIn: 'Sign in',
  submit: 'Sign up',
  submitActivation: 'Create my account',
  read: 'Read',

  appointment: {
    title: 'Your appointment is waiting for you',
    when: (when) => (when.day === 'other' ? `${when.weekday} ${when.date} at ${when.time}` : at(when)),
    back: 'You will go back to it at the end.',
  },

  nameLetters: (n) => `The first ${n === 1 ? 'letter' : count(n, 'letter', 'letters')} of your family name`,
  nameLettersHint: 'You come from a reminder: they show that it was meant for you.',

  refusal: {
    missing: 'This field is required.',
    untick: 'Tick this box to continue.',
    malformed: {
      email: 'This is not a complete address. Example: name@example.org',
      phone: 'This number is not complete. Examples: 06 12 34 56 78, or +41 79 123 45 67 from abroad.',
      permit_number: 'This is not a permit number. Copy it as it is, with its zeros.',
      name_letters: 'Give letters only, as at the start of your name.',
      other: 'This entry does not have the expected form.',
    },
    different: {
      email: 'The two addresses are different.',
      password: 'The passwords must be identical.',
      other: 'The two entries are different.',
    },
    international_prefix: 'Write “+” instead of “00”: for example +41 79 123 45 67.',
    unsuitable:
      'No code can be sent to this number (premium rate, short or not in use). Give your mobile or your landline.',
    in_use: {
      phone: (contact) =>
        `There already is an account with this number. If it is yours, sign in or choose “Forgotten your password”. If not, ask support: ${contact}.`,
      other: 'This address is already used here. Give another one.',
    },
    not_a_member: (contact) =>
      `We find no member with this address and this permit number. Check both: the address is the one of your member profile. For help: ${contact}.`,
    record_differs:
      'These contact details are not the ones that the practice noted for you. Call the practice to have them corrected, or give the ones it has.',
    rejected:
      'These are not the first letters of the name that the practice noted. Check them, or call the practice.',
    expired: 'This link is no longer valid. You can sign up here; nothing is lost.',
    unmet: 'This password does not meet all the rules yet.',
    later: (end) =>
      end
        ? `Too many tries for now. Try again ${at(end)}; what you typed stays here.`
        : 'Too many tries for now. Try again later; what you typed stays here.',
    other: 'The portal did not accept this entry. Check it, or ask support.',
  },
  nobody: 'your IT department',
  or: (email, phone) => `${email} or ${phone}`,

  code: {
    title: { phone: 'Verify your number', email: 'Verify your address' },
    edit: { phone: 'Change the number', email: 'Change the address' },
    already: 'If you already have an account with this address, the message says so.',
    lastTry: {
      phone:
        'One more mistake and you will have to wait, or give another number. Read the code again before you confirm.',
      email:
        'One more mistake and you will have to wait, or give another address. Read the code again before you confirm.',
    },
    blocked: {
      phone: 'Too many wrong codes for this number.',
      email: 'Too many wrong codes for this address.',
    },
    blockedText: {
      phone: (end) => `Try again ${end ? at(end) : 'later'}, or change the number. Nothing else is lost.`,
      email: (end) => `Try again ${end ? at(end) : 'later'}, or change the address. Nothing else is lost.`,
    },
  },

  expired: {
    register: {
      title: 'Signing up took too long.',
      what: 'The portal stopped it; no account is created.',
      lost: 'Your contact details are still there; the password and the codes received are lost.',
      now: 'Complete the form and send it again.',
    },
    registered: {
      title: 'The e-mail can no longer be sent again from here.',
      what: 'Too much time has passed since your request.',
      lost: 'Nothing is lost: the e-mail that was sent is still good.',
      now: 'If it has not arrived, sign in: another one will leave.',
    },
  },

  consent: {
    accept: 'I accept',
    last: 'Last step: your account will be created once you have accepted.',
    decline: 'Do not create an account',
    declineAsk: 'What you typed will not be kept.',
    declineConfirm: 'Give up signing up',
    declineKeep: 'Go on signing up',
  },

  done: {
    opened: 'Your account is created',
    openedText: 'You can sign in right away.',
    identifier: 'Your identifier',
    toAppointment: 'Back to my appointment',
    toPage: 'Back to the page I came from',
    inBrowser: 'Opens in your browser.',
    received: 'Your request has been received',
    mailed: (hint) => `An activation e-mail has just left for ${hint}. Open it and click “Activate”.`,
    yourAddress: 'your address',
    activated: 'I have activated my account: sign in',
    resent: 'The activation e-mail has just been sent again.',
  },
  due: {
    title: 'Activate your account first',
    text: 'Your password is right. Your account is left to activate.',
    mailed: (hint) =>
      `The activation e-mail has just been sent again to ${hint}. Open it and click “Activate”.`,
    activated: 'I have activated my account',
  },
  late: {
    title: 'The e-mail does not arrive?',
    spam: 'Wait a few minutes and look in the junk folder too.',
    already: 'If there already is an account, the message says so.',
    resend: 'Send the e-mail again',
    resendNone: 'No more can be sent for now.',
    support: 'Still nothing? The portal’s support will help you.',
  },
  help: {
    title: 'Creating an account',
    text: 'Choose the portal, then “Create an account” below the sign-in. The portal checks that the number or the address is yours, by a code or by an e-mail to open. Nothing is created before the end, and you may stop at any time.',
  },
};
