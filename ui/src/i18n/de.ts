import type { Messages } from './fr';
import { at, count, countdown, day, since, until, wait } from './de.time';
import { account } from './account.de';
import { history } from './history.de';
import { proof } from './proof.de';
import { register } from './register.de';

const by = {
  email: 'per E-Mail',
  sms: 'per SMS',
  voice: 'per Anruf',
  totp: 'in Ihrer Authentifizierungs-App',
  recovery_code: 'in Ihrer Liste der Ersatzcodes',
};

export const de: Messages = {
  name: 'Deutsch',
  required: 'erforderlich',
  close: 'Schließen',
  cancel: 'Abbrechen',
  copied: 'Kopiert',
  reload: 'Fenster neu laden',
  day,

  top: {
    workstation: (name) => `Arbeitsplatz ${name}`,
    language: 'Sprache',
    demonstration: 'Demonstration',
    demonstrationHint: 'erfundene Portale und Konten',
  },
  foot: { help: 'Hilfe', about: 'Über Parvis' },
  portal: {
    goesTo: (host) => `Ihre Eingaben gehen an ${host}`,
    change: 'Wechseln',
    restart: 'Neu beginnen',
    home: 'Mein Bereich',
  },

  busy: {
    connecting: 'Verbindung zum Portal…',
    checking_password: 'Wird geprüft…',
    sending_code: 'Code wird gesendet…',
    checking_code: 'Wird geprüft…',
    completing: 'Sitzung wird geöffnet…',
    signing_out: 'Abmeldung läuft…',
    leaving: 'Arbeitsplatz wird bereinigt…',
    saving: 'Wird gespeichert…',
    opening_pages: 'Portal wird geöffnet…',
    requesting_link: 'Anfrage wird gesendet…',
    registering: 'Wird an das Portal gesendet…',
  },

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

  account,
  history,
  proof,
  register,

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

  support: {
    heading: 'Support',
    email: 'E-Mail',
    phone: 'Telefon',
    reference: 'Referenz',
    none: 'Das Portal hat keinen Kontakt genannt. Bitte wenden Sie sich an Ihre IT.',
  },

  blocked: {
    title: 'Zugang gesperrt',
    why: 'Zu viele falsche oder angeforderte Codes: Zu Ihrem Schutz hat das Portal den Zugang zu diesem Konto geschlossen. Nichts ist verloren.',
    causes: {
      wrong_codes:
        'Zu viele falsche Codes hintereinander: Zu Ihrem Schutz hat das Portal dieses Konto gesperrt. Nichts ist verloren.',
      requests:
        'Zu viele Codes angefordert, ohne einen richtigen einzugeben: Zu Ihrem Schutz hat das Portal dieses Konto gesperrt. Nichts ist verloren.',
      support: 'Der Support des Portals hat dieses Konto gesperrt. Nichts ist verloren.',
    },
    onlySupport: 'Nur der Support kann ihn wieder öffnen.',
    until: (end) => `Der Zugang öffnet sich ${at(end)} von selbst.`,
    since: 'Seit',
    workstation: 'Arbeitsplatz',
    message: 'Nachricht zum Absenden',
    text: (portal, since, reference, workstation) =>
      `Guten Tag,\n\nmein Zugang zu ${portal} ist gesperrt${since ? `, seit: ${since}` : ''}.\n${reference ? `Referenz: ${reference}\n` : ''}Arbeitsplatz: ${workstation}\n\nKönnen Sie ihn bitte entsperren? Vielen Dank.`,
    copy: 'Nachricht kopieren',
    others: (names) => `Hier können Sie weiterhin eintreten: ${names}.`,
    change: 'Anderes Portal öffnen',
  },

  browser: {
    title: 'Weiter geht es in Ihrem Browser',
    text: (portal) =>
      `${portal} verlangt einen Schritt, den dieses Fenster nicht kann. Schließen Sie ihn im Browser ab und kommen Sie dann hierher zurück.`,
    noAddress: 'Das Portal hat keine Adresse genannt. Beginnen Sie neu oder fragen Sie den Support.',
    open: 'Browser öffnen',
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

  wiped: {
    device_key: 'Registrierungsschlüssel',
    session: 'Sitzung und Zugänge im Speicher',
    hints: 'Spuren auf der Festplatte',
    web_data: 'Seiten und Daten des Portals',
    verified: 'gelöscht, geprüft',
    unverified: 'nicht bestätigt',
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

  inactivity: {
    title: 'Sind Sie noch da?',
    text: (left) => `Ohne Antwort wird Ihre Sitzung in ${countdown(left)} geschlossen.`,
    spoken: (left) => `Ihre Sitzung wird in ${wait(left)} geschlossen.`,
    stay: 'Angemeldet bleiben',
    signOut: 'Abmelden',
  },

  failure: {
    retry: 'Erneut versuchen',
    retryIn: (left) => `Erneut versuchen in ${wait(left)}`,
    restart: 'Neu beginnen',
    change_portal: 'Anderes Portal wählen',
    dismiss: 'Verstanden',
    details: 'Für den Support',
    codes: {
      portal_unreachable: {
        title: 'Das Portal antwortet nicht.',
        what: 'Das Netz ist unterbrochen oder das Portal steht.',
        lost: 'Nichts ist verloren: Ein neuer Anlauf kostet keinen weiteren Versuch.',
        now: 'Prüfen Sie das Netz dieses Arbeitsplatzes und versuchen Sie es erneut.',
      },
      certificate_rejected: {
        title: 'Das Portal hat seine Identität nicht bewiesen.',
        what: 'Sein Zertifikat ist unbekannt, abgelaufen oder für einen anderen Namen.',
        lost: 'Nichts wurde gesendet: Ihr Passwort blieb hier.',
        now: 'Gehen Sie nicht weiter. Prüfen Sie Datum und Uhrzeit dieses Arbeitsplatzes und verständigen Sie Ihre IT.',
      },
      proxy_refused: {
        title: 'Das Netz Ihrer Einrichtung ließ die Verbindung nicht durch.',
        what: 'Sein Proxy-Server lehnt ab oder verlangt eine Anmeldung.',
        lost: 'Nichts ist verloren, nichts hat das Portal erreicht.',
        now: 'Versuchen Sie es erneut und verständigen Sie Ihre IT, wenn es anhält.',
      },
      portal_busy: {
        title: 'Das Portal ist überlastet.',
        what: 'Es antwortet, kann die Anfrage aber gerade nicht bearbeiten.',
        lost: 'Nichts ist verloren, kein Versuch wurde gezählt.',
        now: 'Warten Sie einen Moment und versuchen Sie es erneut.',
      },
      slow_down: {
        title: 'Zu viele Versuche hintereinander.',
        what: 'Zum Schutz der Konten bittet das Portal um Geduld.',
        lost: 'Nichts ist verloren, nichts ist gesperrt.',
        now: 'Nutzen Sie die Zeit, um Ihre Eingaben noch einmal zu lesen.',
      },
      unexpected_answer: {
        title: 'Die Antwort des Portals ist unverständlich.',
        what: 'Vielleicht wird es gerade aktualisiert, oder das Netz hat die Antwort verändert.',
        lost: 'Was noch zu sehen ist, bleibt erhalten.',
        now: 'Beginnen Sie neu. Hält es an, geben Sie die Einzelheiten an den Support.',
      },
      wrong_issuer: {
        title: 'Das ist nicht das erwartete Portal.',
        what: 'Die Antwort kam von einem anderen Dienst als dem gewählten. Sie wurde verworfen.',
        lost: 'Niemand wurde angemeldet.',
        now: 'Gehen Sie nicht weiter und verständigen Sie Ihre IT.',
      },
      session_expired: {
        title: 'Die Anmeldung hat zu lange gedauert.',
        what: 'Sie endet nach 10 Minuten ohne Antwort.',
        lost: 'Nichts ist verloren: Ihre Kennung ist noch da, kein Versuch wurde gezählt.',
        now: 'Beginnen Sie neu mit Ihrem Passwort.',
      },
      signed_out_by_portal: {
        title: 'Das Portal hat Ihre Sitzung geschlossen.',
        what: 'Sie haben sich anderswo abgemeldet, oder die Zeitgrenze ist erreicht.',
        lost: 'Was im Portal gespeichert war, ist noch da.',
        now: 'Melden Sie sich wieder an, um fortzufahren.',
      },
      handover_incomplete: {
        title: 'Der Personenwechsel ist nicht abgeschlossen.',
        what: 'Daten der vorigen Person konnten nicht gelöscht werden. Zur Sicherheit ist niemand angemeldet.',
        lost: 'Von Ihnen ist nichts verloren.',
        now: 'Schließen Sie Parvis, öffnen Sie es wieder und beginnen Sie neu. Kommt es wieder vor, verständigen Sie Ihre IT.',
      },
      old_key_remains: {
        title: 'Ein alter Schlüssel konnte nicht entfernt werden.',
        what: 'Der Schlüsselbund dieses Arbeitsplatzes ist gesperrt. Für das Portal gilt dieser Schlüssel schon nicht mehr.',
        lost: 'Nichts ist verloren, Sie können arbeiten.',
        now: 'Sie müssen nichts tun: Er wird beim nächsten Start entfernt.',
      },
      keyring_unavailable: {
        title: 'Dieser Arbeitsplatz kann Sie nicht registrieren.',
        what: 'Der Schlüsselbund des Systems fehlt oder ist gesperrt.',
        lost: 'Sie können sich normal anmelden; es wird jedes Mal ein Code verlangt.',
        now: 'Machen Sie weiter und melden Sie es Ihrer IT.',
      },
      data_folder: {
        title: 'Dieser Arbeitsplatz lässt Parvis nicht schreiben.',
        what: 'Der Ordner der Anwendung ist voll oder geschützt.',
        lost: 'Nichts ist verloren, aber Ihre Einstellungen werden nicht behalten.',
        now: 'Machen Sie weiter und melden Sie es Ihrer IT.',
      },
      portal_not_supported: {
        title: 'Dieses Portal lässt sich hier nicht öffnen.',
        what: 'Es steht nicht in der Liste dieses Arbeitsplatzes oder braucht eine neuere Version von Parvis.',
        lost: 'Nichts wurde gesendet.',
        now: 'Wählen Sie ein anderes Portal oder verständigen Sie Ihre IT.',
      },
      request_refused: {
        title: 'Das Portal hat die Anfrage abgelehnt.',
        what: 'Sie hatte nicht die erwartete Form: Das ist ein Mangel, nicht Ihr Fehler.',
        lost: 'Nichts ist verloren, kein Versuch wurde gezählt.',
        now: 'Beginnen Sie neu. Hält es an, geben Sie die Einzelheiten an den Support.',
      },
      out_of_step: {
        title: 'Diese Antwort kam zu spät.',
        what: 'Der Bildschirm hatte schon gewechselt.',
        lost: 'Nichts wurde gesendet.',
        now: 'Machen Sie mit dem weiter, was angezeigt wird.',
      },
      internal: {
        title: 'In Parvis ist etwas schiefgegangen.',
        what: 'Das ist ein Mangel der Anwendung, nicht Ihr Fehler.',
        lost: 'Ihre Eingaben sind noch da.',
        now: 'Versuchen Sie es erneut. Kommt es wieder vor, schließen und öffnen Sie Parvis und geben Sie die Einzelheiten an den Support.',
      },
    },
  },

  about: {
    title: 'Über Parvis',
    what: 'Parvis öffnet Gesundheitsportale an diesem Arbeitsplatz.',
    version: 'Version',
    system: 'System',
    webView: 'Anzeige',
    workstation: 'Arbeitsplatz',
    reference: 'Referenz des Arbeitsplatzes',
    scope: 'Gilt als ein Arbeitsplatz',
    scopes: {
      machine: 'dieser ganze Rechner',
      os_account: 'dieses Systemkonto',
      app_data: 'diese Installation von Parvis',
    },
    keyring: 'Schlüsselbund',
    keyrings: {
      checking: 'wird geprüft…',
      available: 'verfügbar',
      unavailable: 'nicht verfügbar: nichts wird gemerkt',
    },
    logs: 'Protokolle',
    openLogs: 'Protokollordner öffnen',
    copy: 'Einzelheiten kopieren',
    licences: 'Lizenzen',
    loading: 'Wird gelesen…',
  },

  help: {
    title: 'Hilfe',
    code: {
      title: 'Was ist der Code?',
      text: 'Eine einmalige Zahl, die zusätzlich zum Passwort beweist, dass wirklich Sie es sind. Sie kommt per E-Mail, per SMS oder in Ihrer Authentifizierungs-App. Geben Sie sie niemandem, auch nicht dem Support.',
    },
    late: {
      title: 'Er kommt nicht an',
      text: 'Schauen Sie im Spam-Ordner nach, warten Sie eine Minute, dann „Ich habe den Code nicht erhalten“. Haben Sie mehrere angefordert, nehmen Sie den neuesten. Ohne Telefon und E-Mail hilft der Support des Portals.',
    },
    trust: {
      title: 'Das Kästchen „keinen Code mehr verlangen“',
      text: 'Dieser Arbeitsplatz erkennt Sie höchstens 24 Stunden lang, für dieses Portal; das Passwort wird weiter verlangt. Es endet, wenn sich hier eine andere Fachperson anmeldet, wenn Sie den Arbeitsplatz verlassen oder wenn sich Ihr Passwort oder Ihre Rechte ändern.',
    },
    leave: {
      title: 'Abmelden oder Arbeitsplatz verlassen?',
      text: '„Abmelden“ schließt die Sitzung und behält Ihre Registrierung. „Arbeitsplatz verlassen“ beendet auch sie, löscht alles und prüft, dass nichts bleibt: richtig, wenn Sie nicht wiederkommen.',
    },
    support: 'Support des Portals',
  },
};
