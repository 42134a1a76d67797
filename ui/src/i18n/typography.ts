import type { Language } from '../backend';

const NBSP = '\u00a0';
const NARROW = '\u202f';

/** Sets the spaces that a keyboard has no key for, so that message files can be read and written with plain ones. */
export function spaces(text: string, language: Language): string {
  const joined = text.replace(/(\d) (?=\p{L})/gu, `$1${NBSP}`).replace(/([•\d]) (?=[•\d])/g, `$1${NBSP}`);
  if (language !== 'fr') return joined;
  return joined
    .replace(/« /g, `«${NBSP}`)
    .replace(/ »/g, `${NBSP}»`)
    .replace(/ ([?!;])/g, `${NARROW}$1`)
    .replace(/ :/g, `${NBSP}:`)
    .replace(/(\d)[ \u00a0]h (?=\d)/g, `$1${NBSP}h${NBSP}`);
}

/** A whole catalogue, with the results of its functions. */
export function typeset<T>(messages: T, language: Language): T {
  if (typeof messages === 'string') return spaces(messages, language) as T;
  if (typeof messages === 'function')
    return ((...given: unknown[]) => typeset(messages(...given), language)) as T;
  if (Array.isArray(messages)) return messages.map((one) => typeset(one, language)) as T;
  return Object.fromEntries(
    Object.entries(messages as object).map(([key, value]) => [key, typeset(value, language)]),
  ) as T;
}
