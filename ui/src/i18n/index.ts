import type { Language } from '../backend';
import { de } from './de';
import { en } from './en';
import { fr, type Messages } from './fr';
import { typeset } from './typography';

export type { Messages };

/** French is the model: a key that another language lacks does not compile. */
export const catalogues: Record<Language, Messages> = {
  fr: typeset(fr, 'fr'),
  en: typeset(en, 'en'),
  de: typeset(de, 'de'),
};

export const languages: Language[] = ['fr', 'en', 'de'];
