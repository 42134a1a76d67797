import type { PanelMessages } from './panels.fr';

export const panels: PanelMessages = {
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
