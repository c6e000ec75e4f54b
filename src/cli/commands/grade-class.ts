import { availableParallelism } from 'node:os';
import type { Coursework } from '../../course/pack/coursework.ts';
import { PackError } from '../../course/pack/pack-error.ts';
import { classResults } from '../../course/results/class-results.ts';
import type { ClassResults, FileResult } from '../../course/results/types.ts';
import { sanitiseLine } from '../../tui/sanitise.ts';
import { type ClassFiles, readClassFiles } from '../class-files.ts';
import { courseworkAt } from '../coursework.ts';
import { WRONG_USAGE } from '../exit.ts';
import { gradeInWorkers } from '../grade-pool.ts';
import { eachOnce, Handed, type HandedFile, handedIn, inShard, parseShard, readWhole } from '../handed-in.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { cliLanguage } from '../locale/messages.ts';
import {
  type ClassFlags,
  checkOutputs,
  report,
  resultsBefore,
  some,
  statusOf,
  tellUnknown,
  withReceipts,
} from './class-report.ts';

/** Computing that one submission may take, s. */
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
    if (value !== undefined && !(Number(value) > 0)) return refuse(say.badNumber(name, value));
  let course: Coursework;
  let played: Coursework | undefined;
  let extra: ClassFiles;
  let before: ClassResults | undefined;
  try {
    course = courseworkAt(flags.pack);
    played = flags.played === undefined ? undefined : courseworkAt(flags.played);
    extra = readClassFiles(flags);
    before = resultsBefore(flags);
    checkOutputs(flags);
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
  const { id, version, title, policies, hashes } = course;
  const judgedBy = played ? `${hashes.full} ${played.hashes.full}` : hashes.full;
  const results = classResults({ id, version, title, policies, hash: judgedBy }, files, { ...given, ...part });
  if (flags.pack === undefined && files.some(({ outcome }) => 'refused' in outcome && outcome.refused.kind === 'pack'))
    process.stderr.write(`kubetutor grade: ${say.packNotGiven}\n`);
  if (flags.shard === undefined) tellUnknown(extra, given, results, flags);
  await report(results, before, flags);
  const alone = flags.shard === undefined && places.length === 1 && handed[0]?.path === places[0];
  return statusOf(results, alone);
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

function refuse(text: string): number {
  process.stderr.write(`kubetutor grade: ${sanitiseLine(text)}\n`);
  return WRONG_USAGE;
}
