import type { Answer, Backend, Language, PasswordRule, Preferences, View } from '.';
import { make, workstation } from './scenarios';

/** What the tests hold in their hands: the answers that were sent, and what comes back. */
export interface MockControl {
  answers: Answer[];
  preferences: Preferences[];
  activities: number;
  openedLogs: number;
  /** The passwords that were judged. */
  judged: string[];
  /** Shows a scenario as Rust's event would. */
  show(scenario: string, change?: Partial<View>): void;
  /** Sends a view as it is, with its own revision. */
  send(view: View): void;
  /** The scenarios that the next answers lead to; without one the screen stays. */
  reply(...scenarios: string[]): void;
  /** Keeps answers under way until `release`. */
  hold(): void;
  release(): void;
  /** The next answer is rejected, as by a command that panicked. */
  reject(message: string): void;
  current(): View;
}

declare global {
  interface Window {
    parvis: MockControl;
  }
}

const query = new URLSearchParams(location.search);
let listener: ((view: View) => void) | null = null;
let view = make(query.get('scenario') ?? 'choose_portal', { demonstration: query.has('demonstration') });
const replies: string[] = [];
let rejection: string | null = null;
let held: Promise<void> | null = null;
let release = () => {};

window.parvis = {
  answers: [],
  preferences: [],
  activities: 0,
  openedLogs: 0,
  judged: [],
  show(scenario, change) {
    this.send(make(scenario, change));
  },
  send(next) {
    if (next.revision >= view.revision) view = next;
    listener?.(next);
  },
  reply(...scenario) {
    replies.push(...scenario);
  },
  hold() {
    held = new Promise((done) => (release = done));
  },
  release() {
    held = null;
    release();
  },
  reject(message) {
    rejection = message;
  },
  current: () => view,
};

export const mock: Backend = {
  view: async () => view,
  async submit(answer) {
    window.parvis.answers.push(answer);
    if (held) await held;
    if (rejection !== null) {
      const message = rejection;
      rejection = null;
      throw new Error(message);
    }
    const next = replies.shift();
    if (next) view = make(next);
    return view;
  },
  async onView(call) {
    listener = call;
    return () => (listener = null);
  },
  about: async () => ({
    version: '0.1.0',
    system: 'Debian GNU/Linux 12',
    webView: 'WebKitGTK 2.50.1',
    workstation,
    logFolder: '/home/accueil/.local/share/parvis/logs',
    licences: 'Parvis: Apache-2.0\nInter: SIL Open Font License 1.1\nSvelte: MIT',
  }),
  preferences: async () => ({ language: (query.get('lang') ?? 'fr') as Language, zoom: 100 }),
  async savePreferences(preferences) {
    window.parvis.preferences.push(preferences);
  },
  async openLogFolder() {
    window.parvis.openedLogs += 1;
  },
  // Its real judge is Rust's: here just enough of one for the window to be tested against.
  async judge(password) {
    window.parvis.judged.push(password);
    const rules: [PasswordRule, boolean][] = [
      ['too_short', password.length < 12],
      ['too_long', password.length > 128],
      ['digit', !/\d/.test(password)],
      ['upper', !/\p{Lu}/u.test(password)],
      ['lower', !/\p{Ll}/u.test(password)],
      ['special', !/[^\p{L}\d]/u.test(password)],
      ['common', /password|123456/i.test(password)],
    ];
    const unmet = rules.filter(([, broken]) => broken).map(([rule]) => rule);
    return { unmet, strength: Math.max(0, Math.min(4, Math.floor(password.length / 4)) - unmet.length) };
  },
  async activity() {
    window.parvis.activities += 1;
  },
};
