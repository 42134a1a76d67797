import type { Notice, Proof, WipedItem } from '../backend';
import { at, count, countdown, day, since, until, wait } from './fr.time';
import type { Moment, Span } from './time';

/** A session, from its opening to its end. */
export const session = {
  receipt: {
    hello: (name: string) => `Bonjour, ${name}`,
    yours: 'Ce poste est maintenant le vôtre.',
    endedTrust: (when: Moment) =>
      `L’enregistrement de la personne précédente a pris fin ${at(when)} : un code lui sera redemandé.`,
    endedSessions: (n: number) =>
      n === 1
        ? 'Sa session a été fermée.'
        : `${count(n, 'session', 'sessions')} ouvertes ici ont été fermées.`,
    nothingEnded: 'La personne précédente n’avait plus rien d’ouvert ici.',
    wiped: 'Effacé de ce poste',
    next: 'Continuer',
  },

  signedIn: {
    eyebrow: 'Mon espace',
    since: (start: Moment) => `Session ouverte ${since(start)}`,
    proof: {
      password: 'Mot de passe',
      email_code: 'Mot de passe et code par e-mail',
      sms_code: 'Mot de passe et code par SMS',
      totp: 'Mot de passe et application d’authentification',
      trust: 'Mot de passe et poste enregistré',
      passkey: 'Clé d’accès',
    } satisfies Record<Proof, string>,
    proved: 'Connexion',
    workstation: 'Ce poste',
    trustUntil: 'Prochain code',
    notBefore: (end: Moment) => `pas avant ${day(end)}`,
    codeEachTime: 'demandé à chaque connexion',
    noCode: 'jamais demandé pour ce compte',
    inactivity: 'Sans activité',
    inactivityAfter: (limit: Span) => `déconnexion après ${wait(limit)}`,
    forget: 'Oublier',
    forgetName: 'Oublier mon enregistrement sur ce poste',
    forgetAsk: 'Un code vous sera redemandé à la prochaine connexion ici.',
    forgetConfirm: 'Oublier ce poste',
    devices: 'Mes postes enregistrés',
    devicesLoading: 'Lecture de la liste…',
    devicesNone: 'Aucun poste enregistré.',
    thisOne: 'Ce poste',
    deviceOther: 'Autre poste',
    device: (start: Moment, end: Moment) => `${since(start)}, ${until(end)}`,
    end: 'Mettre fin',
    endName: (start: Moment) => `Mettre fin à l’enregistrement du poste ${since(start)}`,
    endAsk: 'Un code vous sera redemandé sur ce poste-là.',
    endConfirm: 'Mettre fin à cet enregistrement',
    signOut: 'Se déconnecter',
    signOutTrusted: (end: Moment) => `Ferme la session. Aucun code ne vous sera demandé ici ${until(end)}.`,
    signOutPlain: 'Ferme la session. Rien n’est retenu sur ce poste.',
    leave: 'Quitter le poste',
    leaveHint: 'Ferme la session, annule l’enregistrement et efface tout, avec vérification.',
  },

  inactivity: {
    title: 'Êtes-vous toujours là ?',
    text: (left: Span) => `Sans réponse, votre session se fermera dans ${countdown(left)}.`,
    spoken: (left: Span) => `Votre session se fermera dans ${wait(left)}.`,
    stay: 'Rester connecté',
    signOut: 'Se déconnecter',
  },

  wiped: {
    device_key: 'Clé d’enregistrement',
    session: 'Session et accès en mémoire',
    hints: 'Traces sur le disque',
    web_data: 'Pages et données du portail',
    verified: 'effacé, vérifié',
    unverified: 'non vérifié',
  } satisfies Record<WipedItem | 'verified' | 'unverified', string>,

  left: {
    title: 'Vous avez quitté le poste',
    clean: 'Rien ne reste sur ce poste.',
    cleanText: 'Chaque élément a été effacé, puis relu : il n’est plus là.',
    notClean: 'Un élément n’a pas pu être vérifié.',
    notCleanText:
      'Il sera effacé à nouveau au prochain démarrage. En cas de doute, prévenez votre service informatique.',
    pending: 'Le portail n’a pas encore confirmé.',
    pendingText:
      'La fin de votre session lui sera renvoyée au prochain démarrage. D’ici là, elle s’éteint d’elle-même.',
    confirmed: (portal: string) => `${portal} a confirmé la fin de la session et de l’enregistrement.`,
    next: 'Personne suivante',
    other: 'Autre portail',
  },

  othersSignedOut: 'Vos autres appareils ont été déconnectés.',

  notice: {
    signed_out: {
      title: 'Session fermée.',
      text: (end: Moment | null) => (end ? `Aucun code ne vous sera demandé ici ${until(end)}.` : ''),
    },
    signed_out_by_inactivity: {
      title: 'Session fermée après un temps sans activité.',
      text: () => 'Reconnectez-vous pour continuer.',
    },
    signed_out_by_sleep: {
      title: 'Session fermée : ce poste a été mis en veille ou verrouillé.',
      text: () => 'Reconnectez-vous pour continuer.',
    },
    signed_out_by_portal: {
      title: 'Le portail a fermé votre session.',
      text: () => 'Déconnexion sur un autre poste ou durée limite atteinte. Reconnectez-vous pour continuer.',
    },
    trust_not_remembered: {
      title: 'Ce poste n’a pas pu vous enregistrer.',
      text: () =>
        'Le trousseau du système est absent ou fermé. Un code vous sera demandé à la prochaine connexion.',
    },
    trust_forgotten: {
      title: 'Enregistrement supprimé.',
      text: () => 'Un code vous sera demandé à la prochaine connexion.',
    },
    password_changed: {
      title: 'Mot de passe modifié.',
      text: () => 'Il vaut dès maintenant, aussi sur vos autres appareils.',
    },
    authenticator_on: {
      title: 'Application d’authentification activée.',
      text: () => 'Un code de votre application vous sera demandé à chaque connexion.',
    },
    authenticator_off: {
      title: 'Application d’authentification désactivée.',
      text: () => 'Vos codes de secours ne valent plus rien non plus.',
    },
    others_signed_out: {
      title: 'Autres sessions fermées.',
      text: () => 'Seule celle-ci reste ouverte.',
    },
    pages_not_opened: {
      title: 'Le portail n’a pas pu s’ouvrir.',
      text: () => 'Votre session reste ouverte. Réessayez dans un instant.',
    },
    link_waits: {
      title: 'Un lien pour créer un compte attend.',
      text: () => 'Déconnectez-vous pour le suivre : il vous attendra ici.',
    },
    end_pending: {
      title: 'Le portail n’a pas encore été prévenu.',
      text: () =>
        'La fin de la session précédente lui sera envoyée dès que possible. Sur ce poste, tout est déjà effacé.',
    },
  } satisfies Record<Notice['kind'], { title: string; text: (end: Moment | null) => string }>,
};

export type SessionMessages = typeof session;
