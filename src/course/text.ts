/** The languages that lessons and messages have. */
export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text in every language: a learner may switch while a lesson runs. */
export type Text = Readonly<Record<Language, string>>;

/** The same in every language: names, values, output of programs. */
export function plain(text: string): Text {
  return { en: text, ko: text };
}

export function isLanguage(text: string): text is Language {
  return LANGUAGES.some((language) => language === text);
}

/** `ko_KR.UTF-8` → ko; anything unknown → en. */
export function languageOf(locale: string | undefined): Language {
  const code = (locale ?? '').slice(0, 2).toLowerCase();
  return isLanguage(code) ? code : 'en';
}
