/** What is wrong with a field: a name for it, and its words. */
export interface Wrong {
  kind: string;
  text: string;
}
export type Wrongs<Field extends string> = Partial<Record<Field, Wrong>>;

/** Everything that is wrong with a form: found here, before anything is sent, or told by the portal. */
export class Faults<Field extends string> {
  #local = $state.raw<Wrongs<Field>>({});
  /** Fields touched since the portal's answer: what it said of them no longer counts. */
  #touched = $state.raw<Field[]>([]);
  readonly #told: () => Wrongs<Field>;
  /** Grows with each refusal, so that the same one is read out again. */
  refusals = $state(0);

  constructor(told: () => Wrongs<Field>) {
    this.#told = told;
  }

  readonly all = $derived.by((): Wrongs<Field> => {
    const told = { ...this.#told() };
    for (const field of this.#touched) delete told[field];
    return { ...told, ...this.#local };
  });
  readonly count = $derived(Object.keys(this.all).length);

  /** Whether the form can be sent: nothing was found. */
  check(found: Wrongs<Field>): boolean {
    this.#local = found;
    return Object.keys(found).length === 0;
  }

  touch(field: Field): void {
    if (!this.#touched.includes(field)) this.#touched = [...this.#touched, field];
    if (!this.#local[field]) return;
    const { [field]: _, ...rest } = this.#local;
    this.#local = rest as Wrongs<Field>;
  }

  /** The portal has answered: all that it says counts. */
  answered(): void {
    this.#touched = [];
  }

  /** The first wrong one of the fields, in the order of the screen. */
  first(order: readonly Field[]): Field | undefined {
    return order.find((field) => this.all[field]);
  }
}
