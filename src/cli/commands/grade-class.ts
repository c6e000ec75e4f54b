import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Coursework } from '../../course/pack/coursework.ts';
import { PackError } from '../../course/pack/pack-error.ts';
import { classResults } from '../../course/results/class-results.ts';
import { checksOf, differences } from '../../course/results/difference.ts';
import { readResults } from '../../course/results/schema.ts';
import type { ClassResults, FileResult } from '../../course/results/types.ts';
import { REFUSALS } from '../../course/submission/refusal.ts';
import { type ClassFiles, readClassFiles } from '../class-files.ts';
import { courseworkAt } from '../coursework.ts';
import { WRONG_USAGE } from '../exit.ts';
import { formatClass } from '../formats/class/format.ts';
import { gradeInWorkers } from '../grade-pool.ts';
import { eachOnce, Handed, type HandedFile, handedIn, inShard, parseShard, readWhole } from '../handed-in.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { chosenLanguage, cliLanguage } from '../locale/messages.ts';

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
const SOME_REFUSED = 3;
const SECONDS = 30;

/** `kubetutor grade` for submissions: each is replayed in a worker against the instructor's pack. */
export async function gradeClass(places: readonly string[], flags: ClassFlags): Promise<number> {
  const say = instructorMessages();
  const shard = parseShard(flags.shard);
  if (!shard) return refuse(say.badShard(flags.shard ?? ''));
  for (const [name, value] of [
    ['--jobs', flags.jobs],
    ['--limit', flags.limit],
  ] as const)
    if (value !== undefined && !(Number(value) > 0)) return refuse(say.badFile(`${name} ${value}`, '1, 2, 3 …'));
  let course: Coursework;
  let played: Coursework | undefined;
  let extra: ClassFiles;
  let before: ClassResults | undefined;
  try {
    course = courseworkAt(flags.pack);
    played = flags.played === undefined ? undefined : courseworkAt(flags.played);
    extra = readClassFiles(flags);
    before = resultsBefore(flags);
  } catch (error) {
    if (error instanceof PackError) return refuse(error.text[cliLanguage()]);
    throw error;
  }
  const handed: HandedFile[] = [];
  const others: string[] = [];
  for (const place of places) {
    const found = handedIn(place);
    if (found.files.length === 0) return refuse(say.noFiles(place));
    handed.push(...found.files);
    others.push(...found.others);
  }
  if (others.length > 0) process.stderr.write(`kubetutor grade: ${say.passedOver(some(others), others.length)}\n`);
  const mine = inShard(eachOnce(handed), shard);
  const files = await gradeFiles(mine, course, played, flags);
  const part = flags.shard === undefined ? {} : { part: shard };
  const given = withReceipts(extra, files);
  const results = classResults(course, files, { ...given, ...part });
  if (flags.pack === undefined && files.some(({ outcome }) => 'refused' in outcome && outcome.refused.kind === 'pack'))
    process.stderr.write(`kubetutor grade: ${say.needsPack('…')}\n`);
  if (flags.shard === undefined) tellUnknown(extra, given, results, flags);
  await report(results, before, flags);
  const alone = flags.shard === undefined && places.length === 1 && handed[0]?.path === places[0];
  return statusOf(results, alone);
}

/** Times by the file's path as it was given, or by its name alone where that says which is meant. */
function withReceipts(extra: ClassFiles, files: readonly FileResult[]): ClassFiles {
  const { received } = extra;
  if (!received) return extra;
  const named = new Map<string, string[]>();
  for (const { file } of files) {
    const name = file.split('/').at(-1) ?? file;
    named.set(name, [...(named.get(name) ?? []), file]);
  }
  const times = files.flatMap(({ file }): [string, number][] => {
    const name = file.split('/').at(-1) ?? file;
    const time = received.get(file) ?? (named.get(name)?.length === 1 ? received.get(name) : undefined);
    return time === undefined ? [] : [[file, time]];
  });
  return { ...extra, received: new Map(times) };
}

/** A slip of the pen in what people give must not pass unseen. */
function tellUnknown(extra: ClassFiles, used: ClassFiles, results: ClassResults, flags: ClassFlags): void {
  const say = instructorMessages();
  const tell = (file: string | undefined, names: readonly string[]) => {
    if (file !== undefined && names.length > 0)
      process.stderr.write(`kubetutor: ${say.unknownNames(file, some(names))}\n`);
  };
  const students = new Map(results.students.map((student) => [student.student, student]));
  const unknown = [...(extra.manual ?? [])].flatMap(([name, { checks = {} }]) => {
    const student = students.get(name);
    if (!student) return [name];
    const known = checksOf(student);
    return Object.keys(checks).flatMap((id) => (known.has(id) ? [] : [`${name}: ${id}`]));
  });
  tell(flags.manual, unknown);
  const files = [...(used.received?.keys() ?? [])];
  const names = new Set(files.flatMap((file) => [file, file.split('/').at(-1) ?? file]));
  tell(
    flags.received,
    [...(extra.received?.keys() ?? [])].filter((name) => !names.has(name)),
  );
}

/** The first of many, for a message. */
function some(names: readonly string[]): string {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
}

/** Raises PackError when the file of `--before` holds no results. */
function resultsBefore({ before }: ClassFlags): ClassResults | undefined {
  if (before === undefined) return undefined;
  const results = readResults(Handed.text(before) ?? '');
  if (results) return results;
  const text = instructorMessages().badFile(before, 'no results of `kubetutor grade --json`');
  throw new PackError({ en: text, ko: text });
}

/** `kubetutor merge`: the results of several machines as those of one. */
export async function merge(places: readonly string[], flags: ClassFlags): Promise<number> {
  const parts: ClassResults[] = [];
  for (const place of places) {
    const text = Handed.text(place);
    const results = text === undefined ? undefined : readResults(text);
    if (!results) return refuse(instructorMessages().badFile(place, 'no results of `kubetutor grade --json`'));
    parts.push(results);
  }
  const [first] = parts;
  if (!first) return WRONG_USAGE;
  const other = parts.find(
    ({ pack, version }) =>
      pack.id !== first.pack.id || pack.version !== first.pack.version || version !== first.version,
  );
  if (other)
    return refuse(
      instructorMessages().badFile(
        other.pack.id,
        `not of ${first.pack.id} ${first.pack.version} by kubetutor ${first.version}`,
      ),
    );
  const files = new Map(parts.flatMap((part) => part.files).map((file) => [`${file.file}\n${file.sha256}`, file]));
  const sorted = [...files.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  let extra: ClassFiles;
  let before: ClassResults | undefined;
  try {
    extra = readClassFiles(flags);
    before = resultsBefore(flags);
  } catch (error) {
    if (error instanceof PackError) return refuse(error.text[cliLanguage()]);
    throw error;
  }
  const given = withReceipts(extra, sorted);
  const results = classResults({ ...first.pack, policies: first.policies }, sorted, given);
  tellUnknown(extra, given, results, flags);
  await report(results, before, flags);
  const of = Math.max(0, ...parts.map(({ part }) => part?.of ?? 0));
  const there = new Set(parts.map(({ part }) => part?.index));
  const missing = Array.from({ length: of }, (_, index) => index + 1).filter((index) => !there.has(index));
  if (missing.length > 0) {
    process.stderr.write(`kubetutor merge: ${instructorMessages().partsMissing(missing.join(', '), of)}\n`);
    return SOME_REFUSED;
  }
  return statusOf(results, false);
}

async function gradeFiles(
  handed: readonly HandedFile[],
  course: Coursework,
  played: Coursework | undefined,
  flags: ClassFlags,
): Promise<FileResult[]> {
  const say = instructorMessages();
  const limit = Number(flags.limit ?? SECONDS) * 1000;
  const state = new Handed(flags.resume, `${course.hashes.full} ${played?.hashes.full ?? ''}`, limit);
  const results = new Map<number, FileResult>();
  const open: number[] = [];
  handed.forEach((file, index) => {
    const known = state.known(file);
    if (known) results.set(index, known);
    else open.push(index);
  });
  const begin = performance.now();
  const jobs = Math.min(Number(flags.jobs ?? availableParallelism()) || 1, Math.max(1, open.length));
  const progress = new Progress(open.length, begin);
  const orders = function* () {
    for (const index of open) yield { index, bytes: readWhole(handed[index]?.path ?? '') };
  };
  await gradeInWorkers(orders(), { pack: flags.pack, played: flags.played, limit }, jobs, (index, outcome) => {
    const file = handed[index];
    if (!file) return;
    const result: FileResult = { file: file.name, sha256: file.sha256, outcome };
    results.set(index, result);
    state.remember(result);
    progress.tick();
  });
  const seconds = (performance.now() - begin) / 1000;
  const refused = [...results.values()].filter(({ outcome }) => 'refused' in outcome).length;
  if (handed.length > 1)
    process.stderr.write(
      `${say.graded(open.length, seconds.toFixed(1), (open.length / Math.max(seconds, 0.001)).toFixed(1), refused)}\n`,
    );
  return handed.flatMap((_, index) => results.get(index) ?? []);
}

/** How far it is, on stderr: in one line on a terminal, now and then elsewhere. */
class Progress {
  private done = 0;
  private told = performance.now();

  constructor(
    private readonly of: number,
    private readonly begin: number,
  ) {}

  tick(): void {
    this.done++;
    const now = performance.now();
    const terminal = process.stderr.isTTY === true;
    if (now - this.told < (terminal ? 200 : 5000)) return;
    this.told = now;
    const text = instructorMessages().grading(this.done, this.of, ((1000 * this.done) / (now - this.begin)).toFixed(1));
    process.stderr.write(terminal ? `\r\x1b[K${text}` : `${text}\n`);
    if (terminal && this.done === this.of) process.stderr.write('\r\x1b[K');
  }
}

async function report(results: ClassResults, before: ClassResults | undefined, flags: ClassFlags): Promise<void> {
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
  else writeFileSync(flags.out, text);
}

/** One file that was named by itself: its own status. Else 0 when all were accepted. */
function statusOf(results: ClassResults, alone: boolean): number {
  const attempts = [...results.students.flatMap((student) => student.attempts), ...results.unknown];
  const refused = attempts.filter((attempt) => attempt.refused);
  if (alone) {
    const [only] = attempts;
    if (only?.refused) return REFUSALS[only.refused.kind];
    return only && only.score >= only.max ? 0 : 1;
  }
  return refused.length > 0 ? SOME_REFUSED : 0;
}

function refuse(text: string): number {
  process.stderr.write(`kubetutor grade: ${text}\n`);
  return WRONG_USAGE;
}
