import { at, wait } from './fr.time';
import type { Moment, Span } from './time';

/** From the list of portals to the password, and what leads back to it. */
export const signIn = {
  choose: {
    title: 'Où voulez-vous entrer ?',
    nobody: 'Personne n’est connecté sur ce poste.',
    lastUsed: 'Dernier portail ouvert ici',
    none: 'Aucun portail n’est installé sur ce poste. Prévenez votre service informatique.',
  },

  entrance: {
    title: 'Par quelle entrée ?',
    lead: 'Choisissez celle de votre compte. Ce poste la retiendra.',
    change: 'Changer d’entrée',
    is: (name: string) => `Entrée : ${name}`,
  },

  password: {
    title: 'Connectez-vous',
    password: 'Mot de passe',
    show: 'Afficher',
    hide: 'Masquer',
    showName: 'Afficher le mot de passe',
    hideName: 'Masquer le mot de passe',
    capsLock: 'Les majuscules sont verrouillées.',
    forgotten: 'Mot de passe oublié ?',
    submit: 'Se connecter',
    missingIdentifier: 'Il manque votre identifiant.',
    missingPassword: 'Il manque votre mot de passe.',
    credentials_rejected: {
      title: 'Identifiant ou mot de passe incorrect.',
      text: 'Votre identifiant est resté. Retapez votre mot de passe, sans vous presser.',
    },
    wrong_role: {
      title: 'Cette entrée n’est pas celle de votre compte.',
      text: (roles: string) =>
        roles
          ? `Votre compte est enregistré comme : ${roles}. Continuez par cette entrée : vous n’avez rien à retaper.`
          : 'Choisissez un autre portail ou demandez au support.',
      continueAs: (label: string) => `Continuer comme ${label.toLowerCase()}`,
    },
  },

  recovery: {
    title: 'Mot de passe oublié ?',
    lead: (validity: Span) =>
      `Le portail vous enverra par e-mail un lien pour choisir un nouveau mot de passe. Ce lien est valable ${wait(validity)} et ne sert qu’une fois.`,
    submit: 'Réinitialiser le mot de passe',
    back: 'Revenir à la connexion',
    noMailbox: 'Sans accès à votre boîte e-mail ?',
    support: 'Le support du portail vous aide. Il ne vous demandera jamais votre mot de passe ni un code.',
  },

  recoverySent: {
    title: 'Regardez vos e-mails',
    sent: (identifier: string) =>
      `Si un compte correspond à ${identifier}, un message vient de partir à son adresse.`,
    valid: (validity: Span) => `Le lien qu’il contient est valable ${wait(validity)} et ne sert qu’une fois.`,
    page: (portal: string) => `Il ouvre une page de ${portal} où vous choisissez votre nouveau mot de passe.`,
    late: 'Pas de message après quelques minutes ? Regardez aussi dans les indésirables, et vérifiez l’identifiant ci-dessus.',
    again: 'Renvoyer la demande',
    at: (when: Moment) => `Demandé ${at(when)}. Vous pouvez fermer cette fenêtre : le lien suffit.`,
  },

  browser: {
    title: 'La suite se passe dans votre navigateur',
    text: (portal: string) =>
      `${portal} demande une étape que cette fenêtre ne sait pas faire. Terminez-la dans le navigateur, puis revenez ici.`,
    noAddress: 'Le portail n’a pas donné d’adresse à ouvrir. Recommencez, ou adressez-vous au support.',
    open: 'Ouvrir le navigateur',
  },
};

export type SignInMessages = typeof signIn;
