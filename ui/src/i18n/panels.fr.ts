import type { KeyringState, WorkstationScope } from '../backend';

/** The panels at the foot of the window. */
export const panels = {
  about: {
    title: 'À propos',
    what: 'Parvis ouvre les portails de santé sur ce poste.',
    version: 'Version',
    system: 'Système',
    webView: 'Moteur d’affichage',
    workstation: 'Poste',
    reference: 'Référence du poste',
    scope: 'Compte pour un poste',
    scopes: {
      machine: 'toute cette machine',
      os_account: 'ce compte du système',
      app_data: 'cette installation de Parvis',
    } satisfies Record<WorkstationScope, string>,
    keyring: 'Trousseau',
    keyrings: {
      checking: 'vérification…',
      available: 'disponible',
      unavailable: 'indisponible : rien n’est retenu',
    } satisfies Record<KeyringState, string>,
    logs: 'Journaux',
    openLogs: 'Ouvrir le dossier des journaux',
    copy: 'Copier les détails',
    licences: 'Licences',
    loading: 'Lecture…',
  },

  help: {
    title: 'Aide',
    code: {
      title: 'Le code, c’est quoi ?',
      text: 'Un nombre à usage unique qui prouve que c’est bien vous, en plus du mot de passe. Il arrive par e-mail, par SMS ou dans votre application d’authentification. Ne le donnez à personne, pas même au support.',
    },
    late: {
      title: 'Il n’arrive pas',
      text: 'Regardez les indésirables, attendez une minute, puis « Je n’ai pas reçu le code ». Si vous en avez demandé plusieurs, prenez le plus récent. Sans téléphone ni e-mail, adressez-vous au support du portail.',
    },
    trust: {
      title: 'La case « Ne plus me demander de code »',
      text: 'Ce poste vous reconnaît pendant 24 heures au plus, sur ce portail ; le mot de passe reste demandé. Cela s’arrête si un autre professionnel se connecte ici, si vous quittez le poste, ou si votre mot de passe ou vos droits changent.',
    },
    leave: {
      title: 'Se déconnecter ou quitter le poste ?',
      text: '« Se déconnecter » ferme la session et garde votre enregistrement. « Quitter le poste » l’annule aussi, efface tout et vérifie que rien ne reste : c’est le bon choix quand vous ne revenez pas.',
    },
    support: 'Support du portail',
  },
};

export type PanelMessages = typeof panels;
