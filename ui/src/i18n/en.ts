import type { Messages } from './fr';
import { day } from './en.time';
import { account } from './account.en';
import { codes } from './codes.en';
import { failures } from './failures.en';
import { history } from './history.en';
import { panels } from './panels.en';
import { proof } from './proof.en';
import { register } from './register.en';
import { session } from './session.en';
import { signIn } from './sign-in.en';

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
    giveUp: 'Give up',
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

  ...signIn,
  ...codes,
  ...session,
  ...failures,
  ...panels,
  account,
  history,
  proof,
  register,
};
