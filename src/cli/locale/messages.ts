import { isLanguage, type Language, languageOf } from '../../course/text.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';

/** What the command line says. */
export interface CliMessages {
  readonly noSuchLesson: (id: string) => string;
  readonly noSuchWorld: (world: string, worlds: string) => string;
  readonly cannotRead: (file: string, detail: string) => string;
  readonly badOption: (option: string, value: string) => string;
  readonly unknownCommand: (name: string, hint: string) => string;
  readonly unknownOption: (option: string) => string;
  readonly needsValue: (option: string) => string;
  readonly runHelp: string;
  readonly outOfTime: (time: string) => string;
  readonly outOfCpu: (seconds: number) => string;
  readonly noLessons: string;
  readonly steps: (done: number, of: number) => string;
  readonly minutes: (from: number, to: number) => string;
  readonly lintOk: (count: number) => string;
  readonly lintNothing: (folder: string) => string;
  readonly proves: (id: string) => string;
  readonly needsTerminal: string;
  readonly noTui: string;
  readonly fresh: string;
  readonly goodbye: string;
  readonly goodbyeNext: (lesson: string) => string;
  readonly leaveShell: string;
  readonly doctor: { readonly good: string; readonly bad: string };
}

const ALL: Readonly<Record<Language, CliMessages>> = { en, ko };

/** In the language of the host's locale, unless KUBETUTOR_LANG says another. */
export function cliLanguage(env: Readonly<Record<string, string | undefined>> = process.env): Language {
  return languageOf(env['KUBETUTOR_LANG'] || env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG']);
}

/** What `--lang` says, or that language. */
export function chosenLanguage(lang: string | undefined): Language {
  return lang !== undefined && isLanguage(lang) ? lang : cliLanguage();
}

export function cliMessages(language: Language = cliLanguage()): CliMessages {
  return ALL[language];
}
