import { writeFileSync } from 'node:fs';
import { readJournal } from '../../course/journal.ts';
import { type PackStamp, parseStamp } from '../../course/pack/pack.ts';
import { Progress } from '../../course/progress.ts';
import { dataFolder } from '../../course/storage/data-folder.ts';
import { sessionKey } from '../../course/submission/session-key.ts';
import { SUBMISSION_SUFFIX, type SubmittedLesson, writeSubmission } from '../../course/submission/submission.ts';
import { decode } from '../../world/bytes.ts';
import { hostStorage } from '../host.ts';
import { instructorMessages } from '../locale/instructor-messages.ts';
import { workFolder } from '../pack-work.ts';
import { loadPack } from '../packs.ts';

/** `kubetutor submit`: the journals of a student's work in one signed file. */
export function submit(options: { pack?: string; student?: string; out?: string }): number {
  const say = instructorMessages();
  const settings = new Progress(dataFolder());
  const folder = folderOf(settings, options);
  if (typeof folder === 'number') return folder;
  const storage = hostStorage();
  const lessons: Omit<SubmittedLesson, 'digest'>[] = [];
  let pack: PackStamp | undefined;
  let student: string | undefined;
  let version: string | undefined;
  for (const name of folder === undefined ? [] : storage.names(folder)) {
    const bytes = name.endsWith('.jsonl') ? storage.read(name) : undefined;
    const content = bytes && readJournal(bytes);
    if (!bytes || !content) continue;
    const { header } = content;
    const stamp = parseStamp(header.pack ?? '');
    if (!stamp || !header.lesson || header.student === undefined) continue;
    pack ??= stamp;
    student ??= header.student;
    version ??= header.version;
    // What another version of the pack was played with is handed in by itself, not mixed in.
    if (stamp.hash !== pack.hash || header.version !== version) continue;
    const journal = decode(bytes.subarray(0, content.goodBytes));
    lessons.push({ lesson: header.lesson.id, seed: header.seed, inputs: content.entries.length, journal });
  }
  if (!pack || student === undefined) return refuse(say.nothingToSubmit(folder ?? '-'));
  const submission = writeSubmission(
    { pack, student, submitted: Date.now(), lessons, ...(version === undefined ? {} : { version }) },
    sessionKey(storage),
  );
  const file = options.out ?? `${pack.id}-${student.replace(/[^\p{L}\p{N}._-]/gu, '_')}${SUBMISSION_SUFFIX}`;
  writeFileSync(file, submission);
  const inputs = lessons.reduce((sum, lesson) => sum + lesson.inputs, 0);
  process.stdout.write(`${say.submitted(file, lessons.length, inputs)}\n`);
  return 0;
}

function folderOf(settings: Progress, options: { pack?: string; student?: string }): string | undefined | number {
  const student = options.student ?? settings.setting('student');
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
