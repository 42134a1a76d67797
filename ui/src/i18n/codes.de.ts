import type { CodeMessages } from './codes.fr';
import { at, count, countdown, until, wait } from './de.time';

const by = {
  email: 'per E-Mail',
  sms: 'per SMS',
  voice: 'per Anruf',
  totp: 'in Ihrer Authentifizierungs-App',
  recovery_code: 'in Ihrer Liste der Ersatzcodes',
};

export const codes: CodeMessages = {
  methods: {
    title: 'Wie möchten Sie Ihren Code erhalten?',
    lead: 'Ihr Passwort stimmt. Es fehlt nur noch ein Code.',
    email: 'Per E-Mail',
    sms: 'Per SMS',
    voice: 'Per Anruf',
    totp: 'Authentifizierungs-App',
    recovery_code: 'Ersatzcode',
    recoveryHint: 'Einer der Codes, die Sie notiert haben',
    to: (hint) => `an ${hint}`,
    totpHint: 'Der Code erscheint auf Ihrem Telefon',
    usual: 'Vorschlag',
    blocked: (left) => `Noch ${wait(left)} gesperrt`,
    blockedForNow: 'Zurzeit gesperrt',
  },

  code: {
    title: 'Geben Sie Ihren Code ein',
    sent: (number, sentAt, method, hint) =>
      `${number > 1 ? `Code ${number}` : 'Code'}, ${at(sentAt)} ${by[method]}${hint ? ` an ${hint}` : ''} gesendet.`,
    queued: (number, method, hint) =>
      `${number > 1 ? `Code ${number}` : 'Der Code'} wird gleich ${by[method]}${hint ? ` an ${hint}` : ''} gesendet.`,
    called: (number, hint) =>
      `Wir rufen Sie${number > 1 ? ' noch einmal' : ''}${hint ? ` unter ${hint}` : ''} an. Nehmen Sie ab: Eine Stimme nennt den Code zweimal.`,
    totp: (portal) => `Öffnen Sie Ihre Authentifizierungs-App und übertragen Sie den Code für ${portal}.`,
    label: (length) => `Code mit ${count(length, 'Ziffer', 'Ziffern')}`,
    hint: 'Sie können ihn einfügen; Leerzeichen stören nicht.',
    valid: (left) => `Noch ${countdown(left)} gültig`,
    over: 'Code abgelaufen',
    spoken: {
      start: (whole) => `Dieser Code ist ${wait(whole)} gültig.`,
      sixty: 'Dieser Code ist noch eine Minute gültig.',
      thirty: 'Dieser Code ist noch 30 Sekunden gültig.',
      over: 'Dieser Code ist nicht mehr gültig.',
    },
    tries: (left) => count(left, 'Versuch', 'Versuche'),
    submit: 'Bestätigen',
    submitLast: 'Letzten Versuch verwenden',
    newCode: 'Neuen Code erhalten',
    continueTotp: 'Weiter',
    delivery: {
      queued: 'Die Nachricht wartet auf den Versand…',
      sent: 'Nachricht übergeben. Sie kann eine Minute brauchen.',
      failed: {
        title: 'Die Nachricht konnte nicht gesendet werden.',
        other:
          'Lassen Sie sich den Code anders senden oder fordern Sie ihn gleich noch einmal an. Dieser Versand zählt nicht.',
        only: 'Fordern Sie den Code gleich noch einmal an. Dieser Versand zählt nicht.',
      },
    },
    call: {
      queued: 'Der Anruf wartet…',
      sent: 'Der Anruf läuft. Er kann eine Minute brauchen.',
      failed: {
        title: 'Der Anruf kam nicht zustande.',
        other:
          'Lassen Sie sich den Code anders senden oder fordern Sie ihn gleich noch einmal an. Dieser Anruf zählt nicht.',
        only: 'Fordern Sie den Code gleich noch einmal an. Dieser Anruf zählt nicht.',
      },
    },
    remember: (workstation, end) =>
      `An diesem Arbeitsplatz (${workstation}) ${until(end)} keinen Code mehr verlangen`,
    rememberNoEnd: (workstation) =>
      `An diesem Arbeitsplatz (${workstation}) 24 Stunden lang keinen Code mehr verlangen`,
    rememberUntil: until,
    rememberHint: (portal) =>
      `Nur für Sie, nur für ${portal}. Endet, wenn sich hier eine andere Fachperson anmeldet.`,
    noKeyring:
      'Dieser Arbeitsplatz kann sich heute nichts merken: Bei jeder Anmeldung wird ein Code verlangt.',
    resend: 'Ich habe den Code nicht erhalten',
    resendTotp: 'Ich habe keinen Code',
    resendIn: (left) => `Erneuter Versand möglich in ${wait(left)}.`,
    resendReady: 'Schauen Sie auch im Spam-Ordner nach.',
    resendReadySms: 'Prüfen Sie, ob Ihr Telefon Empfang hat.',
    resendReadyVoice: 'Halten Sie das Telefon bereit und nehmen Sie ab.',
    resendTotpHint: 'Wo er steht und was ohne Telefon hilft.',
    resendNone: 'Auf diesem Weg ist zurzeit kein Versand mehr möglich.',
    lastSend: {
      title: 'Das ist zurzeit der letzte mögliche Versand.',
      text: 'Warten Sie noch etwas auf die vorige Nachricht: Ihr Code bleibt bis zu seinem Ablauf gültig.',
      confirm: 'Trotzdem senden',
    },
    other: 'Auf anderem Weg',
    smsInstead: 'Eine SMS erhalten',
    otherMethod: {
      email: (hint) => (hint ? `Per E-Mail an ${hint}` : 'Per E-Mail erhalten'),
      sms: (hint) => (hint ? `Per SMS an ${hint}` : 'Per SMS erhalten'),
      voice: () => 'Stattdessen einen Anruf erhalten',
      totp: () => 'Meine App verwenden',
      recovery_code: () => 'Einen Ersatzcode verwenden',
    },
    lastTry: {
      title: 'Sie haben nur noch einen Versuch.',
      sent: (sentAt) =>
        `Noch ein Fehler und der Zugang wird gesperrt. Prüfen Sie, ob der Code aus der ${at(sentAt)} gesendeten Nachricht stammt.`,
      voice:
        'Noch ein Fehler und der Zugang wird gesperrt. Prüfen Sie, ob es der Code ist, den die Stimme genannt hat.',
      totp: 'Noch ein Fehler und der Zugang wird gesperrt. Warten Sie auf den nächsten Code Ihrer App und übertragen Sie ihn dann.',
    },
    flaw: {
      empty: {
        title: 'Der Code fehlt.',
        text: (n) => `Er hat ${count(n, 'Ziffer', 'Ziffern')}. Nichts wurde gesendet.`,
      },
      too_short: {
        title: 'Dieser Code ist zu kurz.',
        text: (n) =>
          `Er braucht ${count(n, 'Ziffer', 'Ziffern')}. Nichts wurde gesendet, kein Versuch gezählt.`,
      },
      too_long: {
        title: 'Dieser Code ist zu lang.',
        text: (n) =>
          `Er braucht ${count(n, 'Ziffer', 'Ziffern')}. Nichts wurde gesendet, kein Versuch gezählt.`,
      },
      not_digits: {
        title: 'Ein Code besteht nur aus Ziffern.',
        text: () => 'Entfernen Sie Buchstaben und Zeichen. Nichts wurde gesendet, kein Versuch gezählt.',
      },
    },
    problem: {
      code_rejected: {
        title: 'Dieser Code ist nicht richtig.',
        text: 'Vergleichen Sie ihn mit der letzten Nachricht.',
        left: (n) => `Sie haben noch ${count(n, 'Versuch', 'Versuche')}.`,
      },
      code_expired: {
        title: 'Dieser Code ist nicht mehr gültig.',
        text: 'Fordern Sie einen neuen an: Sie müssen nichts neu eingeben.',
        totp: 'Übertragen Sie den, den Ihre App jetzt anzeigt.',
      },
      method_blocked: {
        title: 'Dieser Weg für den Code ist gesperrt.',
        text: (left) =>
          left ? `Er öffnet sich wieder in ${wait(left)}.` : 'Nur der Support kann ihn wieder öffnen.',
        other: 'Wählen Sie einen anderen.',
      },
      send_refused: {
        title: 'Es wurden zu viele Codes angefordert.',
        text: (left) =>
          left ? `Ein neuer Versand ist möglich in ${wait(left)}.` : 'Zurzeit ist kein Versand mehr möglich.',
        other: 'Der zuletzt erhaltene Code gilt weiter.',
      },
      not_a_code: {
        title: 'Das ist kein vollständiger Code.',
        text: 'Nichts wurde gesendet, kein Versuch gezählt.',
      },
      same_code_again: {
        title: 'Dieser Code wurde eben abgelehnt.',
        text: 'Er wurde nicht noch einmal gesendet, kein Versuch gezählt. Vergleichen Sie ihn mit der letzten Nachricht.',
      },
    },
  },

  trustEnded: {
    title: 'Warum heute ein Code?',
    other_professional:
      'Seit Ihrem letzten Besuch hat sich eine andere Fachperson an diesem Arbeitsplatz angemeldet, damit ist Ihre Registrierung hier beendet.',
    expired: 'Ihre Registrierung an diesem Arbeitsplatz ist abgelaufen: Sie gilt höchstens 24 Stunden.',
    credentials_changed:
      'Ihr Passwort, Ihre Kontaktdaten oder Ihre Rechte haben sich geändert, deshalb wurde Ihre Registrierung zur Sicherheit beendet.',
    revoked: 'Sie oder der Support haben Ihre Registrierung an diesem Arbeitsplatz beendet.',
    key_missing:
      'Der Schlüssel dieses Arbeitsplatzes fehlt, zum Beispiel nach einer Neuinstallation: Sie müssen sich neu registrieren.',
  },
};
