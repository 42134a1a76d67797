import type { FailureMessages } from './failures.fr';
import { at, wait } from './de.time';

export const failures: FailureMessages = {
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
        title: 'Dieser Arbeitsplatz wird Sie nicht wiedererkennen.',
        what: 'Der Schlüsselbund des Systems fehlt oder ist gesperrt.',
        lost: 'Nichts ist verloren; bei jeder Anmeldung wird ein Code verlangt.',
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

  support: {
    heading: 'Support',
    email: 'E-Mail',
    phone: 'Telefon',
    reference: 'Referenz',
    none: 'Das Portal hat keinen Kontakt genannt. Bitte wenden Sie sich an Ihre IT.',
  },
};
