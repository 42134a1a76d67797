import { count } from './de.time';
import type { ProofMessages } from './proof.fr';

export const proof: ProofMessages = {
  totp: 'Geben Sie den Einmalcode ein, den Ihre Authentifizierungs-App erzeugt.',
  nextCode: ({ seconds }) => `Ein neuer Code erscheint in ${seconds} Sek.`,
  nextCodeSoon: ({ seconds }) => `Der Code wechselt in ${seconds} Sek.: Warten Sie lieber auf den nächsten.`,
  recoveryTitle: 'Geben Sie einen Ersatzcode ein',
  recovery: 'Übertragen Sie einen der Codes, die Sie notiert haben. Er gilt nur einmal.',
  recoveryLabel: (length) => `Ersatzcode mit ${count(length, 'Ziffer', 'Ziffern')}`,
  compare: {
    totp: 'Vergleichen Sie ihn mit dem Code, den Ihre App jetzt anzeigt.',
    voice: 'Vergleichen Sie ihn mit dem Code, den die Stimme genannt hat.',
    recovery_code: 'Prüfen Sie Ihre Liste: Ein benutzter Code gilt nicht mehr.',
  },
  lastTryRecovery: 'Noch ein Fehler und der Zugang wird gesperrt. Prüfen Sie Ihre Liste Ziffer für Ziffer.',
  blocks: 'Danach kann nur noch der Support Ihr Konto entsperren.',
  askLastTry: {
    title: 'Das ist Ihr letzter Versuch.',
    check: 'Code noch einmal prüfen',
  },
  lastRequest: {
    title: 'Das ist Ihre letzte Code-Anforderung.',
    text: 'Folgt darauf kein richtiger Code, wird Ihr Konto gesperrt, und nur der Support kann es entsperren.',
    confirm: 'Letzte Anforderung verwenden',
  },
  sendTo: (hint) => `Einmalcode senden an: ${hint}`,
  requestsLeft: (left) =>
    left === 0 ? 'Keine Anforderung mehr' : `noch ${count(left, 'Anforderung', 'Anforderungen')}`,

  help: {
    link: 'Was ist 2FA?',
    what: {
      title: 'Was ist 2FA?',
      text: 'Zwei-Faktor-Authentifizierung: neben dem Passwort, das gestohlen werden kann, etwas Zweites, das nur Sie haben, zum Beispiel Ihr Telefon. Mit dem einen ohne das andere kommt niemand hinein.',
    },
    app: {
      title: 'Die Authentifizierungs-App',
      text: 'Zum Beispiel Google Authenticator, Microsoft Authenticator oder Authy. Sie zeigt einen 6-stelligen Code, der alle 30 Sekunden wechselt, auch ohne Netz. Ist sie aktiviert, wird bei jeder Anmeldung ein Code verlangt.',
    },
    without: {
      title: 'Kein Zugriff auf Ihre App?',
      text: 'Fordern Sie den Code per E-Mail an die Adresse Ihres Kontos an oder benutzen Sie einen notierten Ersatzcode. Geht beides nicht, hilft der Support des Portals.',
    },
    limits: {
      title: 'Wie viele Versuche?',
      text: 'Jedes Portal zählt falsche Codes und Anforderungen: Bei Doctipro sperren drei falsche Codes oder drei Anforderungen ohne richtigen Code das Konto, und nur der Support entsperrt es. Parvis warnt Sie immer vor dem letzten Mal.',
    },
  },

  stepUp: {
    title: 'Sind Sie es wirklich?',
    password:
      'Zum Schutz Ihres Kontos verlangt diese Änderung Ihr Passwort. Sie geht danach von selbst weiter.',
    code: 'Zum Schutz Ihres Kontos verlangt diese Änderung auch einen Code. Sie geht danach von selbst weiter.',
    submit: 'Weiter',
    rejected: 'Dieses Passwort ist nicht richtig.',
    rejectedText: 'Was Sie darunter eingegeben haben, ist noch da.',
  },
};
