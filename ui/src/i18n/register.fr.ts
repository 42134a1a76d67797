import type { ContactField } from '../backend';
import { at } from './fr.time';
import type { Moment } from './time';

/** Opening an account: the form, its codes, its end. */
export const register = {
  newHere: 'Nouveau ici ?',
  title: 'Créer un compte',
  haveAccount: 'Vous avez déjà un compte ?',
  signIn: 'Se connecter',
  submit: 'S’inscrire',
  submitActivation: 'Créer mon compte',
  read: 'Lire',

  appointment: {
    title: 'Votre rendez-vous vous attend',
    when: (when: Moment) => (when.day === 'other' ? `${when.weekday} ${when.date} à ${when.time}` : at(when)),
    back: 'Vous y reviendrez à la fin.',
  },

  nameLetters: (n: number) =>
    n === 1
      ? 'La première lettre de votre nom de famille'
      : `Les ${n} premières lettres de votre nom de famille`,
  nameLettersHint: 'Vous venez d’un rappel : elles montrent qu’il vous était bien adressé.',

  refusal: {
    missing: 'Ce champ est obligatoire.',
    untick: 'Cochez cette case pour continuer.',
    malformed: {
      email: 'Ce n’est pas une adresse complète. Exemple : nom@exemple.fr',
      phone: 'Ce numéro n’est pas complet. Exemples : 06 12 34 56 78, ou +41 79 123 45 67 à l’étranger.',
      permit_number: 'Ce n’est pas un numéro de permis. Recopiez-le tel quel, avec ses zéros.',
      name_letters: 'Donnez seulement des lettres, comme au début de votre nom.',
      other: 'Cette saisie n’a pas la forme attendue.',
    },
    different: {
      email: 'Les deux adresses sont différentes.',
      password: 'Les mots de passe doivent être identiques.',
      other: 'Les deux saisies sont différentes.',
    },
    international_prefix: 'Écrivez « + » à la place de « 00 » : par exemple +41 79 123 45 67.',
    unsuitable:
      'Aucun code ne peut être envoyé à ce numéro (surtaxé, court ou inexistant). Donnez votre mobile ou votre fixe.',
    in_use: {
      phone: (contact: string) =>
        `Un compte existe déjà avec ce numéro. Si c’est le vôtre, connectez-vous ou choisissez « Mot de passe oublié ». Sinon, demandez au support : ${contact}.`,
      other: 'Cette adresse sert déjà ici. Donnez-en une autre.',
    },
    not_a_member: (contact: string) =>
      `Nous ne trouvons pas de membre avec cette adresse et ce numéro de permis. Vérifiez les deux : l’adresse est celle de votre profil de membre. Pour obtenir de l’aide : ${contact}.`,
    record_differs:
      'Ces coordonnées ne sont pas celles que le cabinet a notées pour vous. Appelez le cabinet pour qu’il les corrige, ou donnez celles qu’il a.',
    rejected:
      'Ce ne sont pas les premières lettres du nom que le cabinet a noté. Vérifiez-les, ou appelez le cabinet.',
    expired: 'Ce lien n’est plus valable. Vous pouvez vous inscrire ici ; rien n’est perdu.',
    unmet: 'Ce mot de passe ne remplit pas encore toutes les règles.',
    later: (end: Moment | null) =>
      end
        ? `Trop d’essais pour le moment. Réessayez ${at(end)} ; ce que vous avez saisi reste ici.`
        : 'Trop d’essais pour le moment. Réessayez plus tard ; ce que vous avez saisi reste ici.',
    other: 'Le portail n’a pas accepté cette saisie. Vérifiez-la, ou demandez au support.',
  },
  /** Whom to write to, where the portal names nobody. */
  nobody: 'votre service informatique',
  or: (email: string, phone: string) => `${email} ou ${phone}`,

  code: {
    title: { phone: 'Vérifier votre numéro', email: 'Vérifier votre adresse' } satisfies Record<
      ContactField,
      string
    >,
    edit: { phone: 'Modifier le numéro', email: 'Modifier l’adresse' } satisfies Record<ContactField, string>,
    already: 'Si vous avez déjà un compte avec cette adresse, le message le dit.',
    lastTry: {
      phone:
        'Encore une erreur et il faudra attendre, ou donner un autre numéro. Relisez le code avant de valider.',
      email:
        'Encore une erreur et il faudra attendre, ou donner une autre adresse. Relisez le code avant de valider.',
    } satisfies Record<ContactField, string>,
    blocked: {
      phone: 'Trop de codes erronés pour ce numéro.',
      email: 'Trop de codes erronés pour cette adresse.',
    } satisfies Record<ContactField, string>,
    blockedText: {
      phone: (end: Moment | null) =>
        `Réessayez ${end ? at(end) : 'plus tard'}, ou modifiez le numéro. Rien d’autre n’est perdu.`,
      email: (end: Moment | null) =>
        `Réessayez ${end ? at(end) : 'plus tard'}, ou modifiez l’adresse. Rien d’autre n’est perdu.`,
    } satisfies Record<ContactField, (end: Moment | null) => string>,
  },

  /** The failure `session_expired`, by screen: no sign-in was under way. */
  expired: {
    register: {
      title: 'L’inscription a pris trop de temps.',
      what: 'Le portail l’a arrêtée ; aucun compte n’est créé.',
      lost: 'Vos coordonnées sont restées ; le mot de passe et les codes reçus sont perdus.',
      now: 'Complétez le formulaire et renvoyez-le.',
    },
    registered: {
      title: 'L’e-mail ne peut plus être renvoyé d’ici.',
      what: 'Trop de temps a passé depuis votre demande.',
      lost: 'Rien n’est perdu : l’e-mail déjà envoyé reste bon.',
      now: 'S’il n’est pas arrivé, connectez-vous : un autre partira.',
    },
  },

  consent: {
    accept: 'J’accepte',
    last: 'Dernière étape : votre compte sera créé quand vous aurez accepté.',
    decline: 'Ne pas créer de compte',
    declineAsk: 'Ce que vous avez saisi ne sera pas gardé.',
    declineConfirm: 'Abandonner l’inscription',
    declineKeep: 'Continuer l’inscription',
  },

  done: {
    opened: 'Votre compte est créé',
    openedText: 'Vous pouvez vous connecter dès maintenant.',
    identifier: 'Votre identifiant',
    toAppointment: 'Revenir à mon rendez-vous',
    toPage: 'Revenir à la page d’où je viens',
    inBrowser: 'S’ouvre dans votre navigateur.',
    received: 'Votre demande a bien été reçue',
    mailed: (hint: string) =>
      `Un e-mail d’activation vient de partir à ${hint}. Ouvrez-le et cliquez sur « Activer ».`,
    yourAddress: 'votre adresse',
    activated: 'J’ai activé mon compte : me connecter',
    resent: 'L’e-mail d’activation vient de repartir.',
  },
  due: {
    title: 'Activez d’abord votre compte',
    text: 'Votre mot de passe est juste. Il reste à activer votre compte.',
    mailed: (hint: string) =>
      `L’e-mail d’activation vient de repartir à ${hint}. Ouvrez-le et cliquez sur « Activer ».`,
    activated: 'J’ai activé mon compte',
  },
  late: {
    title: 'L’e-mail n’arrive pas ?',
    spam: 'Attendez quelques minutes et regardez aussi dans les indésirables.',
    already: 'Si un compte existe déjà, le message le dit.',
    resend: 'Renvoyer l’e-mail',
    resendNone: 'Plus d’envoi possible pour l’instant.',
    support: 'Toujours rien ? Le support du portail vous aide.',
  },
  help: {
    title: 'Créer un compte',
    text: 'Choisissez le portail, puis « Créer un compte » sous la connexion. Le portail vérifie que le numéro ou l’adresse est bien à vous, par un code ou par un e-mail à ouvrir. Rien n’est créé avant la fin, et vous pouvez vous arrêter à tout moment.',
  },
};

export type RegisterMessages = typeof register;
