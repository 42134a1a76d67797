// Spaces are typed plainly here; typography.ts sets the unbreakable and narrow ones.
import type {
  BlockCause,
  Busy,
  FailureCode,
  KeyringState,
  MethodId,
  Notice,
  Proof,
  TrustEndReason,
  WipedItem,
  WorkstationScope,
} from '../backend';
import type { CodeFlaw } from '../code';
import { at, count, countdown, day, since, until, wait } from './fr.time';
import { account } from './account.fr';
import { history } from './history.fr';
import { proof } from './proof.fr';
import { register } from './register.fr';
import type { Moment, Span } from './time';

const by: Record<MethodId, string> = {
  email: 'par e-mail',
  sms: 'par SMS',
  voice: 'par appel',
  totp: 'dans votre application d’authentification',
  recovery_code: 'dans votre liste de codes de secours',
};

const to = (method: MethodId, hint: string) => (hint ? ` ${method === 'email' ? 'à' : 'au'} ${hint}` : '');

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

  account,
  history,
  proof,
  register,

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

  support: {
    heading: 'Support',
    email: 'E-mail',
    phone: 'Téléphone',
    reference: 'Référence',
    none: 'Le portail n’a pas donné de contact. Adressez-vous à votre service informatique.',
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

  browser: {
    title: 'La suite se passe dans votre navigateur',
    text: (portal: string) =>
      `${portal} demande une étape que cette fenêtre ne sait pas faire. Terminez-la dans le navigateur, puis revenez ici.`,
    noAddress: 'Le portail n’a pas donné d’adresse à ouvrir. Recommencez, ou adressez-vous au support.',
    open: 'Ouvrir le navigateur',
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

  wiped: {
    device_key: 'Clé d’enregistrement',
    session: 'Session et accès en mémoire',
    hints: 'Traces sur le disque',
    web_data: 'Pages et données du portail',
    verified: 'effacé, vérifié',
    unverified: 'non vérifié',
  } satisfies Record<WipedItem | 'verified' | 'unverified', string>,

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

  inactivity: {
    title: 'Êtes-vous toujours là ?',
    text: (left: Span) => `Sans réponse, votre session se fermera dans ${countdown(left)}.`,
    spoken: (left: Span) => `Votre session se fermera dans ${wait(left)}.`,
    stay: 'Rester connecté',
    signOut: 'Se déconnecter',
  },

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
        title: 'Ce poste ne peut pas vous enregistrer.',
        what: 'Le trousseau du système est absent ou fermé.',
        lost: 'Vous pouvez vous connecter normalement ; un code sera demandé à chaque fois.',
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

export type Messages = typeof fr;
