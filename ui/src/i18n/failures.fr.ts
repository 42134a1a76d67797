import type { BlockCause, FailureCode } from '../backend';
import { at, wait } from './fr.time';
import type { Moment, Span } from './time';

/** What goes wrong with a whole answer, what is blocked, and whom to ask. */
export const failures = {
  failure: {
    retry: 'Réessayer',
    retryIn: (left: Span) => `Réessayer dans ${wait(left)}`,
    restart: 'Recommencer',
    change_portal: 'Choisir un autre portail',
    dismiss: 'Compris',
    details: 'Pour le support',
    codes: {
      portal_unreachable: {
        title: 'Le portail ne répond pas.',
        what: 'Le réseau est coupé, ou le portail est arrêté.',
        lost: 'Rien n’est perdu : réessayer ne coûte pas d’essai de plus.',
        now: 'Vérifiez le réseau de ce poste, puis réessayez.',
      },
      certificate_rejected: {
        title: 'L’identité du portail n’est pas prouvée.',
        what: 'Son certificat est inconnu, expiré, ou fait pour un autre nom.',
        lost: 'Rien n’a été envoyé : votre mot de passe est resté ici.',
        now: 'N’insistez pas. Vérifiez la date et l’heure de ce poste, puis prévenez votre service informatique.',
      },
      proxy_refused: {
        title: 'Le réseau de l’établissement a refusé le passage.',
        what: 'Son serveur mandataire (proxy) refuse la connexion ou veut une authentification.',
        lost: 'Rien n’est perdu, rien n’est arrivé au portail.',
        now: 'Réessayez, et si cela dure, prévenez votre service informatique.',
      },
      portal_busy: {
        title: 'Le portail est surchargé.',
        what: 'Il répond, mais ne peut pas traiter la demande maintenant.',
        lost: 'Rien n’est perdu, aucun essai n’est compté.',
        now: 'Patientez un instant, puis réessayez.',
      },
      slow_down: {
        title: 'Trop de tentatives à la suite.',
        what: 'Pour protéger les comptes, le portail demande d’attendre.',
        lost: 'Rien n’est perdu, rien n’est bloqué.',
        now: 'Profitez de l’attente pour relire ce que vous avez saisi.',
      },
      unexpected_answer: {
        title: 'Le portail a donné une réponse incompréhensible.',
        what: 'Il est peut-être en cours de mise à jour, ou le réseau a modifié sa réponse.',
        lost: 'Ce qui est encore affiché est gardé.',
        now: 'Recommencez. Si cela dure, transmettez les détails au support.',
      },
      wrong_issuer: {
        title: 'Ce n’est pas le portail attendu.',
        what: 'La réponse vient d’un autre service que celui choisi. Elle a été rejetée.',
        lost: 'Personne n’a été connecté.',
        now: 'N’insistez pas et prévenez votre service informatique.',
      },
      session_expired: {
        title: 'La connexion a pris trop de temps.',
        what: 'Elle s’arrête après 10 minutes sans réponse.',
        lost: 'Rien n’est perdu : votre identifiant est resté, aucun essai n’est compté.',
        now: 'Recommencez avec votre mot de passe.',
      },
      signed_out_by_portal: {
        title: 'Le portail a fermé votre session.',
        what: 'Vous vous êtes déconnecté ailleurs, ou la durée limite est atteinte.',
        lost: 'Ce qui était enregistré dans le portail y est toujours.',
        now: 'Reconnectez-vous pour continuer.',
      },
      handover_incomplete: {
        title: 'Le changement de personne n’est pas terminé.',
        what: 'Des données de la personne précédente n’ont pas pu être effacées. Par précaution, personne n’est connecté.',
        lost: 'Rien n’est perdu pour vous.',
        now: 'Fermez Parvis, rouvrez-le, puis recommencez. Si cela revient, prévenez votre service informatique.',
      },
      old_key_remains: {
        title: 'Une ancienne clé n’a pas pu être retirée.',
        what: 'Le trousseau de ce poste est fermé. Cette clé ne vaut déjà plus rien pour le portail.',
        lost: 'Rien n’est perdu, vous pouvez travailler.',
        now: 'Rien à faire : elle sera retirée au prochain démarrage.',
      },
      keyring_unavailable: {
        title: 'Ce poste ne pourra pas vous reconnaître.',
        what: 'Le trousseau du système est absent ou fermé.',
        lost: 'Rien n’est perdu ; un code sera demandé à chaque connexion.',
        now: 'Continuez. Signalez-le à votre service informatique.',
      },
      data_folder: {
        title: 'Ce poste ne laisse pas Parvis écrire.',
        what: 'Le dossier de l’application est plein ou protégé.',
        lost: 'Rien n’est perdu, mais vos réglages ne seront pas retenus.',
        now: 'Continuez. Signalez-le à votre service informatique.',
      },
      portal_not_supported: {
        title: 'Ce portail ne peut pas s’ouvrir ici.',
        what: 'Il n’est pas dans la liste de ce poste, ou demande une version plus récente de Parvis.',
        lost: 'Rien n’a été envoyé.',
        now: 'Choisissez un autre portail ou prévenez votre service informatique.',
      },
      request_refused: {
        title: 'Le portail a refusé la demande.',
        what: 'Elle n’avait pas la forme attendue : c’est un défaut, pas une erreur de votre part.',
        lost: 'Rien n’est perdu, aucun essai n’est compté.',
        now: 'Recommencez. Si cela dure, transmettez les détails au support.',
      },
      out_of_step: {
        title: 'Cette réponse est arrivée trop tard.',
        what: 'L’écran avait déjà changé.',
        lost: 'Rien n’a été envoyé.',
        now: 'Continuez avec ce qui est affiché.',
      },
      internal: {
        title: 'Quelque chose s’est mal passé dans Parvis.',
        what: 'C’est un défaut de l’application, pas une erreur de votre part.',
        lost: 'Ce que vous avez saisi est toujours là.',
        now: 'Réessayez. Si cela revient, fermez Parvis, rouvrez-le et transmettez les détails au support.',
      },
    } satisfies Record<FailureCode, { title: string; what: string; lost: string; now: string }>,
  },

  blocked: {
    title: 'Accès bloqué',
    why: 'Trop de codes erronés ou demandés : pour vous protéger, le portail a fermé l’accès à ce compte. Rien n’est perdu.',
    causes: {
      wrong_codes:
        'Trop de codes erronés de suite : pour vous protéger, le portail a bloqué ce compte. Rien n’est perdu.',
      requests:
        'Trop de codes demandés sans en saisir un juste : pour vous protéger, le portail a bloqué ce compte. Rien n’est perdu.',
      support: 'Le support du portail a bloqué ce compte. Rien n’est perdu.',
    } satisfies Record<BlockCause, string>,
    onlySupport: 'Seul le support peut le rouvrir.',
    until: (end: Moment) => `L’accès se rouvrira tout seul ${at(end)}.`,
    since: 'Depuis',
    workstation: 'Poste',
    message: 'Message prêt à envoyer',
    text: (portal: string, since: string, reference: string, workstation: string) =>
      `Bonjour,\n\nMon accès à ${portal} est bloqué${since ? ` depuis : ${since}` : ''}.\n${reference ? `Référence : ${reference}\n` : ''}Poste : ${workstation}\n\nPouvez-vous le débloquer ? Merci.`,
    copy: 'Copier le message',
    others: (names: string) => `Vous pouvez toujours entrer ici : ${names}.`,
    change: 'Entrer dans un autre portail',
  },

  support: {
    heading: 'Support',
    email: 'E-mail',
    phone: 'Téléphone',
    reference: 'Référence',
    none: 'Le portail n’a pas donné de contact. Adressez-vous à votre service informatique.',
  },
};

export type FailureMessages = typeof failures;
