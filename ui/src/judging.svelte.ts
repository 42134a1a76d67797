import type { App } from './app.svelte';
import type { PasswordJudgement } from './backend';

/** Typing faster than this asks for no judgement in between. */
const AFTER = 150;

/** What is to be said of the password that is being typed. The last answer wins: a slow one about an older password is dropped. */
export class Judging {
  judgement = $state.raw<PasswordJudgement | null>(null);
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
          if (mine === this.#asked) this.judgement = said;
        } catch (error) {
          app.fail(error);
        }
      }, AFTER);
      return () => clearTimeout(timer);
    });
  }
}
