import type { CodeMessages } from './codes.fr';
import { at, count, countdown, until, wait } from './en.time';

const by = {
  email: 'by e-mail',
  sms: 'by SMS',
  voice: 'by a call',
  totp: 'in your authenticator app',
  recovery_code: 'in your list of recovery codes',
};

export const codes: CodeMessages = {
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
};
