import type { AccountMessages } from './account.fr';
import { delegates } from './delegates.de';
import { at, count, day, since, wait } from './de.time';

const apart = (n: number) => {
  const seconds = Math.abs(n);
  return wait({
    hours: Math.floor(seconds / 3600),
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  });
};

export const account: AccountMessages = {
  openPages: 'Portal öffnen',
  showPages: 'Portal anzeigen',
  manage: 'Mein Konto',
  places: {
    home: 'Mein Bereich',
    contacts: 'Meine Angaben',
    change_password: 'Passwort',
    authenticator: 'Authentifizierungs-App',
    sessions: 'Offene Sitzungen',
    delegates: 'Meine Beauftragten',
    history: 'Verlauf',
  },
  placeHints: {
    change_password: 'Ändern',
    sessions: 'Wo Sie angemeldet sind',
    delegates: 'Wer sich für Sie anmelden kann',
    history: 'Was in Ihrem Konto geschehen ist',
  },
  authenticatorState: { off: 'Nicht aktiviert', on: 'Aktiviert' },
  loading: 'Wird gelesen…',

  password: {
    title: 'Passwort ändern',
    current: 'Jetziges Passwort',
    new: 'Neues Passwort',
    again: 'Neues bestätigen',
    rules: 'Es braucht',
    met: 'erfüllt',
    unmet: 'fehlt noch',
    length: (least, most) => `${least} bis ${most} Zeichen`,
    digits: (n) => count(n, 'Ziffer', 'Ziffern'),
    upper: (n) => count(n, 'Großbuchstabe', 'Großbuchstaben'),
    lower: (n) => count(n, 'Kleinbuchstabe', 'Kleinbuchstaben'),
    special: (n) => count(n, 'Zeichen wie ! oder ein Leerzeichen', 'Zeichen wie ! oder ein Leerzeichen'),
    common: 'Kein übliches Passwort, nicht Ihr Name',
    strength: ['sehr leicht zu erraten', 'leicht zu erraten', 'mittel', 'gut', 'sehr gut'],
    strengthIs: (words) => `Stärke: ${words}`,
    remaining: (n) =>
      n === 0 ? 'Alle Regeln sind erfüllt.' : `${count(n, 'Regel ist', 'Regeln sind')} noch nicht erfüllt.`,
    others: 'Auf anderen Geräten abmelden',
    othersHint:
      'Schließt Ihre anderen Sitzungen und vergisst andere Arbeitsplätze: falls jemand das alte kennt.',
    submit: 'Passwort ändern',
    missingCurrent: 'Ihr jetziges Passwort fehlt.',
    missingNew: 'Das neue Passwort fehlt.',
    mismatch: 'Die beiden Eingaben sind nicht gleich.',
    unmetProblem: 'Das neue Passwort erfüllt noch nicht alle Regeln.',
    summary: (n) => `${count(n, 'Punkt ist', 'Punkte sind')} zu berichtigen.`,
  },
  rule: {
    too_short: 'zu kurz',
    too_long: 'zu lang',
    digit: 'eine Ziffer fehlt',
    upper: 'ein Großbuchstabe fehlt',
    lower: 'ein Kleinbuchstabe fehlt',
    special: 'ein Zeichen fehlt',
    common: 'zu üblich',
  },

  problem: {
    current_password_rejected: 'Das ist nicht Ihr jetziges Passwort.',
    new_password: (unmet) => `Dieses Passwort geht nicht: ${unmet}.`,
    new_password_unchanged: 'Es ist dasselbe wie das alte.',
    email_malformed: 'Das ist keine vollständige E-Mail-Adresse. Beispiel: name@praxis.de',
    email_in_use:
      'Ein anderes Konto hat diese Adresse bereits. Geben Sie eine andere an oder fragen Sie den Support.',
    email_unchanged: 'Das ist schon Ihre Adresse.',
    phone_malformed: 'Diese Nummer ist nicht vollständig. Beispiel: +33 6 12 34 56 78',
    phone_in_use:
      'Ein anderes Konto hat diese Nummer bereits. Geben Sie eine andere an oder fragen Sie den Support.',
    phone_unchanged: 'Das ist schon Ihre Nummer.',
    send_refused: (left) =>
      left
        ? `Es wurden zu viele Codes angefordert. Ein neuer Versand ist möglich in ${wait(left)}.`
        : 'Es wurden zu viele Codes angefordert. Versuchen Sie es später.',
    code_rejected: 'Dieser Code ist nicht richtig.',
    not_a_code: 'Das ist kein vollständiger Code. Nichts wurde gesendet.',
    code_expired: 'Dieser Code ist nicht mehr gültig. Fordern Sie einen neuen an.',
    blocked: (left) =>
      left
        ? `Zu viele falsche Codes. Versuchen Sie es in ${wait(left)} wieder.`
        : 'Zu viele falsche Codes. Der Support kann helfen.',
    clock_drift: (n: number) =>
      n > 0
        ? `Die Uhr Ihres Telefons geht ${apart(n)} vor: Stellen Sie sie auf automatische Zeit und übertragen Sie dann den nächsten Code.`
        : `Die Uhr Ihres Telefons geht ${apart(n)} nach: Stellen Sie sie auf automatische Zeit und übertragen Sie dann den nächsten Code.`,
    other: 'Das Portal hat diese Eingabe nicht angenommen.',
  },

  contacts: {
    title: 'Meine Angaben',
    lead: 'Hierhin schreibt Ihnen das Portal: Codes, Links und Warnungen.',
    field: { email: 'E-Mail', phone: 'Ersatztelefon' },
    none: 'nicht angegeben',
    change: 'Ändern',
    add: 'Hinzufügen',
    changeName: { email: 'E-Mail-Adresse ändern', phone: 'Ersatztelefon ändern' },
    new: { email: 'Neue E-Mail-Adresse', phone: 'Neue Telefonnummer' },
    phoneHint: 'Mit Landesvorwahl, zum Beispiel +33 6 12 34 56 78.',
    submit: 'Code zum Prüfen senden',
    missing: { email: 'Die neue Adresse fehlt.', phone: 'Die neue Nummer fehlt.' },
    remove: 'Nummer entfernen',
    removeAsk: 'Das Portal kann Ihnen dann keinen Code mehr per SMS senden.',
    removeConfirm: 'Meine Nummer entfernen',
    prove: { email: 'Neue Adresse prüfen', phone: 'Neue Nummer prüfen' },
    proveSubmit: 'Code prüfen',
    cancel: 'Die alte behalten',
    kept: 'Solange der Code nicht eingegeben ist, ändert sich nichts.',
    done: {
      email: 'E-Mail-Adresse geändert. Die alte wurde benachrichtigt.',
      phone: 'Ersatztelefon geändert.',
      phone_removed: 'Ersatztelefon entfernt.',
    },
    doneText: 'Ihre anderen Sitzungen und registrierten Arbeitsplätze wurden zur Sicherheit beendet.',
  },

  authenticator: {
    title: 'Authentifizierungs-App',
    off: 'Eine App auf Ihrem Telefon zeigt einen 6-stelligen Code, auch ohne Netz. Aktiviert schützt sie Ihr Konto bei jeder Anmeldung, besser als eine E-Mail.',
    activate: 'App aktivieren',
    install: 'Installieren Sie eine App auf Ihrem Telefon',
    installText: 'Zum Beispiel Google Authenticator, Microsoft Authenticator oder Authy.',
    scan: 'Scannen Sie diesen Code mit der App',
    qr: 'QR-Code zum Scannen mit der Authentifizierungs-App',
    byHand: 'Oder geben Sie diesen Schlüssel von Hand ein:',
    copy: 'Schlüssel kopieren',
    code: 'Geben Sie den Code ein, den sie anzeigt',
    submit: 'Code prüfen',
    since: (start) => `Aktiviert ${since(start)}`,
    codesLeft: (n) => (n === 0 ? 'Kein Ersatzcode mehr' : `Noch ${count(n, 'Ersatzcode', 'Ersatzcodes')}`),
    codesLow: 'Erstellen Sie neue, bevor sie ausgehen: Ohne sie sperrt ein verlorenes Telefon Sie aus.',
    newCodes: 'Neue Ersatzcodes',
    newCodesAsk: 'Die alten gelten dann nicht mehr.',
    newCodesConfirm: 'Neue Codes erstellen',
    replace: 'App ersetzen',
    replaceAsk: 'Die alte gilt weiter, bis die neue geprüft ist.',
    replaceConfirm: 'Die neue vorbereiten',
    remove: 'Deaktivieren',
    removeAsk: 'Ihr Konto ist dann weniger gut geschützt, und Ihre Ersatzcodes gelten nicht mehr.',
    removeConfirm: 'App deaktivieren',
    clockBehind: (n) => `Die Uhr dieses PCs geht gegenüber der des Portals ${apart(n)} nach.`,
    clockAhead: (n) => `Die Uhr dieses PCs geht gegenüber der des Portals ${apart(n)} vor.`,
    clockText: (time) => `Die Codes folgen der Uhr des Portals: Dort ist es ${time.time}.`,
    portalClock: 'Die Uhr des Portals geht wahrscheinlich falsch.',
    portalClockText:
      'Ihr Telefon und dieser PC weichen beide gleich weit von ihr ab. Ändern Sie nichts und melden Sie es dem Support des Portals.',
  },

  recoveryCodes: {
    title: 'Ihre Ersatzcodes',
    lead: 'Sie ersetzen Ihre App, wenn Sie Ihr Telefon verlieren. Jeder gilt nur einmal. Sie werden nie wieder angezeigt.',
    warning: 'Bewahren Sie sie fern von diesem Arbeitsplatz auf, wie einen Schlüssel.',
    copy: 'Codes kopieren',
    print: 'Drucken',
    accept: 'Ich habe sie notiert',
    printed: (portal) => `Ersatzcodes – ${portal}`,
    madeAt: (when) => `Erstellt ${at({ ...when, day: 'other' })}`,
  },

  delegates,

  sessions: {
    title: 'Offene Sitzungen',
    lead: 'Überall, wo jemand mit Ihrem Konto angemeldet ist.',
    current: 'Diese Sitzung',
    here: 'Andere Sitzung an diesem Arbeitsplatz',
    elsewhere: 'An einem anderen Arbeitsplatz',
    times: (start, last) => `Offen ${since(start)}, aktiv ${day(last)}`,
    end: 'Schließen',
    endName: (start) => `Die Sitzung schließen, offen ${since(start)}`,
    endAsk: 'Was dort nicht gespeichert ist, geht verloren.',
    endConfirm: 'Diese Sitzung schließen',
    endOthers: 'Alle anderen schließen',
    endOthersAsk: 'Schließt alle Ihre Sitzungen außer dieser und vergisst Ihre anderen Arbeitsplätze.',
    endOthersConfirm: 'Alle anderen Sitzungen schließen',
    only: 'Keine andere Sitzung ist offen.',
  },

  history: {
    title: 'Verlauf',
    lead: 'Was in Ihrem Konto geschehen ist. Sie erkennen eine Zeile nicht? Ändern Sie Ihr Passwort und melden Sie es dem Support.',
    none: 'Noch nichts.',
    today: 'Heute',
    yesterday: 'Gestern',
    thisWorkstation: 'dieser Arbeitsplatz',
    otherWorkstation: 'ein anderer Arbeitsplatz',
    change: 'Mein Passwort ändern',
  },
};
