import { at, count, since } from './de.time';
import type { DelegateMessages } from './delegates.fr';

export const delegates: DelegateMessages = {
  title: 'Meine Beauftragten',
  lead: 'Beauftragte melden sich mit eigener Adresse und eigenem Passwort an. Geben Sie Ihre nie weiter.',
  none: 'Zurzeit meldet sich niemand für Sie an.',
  room: (n) =>
    n === 0
      ? 'Sie können niemanden mehr einladen. Entfernen Sie jemanden, um Platz zu schaffen.'
      : `Sie können noch ${count(n, 'Person', 'Personen')} einladen.`,
  invited: (when) => `Einladung ${at(when)} gesendet`,
  active: (start) => `Aktiv ${since(start)}`,
  invite: 'Jemanden einladen',
  name: 'Name',
  email: 'E-Mail-Adresse',
  emailHint: 'Dorthin geht die Einladung. Damit wird ein eigenes Passwort gewählt.',
  submit: 'Einladung senden',
  again: 'Einladung noch einmal senden',
  againName: (name) => `Einladung noch einmal an ${name} senden`,
  remove: 'Entfernen',
  removeName: (name) => `${name} entfernen`,
  removeAsk: (name) =>
    `${name} kann sich dann nicht mehr anmelden. Die offenen Sitzungen werden geschlossen.`,
  removeAskWaiting: (name) =>
    `${name} kann sich dann nicht anmelden. Der Link der Einladung gilt nicht mehr.`,
  removeConfirm: (name) => `${name} entfernen`,
  done: {
    invited: (email) => `Die Einladung ist an ${email} gegangen.`,
    invitedText: 'Die Person kann sich anmelden, sobald sie ein Passwort gewählt hat.',
    removed: (name) => `${name} hat keinen Zugang mehr.`,
    removedText: 'Jede noch offene Sitzung ist geschlossen.',
  },
};
