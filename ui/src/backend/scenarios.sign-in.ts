import type { CodeProblem, CodeStep, Method, MethodId, Screen, TrustEndReason } from '.';
import {
  DAY,
  MINUTE,
  dentistEntrances,
  dentistes,
  doctipro,
  doctolib,
  entrances,
  sante,
} from './scenarios.portals';

// From the list of portals to the second factor, in every state.

/** A way to receive a code. */
const way = (
  id: MethodId,
  hint: string | null,
  blockedFor: number | null,
  change: Partial<Method> = {},
): Method => ({ id, hint, blockedFor, requestsLeft: null, lastRequestBlocks: false, ...change });

export function code(change: Partial<CodeStep> = {}): CodeStep {
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

export const codeScreen = (
  change: Partial<CodeStep> = {},
  problem: CodeProblem | null = null,
  trustEnded: TrustEndReason | null = null,
): Screen => ({ kind: 'code', portal: sante, code: code(change), trustEnded, problem });

export const password = (change: Partial<Extract<Screen, { kind: 'password' }>> = {}): Screen => ({
  kind: 'password',
  portal: sante,
  entrance: null,
  identifier: '',
  problem: null,
  notice: null,
  ...change,
});

export const totpMethods: CodeStep['methods'] = [
  way('totp', null, null),
  way('email', 't•••@g•••.com', null, { requestsLeft: 3 }),
  way('recovery_code', null, null),
];
export const totp: Partial<CodeStep> = {
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

export const signIn = {
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
  password_new: () => password({ portal: doctolib }),
  password_new_entrance: () => password({ portal: dentistes, entrance: dentistEntrances[0]! }),
  choose_entrance_new: () => ({ kind: 'choose_entrance', portal: dentistes, entrances: dentistEntrances }),
} satisfies Record<string, () => Screen>;

/** The one-time code, in every state. */
export const codes = {
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
} satisfies Record<string, () => Screen>;

export const trustEnds = {
  other_professional: () => codeScreen({}, null, 'other_professional'),
  expired: () => codeScreen({}, null, 'expired'),
  credentials_changed: () => codeScreen({}, null, 'credentials_changed'),
  revoked: () => codeScreen({}, null, 'revoked'),
  key_missing: () => codeScreen({}, null, 'key_missing'),
} satisfies Record<TrustEndReason, () => Screen>;
