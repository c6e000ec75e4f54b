import { existsSync } from 'node:fs';
import { type JournalContent, JournalError, readJournal } from '../../course/journal.ts';
import { type PackStamp, parseStamp, studentId } from '../../course/pack/pack.ts';
import { Progress } from '../../course/progress.ts';
import { dataFolder } from '../../course/storage/data-folder.ts';
import type { Storage } from '../../course/storage/storage.ts';
import { sessionKey } from '../../course/submission/session-key.ts';
import { SUBMISSION_SUFFIX, type SubmittedLesson, writeSubmission } from '../../course/submission/submission.ts';
import { decode } from '../../world/bytes.ts';
import { hash32 } from '../../world/random.ts';
import { hostStorage } from '../host.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { cliLanguage } from '../locale/messages.ts';
import { placeOf, workFolder } from '../pack-work.ts';
import { loadPack } from '../packs.ts';
import { writeWhole } from '../write-whole.ts';

/** `kubetutor submit`: the journals of a student's work in one signed file. */
export function submit(options: { pack?: string; student?: string; out?: string }): number {
  const say = instructorMessages();
  const settings = new Progress(dataFolder());
  const folder = folderOf(settings, options);
  if (typeof folder === 'number') return folder;
  const storage = hostStorage();
  const key = sessionKey(storage);
  const all = folder === undefined ? [] : journalsIn(storage, folder);
  // Signed with another key, honest work would look as if somebody had changed it.
  const foreign = all.filter((one) => one.key !== key.publicKey);
  if (foreign.length > 0) process.stderr.write(`${say.otherKey(foreign.map((one) => one.part.lesson).join(', '))}\n`);
  const journals = all.filter((one) => one.key === key.publicKey);
  // What another version of the pack was played with is handed in by itself, not mixed in.
  const newest = journals.reduce<Journal | undefined>(
    (top, one) => (top && top.created >= one.created ? top : one),
    undefined,
  );
  if (!newest) return refuse(say.nothingToSubmit);
  const same = (one: Journal) => one.pack.hash === newest.pack.hash && one.version === newest.version;
  const lessons = journals.filter(same).map((journal) => journal.part);
  const left = journals.filter((journal) => !same(journal));
  if (left.length > 0) process.stderr.write(`${say.leftOut(left.map((journal) => journal.part.lesson).join(', '))}\n`);
  const { pack, student, version } = newest;
  const submission = writeSubmission({ pack, student, submitted: Date.now(), lessons, version }, key);
  const file = options.out ?? fileName(pack.id, student);
  writeWhole(file, submission);
  const inputs = lessons.reduce((sum, lesson) => sum + lesson.inputs, 0);
  process.stdout.write(`${say.submitted(file, lessons.length, inputs)}\n`);
  const others = lessonsOf(settings, pack, options.pack).filter((id) => !lessons.some(({ lesson }) => lesson === id));
  if (others.length > 0) process.stderr.write(`${say.notBegun(others.join(', '))}\n`);
  return 0;
}

/** The lessons of the pack as the student has it; none when it is not there any more, or another by now. */
function lessonsOf(settings: Progress, stamp: PackStamp, given: string | undefined): readonly string[] {
  const place = given ?? settings.setting(placeOf(stamp.id));
  if (place === undefined || !existsSync(place)) return [];
  const pack = loadPack(place);
  return typeof pack === 'number' || pack.stamp.hash !== stamp.hash ? [] : pack.lessonIds;
}

interface Journal {
  readonly pack: PackStamp;
  readonly student: string;
  /** Of kubetutor. */
  readonly version: string;
  /** When it was begun, ms since 1970. */
  readonly created: number;
  /** Of the computer it was played on, public half. */
  readonly key: string | undefined;
  readonly part: Omit<SubmittedLesson, 'digest'>;
}

function journalsIn(storage: Storage, folder: string): Journal[] {
  return storage.names(folder).flatMap((name) => {
    const bytes = name.endsWith('.jsonl') ? storage.read(name) : undefined;
    const content = bytes && readWhatIsThere(bytes, name);
    if (!bytes || !content) return [];
    const { version, created, lesson, seed, student, pack, key } = content.header;
    const stamp = parseStamp(pack ?? '');
    if (!stamp || !lesson || student === undefined) return [];
    const journal = decode(bytes.subarray(0, content.goodBytes));
    const part = { lesson: lesson.id, seed, inputs: content.entries.length, journal };
    return [{ pack: stamp, student, version, created, key, part }];
  });
}

/** A journal that cannot be read is told of, and the others are handed in. */
function readWhatIsThere(bytes: Uint8Array, name: string): JournalContent | undefined {
  try {
    const content = readJournal(bytes);
    if (content?.message) process.stderr.write(`${name}: ${content.message[cliLanguage()]}\n`);
    return content;
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    process.stderr.write(`${name}: ${error.text[cliLanguage()]}\n`);
    return undefined;
  }
}

/** Letters of a name in a file's name: every file system takes them. */
const MAX_LETTERS = 40;

function fileName(pack: string, student: string): string {
  const letters = [...student.replace(/[^\p{L}\p{M}\p{N}._-]/gu, '_')];
  const cut = letters.length > MAX_LETTERS ? `-${hash32(student).toString(16)}` : '';
  return `${pack.slice(0, MAX_LETTERS)}-${letters.slice(0, MAX_LETTERS).join('')}${cut}${SUBMISSION_SUFFIX}`;
}

function folderOf(settings: Progress, options: { pack?: string; student?: string }): string | undefined | number {
  const named = options.student ?? settings.setting('student');
  const student = named === undefined ? undefined : studentId(named);
  if (options.pack === undefined && options.student === undefined) return settings.setting('work');
  if (student === undefined) return refuse(instructorMessages().whoAreYou);
  if (options.pack === undefined) {
    const work = settings.setting('work');
    return work && workFolder(work.split('/')[2] ?? '', student);
  }
  const pack = loadPack(options.pack);
  return typeof pack === 'number' ? pack : workFolder(pack.id, student);
}

function refuse(text: string): number {
  process.stderr.write(`kubetutor submit: ${text}\n`);
  return 2;
}
