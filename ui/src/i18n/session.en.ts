import type { SessionMessages } from './session.fr';
import { at, count, countdown, day, since, until, wait } from './en.time';

export const session: SessionMessages = {
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

  inactivity: {
    title: 'Are you still there?',
    text: (left) => `Without an answer, your session will close in ${countdown(left)}.`,
    spoken: (left) => `Your session will close in ${wait(left)}.`,
    stay: 'Stay signed in',
    signOut: 'Sign out',
  },

  wiped: {
    device_key: 'Registration key',
    session: 'Session and access in memory',
    hints: 'Traces on the disk',
    web_data: 'Portal pages and data',
    verified: 'wiped, checked',
    unverified: 'not confirmed',
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
};
