import type { SessionMessages } from './session.fr';
import { at, count, countdown, day, since, until, wait } from './de.time';

export const session: SessionMessages = {
  receipt: {
    hello: (name) => `Guten Tag, ${name}`,
    yours: 'Dieser Arbeitsplatz gehört jetzt Ihnen.',
    endedTrust: (when) =>
      `Die Registrierung der vorigen Person endete ${at(when)}: Von ihr wird wieder ein Code verlangt.`,
    endedSessions: (n) =>
      n === 1
        ? 'Ihre offene Sitzung wurde geschlossen.'
        : `${count(n, 'Sitzung', 'Sitzungen')} wurden hier geschlossen.`,
    nothingEnded: 'Die vorige Person hatte hier nichts mehr offen.',
    wiped: 'Von diesem Arbeitsplatz gelöscht',
    next: 'Weiter',
  },

  signedIn: {
    eyebrow: 'Mein Bereich',
    since: (start) => `Sitzung offen ${since(start)}`,
    proof: {
      password: 'Passwort',
      email_code: 'Passwort und Code per E-Mail',
      sms_code: 'Passwort und Code per SMS',
      totp: 'Passwort und Authentifizierungs-App',
      trust: 'Passwort und registrierter Arbeitsplatz',
      passkey: 'Passkey',
    },
    proved: 'Anmeldung',
    workstation: 'Dieser Arbeitsplatz',
    trustUntil: 'Nächster Code',
    notBefore: (end) => `nicht vor ${day(end)}`,
    codeEachTime: 'bei jeder Anmeldung',
    noCode: 'für dieses Konto nie verlangt',
    inactivity: 'Ohne Aktivität',
    inactivityAfter: (limit) => `Abmeldung nach ${wait(limit)}`,
    forget: 'Vergessen',
    forgetName: 'Meine Registrierung an diesem Arbeitsplatz vergessen',
    forgetAsk: 'Bei der nächsten Anmeldung hier wird wieder ein Code verlangt.',
    forgetConfirm: 'Diesen Arbeitsplatz vergessen',
    devices: 'Meine registrierten Arbeitsplätze',
    devicesLoading: 'Liste wird gelesen…',
    devicesNone: 'Kein registrierter Arbeitsplatz.',
    thisOne: 'Dieser Arbeitsplatz',
    deviceOther: 'Anderer Arbeitsplatz',
    device: (start, end) => `${since(start)}, ${until(end)}`,
    end: 'Beenden',
    endName: (start) => `Beenden: Registrierung des Arbeitsplatzes ${since(start)}`,
    endAsk: 'An jenem Arbeitsplatz wird wieder ein Code verlangt.',
    endConfirm: 'Diese Registrierung beenden',
    signOut: 'Abmelden',
    signOutTrusted: (end) => `Schließt die Sitzung. Hier wird ${until(end)} kein Code verlangt.`,
    signOutPlain: 'Schließt die Sitzung. Dieser Arbeitsplatz merkt sich nichts.',
    leave: 'Arbeitsplatz verlassen',
    leaveHint: 'Schließt die Sitzung, beendet die Registrierung, löscht alles und prüft es nach.',
  },

  inactivity: {
    title: 'Sind Sie noch da?',
    text: (left) => `Ohne Antwort wird Ihre Sitzung in ${countdown(left)} geschlossen.`,
    spoken: (left) => `Ihre Sitzung wird in ${wait(left)} geschlossen.`,
    stay: 'Angemeldet bleiben',
    signOut: 'Abmelden',
  },

  wiped: {
    device_key: 'Registrierungsschlüssel',
    session: 'Sitzung und Zugänge im Speicher',
    hints: 'Spuren auf der Festplatte',
    web_data: 'Seiten und Daten des Portals',
    verified: 'gelöscht, geprüft',
    unverified: 'nicht bestätigt',
  },

  left: {
    title: 'Sie haben den Arbeitsplatz verlassen',
    clean: 'Nichts bleibt an diesem Arbeitsplatz zurück.',
    cleanText: 'Alles wurde gelöscht und danach noch einmal gesucht: Es ist weg.',
    notClean: 'Etwas konnte nicht bestätigt werden.',
    notCleanText: 'Es wird beim nächsten Start noch einmal gelöscht. Im Zweifel wenden Sie sich an Ihre IT.',
    pending: 'Das Portal hat noch nicht bestätigt.',
    pendingText:
      'Das Ende Ihrer Sitzung wird beim nächsten Start noch einmal gemeldet. Bis dahin läuft sie von selbst ab.',
    confirmed: (portal) => `${portal} hat das Ende der Sitzung und der Registrierung bestätigt.`,
    next: 'Nächste Person',
    other: 'Anderes Portal',
  },

  othersSignedOut: 'Ihre anderen Geräte wurden abgemeldet.',

  notice: {
    signed_out: {
      title: 'Sitzung geschlossen.',
      text: (end) => (end ? `Hier wird ${until(end)} kein Code verlangt.` : ''),
    },
    signed_out_by_inactivity: {
      title: 'Sitzung nach längerer Inaktivität geschlossen.',
      text: () => 'Melden Sie sich wieder an, um fortzufahren.',
    },
    signed_out_by_sleep: {
      title: 'Sitzung geschlossen: Der Arbeitsplatz war im Ruhezustand oder gesperrt.',
      text: () => 'Melden Sie sich wieder an, um fortzufahren.',
    },
    signed_out_by_portal: {
      title: 'Das Portal hat Ihre Sitzung geschlossen.',
      text: () =>
        'Abmeldung an einem anderen Arbeitsplatz oder Zeitgrenze erreicht. Melden Sie sich wieder an, um fortzufahren.',
    },
    trust_not_remembered: {
      title: 'Dieser Arbeitsplatz konnte Sie nicht registrieren.',
      text: () =>
        'Der Schlüsselbund des Systems fehlt oder ist gesperrt. Bei der nächsten Anmeldung wird ein Code verlangt.',
    },
    trust_forgotten: {
      title: 'Registrierung entfernt.',
      text: () => 'Bei der nächsten Anmeldung wird ein Code verlangt.',
    },
    password_changed: {
      title: 'Passwort geändert.',
      text: () => 'Es gilt ab sofort, auch auf Ihren anderen Geräten.',
    },
    authenticator_on: {
      title: 'Authentifizierungs-App aktiviert.',
      text: () => 'Bei jeder Anmeldung wird ein Code aus Ihrer App verlangt.',
    },
    authenticator_off: {
      title: 'Authentifizierungs-App deaktiviert.',
      text: () => 'Auch Ihre Ersatzcodes gelten nicht mehr.',
    },
    others_signed_out: {
      title: 'Andere Sitzungen geschlossen.',
      text: () => 'Nur diese bleibt offen.',
    },
    pages_not_opened: {
      title: 'Das Portal ließ sich nicht öffnen.',
      text: () => 'Ihre Sitzung bleibt offen. Versuchen Sie es gleich noch einmal.',
    },
    link_waits: {
      title: 'Ein Link zum Anlegen eines Kontos wartet.',
      text: () => 'Melden Sie sich ab, um ihm zu folgen: Er wartet hier auf Sie.',
    },
    end_pending: {
      title: 'Das Portal weiß noch nicht Bescheid.',
      text: () =>
        'Das Ende der vorigen Sitzung wird ihm so bald wie möglich gemeldet. An diesem Arbeitsplatz ist schon alles gelöscht.',
    },
  },
};
