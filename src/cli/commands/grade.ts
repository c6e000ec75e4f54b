import { existsSync, readFileSync, statSync } from 'node:fs';
import { type Grade, GradeError, grade as gradeOne } from '../../course/grade.ts';
import { JournalError, readJournal } from '../../course/journal.ts';
import { scenarioSource } from '../../course/scenario-source.ts';
import { decode } from '../../world/bytes.ts';
import { WRONG_USAGE } from '../exit.ts';
import { formatGrades, type GradedFile } from '../formats/grades.ts';
import { readWhole } from '../handed-in.ts';
import { hostClock, hostLibrary } from '../host.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { cliLanguage, cliMessages } from '../locale/messages.ts';
import type { ClassFlags } from './class-report.ts';

export interface GradeFlags {
  readonly lesson?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly junit?: boolean;
  readonly md?: boolean;
}

/** `kubetutor grade`: submissions of a class, or scripts and journals. */
export async function grade(files: readonly string[], flags: GradeFlags & ClassFlags): Promise<number> {
  if (flags.lesson !== undefined || (flags.pack === undefined && !files.some(looksHandedIn)))
    return await gradeFiles(files, flags);
  const { gradeClass } = await import('./grade-class.ts');
  return await gradeClass(files, flags);
}

/** A folder, or a file that is called or begins like a submission. */
function looksHandedIn(file: string): boolean {
  if (file.endsWith('.kubetutor')) return true;
  return existsSync(file) && (statSync(file).isDirectory() || isGzip(file));
}

function isGzip(file: string): boolean {
  const [first, second] = readWhole(file);
  return first === 0x1f && second === 0x8b;
}

/** 0 when every submission has all points, 1 when not, 2 when one cannot be graded. */
async function gradeFiles(files: readonly string[], flags: GradeFlags): Promise<number> {
  const language = cliLanguage();
  const say = cliMessages(language);
  const library = await hostLibrary();
  const graded: GradedFile[] = [];
  for (const file of files) {
    let submission: Uint8Array;
    try {
      // With a lesson a script may come through a pipe; what is handed in is a file.
      if (file !== '-' && !existsSync(file)) return refuse(instructorMessages().noFile(file));
      if (flags.lesson === undefined && file !== '-' && !statSync(file).isFile())
        return refuse(say.cannotRead(file, 'it is no file'));
      submission = readFileSync(file === '-' ? 0 : file);
    } catch (error) {
      return refuse(say.cannotRead(file, error instanceof Error ? error.message : String(error)));
    }
    const text = decode(submission);
    try {
      const id = flags.lesson ?? lessonOfJournal(submission, text);
      if (id === undefined) return refuse(say.needsValue('--lesson'));
      const lesson = library.lesson(id);
      if (!lesson) return refuse(say.noSuchLesson(id));
      await scenarioSource.load?.(lesson.world);
      const result: Grade = gradeOne({ source: scenarioSource, lesson, submission, text, clock: hostClock });
      graded.push({ file, grade: result });
    } catch (error) {
      if (error instanceof GradeError || error instanceof JournalError)
        return refuse(`${file}: ${error.text[language]}`);
      throw error;
    }
  }
  const format = flags.json ? 'json' : flags.csv ? 'csv' : flags.junit ? 'junit' : flags.md ? 'md' : 'text';
  process.stdout.write(formatGrades(graded, format, language));
  return graded.every(({ grade: { score, max } }) => score === max) ? 0 : 1;
}

function lessonOfJournal(bytes: Uint8Array, text: string): string | undefined {
  return text.startsWith('{"kubetutor":"journal"') ? readJournal(bytes)?.header.lesson?.id : undefined;
}

function refuse(text: string): number {
  process.stderr.write(`kubetutor grade: ${text}\n`);
  return WRONG_USAGE;
}
