import type { Messages } from './fr';
import { day } from './de.time';
import { account } from './account.de';
import { codes } from './codes.de';
import { failures } from './failures.de';
import { history } from './history.de';
import { panels } from './panels.de';
import { proof } from './proof.de';
import { register } from './register.de';
import { session } from './session.de';
import { signIn } from './sign-in.de';

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
    giveUp: 'Abbrechen',
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

  ...signIn,
  ...codes,
  ...session,
  ...failures,
  ...panels,
  account,
  history,
  proof,
  register,
};
