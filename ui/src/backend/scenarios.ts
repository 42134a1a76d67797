import type {
  AuthenticatorSetup,
  AuthenticatorState,
  CodeProblem,
  CodeStep,
  ContactProof,
  EntranceInfo,
  FailureCode,
  FieldProblem,
  HistoryEntry,
  Method,
  MethodId,
  Notice,
  OpenSession,
  Person,
  PortalInfo,
  Screen,
  Texts,
  TrustEndReason,
  View,
} from '.';
import { failures } from '../failures';
import { dentistes, doctolib, registration } from './scenarios.register';

// Every screen in every state, for the tests: nothing here is in the built app.

const MINUTE = 60_000;
const DAY = 86_400_000;
const same = (text: string): Texts => ({ fr: text, en: text, de: text });

export const workstation: View['workstation'] = {
  name: 'Accueil 2',
  scope: 'machine',
  reference: 'PV-7K2M',
  keyring: 'available',
};

const sante: PortalInfo = {
  id: 'portail-de-sante',
  name: { fr: 'Portail de santé', en: 'Portail de santé', de: 'Portail de santé' },
  host: 'portail.example.org',
  identifierLabel: {
    fr: 'Identifiant ou adresse e-mail',
    en: 'Identifier or e-mail address',
    de: 'Kennung oder E-Mail-Adresse',
  },
  support: { email: 'support@portail.example.org', phone: '+33 1 99 00 12 34', reference: null },
  trustMaxAge: DAY,
  canRegister: false,
};
const doctipro: PortalInfo = {
  id: 'doctipro',
  name: same('Doctipro'),
  host: 'doctipro.example.org',
  identifierLabel: { fr: 'Adresse e-mail', en: 'E-mail address', de: 'E-Mail-Adresse' },
  support: { email: 'info@doctipro.example.org', phone: null, reference: 'PX-4F7-29C' },
  trustMaxAge: null,
  canRegister: false,
};

const entrances: EntranceInfo[] = [
  { role: 'doctor', label: { fr: 'Médecin', en: 'Doctor', de: 'Arzt' } },
  { role: 'secretary', label: { fr: 'Secrétaire', en: 'Secretary', de: 'Sekretariat' } },
  { role: 'patient', label: { fr: 'Patient', en: 'Patient', de: 'Patient' } },
];

const dentistEntrances: EntranceInfo[] = [
  { role: 'dentist', label: { fr: 'Dentiste', en: 'Dentist', de: 'Zahnarzt' } },
  { role: 'delegate', label: { fr: 'Délégué', en: 'Delegate', de: 'Beauftragter' } },
];

/** A way to receive a code. */
const way = (
  id: MethodId,
  hint: string | null,
  blockedFor: number | null,
  change: Partial<Method> = {},
): Method => ({ id, hint, blockedFor, requestsLeft: null, lastRequestBlocks: false, ...change });

function code(change: Partial<CodeStep> = {}): CodeStep {
  return {
    method: 'email',
    hint: 'm•••@e•••.org',
    sendNumber: 1,
    length: 6,
    sentAt: Date.now(),
    expiresIn: 5 * MINUTE,
    validity: 5 * MINUTE,
    resendIn: 30_000,
    sendsRemaining: 2,
    attemptsRemaining: 3,
    delivery: 'sent',
    lastTryBlocksAccount: false,
    nextCodeIn: null,
    methods: [way('email', 'm•••@e•••.org', null), way('sms', '•• 12', null)],
    canRemember: true,
    rememberUntil: Date.now() + DAY,
    ...change,
  };
}

const codeScreen = (
  change: Partial<CodeStep> = {},
  problem: CodeProblem | null = null,
  trustEnded: TrustEndReason | null = null,
): Screen => ({ kind: 'code', portal: sante, code: code(change), trustEnded, problem });

const password = (change: Partial<Extract<Screen, { kind: 'password' }>> = {}): Screen => ({
  kind: 'password',
  portal: sante,
  entrance: null,
  identifier: '',
  problem: null,
  notice: null,
  ...change,
});

const person: Person = {
  name: 'Dr Camille Aubry',
  initials: 'CA',
  role: { fr: 'Médecin', en: 'Doctor', de: 'Ärztin' },
  email: 'm•••@e•••.org',
  phone: '•• •• •• 12',
  proof: 'email_code',
};

const signedIn = (change: Partial<Extract<Screen, { kind: 'signed_in' }>> = {}): Screen => ({
  kind: 'signed_in',
  portal: sante,
  person,
  since: Date.now() - MINUTE,
  trust: { kind: 'until', at: Date.now() + DAY },
  devices: [
    { id: 'd1', current: true, grantedAt: Date.now() - MINUTE, expiresAt: Date.now() + DAY },
    { id: 'd2', current: false, grantedAt: Date.now() - DAY / 2, expiresAt: Date.now() + DAY / 2 },
  ],
  inactivityLimit: 5 * MINUTE,
  pages: 'closed',
  authenticator: { kind: 'off' },
  hasDelegates: false,
  notice: null,
  ...change,
});

const changePassword = (problems: FieldProblem[] = []): Screen => ({
  kind: 'change_password',
  portal: doctipro,
  rules: { minLength: 12, maxLength: 128, digits: 1, upper: 1, lower: 1, special: 0 },
  problems,
});

const contactProof: ContactProof = {
  field: 'email',
  hint: 'c•••@c•••.org',
  length: 6,
  sentAt: Date.now(),
  expiresIn: 5 * MINUTE,
  validity: 5 * MINUTE,
  resendIn: 30_000,
  sendsRemaining: 2,
  attemptsRemaining: 3,
  delivery: 'sent',
};

const contacts = (change: Partial<Extract<Screen, { kind: 'contacts' }>> = {}): Screen => ({
  kind: 'contacts',
  portal: doctipro,
  person,
  proof: null,
  problems: [],
  done: null,
  ...change,
});

const on: Extract<AuthenticatorState, { kind: 'on' }> = {
  kind: 'on',
  since: Date.now() - 3 * DAY,
  recoveryCodesLeft: 2,
};

/** Looks like a QR code; the tests of the engine read a real one. */
const qr = Array.from({ length: 29 }, (_, y) =>
  Array.from({ length: 29 }, (_, x) => {
    const corner = [
      [0, 0],
      [22, 0],
      [0, 22],
    ].find(([left, top]) => x >= left! && x < left! + 7 && y >= top! && y < top! + 7);
    if (!corner) return (x * 7 + y * 13 + x * y) % 3 === 0 ? '1' : '0';
    const ring = Math.max(Math.abs(x - corner[0]! - 3), Math.abs(y - corner[1]! - 3));
    return ring === 2 ? '0' : '1';
  }).join(''),
);

const setup = (clock: AuthenticatorSetup['clock'] = { kind: 'right' }): AuthenticatorSetup => ({
  secret: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
  qr,
  length: 6,
  clock,
});

const authenticator = (change: Partial<Extract<Screen, { kind: 'authenticator' }>> = {}): Screen => ({
  kind: 'authenticator',
  portal: doctipro,
  state: { kind: 'off' },
  setup: null,
  problems: [],
  notice: null,
  ...change,
});

const sessions = (): OpenSession[] => [
  {
    id: 's1',
    current: true,
    thisWorkstation: true,
    startedAt: Date.now() - 10 * MINUTE,
    lastUsedAt: Date.now() - MINUTE,
    proof: 'totp',
  },
  {
    id: 's2',
    current: false,
    thisWorkstation: false,
    startedAt: Date.now() - DAY,
    lastUsedAt: Date.now() - 40 * MINUTE,
    proof: 'trust',
  },
];

const history = (): HistoryEntry[] => [
  { at: Date.now() - MINUTE, what: 'signed_in', detail: null, thisWorkstation: true },
  { at: Date.now() - 2 * MINUTE, what: 'code_accepted', detail: 'totp', thisWorkstation: true },
  { at: Date.now() - 3 * MINUTE, what: 'something_new', detail: null, thisWorkstation: true },
  { at: Date.now() - DAY, what: 'password_rejected', detail: null, thisWorkstation: false },
  { at: Date.now() - 5 * DAY, what: 'totp_activated', detail: null, thisWorkstation: null },
];

const wiped = (verified = true): Extract<Screen, { kind: 'left' }>['wiped'] => [
  { what: 'device_key', verified },
  { what: 'session', verified: true },
  { what: 'hints', verified: true },
  { what: 'web_data', verified: true },
];

const noticeScreens: Record<Notice['kind'], () => Screen> = {
  signed_out: () => password({ notice: { kind: 'signed_out', trustUntil: Date.now() + DAY } }),
  signed_out_by_inactivity: () => password({ notice: { kind: 'signed_out_by_inactivity' } }),
  signed_out_by_sleep: () => password({ notice: { kind: 'signed_out_by_sleep' } }),
  signed_out_by_portal: () => password({ notice: { kind: 'signed_out_by_portal' } }),
  end_pending: () => ({ kind: 'choose_portal', notice: { kind: 'end_pending' } }),
  trust_not_remembered: () =>
    signedIn({
      notice: { kind: 'trust_not_remembered' },
      trust: { kind: 'none', codeDue: true },
      devices: [],
    }),
  trust_forgotten: () =>
    signedIn({ notice: { kind: 'trust_forgotten' }, trust: { kind: 'none', codeDue: true }, devices: [] }),
  password_changed: () => signedIn({ notice: { kind: 'password_changed', othersSignedOut: true } }),
  authenticator_on: () => signedIn({ notice: { kind: 'authenticator_on' } }),
  authenticator_off: () => signedIn({ notice: { kind: 'authenticator_off' } }),
  others_signed_out: () => signedIn({ notice: { kind: 'others_signed_out' } }),
  link_waits: () => signedIn({ notice: { kind: 'link_waits' } }),
  pages_not_opened: () => signedIn({ notice: { kind: 'pages_not_opened' } }),
};

type Scenario = Partial<View> & { screen: Screen };
type Scenarios = Record<string, () => Scenario>;
const screens = <T extends string>(prefix: string, made: Record<T, () => Screen>): Scenarios =>
  Object.fromEntries(
    Object.entries<() => Screen>(made).map(([name, screen]) => [prefix + name, () => ({ screen: screen() })]),
  );

const totpMethods: CodeStep['methods'] = [
  way('totp', null, null),
  way('email', 't•••@g•••.com', null, { requestsLeft: 3 }),
  way('recovery_code', null, null),
];
const totp: Partial<CodeStep> = {
  method: 'totp',
  hint: null,
  expiresIn: 10 * MINUTE,
  validity: 10 * MINUTE,
  sendsRemaining: null,
  nextCodeIn: 18_000,
  canRemember: false,
  rememberUntil: null,
  methods: totpMethods,
};

const scenarios: Scenarios = {
  ...screens('', {
    choose_portal: () => ({ kind: 'choose_portal', notice: null }),
    password: () => password(),
    password_rejected: () => password({ identifier: 'medecin-a', problem: { kind: 'credentials_rejected' } }),
    wrong_role: () =>
      password({
        portal: doctipro,
        entrance: entrances[0]!,
        identifier: 'accueil',
        problem: { kind: 'wrong_role', entrances: [entrances[1]!] },
      }),
    select_method: () => ({
      kind: 'select_method',
      portal: sante,
      methods: [way('email', 'm•••@e•••.org', null), way('sms', '•• 12', null), way('totp', null, null)],
      preferred: 'email',
      trustEnded: null,
      problem: null,
    }),
    select_method_last_request: () => ({
      kind: 'select_method',
      portal: doctipro,
      methods: [
        way('totp', null, null),
        way('email', 't•••@g•••.com', null, { requestsLeft: 1, lastRequestBlocks: true }),
        way('recovery_code', null, null),
      ],
      preferred: 'totp',
      trustEnded: null,
      problem: null,
    }),
    select_method_blocked: () => ({
      kind: 'select_method',
      portal: sante,
      methods: [way('email', 'm•••@e•••.org', 12 * MINUTE), way('sms', '•• 12', null)],
      preferred: 'sms',
      trustEnded: 'expired',
      problem: { kind: 'method_blocked', blockedFor: 12 * MINUTE },
    }),
    blocked: () => ({
      kind: 'blocked',
      portal: doctipro,
      since: Date.now() - 2 * MINUTE,
      until: null,
      cause: 'wrong_codes',
      support: doctipro.support,
    }),
    blocked_requests: () => ({
      kind: 'blocked',
      portal: doctipro,
      since: Date.now() - 2 * MINUTE,
      until: null,
      cause: 'requests',
      support: doctipro.support,
    }),
    blocked_until: () => ({
      kind: 'blocked',
      portal: sante,
      since: Date.now(),
      until: Date.now() + DAY,
      cause: null,
      support: sante.support,
    }),
    browser: () => ({ kind: 'browser', portal: sante, canOpen: true }),
    browser_without_address: () => ({ kind: 'browser', portal: sante, canOpen: false }),
    forgotten_password: () => ({
      kind: 'forgotten_password',
      portal: sante,
      identifier: 'medecin-a',
      linkValidity: DAY,
    }),
    forgotten_password_empty: () => ({
      kind: 'forgotten_password',
      portal: { ...sante, support: { email: null, phone: null, reference: null } },
      identifier: '',
      linkValidity: DAY,
    }),
    recovery_sent: () => ({
      kind: 'recovery_sent',
      portal: sante,
      identifier: 'medecin-a',
      linkValidity: DAY,
      at: Date.now(),
    }),
    choose_entrance: () => ({ kind: 'choose_entrance', portal: doctipro, entrances }),
    password_entrance: () => password({ portal: doctipro, entrance: entrances[1]! }),
    handover_receipt: () => ({
      kind: 'handover_receipt',
      portal: sante,
      person: {
        ...(signedIn() as Extract<Screen, { kind: 'signed_in' }>).person,
        name: 'Dr Noé Bernard',
        initials: 'NB',
      },
      receipt: { endedTrust: true, endedSessions: 1, wiped: wiped(), at: Date.now() },
    }),
    signed_in: () => signedIn(),
    signed_in_pages_open: () =>
      signedIn({
        pages: 'open',
        authenticator: { kind: 'on', since: Date.now() - DAY, recoveryCodesLeft: 10 },
      }),
    signed_in_without_authenticator: () => signedIn({ authenticator: null }),
    signed_in_loading: () => signedIn({ devices: null }),
    signed_in_untrusted: () => signedIn({ trust: { kind: 'none', codeDue: true }, devices: [] }),
    change_password: () => changePassword(),
    change_password_rejected: () =>
      changePassword([
        { kind: 'current_password_rejected' },
        { kind: 'new_password', unmet: ['too_short', 'common'] },
      ]),
    contacts: () => contacts(),
    contacts_proof: () => contacts({ proof: contactProof }),
    contacts_proof_rejected: () =>
      contacts({ proof: { ...contactProof, attemptsRemaining: 2 }, problems: [{ kind: 'code_rejected' }] }),
    contacts_malformed: () => contacts({ problems: [{ kind: 'email_malformed' }] }),
    contacts_done: () => contacts({ done: { kind: 'proved', field: 'email' } }),
    contacts_phone_removed: () =>
      contacts({ person: { ...person, phone: null }, done: { kind: 'phone_removed' } }),
    authenticator_off: () => authenticator(),
    authenticator_setup: () => authenticator({ setup: setup() }),
    authenticator_clock: () => authenticator({ setup: setup({ kind: 'differs', seconds: -180 }) }),
    authenticator_drift: () =>
      authenticator({ setup: setup(), problems: [{ kind: 'clock_drift', seconds: 120 }] }),
    authenticator_portal_clock: () =>
      authenticator({
        setup: setup({ kind: 'differs', seconds: 180 }),
        problems: [{ kind: 'clock_drift', seconds: 170 }],
      }),
    authenticator_on: () => authenticator({ state: { ...on, recoveryCodesLeft: 9 } }),
    authenticator_low: () => authenticator({ state: on }),
    recovery_codes: () => ({
      kind: 'recovery_codes',
      portal: doctipro,
      person,
      codes: Array.from({ length: 10 }, (_, index) => String(4_820_913_577 + index * 411_029_873).slice(-10)),
      at: Date.now(),
    }),
    sessions: () => ({ kind: 'sessions', portal: doctipro, sessions: sessions() }),
    sessions_loading: () => ({ kind: 'sessions', portal: doctipro, sessions: null }),
    sessions_only: () => ({ kind: 'sessions', portal: doctipro, sessions: sessions().slice(0, 1) }),
    history: () => ({ kind: 'history', portal: doctipro, entries: history() }),
    history_loading: () => ({ kind: 'history', portal: doctipro, entries: null }),
    history_empty: () => ({ kind: 'history', portal: doctipro, entries: [] }),
    left: () => ({ kind: 'left', portal: sante, wiped: wiped(), portalConfirmed: true }),
    password_new: () => password({ portal: doctolib }),
    password_new_entrance: () => password({ portal: dentistes, entrance: dentistEntrances[0]! }),
    choose_entrance_new: () => ({ kind: 'choose_entrance', portal: dentistes, entrances: dentistEntrances }),
    signed_in_delegates: () =>
      signedIn({
        portal: dentistes,
        person: { ...person, role: dentistEntrances[0]!.label },
        hasDelegates: true,
        trust: { kind: 'none', codeDue: false },
        devices: [],
      }),
    left_pending: () => ({ kind: 'left', portal: sante, wiped: wiped(false), portalConfirmed: false }),
  }),
  ...screens('', registration(code)),
  ...screens('code_', {
    email: () => codeScreen(),
    second: () => codeScreen({ sendNumber: 2 }),
    sms: () =>
      codeScreen({
        method: 'sms',
        hint: '•• 12',
        methods: [way('sms', '•• 12', null), way('email', 'm•••@e•••.org', 4 * MINUTE)],
      }),
    totp: () => codeScreen(totp),
    totp_soon: () => codeScreen({ ...totp, nextCodeIn: 4_000 }),
    totp_rejected: () => codeScreen({ ...totp, attemptsRemaining: 2 }, { kind: 'code_rejected' }),
    totp_last_try: () =>
      codeScreen({ ...totp, attemptsRemaining: 1, lastTryBlocksAccount: true }, { kind: 'code_rejected' }),
    totp_last_request: () =>
      codeScreen({
        ...totp,
        methods: [
          way('totp', null, null),
          way('email', 't•••@g•••.com', null, { requestsLeft: 1, lastRequestBlocks: true }),
        ],
      }),
    recovery_code: () =>
      codeScreen({ ...totp, method: 'recovery_code', length: 10, nextCodeIn: null, methods: totpMethods }),
    last_request: () =>
      codeScreen({
        resendIn: 0,
        canRemember: false,
        rememberUntil: null,
        methods: [way('email', 'm•••@e•••.org', null, { requestsLeft: 1, lastRequestBlocks: true })],
      }),
    totp_expired: () => codeScreen({ ...totp, expiresIn: 0 }),
    length_3: () => codeScreen({ length: 3 }),
    length_5: () => codeScreen({ length: 5 }),
    length_8: () => codeScreen({ length: 8 }),
    queued: () => codeScreen({ delivery: 'queued' }),
    failed: () => codeScreen({ delivery: 'failed' }),
    rejected: () => codeScreen({ attemptsRemaining: 2 }, { kind: 'code_rejected' }),
    last_try: () => codeScreen({ attemptsRemaining: 1, resendIn: 0 }, { kind: 'code_rejected' }),
    expired: () => codeScreen({ expiresIn: 0, resendIn: 0 }, { kind: 'code_expired' }),
    soon_expired: () => codeScreen({ expiresIn: 62_000, resendIn: 0 }),
    last_send: () => codeScreen({ resendIn: 0, sendsRemaining: 1 }),
    no_sends: () =>
      codeScreen({ resendIn: 0, sendsRemaining: 0 }, { kind: 'send_refused', retryAfter: 9 * MINUTE }),
    method_blocked: () =>
      codeScreen({ method: 'sms', hint: '•• 12' }, { kind: 'method_blocked', blockedFor: null }),
    not_a_code: () => codeScreen({}, { kind: 'not_a_code' }),
    same_again: () => codeScreen({}, { kind: 'same_code_again' }),
    without_trust: () => codeScreen({ canRemember: false, rememberUntil: null, methods: [] }),
  }),
  ...screens('trust_ended_', {
    other_professional: () => codeScreen({}, null, 'other_professional'),
    expired: () => codeScreen({}, null, 'expired'),
    credentials_changed: () => codeScreen({}, null, 'credentials_changed'),
    revoked: () => codeScreen({}, null, 'revoked'),
    key_missing: () => codeScreen({}, null, 'key_missing'),
  }),
  ...screens('notice_', noticeScreens),
  ...Object.fromEntries(
    (Object.keys(failures) as FailureCode[]).map((failure): [string, () => Scenario] => [
      `failure_${failure}`,
      () => ({
        screen: failure.startsWith('signed')
          ? { kind: 'choose_portal', notice: null }
          : password({ identifier: 'medecin-a' }),
        failure: {
          code: failure,
          message: 'connection refused (os error 111)',
          retryAfter: failure === 'slow_down' ? 20_000 : null,
          canRetry: ['portal_unreachable', 'portal_busy', 'slow_down', 'proxy_refused'].includes(failure),
        },
      }),
    ]),
  ),
  register_expired: () => ({
    screen: registration(code).register_edited!(),
    failure: { code: 'session_expired', message: 'status 400', retryAfter: null, canRetry: false },
  }),
  registered_expired: () => ({
    screen: registration(code).registered_mail_ready!(),
    failure: { code: 'session_expired', message: 'status 400', retryAfter: null, canRetry: false },
  }),
  register_no_network: () => ({
    screen: registration(code).register_edited!(),
    failure: { code: 'portal_unreachable', message: 'timed out', retryAfter: null, canRetry: true },
  }),
  failure_on_code: () => ({
    screen: codeScreen(),
    failure: { code: 'portal_unreachable', message: 'timed out', retryAfter: null, canRetry: true },
  }),
  busy_connecting: () => ({ screen: { kind: 'choose_portal', notice: null }, busy: 'connecting' }),
  busy_password: () => ({ screen: password({ identifier: 'medecin-a' }), busy: 'checking_password' }),
  busy_code: () => ({ screen: codeScreen(), busy: 'checking_code' }),
  busy_registering: () => ({ screen: registration(code).register!(), busy: 'registering' }),
  busy_saving: () => ({ screen: signedIn(), busy: 'saving' }),
  busy_leaving: () => ({ screen: signedIn(), busy: 'leaving' }),
  inactivity: () => ({ screen: signedIn(), inactivitySignOutIn: MINUTE }),
  step_up_password: () => ({ screen: changePassword(), stepUp: { kind: 'password', rejected: false } }),
  step_up_rejected: () => ({ screen: changePassword(), stepUp: { kind: 'password', rejected: true } }),
  step_up_method: () => ({
    screen: contacts(),
    stepUp: { kind: 'select_method', methods: totpMethods, preferred: 'totp', problem: null },
  }),
  step_up_code: () => ({
    screen: authenticator({ state: on }),
    stepUp: { kind: 'code', code: code(totp), problem: null },
  }),
  busy_pages: () => ({ screen: signedIn(), busy: 'opening_pages' }),
  no_keyring: () => ({
    screen: codeScreen({ canRemember: false, rememberUntil: null }),
    workstation: { ...workstation, keyring: 'unavailable' },
  }),
};

export const scenarioNames = Object.keys(scenarios);

let revision = 0;

/** The view of a scenario, newer than all before. */
export function make(name: string, change: Partial<View> = {}): View {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`no such scenario: ${name}`);
  revision += 1;
  return {
    revision,
    busy: null,
    failure: null,
    workstation,
    portals: [
      {
        id: 'portail-de-sante',
        name: sante.name,
        audience: { fr: 'Professionnels de santé', en: 'Health professionals', de: 'Gesundheitsberufe' },
        monogram: 'PS',
        lastUsed: true,
      },
      {
        id: 'doctipro',
        name: same('Doctipro'),
        audience: {
          fr: 'Médecins, secrétariats, patients',
          en: 'Doctors, secretaries, patients',
          de: 'Ärzte, Sekretariate, Patienten',
        },
        monogram: 'Do',
        lastUsed: false,
      },
      {
        id: 'doctolib',
        name: doctolib.name,
        audience: { fr: 'Patients', en: 'Patients', de: 'Patienten' },
        monogram: 'Dl',
        lastUsed: false,
      },
      {
        id: 'dentistes',
        name: dentistes.name,
        audience: {
          fr: 'Membres et délégués',
          en: 'Members and delegates',
          de: 'Mitglieder und Beauftragte',
        },
        monogram: 'De',
        lastUsed: false,
      },
    ],
    demonstration: false,
    inactivitySignOutIn: null,
    stepUp: null,
    ...scenario(),
    ...change,
  };
}
