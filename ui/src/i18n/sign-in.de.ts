import type { SignInMessages } from './sign-in.fr';
import { at, wait } from './de.time';

export const signIn: SignInMessages = {
  choose: {
    title: 'Wohin möchten Sie?',
    nobody: 'An diesem Arbeitsplatz ist niemand angemeldet.',
    lastUsed: 'Hier zuletzt geöffnet',
    none: 'An diesem Arbeitsplatz ist kein Portal eingerichtet. Bitte wenden Sie sich an Ihre IT.',
  },

  entrance: {
    title: 'Durch welchen Eingang?',
    lead: 'Wählen Sie den Ihres Kontos. Dieser Arbeitsplatz merkt ihn sich.',
    change: 'Eingang wechseln',
    is: (name) => `Eingang: ${name}`,
  },

  password: {
    title: 'Anmelden',
    password: 'Passwort',
    show: 'Anzeigen',
    hide: 'Verbergen',
    showName: 'Passwort anzeigen',
    hideName: 'Passwort verbergen',
    capsLock: 'Die Feststelltaste ist aktiv.',
    forgotten: 'Passwort vergessen?',
    submit: 'Anmelden',
    missingIdentifier: 'Ihre Kennung fehlt.',
    missingPassword: 'Ihr Passwort fehlt.',
    credentials_rejected: {
      title: 'Kennung oder Passwort ist falsch.',
      text: 'Ihre Kennung ist noch da. Geben Sie Ihr Passwort in Ruhe noch einmal ein.',
    },
    wrong_role: {
      title: 'Das ist nicht der Eingang für Ihr Konto.',
      text: (roles) =>
        roles
          ? `Ihr Konto ist eingetragen als: ${roles}. Gehen Sie durch diesen Eingang weiter: Sie müssen nichts neu eingeben.`
          : 'Wählen Sie ein anderes Portal oder fragen Sie den Support.',
      continueAs: (label) => `Weiter als ${label}`,
    },
  },

  recovery: {
    title: 'Passwort vergessen?',
    lead: (validity) =>
      `Das Portal sendet Ihnen per E-Mail einen Link, mit dem Sie ein neues Passwort wählen. Er gilt ${wait(validity)} und nur einmal.`,
    submit: 'Passwort zurücksetzen',
    back: 'Zurück zur Anmeldung',
    noMailbox: 'Kein Zugang zu Ihrem Postfach?',
    support: 'Der Support des Portals hilft Ihnen. Er fragt nie nach Ihrem Passwort und nie nach einem Code.',
  },

  recoverySent: {
    title: 'Schauen Sie in Ihre E-Mails',
    sent: (identifier) =>
      `Falls es zu ${identifier} ein Konto gibt, ist soeben eine Nachricht an dessen Adresse gegangen.`,
    valid: (validity) => `Der Link darin gilt ${wait(validity)} und nur einmal.`,
    page: (portal) => `Er öffnet eine Seite von ${portal}, auf der Sie Ihr neues Passwort wählen.`,
    late: 'Nach einigen Minuten keine Nachricht? Schauen Sie auch im Spam-Ordner nach und prüfen Sie die Kennung oben.',
    again: 'Noch einmal anfordern',
    at: (when) => `Angefordert ${at(when)}. Sie können dieses Fenster schließen: Der Link genügt.`,
  },

  browser: {
    title: 'Weiter geht es in Ihrem Browser',
    text: (portal) =>
      `${portal} verlangt einen Schritt, den dieses Fenster nicht kann. Schließen Sie ihn im Browser ab und kommen Sie dann hierher zurück.`,
    noAddress: 'Das Portal hat keine Adresse genannt. Beginnen Sie neu oder fragen Sie den Support.',
    open: 'Browser öffnen',
  },
};
