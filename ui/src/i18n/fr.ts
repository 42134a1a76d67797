// Spaces are typed plainly here; typography.ts sets the unbreakable and narrow ones.
import type { Busy } from '../backend';
import { day } from './fr.time';
import { account } from './account.fr';
import { codes } from './codes.fr';
import { failures } from './failures.fr';
import { history } from './history.fr';
import { panels } from './panels.fr';
import { proof } from './proof.fr';
import { register } from './register.fr';
import { session } from './session.fr';
import { signIn } from './sign-in.fr';

export const fr = {
  name: 'Français',
  required: 'obligatoire',
  close: 'Fermer',
  cancel: 'Annuler',
  copied: 'Copié',
  reload: 'Recharger la fenêtre',
  day,

  top: {
    workstation: (name: string) => `Poste ${name}`,
    language: 'Langue',
    demonstration: 'Démonstration',
    demonstrationHint: 'portails et comptes fictifs',
  },
  foot: { help: 'Aide', about: 'À propos' },
  portal: {
    goesTo: (host: string) => `Vos saisies vont à ${host}`,
    change: 'Changer',
    restart: 'Recommencer',
    giveUp: 'Abandonner',
    home: 'Mon espace',
  },

  busy: {
    connecting: 'Connexion au portail…',
    checking_password: 'Vérification…',
    sending_code: 'Envoi du code…',
    checking_code: 'Vérification…',
    completing: 'Ouverture de la session…',
    signing_out: 'Déconnexion…',
    leaving: 'Effacement du poste…',
    saving: 'Enregistrement…',
    opening_pages: 'Ouverture du portail…',
    requesting_link: 'Envoi de la demande…',
    registering: 'Envoi au portail…',
  } satisfies Record<Busy, string>,

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

export type Messages = typeof fr;
