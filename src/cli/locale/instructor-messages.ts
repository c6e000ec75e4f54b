import type { Language } from '../../course/text.ts';
import { instructorEn } from './instructor-en.ts';
import { instructorKo } from './instructor-ko.ts';
import { cliLanguage } from './messages.ts';

/** What the commands for instructors say: loaded only by them. */
export interface InstructorMessages {
  readonly newKind: (kind: string) => string;
  readonly newName: (name: string) => string;
  readonly newExists: (place: string) => string;
  readonly newNeedsPack: (place: string) => string;
  readonly newNext: (place: string) => string;
  readonly previewFor: (student: string, variants: number) => string;
  readonly hidden: string;
  readonly hiddenChecks: (count: number, points: number) => string;
  readonly hint: (number: number) => string;
  readonly packNeedsStudent: string;
  readonly packWritten: (lessons: number, hash: string) => string;
  readonly packOk: (id: string, lessons: number, variants: number, proved: number) => string;
  readonly provesVariant: (pack: string, number: number, of: number, draw: string) => string;
  readonly whoAreYou: string;
  readonly packGone: (place: string) => string;
  readonly badStudent: (id: string) => string;
  readonly nothingToSubmit: string;
  readonly submitted: (file: string, lessons: number, inputs: number) => string;
  readonly notBegun: (lessons: string) => string;
  readonly leftOut: (lessons: string) => string;
  readonly otherKey: (lessons: string) => string;
  readonly passedOver: (files: string, count: number) => string;
  readonly unknownStudents: (file: string, names: string) => string;
  readonly unknownCriteria: (file: string, names: string) => string;
  readonly unknownFiles: (file: string, names: string) => string;
  readonly twoNames: (student: string, one: string, other: string) => string;
  readonly badTime: (file: string, time: string) => string;
  readonly partsMissing: (parts: string, of: number) => string;
  readonly notStarted: (lesson: string) => string;
  readonly noFile: (file: string) => string;
  readonly noFiles: (place: string) => string;
  readonly packNotGiven: string;
  readonly grading: (done: number, of: number, rate: string) => string;
  readonly graded: (count: number, seconds: string, rate: string, refused: number) => string;
  readonly pages: (place: string) => string;
  readonly badShard: (text: string) => string;
  readonly badNumber: (option: string, value: string) => string;
  readonly imported: (count: number, place: string) => string;
  readonly importLeft: string;
  readonly importNothing: (place: string) => string;
  readonly replayEnd: string;
}

const ALL: Readonly<Record<Language, InstructorMessages>> = { en: instructorEn, ko: instructorKo };

export function instructorMessages(language: Language = cliLanguage()): InstructorMessages {
  return ALL[language];
}
