/** What is wrong with a code before it is sent: found here, so that it costs no attempt. */
export type CodeFlaw = 'empty' | 'too_short' | 'too_long' | 'not_digits';

// Spaces of all kinds, invisible joiners, soft hyphen, every dash, minus and underscore: people copy them along.
const STRIPPED = /[\s\u00ad\u180e\u200b-\u200f\u2060\ufeff\u2212_\p{Pd}]/gu;
// Full-width, Arabic-Indic and extended Arabic-Indic zero.
const ZEROS = [0xff10, 0x0660, 0x06f0];

/** The code without spaces and dashes, its digits in ASCII. Anything else stays, to be seen and refused. */
export function normalise(typed: string): string {
  return typed.replace(STRIPPED, '').replace(/[\uff10-\uff19\u0660-\u0669\u06f0-\u06f9]/g, (digit) => {
    const point = digit.charCodeAt(0);
    return String(point - ZEROS.find((zero) => point >= zero && point <= zero + 9)!);
  });
}

/** Judges a normalised code; null if it can be sent. */
export function flaw(code: string, length: number): CodeFlaw | null {
  if (code === '') return 'empty';
  if (!/^[0-9]+$/.test(code)) return 'not_digits';
  if (code.length < length) return 'too_short';
  return code.length > length ? 'too_long' : null;
}
