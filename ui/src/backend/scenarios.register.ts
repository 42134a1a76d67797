import type {
  CodeStep,
  ConsentText,
  Delegate,
  FormField,
  FormProblem,
  FormRefusal,
  NewPasswordRules,
  RegistrationForm,
  Screen,
} from '.';
import { DAY, dentistes, doctolib, MINUTE } from './scenarios.portals';
import { code } from './scenarios.sign-in';

// Opening an account and inviting delegates, in every state, as the two demonstration profiles ask for it.

const terms: ConsentText = {
  id: 'terms',
  label: {
    fr: 'J’accepte les conditions d’utilisation',
    en: 'I accept the terms of use',
    de: 'Ich akzeptiere die Nutzungsbedingungen',
  },
  text: {
    fr: 'Ce service de démonstration vous permet de créer un compte de patient, de vous y connecter et de retrouver un rendez-vous.\n\nVous donnez des coordonnées qui sont les vôtres, gardez votre mot de passe pour vous et n’utilisez pas le compte d’une autre personne.\n\nVous pouvez cesser de l’utiliser à tout moment ; le support ferme votre compte à votre demande.',
    en: 'This demonstration service lets you create a patient account, sign in to it and find an appointment again.\n\nYou give contact details that are yours, keep your password to yourself and do not use another person’s account.\n\nYou may stop using it at any time; support closes your account when you ask for it.',
    de: 'Mit diesem Demonstrationsdienst können Sie ein Patientenkonto anlegen, sich anmelden und einen Termin wiederfinden.\n\nSie geben Kontaktdaten an, die Ihre eigenen sind, behalten Ihr Passwort für sich und nutzen kein fremdes Konto.\n\nSie können die Nutzung jederzeit beenden; der Support schließt Ihr Konto auf Ihren Wunsch.',
  },
};
const privacy: ConsentText = {
  id: 'privacy',
  label: {
    fr: 'Doctolib protège vos informations',
    en: 'Doctolib protects your information',
    de: 'Doctolib schützt Ihre Daten',
  },
  text: {
    fr: 'Nous gardons votre adresse e-mail, votre numéro de téléphone et la date de vos acceptations, pour que vous seul entriez dans votre compte.\n\nNous ne gardons ni votre mot de passe ni vos codes en clair, ne mesurons pas votre navigation et ne transmettons rien à des tiers.\n\nVous pouvez consulter et corriger vos coordonnées dans « Mon espace ».',
    en: 'We keep your e-mail address, your telephone number and the date of what you accepted, so that you alone get into your account.\n\nWe keep neither your password nor your codes in clear, do not measure what you look at and pass nothing on to others.\n\nYou can see and correct your contact details in “My space”.',
    de: 'Wir speichern Ihre E-Mail-Adresse, Ihre Telefonnummer und das Datum Ihrer Zustimmungen, damit nur Sie in Ihr Konto gelangen.\n\nWeder Ihr Passwort noch Ihre Codes speichern wir im Klartext; wir messen Ihre Nutzung nicht und geben nichts weiter.\n\nIn „Mein Bereich“ können Sie Ihre Kontaktdaten ansehen und berichtigen.',
  },
};

const phone: FormField = {
  id: 'phone',
  label: {
    fr: 'Téléphone mobile ou fixe',
    en: 'Mobile or landline number',
    de: 'Mobil- oder Festnetznummer',
  },
  hint: {
    fr: 'Un code y sera envoyé : par SMS sur un mobile, par appel sur un fixe. Numéro étranger : avec « + » et l’indicatif du pays.',
    en: 'A code will be sent there: by SMS to a mobile, by a call to a landline. Foreign number: with “+” and the country code.',
    de: 'Dorthin wird ein Code gesendet: per SMS auf ein Handy, per Anruf auf einen Festnetzanschluss. Ausländische Nummer: mit „+“ und Landesvorwahl.',
  },
  again: null,
  value: '',
};
const email: FormField = {
  id: 'email',
  label: { fr: 'Adresse e-mail', en: 'E-mail address', de: 'E-Mail-Adresse' },
  hint: null,
  again: {
    fr: 'Adresse e-mail, une deuxième fois',
    en: 'E-mail address, once more',
    de: 'E-Mail-Adresse wiederholen',
  },
  value: '',
};
const password: FormField = {
  id: 'password',
  label: { fr: 'Mot de passe', en: 'Password', de: 'Passwort' },
  hint: {
    fr: 'Il vous permettra de gérer vos rendez-vous.',
    en: 'You will manage your appointments with it.',
    de: 'Damit verwalten Sie Ihre Termine.',
  },
  again: null,
  value: '',
};

const patientForm: RegistrationForm = {
  declaration: null,
  fields: [phone, email, password],
  nameLetters: null,
  consents: [terms],
  ticked: [],
  activationByMail: false,
};
const typedBefore: FormField[] = [
  { ...phone, value: '06 12 34 56 78' },
  { ...email, value: 'camille@exemple.fr' },
  password,
];
const dentistForm: RegistrationForm = {
  declaration: { fr: 'Je suis un dentiste', en: 'I am a dentist', de: 'Ich bin Zahnarzt' },
  fields: [
    {
      ...email,
      label: { fr: 'Courriel', en: 'E-mail', de: 'E-Mail' },
      hint: {
        fr: 'L’adresse de votre profil de membre. Elle n’est qu’à vous.',
        en: 'The address of your member profile. It is yours alone.',
        de: 'Die Adresse Ihres Mitgliederprofils. Sie gehört nur Ihnen.',
      },
      again: null,
    },
    {
      id: 'permit_number',
      label: { fr: 'Numéro de permis', en: 'Permit number', de: 'Zulassungsnummer' },
      hint: null,
      again: null,
      value: '',
    },
    {
      ...password,
      hint: null,
      again: {
        fr: 'Confirmez votre mot de passe',
        en: 'Confirm your password',
        de: 'Passwort bestätigen',
      },
    },
  ],
  nameLetters: null,
  consents: [],
  ticked: [],
  activationByMail: true,
};
const rules: NewPasswordRules = { minLength: 8, maxLength: 128, digits: 1, upper: 1, lower: 2, special: 0 };
const dentistRules: NewPasswordRules = { ...rules, minLength: 6, digits: 0, upper: 0, lower: 0 };

/** Monday a week later, at a quarter past nine. */
const appointment = () => {
  const at = new Date(Date.now() + 7 * DAY);
  at.setHours(9, 15, 0, 0);
  return { practice: 'Dre Lou Mercier, dermatologue', at: at.getTime() };
};

const refusedAs = (refused: Record<string, FormRefusal['kind'] | FormRefusal>): FormProblem[] =>
  Object.entries(refused).map(([field, refusal]) => ({
    field,
    refusal: typeof refusal === 'string' ? ({ kind: refusal } as FormRefusal) : refusal,
  }));

const register = (change: Partial<Extract<Screen, { kind: 'register' }>> = {}): Screen => ({
  kind: 'register',
  portal: doctolib,
  form: patientForm,
  rules,
  problems: [],
  appointment: null,
  ...change,
});
const dentist = (refused: Parameters<typeof refusedAs>[0] = {}): Screen =>
  register({ portal: dentistes, form: dentistForm, rules: dentistRules, problems: refusedAs(refused) });
const refused = (problems: Parameters<typeof refusedAs>[0]): Screen =>
  register({
    form: { ...patientForm, fields: typedBefore, ticked: ['terms'] },
    problems: refusedAs(problems),
  });

const registered = (change: Partial<Extract<Screen, { kind: 'registered' }>> = {}): Screen => ({
  kind: 'registered',
  portal: doctolib,
  opened: true,
  identifier: 'camille@exemple.fr',
  hint: null,
  resendIn: 0,
  sendsRemaining: null,
  resent: false,
  appointment: null,
  canReturn: false,
  ...change,
});
const mailed = (change: Partial<Extract<Screen, { kind: 'registered' }>> = {}): Screen =>
  registered({
    portal: dentistes,
    opened: false,
    identifier: '012345',
    hint: 'm•••@e•••.org',
    resendIn: 30_000,
    sendsRemaining: 2,
    ...change,
  });

const registerCode = (
  step: CodeStep,
  change: Partial<Extract<Screen, { kind: 'register_code' }>> = {},
): Screen => ({
  kind: 'register_code',
  portal: doctolib,
  contact: 'phone',
  code: step,
  problem: null,
  ...change,
});

const byPhone = (method: 'sms' | 'voice', change: Partial<CodeStep> = {}): CodeStep => ({
  ...code(),
  method,
  hint: '•• 12',
  length: 3,
  canRemember: false,
  rememberUntil: null,
  methods: (['sms', 'voice'] as const).map((id) => ({
    id,
    hint: '•• 12',
    blockedFor: null,
    requestsLeft: null,
    lastRequestBlocks: false,
  })),
  ...change,
});
const byMail = (change: Partial<CodeStep> = {}): CodeStep => ({
  ...code(),
  canRemember: false,
  rememberUntil: null,
  methods: [],
  ...change,
});

const people = (): Delegate[] => [
  {
    id: 'g2',
    name: 'Camille Roy',
    email: 'camille@cabinet.example.org',
    invitedAt: Date.now() - 10 * MINUTE,
    activeSince: null,
  },
  {
    id: 'g1',
    name: 'Noé Tremblay',
    email: 'accueil@cabinet.example.org',
    invitedAt: Date.now() - 40 * DAY,
    activeSince: Date.now() - 39 * DAY,
  },
];
const delegates = (change: Partial<Extract<Screen, { kind: 'delegates' }>> = {}): Screen => ({
  kind: 'delegates',
  portal: dentistes,
  delegates: people(),
  room: 8,
  problems: [],
  done: null,
  ...change,
});

export const registration = {
  register: () => register(),
  register_dentist: () => dentist(),
  register_booking: () => register({ appointment: appointment() }),
  register_reminder: () =>
    register({ appointment: appointment(), form: { ...patientForm, nameLetters: { count: 3, value: '' } } }),
  register_edited: () => register({ form: { ...patientForm, fields: typedBefore, ticked: ['terms'] } }),
  register_refused: () =>
    refused({
      phone: 'international_prefix',
      email: 'malformed',
      email_again: 'different',
      password: { kind: 'password', unmet: ['too_short', 'common'] },
      terms: 'missing',
    }),
  register_unsuitable: () => refused({ phone: 'unsuitable' }),
  register_phone_malformed: () => refused({ phone: 'malformed' }),
  register_in_use: () => refused({ phone: 'in_use' }),
  register_later: () => refused({ phone: { kind: 'later', retryAfter: 50 * MINUTE } }),
  register_other: () => refused({ phone: 'other', somewhere: 'other' }),
  register_link_expired: () => refused({ link: 'expired' }),
  register_record_differs: () =>
    register({
      appointment: appointment(),
      form: { ...patientForm, fields: typedBefore, nameLetters: { count: 3, value: 'Mar' } },
      problems: refusedAs({ phone: 'record_differs', name_letters: 'rejected' }),
    }),
  register_not_a_member: () => dentist({ email: 'not_a_member' }),
  register_declaration: () =>
    dentist({ declaration: 'missing', permit_number: 'malformed', password_again: 'different' }),
  register_sms: () => registerCode(byPhone('sms')),
  register_voice: () => registerCode(byPhone('voice', { delivery: 'queued' })),
  register_voice_again: () => registerCode(byPhone('voice', { sendNumber: 2, resendIn: 0 })),
  register_voice_failed: () => registerCode(byPhone('voice', { delivery: 'failed' })),
  register_voice_rejected: () =>
    registerCode(byPhone('voice', { attemptsRemaining: 2 }), { problem: { kind: 'code_rejected' } }),
  register_voice_last_try: () =>
    registerCode(byPhone('voice', { attemptsRemaining: 1 }), { problem: { kind: 'code_rejected' } }),
  register_blocked: () =>
    registerCode(byPhone('sms', { attemptsRemaining: 0 }), {
      problem: { kind: 'method_blocked', blockedFor: DAY },
    }),
  register_sms_last_try: () => registerCode(byPhone('sms', { attemptsRemaining: 1 })),
  register_sms_expired: () =>
    registerCode(byPhone('sms', { expiresIn: 0, resendIn: 0 }), { problem: { kind: 'code_expired' } }),
  register_sms_refused: () =>
    registerCode(byPhone('sms', { resendIn: 0, sendsRemaining: 0 }), {
      problem: { kind: 'send_refused', retryAfter: 9 * MINUTE },
    }),
  register_sms_failed: () => registerCode(byPhone('sms', { delivery: 'failed', resendIn: 0 })),
  register_email_rejected: () =>
    registerCode(byMail({ attemptsRemaining: 2 }), { contact: 'email', problem: { kind: 'code_rejected' } }),
  register_email_blocked: () =>
    registerCode(byMail({ attemptsRemaining: 0 }), {
      contact: 'email',
      problem: { kind: 'method_blocked', blockedFor: null },
    }),
  register_email: () => registerCode(byMail(), { contact: 'email' }),
  register_consent: () => ({ kind: 'register_consent', portal: doctolib, consent: privacy }),
  registered: () => registered(),
  registered_booking: () => registered({ appointment: appointment(), canReturn: true }),
  registered_page: () => registered({ canReturn: true }),
  registered_mailed: () => mailed(),
  registered_resent: () => mailed({ resent: true, sendsRemaining: 0, resendIn: 0 }),
  registered_mail_ready: () => mailed({ resendIn: 0, hint: null }),
  activation_due: () => ({ kind: 'activation_due', portal: dentistes, hint: 'm•••@e•••.org' }),
  delegates: () => delegates(),
  delegates_loading: () => delegates({ delegates: null, room: null }),
  delegates_none: () => delegates({ delegates: [], room: 10 }),
  delegates_one_left: () => delegates({ room: 1 }),
  delegates_full: () => delegates({ room: 0 }),
  delegates_refused: () => delegates({ problems: refusedAs({ email: 'in_use' }) }),
  delegates_invited: () => delegates({ done: { kind: 'invited', email: 'camille@cabinet.example.org' } }),
  delegates_removed: () =>
    delegates({ delegates: people().slice(1), room: 9, done: { kind: 'removed', name: 'Camille Roy' } }),
} satisfies Record<string, () => Screen>;
