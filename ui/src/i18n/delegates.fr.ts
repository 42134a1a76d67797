import { at, count, since } from './fr.time';
import type { Moment } from './time';

/** « Mes délégués ». */
export const delegates = {
  title: 'Mes délégués',
  lead: 'Un délégué entre avec sa propre adresse et son propre mot de passe. Ne donnez jamais les vôtres.',
  none: 'Personne n’entre à votre place pour l’instant.',
  room: (n: number) =>
    n === 0
      ? 'Vous ne pouvez plus inviter personne. Retirez quelqu’un pour faire de la place.'
      : `Vous pouvez encore inviter ${count(n, 'personne', 'personnes')}.`,
  invited: (when: Moment) => `Invitation envoyée ${at(when)}`,
  active: (start: Moment) => `Compte actif ${since(start)}`,
  invite: 'Inviter une personne',
  name: 'Nom',
  email: 'Adresse e-mail',
  emailHint: 'L’invitation y arrive. La personne y choisit son mot de passe.',
  submit: 'Envoyer l’invitation',
  again: 'Renvoyer l’invitation',
  againName: (name: string) => `Renvoyer l’invitation à ${name}`,
  remove: 'Retirer',
  removeName: (name: string) => `Retirer ${name}`,
  removeAsk: (name: string) => `${name} ne pourra plus entrer. Ses sessions ouvertes se ferment.`,
  removeAskWaiting: (name: string) =>
    `${name} ne pourra pas entrer. Le lien de l’invitation ne vaudra plus rien.`,
  removeConfirm: (name: string) => `Retirer ${name}`,
  done: {
    invited: (email: string) => `L’invitation est partie à ${email}.`,
    invitedText: 'La personne entre dès qu’elle a choisi son mot de passe.',
    removed: (name: string) => `${name} n’a plus accès.`,
    removedText: 'Toute session encore ouverte est fermée.',
  },
};

export type DelegateMessages = typeof delegates;
