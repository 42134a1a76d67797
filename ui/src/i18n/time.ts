import type { Language } from '../backend';

/** An instant as people say it: the day in a word if there is one. */
export interface Moment {
  day: 'yesterday' | 'today' | 'tomorrow' | 'other';
  time: string;
  date: string;
  weekday: string;
}

/** Hours, minutes and seconds of a countdown. */
export interface Span {
  hours: number;
  minutes: number;
  seconds: number;
}

// English follows the system's own English (12 or 24 hours); elsewhere in Europe, the British habits are the nearest.
const locale = (language: Language): string =>
  language === 'en' ? (navigator.languages.find((name) => name.startsWith('en')) ?? 'en-GB') : language;

function clockTime(date: Date, language: Language): string {
  const short = new Intl.DateTimeFormat(locale(language), {
    hour: language === 'en' ? 'numeric' : '2-digit',
    minute: '2-digit',
    ...(language === 'en' ? {} : { hourCycle: 'h23' as const }),
  }).format(date);
  if (language === 'en') return short;
  const [hour = '', minute = ''] = short.split(/\D+/);
  return language === 'fr' ? `${Number(hour)} h ${minute}` : `${hour}:${minute} Uhr`;
}

const dayNumber = (date: Date) =>
  Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);

export function moment(instant: number, language: Language, now = new Date()): Moment {
  const date = new Date(instant);
  const days = dayNumber(date) - dayNumber(now);
  return {
    day: days === 0 ? 'today' : days === 1 ? 'tomorrow' : days === -1 ? 'yesterday' : 'other',
    time: clockTime(date, language),
    date: new Intl.DateTimeFormat(locale(language), { day: 'numeric', month: 'long' }).format(date),
    weekday: new Intl.DateTimeFormat(locale(language), { weekday: 'long' }).format(date),
  };
}

/** Rounded up, so that nothing is over before it says 0. */
export function span(milliseconds: number): Span {
  const total = Math.ceil(milliseconds / 1000);
  return { hours: Math.floor(total / 3600), minutes: Math.floor(total / 60) % 60, seconds: total % 60 };
}

/** A count with its noun, by the language's own plural rule. */
export function counted(language: Language) {
  const rules = new Intl.PluralRules(language);
  return (count: number, one: string, other: string) =>
    `${count} ${rules.select(count) === 'one' ? one : other}`;
}
