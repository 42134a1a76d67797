import type {
  AuthenticatorSetup,
  AuthenticatorState,
  ContactProof,
  FieldProblem,
  HistoryEntry,
  Notice,
  OpenSession,
  Person,
  Screen,
} from '.';
import { DAY, MINUTE, dentistEntrances, dentistes, doctipro, sante } from './scenarios.portals';
import { password } from './scenarios.sign-in';

// A session and « Mon espace », in every state.

const person: Person = {
  name: 'Dr Camille Aubry',
  initials: 'CA',
  role: { fr: 'Médecin', en: 'Doctor', de: 'Ärztin' },
  email: 'm•••@e•••.org',
  phone: '•• •• •• 12',
  proof: 'email_code',
};

export const signedIn = (change: Partial<Extract<Screen, { kind: 'signed_in' }>> = {}): Screen => ({
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

export const changePassword = (problems: FieldProblem[] = []): Screen => ({
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

export const contacts = (change: Partial<Extract<Screen, { kind: 'contacts' }>> = {}): Screen => ({
  kind: 'contacts',
  portal: doctipro,
  person,
  proof: null,
  problems: [],
  done: null,
  ...change,
});

export const on: Extract<AuthenticatorState, { kind: 'on' }> = {
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

export const authenticator = (change: Partial<Extract<Screen, { kind: 'authenticator' }>> = {}): Screen => ({
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

export const notices: Record<Notice['kind'], () => Screen> = {
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

export const account = {
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
  signed_in_delegates: () =>
    signedIn({
      portal: dentistes,
      person: { ...person, role: dentistEntrances[0]!.label },
      hasDelegates: true,
      trust: { kind: 'none', codeDue: false },
      devices: [],
    }),
  left_pending: () => ({ kind: 'left', portal: sante, wiped: wiped(false), portalConfirmed: false }),
} satisfies Record<string, () => Screen>;
