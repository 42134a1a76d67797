import type { SignInMessages } from './sign-in.fr';
import { at, wait } from './en.time';

export const signIn: SignInMessages = {
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

  browser: {
    title: 'This continues in your browser',
    text: (portal) =>
      `${portal} asks for a step that this window cannot do. Finish it in the browser, then come back here.`,
    noAddress: 'The portal gave no address to open. Start again, or ask support.',
    open: 'Open the browser',
  },
};
