import { at, count } from './de.time';
import type { RegisterMessages } from './register.fr';

export const register: RegisterMessages = {
  newHere: 'Neu hier?',
  title: 'Konto anlegen',
  haveAccount: 'Sie haben schon ein Konto?',
  signIn: 'Anmelden',
  submit: 'Registrieren',
  submitActivation: 'Mein Konto anlegen',
  read: 'Lesen',

  appointment: {
    title: 'Ihr Termin wartet auf Sie',
    when: (when) => (when.day === 'other' ? `${when.weekday}, ${when.date}, um ${when.time}` : at(when)),
    back: 'Am Ende kommen Sie dorthin zurück.',
  },

  nameLetters: (n) =>
    n === 1
      ? 'Der erste Buchstabe Ihres Nachnamens'
      : `Die ersten ${count(n, 'Buchstabe', 'Buchstaben')} Ihres Nachnamens`,
  nameLettersHint: 'Sie kommen von einer Erinnerung: Sie zeigen, dass sie für Sie bestimmt war.',

  refusal: {
    missing: 'Dieses Feld ist erforderlich.',
    untick: 'Kreuzen Sie dieses Kästchen an, um fortzufahren.',
    malformed: {
      email: 'Das ist keine vollständige Adresse. Beispiel: name@beispiel.de',
      phone:
        'Diese Nummer ist nicht vollständig. Beispiele: 06 12 34 56 78 oder aus dem Ausland +41 79 123 45 67.',
      permit_number: 'Das ist keine Zulassungsnummer. Übertragen Sie sie genau, mit ihren Nullen.',
      name_letters: 'Geben Sie nur Buchstaben ein, wie am Anfang Ihres Namens.',
      other: 'Diese Eingabe hat nicht die erwartete Form.',
    },
    different: {
      email: 'Die beiden Adressen sind verschieden.',
      password: 'Die Passwörter müssen übereinstimmen.',
      other: 'Die beiden Eingaben sind verschieden.',
    },
    international_prefix: 'Schreiben Sie „+“ statt „00“: zum Beispiel +41 79 123 45 67.',
    unsuitable:
      'An diese Nummer kann kein Code gesendet werden (gebührenpflichtig, Kurzwahl oder nicht vergeben). Geben Sie Ihr Handy oder Ihren Festnetzanschluss an.',
    in_use: {
      phone: (contact) =>
        `Zu dieser Nummer gibt es schon ein Konto. Ist es Ihres, melden Sie sich an oder wählen Sie „Passwort vergessen“. Wenn nicht, fragen Sie den Support: ${contact}.`,
      other: 'Diese Adresse wird hier schon verwendet. Geben Sie eine andere an.',
    },
    not_a_member: (contact) =>
      `Wir finden kein Mitglied mit dieser Adresse und dieser Zulassungsnummer. Prüfen Sie beide: Die Adresse ist die Ihres Mitgliederprofils. Hilfe erhalten Sie hier: ${contact}.`,
    record_differs:
      'Das sind nicht die Kontaktdaten, die die Praxis für Sie notiert hat. Rufen Sie die Praxis an, damit sie sie berichtigt, oder geben Sie die an, die sie hat.',
    rejected:
      'Das sind nicht die ersten Buchstaben des Namens, den die Praxis notiert hat. Prüfen Sie sie oder rufen Sie die Praxis an.',
    expired: 'Dieser Link gilt nicht mehr. Sie können sich hier registrieren; nichts ist verloren.',
    unmet: 'Dieses Passwort erfüllt noch nicht alle Regeln.',
    later: (end) =>
      end
        ? `Vorerst zu viele Versuche. Versuchen Sie es ${at(end)} wieder; Ihre Eingaben bleiben hier.`
        : 'Vorerst zu viele Versuche. Versuchen Sie es später wieder; Ihre Eingaben bleiben hier.',
    other: 'Das Portal hat diese Eingabe nicht angenommen. Prüfen Sie sie oder fragen Sie den Support.',
  },
  nobody: 'Ihre IT',
  or: (email, phone) => `${email} oder ${phone}`,

  code: {
    title: { phone: 'Ihre Nummer prüfen', email: 'Ihre Adresse prüfen' },
    edit: { phone: 'Nummer ändern', email: 'Adresse ändern' },
    already: 'Wenn Sie mit dieser Adresse schon ein Konto haben, steht es in der Nachricht.',
    lastTry: {
      phone:
        'Noch ein Fehler und Sie müssen warten oder eine andere Nummer angeben. Lesen Sie den Code vor dem Bestätigen noch einmal.',
      email:
        'Noch ein Fehler und Sie müssen warten oder eine andere Adresse angeben. Lesen Sie den Code vor dem Bestätigen noch einmal.',
    },
    blocked: {
      phone: 'Zu viele falsche Codes für diese Nummer.',
      email: 'Zu viele falsche Codes für diese Adresse.',
    },
    blockedText: {
      phone: (end) =>
        `Versuchen Sie es ${end ? at(end) : 'später'} wieder oder ändern Sie die Nummer. Sonst ist nichts verloren.`,
      email: (end) =>
        `Versuchen Sie es ${end ? at(end) : 'später'} wieder oder ändern Sie die Adresse. Sonst ist nichts verloren.`,
    },
  },

  expired: {
    register: {
      title: 'Die Registrierung hat zu lange gedauert.',
      what: 'Das Portal hat sie beendet; es ist kein Konto angelegt.',
      lost: 'Ihre Kontaktdaten sind noch da; das Passwort und erhaltene Codes sind verloren.',
      now: 'Ergänzen Sie das Formular und senden Sie es noch einmal.',
    },
    registered: {
      title: 'Von hier aus kann die E-Mail nicht mehr gesendet werden.',
      what: 'Seit Ihrer Anfrage ist zu viel Zeit vergangen.',
      lost: 'Nichts ist verloren: Die gesendete E-Mail gilt weiter.',
      now: 'Ist sie nicht da, melden Sie sich an: Eine neue geht dann hinaus.',
    },
  },

  consent: {
    accept: 'Ich akzeptiere',
    last: 'Letzter Schritt: Ihr Konto wird angelegt, sobald Sie akzeptiert haben.',
    decline: 'Kein Konto anlegen',
    declineAsk: 'Ihre Eingaben werden nicht aufbewahrt.',
    declineConfirm: 'Registrierung abbrechen',
    declineKeep: 'Registrierung fortsetzen',
  },

  done: {
    opened: 'Ihr Konto ist angelegt',
    openedText: 'Sie können sich sofort anmelden.',
    identifier: 'Ihre Kennung',
    toAppointment: 'Zurück zu meinem Termin',
    toPage: 'Zurück zur Seite, von der ich komme',
    inBrowser: 'Öffnet sich in Ihrem Browser.',
    received: 'Ihre Anfrage ist eingegangen',
    mailed: (hint) =>
      `Eine Aktivierungs-E-Mail ist soeben an ${hint} gegangen. Öffnen Sie sie und klicken Sie auf „Aktivieren“.`,
    yourAddress: 'Ihre Adresse',
    activated: 'Mein Konto ist aktiviert: anmelden',
    resent: 'Die Aktivierungs-E-Mail wurde soeben noch einmal gesendet.',
  },
  due: {
    title: 'Aktivieren Sie zuerst Ihr Konto',
    text: 'Ihr Passwort stimmt. Nur Ihr Konto ist noch zu aktivieren.',
    mailed: (hint) =>
      `Die Aktivierungs-E-Mail ist soeben noch einmal an ${hint} gegangen. Öffnen Sie sie und klicken Sie auf „Aktivieren“.`,
    activated: 'Mein Konto ist aktiviert',
  },
  late: {
    title: 'Die E-Mail kommt nicht an?',
    spam: 'Warten Sie einige Minuten und schauen Sie auch im Spam-Ordner nach.',
    already: 'Gibt es schon ein Konto, steht es in der Nachricht.',
    resend: 'E-Mail noch einmal senden',
    resendNone: 'Zurzeit ist kein Versand mehr möglich.',
    support: 'Immer noch nichts? Der Support des Portals hilft Ihnen.',
  },
  help: {
    title: 'Ein Konto anlegen',
    text: 'Wählen Sie das Portal, dann „Konto anlegen“ unter der Anmeldung. Das Portal prüft, ob Nummer oder Adresse Ihnen gehört, mit einem Code oder mit einer E-Mail, die Sie öffnen. Vor dem Ende wird nichts angelegt, und Sie können jederzeit aufhören.',
  },
};
