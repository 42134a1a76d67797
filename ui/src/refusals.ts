import type { App } from './app.svelte';
import type { FormProblem, Support } from './backend';
import type { Wrong } from './faults.svelte';

/** An address that cannot be one: without an @ between two parts, or with spaces. */
export const noAddress = (typed: string): boolean => !/^[^\s@]+@[^\s@]+$/.test(typed.trim());

const among = <T extends object>(words: T, name: string): T[keyof T] =>
  words[(name in words ? name : 'other') as keyof T];

function contact({ email, phone }: Support, app: App): string {
  const t = app.t.register;
  return email && phone ? t.or(email, phone) : (email ?? phone ?? t.nobody);
}

/** What the portal refused of a form, in words; a box is ticked rather than filled in. */
export function refused({ field, refusal }: FormProblem, app: App, support: Support, box = false): Wrong {
  const t = app.t.register.refusal;
  const first = field.replace(/_again$/, '');
  const text = (): string => {
    switch (refusal.kind) {
      case 'missing':
        return box ? t.untick : t.missing;
      case 'malformed':
        return among(t.malformed, first);
      case 'different':
        return among(t.different, first);
      case 'in_use':
        return first === 'phone' ? t.in_use.phone(contact(support, app)) : t.in_use.other;
      case 'not_a_member':
        return t.not_a_member(contact(support, app));
      case 'password':
        return app.t.account.problem.new_password(
          refusal.unmet.map((rule) => app.t.account.rule[rule]).join(', '),
        );
      case 'later':
        return t.later(refusal.retryAfter === null ? null : app.moment(app.instant(refusal.retryAfter)));
      default:
        return t[refusal.kind];
    }
  };
  return { kind: refusal.kind, text: text() };
}
