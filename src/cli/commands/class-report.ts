import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { closest } from '../../course/lesson/problem.ts';
import { PackError } from '../../course/pack/pack-error.ts';
import { checksOf, differences } from '../../course/results/difference.ts';
import { readResults } from '../../course/results/schema.ts';
import type { ClassResults, FileResult } from '../../course/results/types.ts';
import { REFUSALS } from '../../course/submission/refusal.ts';
import type { Language } from '../../course/text.ts';
import { sanitiseLine } from '../../tui/sanitise.ts';
import type { ClassFiles } from '../class-files.ts';
import { formatClass, refusedOf, refusedText } from '../formats/class/format.ts';
import { Handed } from '../handed-in.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { chosenLanguage } from '../locale/messages.ts';
import { writeWhole } from '../write-whole.ts';

// What `grade` and `merge` have in common: what people give beside the submissions, and what comes out.

export interface ClassFlags {
  readonly pack?: string;
  readonly played?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly junit?: boolean;
  readonly md?: boolean;
  readonly html?: string;
  readonly out?: string;
  readonly jobs?: string;
  readonly shard?: string;
  readonly resume?: string;
  readonly roster?: string;
  readonly manual?: string;
  readonly received?: string;
  readonly before?: string;
  readonly limit?: string;
  readonly lang?: string;
}

/** Some files were not accepted. */
export const SOME_REFUSED = 3;

/**
 * Times by the file's path as it was given, or by its name alone where that says which is meant; of a part that was graded
 * elsewhere, by what was said there.
 */
export function withReceipts(extra: ClassFiles, files: readonly FileResult[]): ClassFiles {
  const { received = new Map<string, number>() } = extra;
  if (!extra.received && !files.some((file) => file.received !== undefined)) return extra;
  const named = new Map<string, string[]>();
  for (const { file } of files) {
    const name = file.split('/').at(-1) ?? file;
    named.set(name, [...(named.get(name) ?? []), file]);
  }
  const times = files.flatMap(({ file, received: before }): [string, number][] => {
    const name = file.split('/').at(-1) ?? file;
    const time = received.get(file) ?? (named.get(name)?.length === 1 ? received.get(name) : undefined) ?? before;
    return time === undefined ? [] : [[file, time]];
  });
  return { ...extra, received: new Map(times) };
}

/** A slip of the pen in what people give must not pass unseen. */
export function tellUnknown(extra: ClassFiles, used: ClassFiles, results: ClassResults, flags: ClassFlags): void {
  const say = instructorMessages();
  const tell = (names: readonly string[], text: (names: string) => string) => {
    if (names.length > 0) process.stderr.write(`kubetutor: ${text(some(names))}\n`);
  };
  const { manual = '', received = '' } = flags;
  const students = new Map(results.students.map((student) => [student.student, student]));
  const given = [...(extra.manual ?? [])];
  const unknown = given.flatMap(([name]) => (students.has(name) ? [] : [withMeant(name, students.keys())]));
  tell(unknown, (names) => say.unknownStudents(manual, names));
  const everywhere = new Set(results.students.flatMap((student) => [...checksOf(student).keys()]));
  const slips = given.flatMap(([name, { checks = {} }]) => {
    const student = students.get(name);
    if (!student) return [];
    const known = student.shown ? new Set(checksOf(student).keys()) : everywhere;
    return Object.keys(checks).flatMap((id) => (known.has(id) ? [] : [`${name}: ${withMeant(id, known)}`]));
  });
  tell(slips, (names) => say.unknownCriteria(manual, names));
  const files = [...(used.received?.keys() ?? [])];
  const names = new Set(files.flatMap((file) => [file, file.split('/').at(-1) ?? file]));
  const unheard = [...(extra.received?.keys() ?? [])].filter((name) => !names.has(name));
  tell(unheard, (names) => say.unknownFiles(received, names));
}

/** With what is like it, or ends like it. */
function withMeant(name: string, known: Iterable<string>): string {
  const options = [...known];
  const option = options.find((one) => one.endsWith(`/${name}`)) ?? closest(name, options);
  return option === undefined ? name : `${name} (${option}?)`;
}

/** The first of many, for a message: names of files are whatever somebody handed in. */
export function some(names: readonly string[]): string {
  return sanitiseLine(`${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`);
}

/** Raises PackError when the file of `--before` holds no results. */
export function resultsBefore({ before }: ClassFlags): ClassResults | undefined {
  if (before === undefined) return undefined;
  return resultsAt(before);
}

/** What `--json` wrote. Raises PackError for anything else, and says what is wrong with it. */
export function resultsAt(file: string): ClassResults {
  const text = Handed.text(file);
  if (text === undefined) throw new PackError({ en: `cannot read ${file}`, ko: `${file}을(를) 읽을 수 없습니다` });
  const results = readResults(text);
  if (results) return results;
  const torn = text.startsWith('{') && !text.trimEnd().endsWith('}');
  throw torn
    ? new PackError({ en: `${file} has no end: it was cut off`, ko: `${file}의 끝부분이 없습니다. 잘린 파일입니다` })
    : new PackError({
        en: `${file} holds no results of \`kubetutor grade --json\`, or those of another version`,
        ko: `${file}은(는) \`kubetutor grade --json\`의 결과가 아니거나 다른 버전의 결과입니다`,
      });
}

/** Results are written in every form that was asked for; files that were not accepted are told of on stderr where the form has no place for them. */
export async function report(
  results: ClassResults,
  before: ClassResults | undefined,
  flags: ClassFlags,
): Promise<void> {
  const language = chosenLanguage(flags.lang);
  const changes = before && differences(before, results);
  if (flags.html !== undefined) {
    const { writePages } = await import('../formats/class/pages.ts');
    writePages(flags.html, results, changes, language);
    process.stderr.write(`${instructorMessages().pages(flags.html)}\n`);
  }
  const format = flags.json ? 'json' : flags.csv ? 'csv' : flags.junit ? 'junit' : flags.md ? 'md' : 'text';
  const text = formatClass(results, format, language, changes);
  if (flags.out === undefined) process.stdout.write(text);
  else writeWhole(flags.out, text);
  // A gradebook has lines for students only, and what goes to a file is not seen.
  if (format === 'csv' || flags.out !== undefined) tellRefused(results, language);
}

/** Refused files that are named; of a class on which something went wrong as a whole there are too many. */
const MOST_TOLD = 20;

function tellRefused(results: ClassResults, language: Language): void {
  const refused = refusedOf(results);
  for (const attempt of refused.slice(0, MOST_TOLD)) process.stderr.write(`${refusedText(attempt, language)}\n`);
  if (refused.length > MOST_TOLD) process.stderr.write('…\n');
}

/** That results can be written is seen before a class is graded, not after. Raises PackError. */
export function checkOutputs({ out, html, resume }: ClassFlags): void {
  for (const file of [out, resume]) {
    if (file === undefined) continue;
    const folder = path.dirname(file);
    if (!existsSync(folder)) throw cannotWrite(file, `there is no ${folder}`, `${folder}이(가) 없습니다`);
    if (existsSync(file) && statSync(file).isDirectory()) throw cannotWrite(file, 'it is a folder', '폴더입니다');
  }
  if (html === undefined) return;
  try {
    mkdirSync(html, { recursive: true });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw cannotWrite(html, text, text);
  }
}

function cannotWrite(place: string, en: string, ko: string): PackError {
  return new PackError({ en: `cannot write ${place}: ${en}`, ko: `${place}에 쓸 수 없습니다: ${ko}` });
}

/** One file that was named by itself: its own status. Else 0 when all were accepted. */
export function statusOf(results: ClassResults, alone: boolean): number {
  const attempts = [...results.students.flatMap((student) => student.attempts), ...results.unknown];
  const refused = attempts.filter((attempt) => attempt.refused);
  if (alone) {
    const [only] = attempts;
    if (only?.refused) return REFUSALS[only.refused.kind];
    return only && only.score >= only.max ? 0 : 1;
  }
  return refused.length > 0 ? SOME_REFUSED : 0;
}
