import type { PanelMessages } from './panels.fr';

export const panels: PanelMessages = {
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
