import type { AccountMessages } from './account.fr';
import { delegates } from './delegates.en';
import { at, count, day, since, wait } from './en.time';

const apart = (n: number) => {
  const seconds = Math.abs(n);
  return wait({
    hours: Math.floor(seconds / 3600),
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  });
};

export const account: AccountMessages = {
  openPages: 'Open the portal',
  showPages: 'Show the portal',
  manage: 'My account',
  places: {
    home: 'My space',
    contacts: 'My details',
    change_password: 'Password',
    authenticator: 'Authenticator app',
    sessions: 'Open sessions',
    delegates: 'My delegates',
    history: 'History',
  },
  placeHints: {
    change_password: 'Change it',
    sessions: 'Where you are signed in',
    delegates: 'Who can sign in on your behalf',
    history: 'What happened on your account',
  },
  authenticatorState: { off: 'Not activated', on: 'Activated' },
  loading: 'Reading…',

  password: {
    title: 'Change the password',
    current: 'Current password',
    new: 'New password',
    again: 'Confirm the new one',
    rules: 'It needs',
    met: 'met',
    unmet: 'still missing',
    length: (least, most) => `${least} to ${most} characters`,
    digits: (n) => count(n, 'digit', 'digits'),
    upper: (n) => count(n, 'capital letter', 'capital letters'),
    lower: (n) => count(n, 'small letter', 'small letters'),
    special: (n) => count(n, 'sign, such as ! or a space', 'signs, such as ! or a space'),
    common: 'Not a common password, nor your name',
    strength: ['very easy to guess', 'easy to guess', 'fair', 'good', 'very good'],
    strengthIs: (words) => `Strength: ${words}`,
    remaining: (n) => (n === 0 ? 'All rules are met.' : `${count(n, 'rule is', 'rules are')} still missing.`),
    others: 'Sign out of the other devices',
    othersHint:
      'Closes your other sessions and forgets your other workstations: useful if somebody knows the old one.',
    submit: 'Change the password',
    missingCurrent: 'Your current password is missing.',
    missingNew: 'The new password is missing.',
    mismatch: 'The two entries are not the same.',
    unmetProblem: 'The new password does not meet all the rules yet.',
    summary: (n) => `${count(n, 'point', 'points')} to correct.`,
  },
  rule: {
    too_short: 'too short',
    too_long: 'too long',
    digit: 'a digit is missing',
    upper: 'a capital letter is missing',
    lower: 'a small letter is missing',
    special: 'a sign is missing',
    common: 'too common',
  },

  problem: {
    current_password_rejected: 'This is not your current password.',
    new_password: (unmet) => `This password will not do: ${unmet}.`,
    new_password_unchanged: 'It is the same as the old one.',
    email_malformed: 'This is not a complete e-mail address. Example: name@practice.org',
    email_in_use: 'Another account already has this address. Give another one, or ask support.',
    email_unchanged: 'This is already your address.',
    phone_malformed: 'This number is not complete. Example: +33 6 12 34 56 78',
    phone_in_use: 'Another account already has this number. Give another one, or ask support.',
    phone_unchanged: 'This is already your number.',
    send_refused: (left) =>
      left
        ? `Too many codes were requested. Another can be sent in ${wait(left)}.`
        : 'Too many codes were requested. Try again later.',
    code_rejected: 'This code is not the right one.',
    not_a_code: 'This is not a complete code. Nothing was sent.',
    code_expired: 'This code is no longer valid. Ask for a new one.',
    blocked: (left) =>
      left ? `Too many wrong codes. Try again in ${wait(left)}.` : 'Too many wrong codes. Support can help.',
    clock_drift: (n: number) =>
      n > 0
        ? `Your phone’s clock is ${apart(n)} ahead: set it to automatic time, then copy the next code.`
        : `Your phone’s clock is ${apart(n)} behind: set it to automatic time, then copy the next code.`,
    other: 'The portal did not accept this entry.',
  },

  contacts: {
    title: 'My details',
    lead: 'The portal writes to you here: codes, links and warnings.',
    field: { email: 'E-mail', phone: 'Backup phone' },
    none: 'not given',
    change: 'Change',
    add: 'Add',
    changeName: { email: 'Change the e-mail address', phone: 'Change the backup phone' },
    new: { email: 'New e-mail address', phone: 'New phone number' },
    phoneHint: 'With the country code, such as +33 6 12 34 56 78.',
    submit: 'Send a code to verify',
    missing: { email: 'The new address is missing.', phone: 'The new number is missing.' },
    remove: 'Remove the number',
    removeAsk: 'The portal will no longer be able to send you a code by SMS.',
    removeConfirm: 'Remove my number',
    prove: { email: 'Verify the new address', phone: 'Verify the new number' },
    proveSubmit: 'Verify the code',
    cancel: 'Keep the old one',
    kept: 'Until the code is entered, nothing changes.',
    done: {
      email: 'E-mail address changed. The old one has been told.',
      phone: 'Backup phone changed.',
      phone_removed: 'Backup phone removed.',
    },
    doneText: 'Your other sessions and your registered workstations have ended, for safety.',
  },

  authenticator: {
    title: 'Authenticator app',
    off: 'An app on your phone shows a 6-digit code, even without network. Once activated, it protects your account at each sign-in, better than e-mail does.',
    activate: 'Activate the app',
    install: 'Install an app on your phone',
    installText: 'For example Google Authenticator, Microsoft Authenticator or Authy.',
    scan: 'Scan this code with the app',
    qr: 'QR code to scan with the authenticator app',
    byHand: 'Or type this key by hand:',
    copy: 'Copy the key',
    code: 'Enter the code it shows',
    submit: 'Verify the code',
    since: (start) => `Activated ${since(start)}`,
    codesLeft: (n) =>
      n === 0 ? 'No recovery code left' : count(n, 'recovery code left', 'recovery codes left'),
    codesLow: 'Make new ones before you run out: without them, a lost phone locks you out.',
    newCodes: 'New recovery codes',
    newCodesAsk: 'The old ones will be void.',
    newCodesConfirm: 'Make new codes',
    replace: 'Replace the app',
    replaceAsk: 'The old one stays valid until the new one is verified.',
    replaceConfirm: 'Prepare the new one',
    remove: 'Deactivate',
    removeAsk: 'Your account will be less well protected, and your recovery codes will be void.',
    removeConfirm: 'Deactivate the app',
    clockBehind: (n) => `This PC’s clock is ${apart(n)} behind the portal’s.`,
    clockAhead: (n) => `This PC’s clock is ${apart(n)} ahead of the portal’s.`,
    clockText: (time) => `Codes follow the portal’s clock: it is ${time.time} there.`,
    portalClock: 'The portal’s clock is probably wrong.',
    portalClockText:
      'Your phone and this PC both differ from it by as much. Change nothing and tell the portal’s support.',
  },

  recoveryCodes: {
    title: 'Your recovery codes',
    lead: 'They stand in for your app if you lose your phone. Each works only once. They will never be shown again.',
    warning: 'Keep them away from this workstation, like a key.',
    copy: 'Copy the codes',
    print: 'Print',
    accept: 'I wrote them down',
    printed: (portal) => `Recovery codes – ${portal}`,
    madeAt: (when) => `Made ${at({ ...when, day: 'other' })}`,
  },

  delegates,

  sessions: {
    title: 'Open sessions',
    lead: 'Everywhere somebody is signed in with your account.',
    current: 'This session',
    here: 'Another session on this workstation',
    elsewhere: 'On another workstation',
    times: (start, last) => `Open ${since(start)}, active ${day(last)}`,
    end: 'Close',
    endName: (start) => `Close the session open ${since(start)}`,
    endAsk: 'What is not saved there will be lost.',
    endConfirm: 'Close this session',
    endOthers: 'Close all others',
    endOthersAsk: 'Closes all your sessions but this one, and forgets your other workstations.',
    endOthersConfirm: 'Close all other sessions',
    only: 'No other session is open.',
  },

  history: {
    title: 'History',
    lead: 'What happened on your account. A line you do not recognise? Change your password and tell support.',
    none: 'Nothing yet.',
    today: 'Today',
    yesterday: 'Yesterday',
    thisWorkstation: 'this workstation',
    otherWorkstation: 'another workstation',
    change: 'Change my password',
  },
};
