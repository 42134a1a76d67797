import type { DelegateMessages } from './delegates.fr';
import { at, since } from './en.time';

export const delegates: DelegateMessages = {
  title: 'My delegates',
  lead: 'A delegate signs in with an address and a password of their own. Never give yours away.',
  none: 'Nobody signs in on your behalf for now.',
  room: (n) =>
    n === 0
      ? 'You cannot invite anybody else. Remove somebody to make room.'
      : `You can invite ${n} more ${n === 1 ? 'person' : 'people'}.`,
  invited: (when) => `Invitation sent ${at(when)}`,
  active: (start) => `Active ${since(start)}`,
  invite: 'Invite somebody',
  name: 'Name',
  email: 'E-mail address',
  emailHint: 'The invitation goes there. The person chooses a password by it.',
  submit: 'Send the invitation',
  again: 'Send the invitation again',
  againName: (name) => `Send the invitation again to ${name}`,
  remove: 'Remove',
  removeName: (name) => `Remove ${name}`,
  removeAsk: (name) => `${name} will no longer be able to sign in. Their open sessions close.`,
  removeAskWaiting: (name) => `${name} will not be able to sign in. The link in the invitation will be void.`,
  removeConfirm: (name) => `Remove ${name}`,
  done: {
    invited: (email) => `The invitation has left for ${email}.`,
    invitedText: 'The person can sign in once a password is chosen.',
    removed: (name) => `${name} no longer has access.`,
    removedText: 'Any session still open is closed.',
  },
};
