import type { Language } from '../text.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';
import type { TraceMessages } from './trace.ts';

/** Everything that `tutor` says. */
export interface Messages {
  readonly help: string;
  readonly noAccount: string;
  readonly noLesson: string;
  readonly unknown: (command: string) => string;
  readonly badTime: (text: string) => string;
  readonly score: (score: number, max: number) => string;
  readonly hiddenChecks: (count: number, points: number) => string;
  readonly expected: string;
  readonly actual: string;
  readonly why: string;
  readonly stepDone: (last: boolean) => string;
  readonly stepOpen: string;
  readonly lastStep: string;
  readonly firstStep: string;
  readonly nowAt: (number: number, of: number, title: string) => string;
  readonly noHint: string;
  readonly hint: (number: number, of: number) => string;
  readonly noSolution: string;
  readonly solutionIs: string;
  readonly askSolution: string;
  readonly finished: (count: number, of: number) => string;
  readonly askSkip: string;
  readonly passing: (duration: string) => string;
  readonly askReset: string;
  readonly trace: TraceMessages;
}

const ALL: Readonly<Record<Language, Messages>> = { en, ko };

export function messages(language: Language): Messages {
  return ALL[language];
}
