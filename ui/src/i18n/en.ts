import type { Messages } from './fr';
import { at, count, countdown, day, since, until, wait } from './en.time';
import { account } from './account.en';
import { history } from './history.en';
import { proof } from './proof.en';
import { register } from './register.en';

const by = {
  email: 'by e-mail',
  sms: 'by SMS',
  voice: 'by a call',
  totp: 'in your authenticator app',
  recovery_code: 'in your list of recovery codes',
};

export const en: Messages = {
  name: 'English',
  required: 'required',
  close: 'Close',
  cancel: 'Cancel',
  copied: 'Copied',
  reload: 'Reload the window',
  day,

  top: {
    workstation: (name) => `Workstation ${name}`,
    language: 'Language',
    demonstration: 'Demonstration',
    demonstrationHint: 'invented portals and accounts',
  },
  foot: { help: 'Help', about: 'About' },
  portal: {
    goesTo: (host) => `What you type goes to ${host}`,
    change: 'Change',
    restart: 'Start again',
    home: 'My space',
  },

  busy: {
    connecting: 'Connecting to the portal…',
    checking_password: 'Checking…',
    sending_code: 'Sending the code…',
    checking_code: 'Checking…',
    completing: 'Opening the session…',
    signing_out: 'Signing out…',
    leaving: 'Wiping this workstation…',
    saving: 'Saving…',
    opening_pages: 'Opening the portal…',
    requesting_link: 'Sending the request…',
    registering: 'Sending to the portal…',
  },

  choose: {
    title: 'Where do you want to go?',
    nobody: 'Nobody is signed in on this workstation.',
    lastUsed: 'Last portal opened here',
    none: 'No portal is set up on this workstation. Please tell your IT department.',
  },

  entrance: {
    title: 'Which entrance?',
    lead: 'Choose the one of your account. This workstation will remember it.',
    change: 'Change entrance',
    is: (name) => `Entrance: ${name}`,
  },

  password: {
    title: 'Sign in',
    password: 'Password',
    show: 'Show',
    hide: 'Hide',
    showName: 'Show the password',
    hideName: 'Hide the password',
    capsLock: 'Caps Lock is on.',
    forgotten: 'Forgotten your password?',
    submit: 'Sign in',
    missingIdentifier: 'Your identifier is missing.',
    missingPassword: 'Your password is missing.',
    credentials_rejected: {
      title: 'Wrong identifier or password.',
      text: 'Your identifier is still there. Type your password again, without hurry.',
    },
    wrong_role: {
      title: 'This is not the entrance of your account.',
      text: (roles) =>
        roles
          ? `Your account is registered as: ${roles}. Go on by that entrance: you need not type anything again.`
          : 'Choose another portal or ask support.',
      continueAs: (label) => `Continue as ${label.toLowerCase()}`,
    },
  },

  methods: {
    title: 'How do you want to receive your code?',
    lead: 'Your password is right. One code is left to enter.',
    email: 'By e-mail',
    sms: 'By SMS',
    voice: 'By a call',
    totp: 'Authenticator app',
    recovery_code: 'Recovery code',
    recoveryHint: 'One of the codes you wrote down',
    to: (hint) => `to ${hint}`,
    totpHint: 'The code is shown on your phone',
    usual: 'Suggested',
    blocked: (left) => `Blocked for another ${wait(left)}`,
    blockedForNow: 'Blocked for now',
  },

  code: {
    title: 'Enter your code',
    sent: (number, sentAt, method, hint) =>
      `${number > 1 ? `Code ${number}, sent` : 'Code sent'} ${at(sentAt)} ${by[method]}${hint ? ` to ${hint}` : ''}.`,
    queued: (number, method, hint) =>
      `${number > 1 ? `Code ${number}` : 'The code'} is about to go ${by[method]}${hint ? ` to ${hint}` : ''}.`,
    called: (number, hint) =>
      `We are calling you${number > 1 ? ' again' : ''}${hint ? ` on ${hint}` : ''}. Pick up: a voice says the code twice.`,
    totp: (portal) => `Open your authenticator app and copy the code for ${portal}.`,
    label: (length) => `${length}-digit code`,
    hint: 'You can paste it; spaces are fine.',
    valid: (left) => `Valid for another ${countdown(left)}`,
    over: 'Code expired',
    spoken: {
      start: (whole) => `This code is valid for ${wait(whole)}.`,
      sixty: 'This code is valid for one more minute.',
      thirty: 'This code is valid for 30 more seconds.',
      over: 'This code is no longer valid.',
    },
    tries: (left) => count(left, 'try left', 'tries left'),
    submit: 'Confirm',
    submitLast: 'Use my last try',
    newCode: 'Get a new code',
    continueTotp: 'Continue',
    delivery: {
      queued: 'The message is waiting to leave…',
      sent: 'Message handed over. It can take a minute to arrive.',
      failed: {
        title: 'The message could not be sent.',
        other: 'Receive the code another way, or ask for it again in a moment. This send does not count.',
        only: 'Ask for the code again in a moment. This send does not count.',
      },
    },
    call: {
      queued: 'The call is waiting to be placed…',
      sent: 'The call is placed. It can take a minute.',
      failed: {
        title: 'The call could not be placed.',
        other: 'Receive the code another way, or ask again in a moment. This call does not count.',
        only: 'Ask for the code again in a moment. This call does not count.',
      },
    },
    remember: (workstation, end) =>
      `Do not ask me for a code on this workstation (${workstation}) ${until(end)}`,
    rememberNoEnd: (workstation) =>
      `Do not ask me for a code on this workstation (${workstation}) for 24 hours`,
    rememberUntil: until,
    rememberHint: (portal) => `For you alone, on ${portal}. Cancelled if another professional signs in here.`,
    noKeyring: 'This workstation cannot remember anything today: a code will be asked for at each sign-in.',
    resend: 'I have not received the code',
    resendTotp: 'I have no code',
    resendIn: (left) => `It can be sent again in ${wait(left)}.`,
    resendReady: 'Please look in the junk folder too.',
    resendReadySms: 'Check that your phone has reception.',
    resendReadyVoice: 'Keep the phone near you and pick up.',
    resendTotpHint: 'Where to find it, and what to do without a phone.',
    resendNone: 'It cannot be sent this way any more for now.',
    lastSend: {
      title: 'This is the last send for now.',
      text: 'Give the previous message a little more time: its code stays good until it expires.',
      confirm: 'Send anyway',
    },
    other: 'Another way',
    smsInstead: 'Receive an SMS',
    otherMethod: {
      email: (hint) => (hint ? `Receive by e-mail at ${hint}` : 'Receive by e-mail'),
      sms: (hint) => (hint ? `Receive by SMS on ${hint}` : 'Receive by SMS'),
      voice: () => 'Receive a call instead',
      totp: () => 'Use my app',
      recovery_code: () => 'Use a recovery code',
    },
    lastTry: {
      title: 'You have one try left.',
      sent: (sentAt) =>
        `One more mistake and access will be blocked. Check that the code is from the message sent ${at(sentAt)}.`,
      voice: 'One more mistake and access will be blocked. Check that the code is the one the voice said.',
      totp: 'One more mistake and access will be blocked. Wait for the next code of your app, then copy it.',
    },
    flaw: {
      empty: {
        title: 'The code is missing.',
        text: (n) => `It has ${count(n, 'digit', 'digits')}. Nothing was sent.`,
      },
      too_short: {
        title: 'This code is too short.',
        text: (n) => `It needs ${count(n, 'digit', 'digits')}. Nothing was sent, no try was counted.`,
      },
      too_long: {
        title: 'This code is too long.',
        text: (n) => `It needs ${count(n, 'digit', 'digits')}. Nothing was sent, no try was counted.`,
      },
      not_digits: {
        title: 'A code has digits only.',
        text: () => 'Remove letters and signs. Nothing was sent, no try was counted.',
      },
    },
    problem: {
      code_rejected: {
        title: 'This is not the right code.',
        text: 'Compare it with the latest message.',
        left: (n) => `You have ${count(n, 'try', 'tries')} left.`,
      },
      code_expired: {
        title: 'This code is no longer valid.',
        text: 'Ask for a new one: there is nothing to type again.',
        totp: 'Copy the one your app is showing now.',
      },
      method_blocked: {
        title: 'This way of receiving the code is blocked.',
        text: (left) => (left ? `It will open again in ${wait(left)}.` : 'Only support can open it again.'),
        other: 'Choose another one.',
      },
      send_refused: {
        title: 'Too many codes were asked for.',
        text: (left) => (left ? `Another send will be possible in ${wait(left)}.` : 'No more sends for now.'),
        other: 'The last code you received is still good.',
      },
      not_a_code: { title: 'This is not a whole code.', text: 'Nothing was sent, no try was counted.' },
      same_code_again: {
        title: 'This code was refused a moment ago.',
        text: 'It was not sent again, no try was counted. Compare it with the latest message.',
      },
    },
  },

  account,
  history,
  proof,
  register,

  trustEnded: {
    title: 'Why a code today?',
    other_professional:
      'Another professional has signed in on this workstation since your last visit, which cancelled your registration here.',
    expired: 'Your registration on this workstation has run out: it lasts 24 hours at most.',
    credentials_changed:
      'Your password, your contact details or your rights have changed, so your registration was cancelled for safety.',
    revoked: 'You, or support, ended your registration on this workstation.',
    key_missing:
      'The key kept by this workstation is gone, for example after a reinstallation, so you need to register again.',
  },

  othersSignedOut: 'Your other devices have been signed out.',

  notice: {
    signed_out: {
      title: 'Session closed.',
      text: (end) => (end ? `No code will be asked for here ${until(end)}.` : ''),
    },
    signed_out_by_inactivity: {
      title: 'Session closed after a time without activity.',
      text: () => 'Sign in again to continue.',
    },
    signed_out_by_sleep: {
      title: 'Session closed: this workstation went to sleep or was locked.',
      text: () => 'Sign in again to continue.',
    },
    signed_out_by_portal: {
      title: 'The portal closed your session.',
      text: () =>
        'You signed out on another workstation, or the time limit was reached. Sign in again to continue.',
    },
    trust_not_remembered: {
      title: 'This workstation could not register you.',
      text: () => 'The system keyring is missing or locked. A code will be asked for at the next sign-in.',
    },
    trust_forgotten: {
      title: 'Registration removed.',
      text: () => 'A code will be asked for at the next sign-in.',
    },
    password_changed: {
      title: 'Password changed.',
      text: () => 'It counts from now on, on your other devices too.',
    },
    authenticator_on: {
      title: 'Authenticator app activated.',
      text: () => 'A code from your app will be asked for at each sign-in.',
    },
    authenticator_off: {
      title: 'Authenticator app deactivated.',
      text: () => 'Your recovery codes are void too.',
    },
    others_signed_out: {
      title: 'Other sessions closed.',
      text: () => 'Only this one is still open.',
    },
    pages_not_opened: {
      title: 'The portal could not be opened.',
      text: () => 'Your session is still open. Try again in a moment.',
    },
    link_waits: {
      title: 'A link to create an account is waiting.',
      text: () => 'Sign out to follow it: it will wait for you here.',
    },
    end_pending: {
      title: 'The portal has not been told yet.',
      text: () =>
        'The end of the previous session will be sent to it as soon as possible. On this workstation everything is wiped already.',
    },
  },

  support: {
    heading: 'Support',
    email: 'E-mail',
    phone: 'Telephone',
    reference: 'Reference',
    none: 'The portal has given no contact. Please ask your IT department.',
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

  browser: {
    title: 'This continues in your browser',
    text: (portal) =>
      `${portal} asks for a step that this window cannot do. Finish it in the browser, then come back here.`,
    noAddress: 'The portal gave no address to open. Start again, or ask support.',
    open: 'Open the browser',
  },

  recovery: {
    title: 'Forgotten your password?',
    lead: (validity) =>
      `The portal will e-mail you a link to choose a new password. The link is valid for ${wait(validity)} and works once.`,
    submit: 'Reset the password',
    back: 'Back to sign-in',
    noMailbox: 'No access to your mailbox?',
    support: 'The portal’s support will help you. They will never ask for your password or for a code.',
  },
  recoverySent: {
    title: 'Check your e-mail',
    sent: (identifier) =>
      `If there is an account for ${identifier}, a message has just left for its address.`,
    valid: (validity) => `The link in it is valid for ${wait(validity)} and works once.`,
    page: (portal) => `It opens a page of ${portal} where you choose your new password.`,
    late: 'No message after a few minutes? Look in the spam folder too, and check the identifier above.',
    again: 'Ask again',
    at: (when) => `Requested ${at(when)}. You can close this window: the link is all you need.`,
  },

  receipt: {
    hello: (name) => `Hello, ${name}`,
    yours: 'This workstation is now yours.',
    endedTrust: (when) =>
      `The previous person’s registration ended ${at(when)}: they will be asked for a code again.`,
    endedSessions: (n) =>
      n === 1 ? 'Their session was closed.' : `${count(n, 'session', 'sessions')} open here were closed.`,
    nothingEnded: 'The previous person had nothing left open here.',
    wiped: 'Wiped from this workstation',
    next: 'Continue',
  },

  wiped: {
    device_key: 'Registration key',
    session: 'Session and access in memory',
    hints: 'Traces on the disk',
    web_data: 'Portal pages and data',
    verified: 'wiped, checked',
    unverified: 'not confirmed',
  },

  signedIn: {
    eyebrow: 'My space',
    since: (start) => `Session open ${since(start)}`,
    proof: {
      password: 'Password',
      email_code: 'Password and e-mail code',
      sms_code: 'Password and SMS code',
      totp: 'Password and authenticator app',
      trust: 'Password and registered workstation',
      passkey: 'Passkey',
    },
    proved: 'Sign-in',
    workstation: 'This workstation',
    trustUntil: 'Next code',
    notBefore: (end) => `not before ${day(end)}`,
    codeEachTime: 'asked for at each sign-in',
    noCode: 'never asked for this account',
    inactivity: 'Without activity',
    inactivityAfter: (limit) => `signed out after ${wait(limit)}`,
    forget: 'Forget',
    forgetName: 'Forget my registration on this workstation',
    forgetAsk: 'You will be asked for a code at the next sign-in here.',
    forgetConfirm: 'Forget this workstation',
    devices: 'My registered workstations',
    devicesLoading: 'Reading the list…',
    devicesNone: 'No registered workstation.',
    thisOne: 'This workstation',
    deviceOther: 'Another workstation',
    device: (start, end) => `${since(start)}, ${until(end)}`,
    end: 'End',
    endName: (start) => `End the registration of the workstation registered ${since(start)}`,
    endAsk: 'You will be asked for a code on that workstation.',
    endConfirm: 'End this registration',
    signOut: 'Sign out',
    signOutTrusted: (end) => `Closes the session. No code will be asked for here ${until(end)}.`,
    signOutPlain: 'Closes the session. Nothing is remembered on this workstation.',
    leave: 'Leave workstation',
    leaveHint: 'Closes the session, cancels the registration, wipes everything and checks it.',
  },

  left: {
    title: 'You have left the workstation',
    clean: 'Nothing remains on this workstation.',
    cleanText: 'Each item was wiped, then looked for again: it is gone.',
    notClean: 'One item could not be confirmed.',
    notCleanText: 'It will be wiped again at the next start. If in doubt, tell your IT department.',
    pending: 'The portal has not confirmed yet.',
    pendingText:
      'The end of your session will be sent again at the next start. Until then it expires by itself.',
    confirmed: (portal) => `${portal} has confirmed the end of the session and of the registration.`,
    next: 'Next person',
    other: 'Another portal',
  },

  inactivity: {
    title: 'Are you still there?',
    text: (left) => `Without an answer, your session will close in ${countdown(left)}.`,
    spoken: (left) => `Your session will close in ${wait(left)}.`,
    stay: 'Stay signed in',
    signOut: 'Sign out',
  },

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
        title: 'This workstation cannot register you.',
        what: 'The system keyring is missing or locked.',
        lost: 'You can sign in as usual; a code will be asked for each time.',
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

  about: {
    title: 'About',
    what: 'Parvis opens health portals on this workstation.',
    version: 'Version',
    system: 'System',
    webView: 'Display engine',
    workstation: 'Workstation',
    reference: 'Workstation reference',
    scope: 'Counts as one workstation',
    scopes: {
      machine: 'this whole machine',
      os_account: 'this system account',
      app_data: 'this installation of Parvis',
    },
    keyring: 'Keyring',
    keyrings: {
      checking: 'checking…',
      available: 'available',
      unavailable: 'unavailable: nothing is remembered',
    },
    logs: 'Logs',
    openLogs: 'Open the log folder',
    copy: 'Copy the details',
    licences: 'Licences',
    loading: 'Reading…',
  },

  help: {
    title: 'Help',
    code: {
      title: 'What is the code?',
      text: 'A number used once that proves it is really you, besides the password. It comes by e-mail, by SMS or in your authenticator app. Give it to nobody, not even to support.',
    },
    late: {
      title: 'It does not arrive',
      text: 'Look in the junk folder, wait a minute, then “I have not received the code”. If you asked for several, use the newest. Without phone and e-mail, turn to the portal’s support.',
    },
    trust: {
      title: 'The “Do not ask me for a code” box',
      text: 'This workstation recognises you for 24 hours at most, on this portal; the password is still asked for. It ends if another professional signs in here, if you leave the workstation, or if your password or your rights change.',
    },
    leave: {
      title: 'Sign out or leave the workstation?',
      text: '“Sign out” closes the session and keeps your registration. “Leave workstation” cancels it too, wipes everything and checks that nothing remains: the right choice when you are not coming back.',
    },
    support: 'Portal support',
  },
};
