import type { MethodId, TrustEndReason } from '../backend';
import type { CodeFlaw } from '../code';
import { at, count, countdown, until, wait } from './fr.time';
import type { Moment, Span } from './time';

const by: Record<MethodId, string> = {
  email: 'par e-mail',
  sms: 'par SMS',
  voice: 'par appel',
  totp: 'dans votre application d’authentification',
  recovery_code: 'dans votre liste de codes de secours',
};

const to = (method: MethodId, hint: string) => (hint ? ` ${method === 'email' ? 'à' : 'au'} ${hint}` : '');

/** The second factor at sign-in: which, its code, and why one is asked. */
export const codes = {
  methods: {
    title: 'Comment recevoir votre code ?',
    lead: 'Votre mot de passe est juste. Il reste un code à saisir.',
    email: 'Par e-mail',
    sms: 'Par SMS',
    voice: 'Par appel',
    totp: 'Application d’authentification',
    recovery_code: 'Code de secours',
    recoveryHint: 'Un des codes que vous avez notés',
    to: (hint: string, method: MethodId) => to(method, hint).trim(),
    totpHint: 'Le code s’affiche sur votre téléphone',
    usual: 'Proposé',
    blocked: (left: Span) => `Bloqué encore ${wait(left)}`,
    blockedForNow: 'Bloqué pour le moment',
  },

  code: {
    title: 'Saisissez votre code',
    sent: (number: number, sentAt: Moment, method: MethodId, hint: string) =>
      `${number > 1 ? `Code ${number}, envoyé` : 'Code envoyé'} ${at(sentAt)} ${by[method]}${to(method, hint)}.`,
    queued: (number: number, method: MethodId, hint: string) =>
      `${number > 1 ? `Le code ${number}` : 'Le code'} va partir ${by[method]}${to(method, hint)}.`,
    called: (number: number, hint: string) =>
      `${number > 1 ? 'Nous vous rappelons' : 'Nous vous appelons'}${to('voice', hint)}. Décrochez : une voix dit le code deux fois.`,
    totp: (portal: string) => `Ouvrez votre application d’authentification et recopiez le code de ${portal}.`,
    label: (length: number) => `Code à ${count(length, 'chiffre', 'chiffres')}`,
    hint: 'Vous pouvez le coller ; les espaces sont acceptés.',
    valid: (left: Span) => `Valable encore ${countdown(left)}`,
    over: 'Code expiré',
    spoken: {
      start: (whole: Span) => `Ce code est valable ${wait(whole)}.`,
      sixty: 'Ce code est valable encore une minute.',
      thirty: 'Ce code est valable encore 30 secondes.',
      over: 'Ce code n’est plus valable.',
    },
    tries: (left: number) => count(left, 'essai', 'essais'),
    submit: 'Valider',
    submitLast: 'Valider mon dernier essai',
    newCode: 'Recevoir un nouveau code',
    continueTotp: 'Continuer',
    delivery: {
      queued: 'Le message attend de partir…',
      sent: 'Message remis. Il peut mettre une minute à arriver.',
      failed: {
        title: 'Le message n’a pas pu partir.',
        other: 'Recevez le code autrement, ou redemandez-le dans un instant. Cet envoi ne compte pas.',
        only: 'Redemandez le code dans un instant. Cet envoi ne compte pas.',
      },
    },
    call: {
      queued: 'L’appel attend de partir…',
      sent: 'L’appel est lancé. Il peut mettre une minute.',
      failed: {
        title: 'L’appel n’a pas pu partir.',
        other: 'Recevez le code autrement, ou redemandez-le dans un instant. Cet appel ne compte pas.',
        only: 'Redemandez le code dans un instant. Cet appel ne compte pas.',
      },
    },
    remember: (workstation: string, end: Moment) =>
      `Ne plus me demander de code sur ce poste (${workstation}) ${until(end)}`,
    rememberNoEnd: (workstation: string) =>
      `Ne plus me demander de code sur ce poste (${workstation}) pendant 24 heures`,
    rememberUntil: until,
    rememberHint: (portal: string) =>
      `Pour vous seul, sur ${portal}. S’annule si un autre professionnel se connecte ici.`,
    noKeyring: 'Ce poste ne peut rien retenir aujourd’hui : un code sera demandé à chaque connexion.',
    resend: 'Je n’ai pas reçu le code',
    resendTotp: 'Je n’ai pas de code',
    resendIn: (left: Span) => `Nouvel envoi possible dans ${wait(left)}.`,
    resendReady: 'Regardez aussi dans les indésirables.',
    resendReadySms: 'Vérifiez que votre téléphone a du réseau.',
    resendReadyVoice: 'Gardez le téléphone près de vous et décrochez.',
    resendTotpHint: 'Où le trouver, et que faire sans téléphone.',
    resendNone: 'Plus d’envoi possible pour l’instant de cette façon.',
    lastSend: {
      title: 'C’est le dernier envoi possible pour l’instant.',
      text: 'Attendez encore un peu le message précédent : son code reste bon jusqu’à la fin de sa validité.',
      confirm: 'Envoyer quand même',
    },
    other: 'Autrement',
    smsInstead: 'Recevoir un SMS',
    otherMethod: {
      email: (hint: string) => (hint ? `Recevoir par e-mail à ${hint}` : 'Recevoir par e-mail'),
      sms: (hint: string) => (hint ? `Recevoir par SMS au ${hint}` : 'Recevoir par SMS'),
      voice: (_: string) => 'Recevoir un appel à la place',
      totp: (_: string) => 'Utiliser mon application',
      recovery_code: (_: string) => 'Utiliser un code de secours',
    } satisfies Record<MethodId, (hint: string) => string>,
    lastTry: {
      title: 'Il vous reste un seul essai.',
      sent: (sentAt: Moment) =>
        `Encore une erreur et l’accès sera bloqué. Vérifiez que le code vient bien du message envoyé ${at(sentAt)}.`,
      voice:
        'Encore une erreur et l’accès sera bloqué. Vérifiez que le code est bien celui que la voix a dit.',
      totp: 'Encore une erreur et l’accès sera bloqué. Attendez le prochain code de votre application, puis recopiez-le.',
    },
    flaw: {
      empty: {
        title: 'Il manque le code.',
        text: (n: number) => `Il a ${count(n, 'chiffre', 'chiffres')}. Rien n’a été envoyé.`,
      },
      too_short: {
        title: 'Ce code est trop court.',
        text: (n: number) =>
          `Il faut ${count(n, 'chiffre', 'chiffres')}. Rien n’a été envoyé, aucun essai n’est compté.`,
      },
      too_long: {
        title: 'Ce code est trop long.',
        text: (n: number) =>
          `Il faut ${count(n, 'chiffre', 'chiffres')}. Rien n’a été envoyé, aucun essai n’est compté.`,
      },
      not_digits: {
        title: 'Un code n’a que des chiffres.',
        text: (_: number) =>
          'Enlevez les lettres ou les signes. Rien n’a été envoyé, aucun essai n’est compté.',
      },
    } satisfies Record<CodeFlaw, { title: string; text: (length: number) => string }>,
    problem: {
      code_rejected: {
        title: 'Ce code n’est pas le bon.',
        text: 'Comparez-le au dernier message reçu.',
        left: (n: number) => `Il vous reste ${count(n, 'essai', 'essais')}.`,
      },
      code_expired: {
        title: 'Ce code n’est plus valable.',
        text: 'Demandez-en un nouveau : vous n’avez rien à retaper.',
        totp: 'Recopiez celui que votre application affiche maintenant.',
      },
      method_blocked: {
        title: 'Cette façon de recevoir le code est bloquée.',
        text: (left: Span | null) =>
          left ? `Elle sera rouverte dans ${wait(left)}.` : 'Seul le support peut la rouvrir.',
        other: 'Choisissez\u2011en une autre.',
      },
      send_refused: {
        title: 'Trop de codes ont été demandés.',
        text: (left: Span | null) =>
          left
            ? `Un nouvel envoi sera possible dans ${wait(left)}.`
            : 'Plus d’envoi possible pour l’instant.',
        other: 'Le dernier code reçu reste bon.',
      },
      not_a_code: {
        title: 'Ce n’est pas un code complet.',
        text: 'Rien n’a été envoyé, aucun essai n’est compté.',
      },
      same_code_again: {
        title: 'Ce code vient d’être refusé.',
        text: 'Il n’a pas été renvoyé, aucun essai n’est compté. Comparez-le au dernier message reçu.',
      },
    },
  },

  trustEnded: {
    title: 'Pourquoi un code aujourd’hui ?',
    other_professional:
      'Un autre professionnel s’est connecté sur ce poste depuis votre dernière visite : votre enregistrement s’est donc annulé.',
    expired: 'Votre enregistrement sur ce poste est arrivé à son terme : il dure 24 heures au plus.',
    credentials_changed:
      'Votre mot de passe, vos coordonnées ou vos droits ont changé : votre enregistrement s’est annulé par sécurité.',
    revoked: 'Vous, ou le support, avez mis fin à votre enregistrement sur ce poste.',
    key_missing:
      'La clé gardée par ce poste n’est plus là, par exemple après une réinstallation : il faut refaire l’enregistrement.',
  } satisfies Record<TrustEndReason | 'title', string>,
};

export type CodeMessages = typeof codes;
