import type { App } from './app.svelte';
import type { PasswordJudgement } from './backend';

/** Typing faster than this asks for no judgement in between. */
const AFTER = 150;

/** What is to be said of the password that is being typed. The last answer wins: a slow one about an older password is dropped. */
export class Judging {
  judgement = $state.raw<PasswordJudgement | null>(null);
  #about = '';
  #asked = 0;

  constructor(app: App, typed: () => string) {
    $effect(() => {
      const password = typed();
      this.#asked += 1;
      const mine = this.#asked;
      if (password === '') {
        this.judgement = null;
        return;
      }
      const timer = setTimeout(async () => {
        try {
          const said = await app.judge(password);
          if (mine !== this.#asked) return;
          this.judgement = said;
          this.#about = password;
        } catch (error) {
          app.fail(error);
        }
      }, AFTER);
      return () => clearTimeout(timer);
    });
  }

  /** Rules that this very password is known not to meet: what was said of another one refuses nothing. */
  refuses(password: string): boolean {
    return password === this.#about && this.judgement !== null && this.judgement.unmet.length > 0;
  }
}
