import type { About, Answer, PasswordJudgement, Preferences, View } from './types';

export type * from './types';

/** The only door to Rust. `tauri.ts` is the real one, `mock.ts` the one of the tests. */
export interface Backend {
  /** What is on the screen now; asked for at mount, so that a reload loses nothing. */
  view(): Promise<View>;
  /** Sends an answer; resolves with the view after the transition. */
  submit(answer: Answer): Promise<View>;
  /** Calls the listener with every new view; resolves with the way to stop. */
  onView(listener: (view: View) => void): Promise<() => void>;
  about(): Promise<About>;
  preferences(): Promise<Preferences>;
  /** Stores them; Rust applies the zoom. */
  savePreferences(preferences: Preferences): Promise<void>;
  openLogFolder(): Promise<void>;
  /** What the portal's rules and zxcvbn say of a new password; nothing leaves this PC. */
  judge(password: string): Promise<PasswordJudgement>;
  /** Someone touched keyboard or mouse. */
  activity(): Promise<void>;
}
