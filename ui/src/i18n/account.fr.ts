import type { AuthenticatorState, ContactField, FieldProblem, PasswordRule, Place } from '../backend';
import { delegates } from './delegates.fr';
import { at, count, day, since, wait } from './fr.time';
import type { Moment, Span } from './time';

/** « 3 minutes »: how far apart two clocks are. */
const apart = (n: number) => {
  const seconds = Math.abs(n);
  return wait({
    hours: Math.floor(seconds / 3600),
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  });
};

/** « Mon espace » and what it leads to. */
export const account = {
  openPages: 'Ouvrir le portail',
  showPages: 'Afficher le portail',
  manage: 'Mon compte',
  places: {
    home: 'Mon espace',
    contacts: 'Ma fiche',
    change_password: 'Mot de passe',
    authenticator: 'Application d’authentification',
    sessions: 'Sessions ouvertes',
    delegates: 'Mes délégués',
    history: 'Historique',
  } satisfies Record<Place, string>,
  placeHints: {
    change_password: 'Le modifier',
    sessions: 'Où vous êtes connecté',
    delegates: 'Qui peut entrer à votre place',
    history: 'Ce qui s’est passé sur votre compte',
  },
  authenticatorState: { off: 'Non activée', on: 'Activée' } satisfies Record<
    AuthenticatorState['kind'],
    string
  >,
  loading: 'Lecture…',

  password: {
    title: 'Modifier le mot de passe',
    current: 'Mot de passe actuel',
    new: 'Nouveau mot de passe',
    again: 'Confirmez le nouveau',
    rules: 'Il lui faut',
    met: 'rempli',
    unmet: 'manque encore',
    length: (least: number, most: number) => `${least} à ${most} caractères`,
    digits: (n: number) => count(n, 'chiffre', 'chiffres'),
    upper: (n: number) => count(n, 'majuscule', 'majuscules'),
    lower: (n: number) => count(n, 'minuscule', 'minuscules'),
    special: (n: number) => count(n, 'signe, comme ! ou une espace', 'signes, comme ! ou une espace'),
    common: 'Pas un mot de passe courant, ni votre nom',
    strength: ['très facile à deviner', 'facile à deviner', 'moyenne', 'bonne', 'très bonne'],
    strengthIs: (words: string) => `Solidité : ${words}`,
    remaining: (n: number) =>
      n === 0 ? 'Toutes les règles sont remplies.' : `${count(n, 'règle manque', 'règles manquent')} encore.`,
    others: 'Se déconnecter des autres appareils',
    othersHint:
      'Ferme vos autres sessions et oublie vos autres postes : utile si quelqu’un connaît l’ancien.',
    submit: 'Modifier le mot de passe',
    missingCurrent: 'Il manque votre mot de passe actuel.',
    missingNew: 'Il manque le nouveau mot de passe.',
    mismatch: 'Les deux saisies ne sont pas les mêmes.',
    unmetProblem: 'Le nouveau mot de passe ne remplit pas encore toutes les règles.',
    summary: (n: number) => `${count(n, 'point est', 'points sont')} à corriger.`,
  },
  rule: {
    too_short: 'trop court',
    too_long: 'trop long',
    digit: 'un chiffre manque',
    upper: 'une majuscule manque',
    lower: 'une minuscule manque',
    special: 'un signe manque',
    common: 'trop courant',
  } satisfies Record<PasswordRule, string>,

  problem: {
    current_password_rejected: 'Ce n’est pas votre mot de passe actuel.',
    new_password: (unmet: string) => `Ce mot de passe ne convient pas : ${unmet}.`,
    new_password_unchanged: 'C’est le même que l’ancien.',
    email_malformed: 'Ce n’est pas une adresse e-mail complète. Exemple : nom@cabinet.fr',
    email_in_use: 'Un autre compte a déjà cette adresse. Donnez-en une autre, ou demandez au support.',
    email_unchanged: 'C’est déjà votre adresse.',
    phone_malformed: 'Ce numéro n’est pas complet. Exemple : +33 6 12 34 56 78',
    phone_in_use: 'Un autre compte a déjà ce numéro. Donnez-en un autre, ou demandez au support.',
    phone_unchanged: 'C’est déjà votre numéro.',
    send_refused: (left: Span | null) =>
      left
        ? `Trop de codes ont été demandés. Un nouvel envoi sera possible dans ${wait(left)}.`
        : 'Trop de codes ont été demandés. Réessayez plus tard.',
    code_rejected: 'Ce code n’est pas le bon.',
    not_a_code: 'Ce n’est pas un code complet. Rien n’a été envoyé.',
    code_expired: 'Ce code n’est plus valable. Demandez-en un nouveau.',
    blocked: (left: Span | null) =>
      left
        ? `Trop de codes erronés. Réessayez dans ${wait(left)}.`
        : 'Trop de codes erronés. Le support peut aider.',
    clock_drift: (n: number) =>
      n > 0
        ? `L’horloge de votre téléphone avance de ${apart(n)} : mettez-la à l’heure automatique, puis recopiez le code suivant.`
        : `L’horloge de votre téléphone retarde de ${apart(n)} : mettez-la à l’heure automatique, puis recopiez le code suivant.`,
    other: 'Le portail n’a pas accepté cette saisie.',
  } satisfies Record<FieldProblem['kind'], string | ((given: never) => string)>,

  contacts: {
    title: 'Ma fiche',
    lead: 'Le portail vous écrit ici : codes, liens et avertissements.',
    field: { email: 'E-mail', phone: 'Téléphone de secours' } satisfies Record<ContactField, string>,
    none: 'non renseigné',
    change: 'Modifier',
    add: 'Ajouter',
    changeName: { email: 'Modifier l’adresse e-mail', phone: 'Modifier le téléphone de secours' },
    new: { email: 'Nouvelle adresse e-mail', phone: 'Nouveau numéro de téléphone' },
    phoneHint: 'Avec l’indicatif du pays, comme +33 6 12 34 56 78.',
    submit: 'Envoyer un code pour vérifier',
    missing: { email: 'Il manque la nouvelle adresse.', phone: 'Il manque le nouveau numéro.' },
    remove: 'Supprimer le numéro',
    removeAsk: 'Le portail ne pourra plus vous envoyer de code par SMS.',
    removeConfirm: 'Supprimer mon numéro',
    prove: { email: 'Vérifier la nouvelle adresse', phone: 'Vérifier le nouveau numéro' },
    proveSubmit: 'Vérifier le code',
    cancel: 'Garder l’ancien',
    kept: 'Tant que le code n’est pas saisi, rien ne change.',
    done: {
      email: 'Adresse e-mail modifiée. L’ancienne a été prévenue.',
      phone: 'Téléphone de secours modifié.',
      phone_removed: 'Téléphone de secours supprimé.',
    },
    doneText: 'Vos autres sessions et vos postes enregistrés ont pris fin, par sécurité.',
  },

  authenticator: {
    title: 'Application d’authentification',
    off: 'Une application de votre téléphone affiche un code à 6 chiffres, même sans réseau. Activée, elle protège votre compte à chaque connexion, mieux qu’un e-mail.',
    activate: 'Activer l’application',
    install: 'Installez une application sur votre téléphone',
    installText: 'Par exemple Google Authenticator, Microsoft Authenticator ou Authy.',
    scan: 'Scannez ce code avec l’application',
    qr: 'Code QR à scanner avec l’application d’authentification',
    byHand: 'Ou saisissez cette clé à la main :',
    copy: 'Copier la clé',
    code: 'Saisissez le code qu’elle affiche',
    submit: 'Vérifier le code',
    since: (start: Moment) => `Activée ${since(start)}`,
    codesLeft: (n: number) =>
      n === 0
        ? 'Aucun code de secours restant'
        : count(n, 'code de secours restant', 'codes de secours restants'),
    codesLow: 'Faites-en de nouveaux avant d’en manquer : sans eux, un téléphone perdu vous ferme la porte.',
    newCodes: 'Nouveaux codes de secours',
    newCodesAsk: 'Les anciens ne vaudront plus rien.',
    newCodesConfirm: 'Faire de nouveaux codes',
    replace: 'Remplacer l’application',
    replaceAsk: 'L’ancienne reste valable jusqu’à ce que la nouvelle soit vérifiée.',
    replaceConfirm: 'Préparer la nouvelle',
    remove: 'Désactiver',
    removeAsk: 'Votre compte sera moins bien protégé, et vos codes de secours ne vaudront plus rien.',
    removeConfirm: 'Désactiver l’application',
    clockBehind: (n: number) => `L’horloge de ce PC retarde de ${apart(n)} sur celle du portail.`,
    clockAhead: (n: number) => `L’horloge de ce PC avance de ${apart(n)} sur celle du portail.`,
    clockText: (time: Moment) => `Les codes suivent celle du portail : il y est ${time.time}.`,
    portalClock: 'L’horloge du portail est sans doute fausse.',
    portalClockText:
      'Votre téléphone et ce PC s’en écartent tous deux d’autant. Ne changez rien et prévenez le support du portail.',
  },

  recoveryCodes: {
    title: 'Vos codes de secours',
    lead: 'Ils remplacent votre application si vous perdez votre téléphone. Chacun ne sert qu’une fois. Ils ne seront plus jamais affichés.',
    warning: 'Gardez-les loin de ce poste, comme une clé.',
    copy: 'Copier les codes',
    print: 'Imprimer',
    accept: 'Je les ai notés',
    printed: (portal: string) => `Codes de secours – ${portal}`,
    madeAt: (when: Moment) => `Faits ${at({ ...when, day: 'other' })}`,
  },

  delegates,

  sessions: {
    title: 'Sessions ouvertes',
    lead: 'Partout où quelqu’un est connecté avec votre compte.',
    current: 'Cette session',
    here: 'Autre session sur ce poste',
    elsewhere: 'Sur un autre poste',
    times: (start: Moment, last: Moment) => `Ouverte ${since(start)}, active ${day(last)}`,
    end: 'Fermer',
    endName: (start: Moment) => `Fermer la session ouverte ${since(start)}`,
    endAsk: 'Ce qui n’y est pas enregistré sera perdu.',
    endConfirm: 'Fermer cette session',
    endOthers: 'Fermer toutes les autres',
    endOthersAsk: 'Ferme toutes vos sessions sauf celle-ci, et oublie vos autres postes.',
    endOthersConfirm: 'Fermer toutes les autres sessions',
    only: 'Aucune autre session n’est ouverte.',
  },

  history: {
    title: 'Historique',
    lead: 'Ce qui s’est passé sur votre compte. Une ligne que vous ne reconnaissez pas ? Changez votre mot de passe et prévenez le support.',
    none: 'Rien encore.',
    today: 'Aujourd’hui',
    yesterday: 'Hier',
    thisWorkstation: 'ce poste',
    otherWorkstation: 'un autre poste',
    change: 'Changer mon mot de passe',
  },
};

export type AccountMessages = typeof account;
