import { count } from './fr.time';
import type { Span } from './time';

/** Second factor, step-up and the help about them. */
export const proof = {
  totp: 'Entrez le code à usage unique généré par votre application d’authentification.',
  nextCode: ({ seconds }: Span) => `Un nouveau code s’affiche dans ${seconds} s.`,
  nextCodeSoon: ({ seconds }: Span) => `Le code change dans ${seconds} s : attendez plutôt le suivant.`,
  recoveryTitle: 'Saisissez un code de secours',
  recovery: 'Recopiez un des codes que vous avez notés. Il ne servira qu’une fois.',
  recoveryLabel: (length: number) => `Code de secours à ${count(length, 'chiffre', 'chiffres')}`,
  compare: {
    totp: 'Comparez-le au code que votre application affiche maintenant.',
    voice: 'Comparez-le au code que la voix a dit.',
    recovery_code: 'Relisez votre liste : un code déjà utilisé ne vaut plus rien.',
  },
  lastTryRecovery: 'Encore une erreur et l’accès sera bloqué. Relisez votre liste chiffre par chiffre.',
  blocks: 'Après, seul le support pourra débloquer votre compte.',
  askLastTry: {
    title: 'C’est votre dernier essai.',
    check: 'Relire mon code',
  },
  lastRequest: {
    title: 'C’est votre dernière demande de code.',
    text: 'Sans code juste ensuite, votre compte sera bloqué, et seul le support pourra le débloquer.',
    confirm: 'Utiliser ma dernière demande',
  },
  sendTo: (hint: string) => `Envoyer le code à usage unique à : ${hint}`,
  requestsLeft: (left: number) =>
    left === 0 ? 'Aucune demande restante' : count(left, 'demande restante', 'demandes restantes'),

  help: {
    link: 'Qu’est-ce que le 2FA ?',
    what: {
      title: 'Qu’est-ce que le 2FA ?',
      text: 'L’authentification à deux facteurs : en plus du mot de passe, que l’on peut vous voler, un second élément que vous seul avez, comme votre téléphone. Avec l’un sans l’autre, personne n’entre.',
    },
    app: {
      title: 'L’application d’authentification',
      text: 'Par exemple Google Authenticator, Microsoft Authenticator ou Authy. Elle affiche un code à 6 chiffres qui change toutes les 30 secondes, même sans réseau. Une fois activée, un code vous est demandé à chaque connexion.',
    },
    without: {
      title: 'Pas d’accès à votre application ?',
      text: 'Demandez le code par e-mail, à l’adresse de votre compte, ou servez-vous d’un code de secours si vous en avez noté. Sans rien de cela, le support du portail vous aide.',
    },
    limits: {
      title: 'Combien d’essais ?',
      text: 'Chaque portail compte les codes erronés et les demandes : chez Doctipro, trois codes erronés ou trois demandes sans code juste bloquent le compte, et seul le support le débloque. Parvis vous prévient toujours avant le dernier.',
    },
  },

  stepUp: {
    title: 'Est-ce bien vous ?',
    password:
      'Pour protéger votre compte, ce changement demande votre mot de passe. Il reprendra ensuite tout seul.',
    code: 'Pour protéger votre compte, ce changement demande aussi un code. Il reprendra ensuite tout seul.',
    submit: 'Continuer',
    rejected: 'Ce mot de passe n’est pas le bon.',
    rejectedText: 'Ce que vous avez saisi dessous est resté.',
  },
};

export type ProofMessages = typeof proof;
