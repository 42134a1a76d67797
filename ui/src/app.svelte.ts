import { createContext } from 'svelte';
import type {
  Answer,
  Backend,
  ContactField,
  Failure,
  Language,
  PortalInfo,
  Screen,
  Support,
  Texts,
  View,
} from './backend';
import { now } from './clock.svelte';
import { catalogues, type Messages } from './i18n';
import { moment, type Moment } from './i18n/time';
import { spaces } from './i18n/typography';

export type ScreenOf<K extends Screen['kind']> = Extract<Screen, { kind: K }>;

const ZOOMS = [50, 67, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300];
const ACTIVITY_EVERY = 10_000;

/** What the window knows: the last view, the language, and nothing of the sign-in itself. */
export class App {
  view = $state.raw<View | null>(null);
  /** The window's own failure: Rust did not answer at all. */
  broken = $state.raw<Failure | null>(null);
  language = $state<Language>('fr');
  /** The contact that the person went back to correct: the form begins there. */
  correcting: ContactField | null = null;
  /** What was typed at an entrance that is left for another one of the same portal, and for nothing else. */
  identifier: { portal: string; typed: string } | null = null;
  #zoom = 100;
  #answering = $state(0);
  #arrived = $state(0);
  #arrivedAt = 0;
  #touched = -ACTIVITY_EVERY;

  constructor(private readonly backend: Backend) {}

  get t(): Messages {
    return catalogues[this.language];
  }

  /** An answer is under way: nothing else is sent. */
  get waiting(): boolean {
    return this.#answering > 0 || this.view?.busy != null;
  }

  /** Signing out and leaving wait for nothing but each other: whoever goes does not wait for a list to be changed. */
  get detained(): boolean {
    return this.waiting && this.view?.busy !== 'saving';
  }

  get failure(): Failure | null {
    return this.broken ?? this.view?.failure ?? null;
  }

  /** Listens first and asks second, so that no view falls in between. */
  async open(): Promise<() => void> {
    let stop = () => {};
    try {
      stop = await this.backend.onView((view) => this.#accept(view));
      const preferences = await this.backend.preferences();
      this.language = preferences.language;
      this.#zoom = preferences.zoom;
    } catch (error) {
      this.fail(error);
    }
    await this.reload();
    return stop;
  }

  async reload(): Promise<void> {
    try {
      this.#accept(await this.backend.view());
    } catch (error) {
      this.fail(error);
    }
  }

  async submit(answer: Answer): Promise<void> {
    // Only the ways back and the ways out may overtake what is under way.
    if (this.waiting && !this.#overtakes(answer)) return;
    this.broken = null;
    this.#answering += 1;
    try {
      this.#accept(await this.backend.submit(answer));
    } catch (error) {
      this.fail(error);
    } finally {
      this.#answering -= 1;
    }
  }

  #overtakes({ kind }: Answer): boolean {
    if (kind === 'sign_out' || kind === 'leave') return !this.detained;
    return kind === 'change_portal' || kind === 'restart' || kind === 'cancel_step_up';
  }

  /** Answers that nobody waits for: they must get through beside one that is under way. */
  async tell(answer: Extract<Answer, { kind: 'poll_delivery' | 'stay_signed_in' }>): Promise<void> {
    try {
      this.#accept(await this.backend.submit(answer));
    } catch (error) {
      if (answer.kind === 'stay_signed_in') this.fail(error);
    }
  }

  async dismissFailure(): Promise<void> {
    if (!this.broken) return this.submit({ kind: 'dismiss_failure' });
    this.broken = null;
    await this.reload();
  }

  touch(): void {
    const at = performance.now();
    if (at - this.#touched < ACTIVITY_EVERY) return;
    this.#touched = at;
    this.backend.activity().catch(() => {});
  }

  setLanguage(language: Language): void {
    this.language = language;
    this.#save();
  }

  zoom(direction: 1 | -1 | 0): void {
    const next =
      direction > 0 ? ZOOMS.find((step) => step > this.#zoom) : ZOOMS.findLast((step) => step < this.#zoom);
    this.#zoom = direction === 0 ? 100 : (next ?? this.#zoom);
    this.#save();
  }

  about() {
    return this.backend.about();
  }

  /** What is to be said of a new password; it stays on this PC. */
  judge(password: string) {
    return this.backend.judge(password);
  }

  openLogFolder() {
    return this.backend.openLogFolder();
  }

  /** What is left now of a duration of the current view. */
  left(duration: number | null): number {
    return duration === null ? 0 : Math.max(0, duration - Math.max(0, now() - this.#arrived));
  }

  /** When a duration of the current view ends, by this PC's clock. */
  instant(duration: number): number {
    return this.#arrivedAt + duration;
  }

  /** What is left now until something that comes back each `period`. */
  untilNext(first: number, period: number): number {
    const rest = (first - Math.max(0, now() - this.#arrived)) % period;
    return rest > 0 ? rest : rest + period;
  }

  moment(instant: number): Moment {
    return moment(instant, this.language);
  }

  text(texts: Texts): string {
    return spaces(texts[this.language], this.language);
  }

  monogram(portal: PortalInfo): string {
    return this.view?.portals.find(({ id }) => id === portal.id)?.monogram ?? portal.name.fr.slice(0, 2);
  }

  /** The portal's support, for the failures that name it. */
  get support(): Support | null {
    const screen = this.view?.screen;
    return screen && 'portal' in screen ? screen.portal.support : null;
  }

  #accept(view: View): void {
    if (this.view && view.revision <= this.view.revision) return;
    this.#arrived = performance.now();
    this.#arrivedAt = Date.now();
    if (!['password', 'choose_entrance'].includes(view.screen.kind)) this.identifier = null;
    this.view = view;
  }

  /** Something that must not happen did: Rust refused a command, or the window itself broke. */
  fail(error: unknown): void {
    this.broken = { code: 'internal', message: String(error), retryAfter: null, canRetry: false };
  }

  #save(): void {
    this.backend
      .savePreferences({ language: this.language, zoom: this.#zoom })
      .catch((error) => this.fail(error));
  }
}

export const [useApp, provideApp] = createContext<App>();
