import type { FailureCode, Screen, View } from '.';
import { failures } from '../failures';
import { account, authenticator, changePassword, contacts, notices, on, signedIn } from './scenarios.account';
import { MINUTE, dentistes, doctolib, same, sante } from './scenarios.portals';
import { registration } from './scenarios.register';
import { code, codes, codeScreen, password, signIn, totp, totpMethods, trustEnds } from './scenarios.sign-in';

// Every screen in every state, for the tests: nothing here is in the built app.

export const workstation: View['workstation'] = {
  name: 'Accueil 2',
  scope: 'machine',
  reference: 'PV-7K2M',
  keyring: 'available',
};

type Scenario = Partial<View> & { screen: Screen };
type Scenarios = Record<string, () => Scenario>;
const screens = <T extends string>(prefix: string, made: Record<T, () => Screen>): Scenarios =>
  Object.fromEntries(
    Object.entries<() => Screen>(made).map(([name, screen]) => [prefix + name, () => ({ screen: screen() })]),
  );
const failed =
  (screen: () => Screen, code: FailureCode, canRetry = false) =>
  (): Scenario => ({
    screen: screen(),
    failure: { code, message: 'timed out', retryAfter: null, canRetry },
  });

const scenarios: Scenarios = {
  ...screens('', signIn),
  ...screens('', registration),
  ...screens('', account),
  ...screens('code_', codes),
  ...screens('trust_ended_', trustEnds),
  ...screens('notice_', notices),
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
  register_expired: failed(registration.register_edited, 'session_expired'),
  register_unreachable: failed(registration.register_edited, 'portal_unreachable', true),
  register_no_network: failed(registration.register_edited, 'portal_unreachable', true),
  register_sms_no_network: failed(registration.register_sms, 'portal_unreachable', true),
  register_no_keyring: failed(registration.register, 'keyring_unavailable'),
  registered_expired: failed(registration.registered_mail_ready, 'session_expired'),
  failure_on_code: failed(codeScreen, 'portal_unreachable', true),
  busy_connecting: () => ({ screen: { kind: 'choose_portal', notice: null }, busy: 'connecting' }),
  busy_password: () => ({ screen: password({ identifier: 'medecin-a' }), busy: 'checking_password' }),
  busy_code: () => ({ screen: codeScreen(), busy: 'checking_code' }),
  busy_registering: () => ({ screen: registration.register(), busy: 'registering' }),
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
