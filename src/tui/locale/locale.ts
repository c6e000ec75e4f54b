import type { Language } from '../port.ts';
import { en, type Messages } from './en.ts';
import { ko } from './ko.ts';

const ALL: Readonly<Record<Language, Messages>> = { en, ko };

/** The texts of a language. */
export const messages = (language: Language): Messages => ALL[language];

/** The language of the environment: LC_ALL, LC_MESSAGES, LANG as in locale(7). */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return locale.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}
