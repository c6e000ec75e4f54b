// Synthetic submissions: journals as students' sessions write them, without playing them first.
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Input } from '../../src/course/input.ts';
import { type Entry, type JournalHeader, writeJournal } from '../../src/course/journal.ts';
import type { Lesson } from '../../src/course/lesson/lesson.ts';
import type { Coursework } from '../../src/course/pack/coursework.ts';
import { Files } from '../../src/course/pack/files.ts';
import { type Pack, stampText } from '../../src/course/pack/pack.ts';
import { packOf } from '../../src/course/pack/read-pack.ts';
import { freshKey, type SessionKey } from '../../src/course/submission/session-key.ts';
import {
  digestOf,
  packSubmission,
  type Submission,
  signedText,
  writeSubmission,
} from '../../src/course/submission/submission.ts';
import { VERSION } from '../../src/course/version.ts';
import { START_TIME } from '../../src/scenarios/build.ts';
import { decode, encode } from '../../src/world/bytes.ts';
import { Random } from '../../src/world/random.ts';

/** A minute after the world's first morning: every world has booted. */
const BEGIN = START_TIME + 90_000;
export const SUBMITTED = Date.UTC(2026, 10, 20, 12, 0, 0);

export function packFrom(files: Readonly<Record<string, string>>): Pack {
  const all = new Files();
  for (const [name, text] of Object.entries(files)) all.add(name, encode(text));
  const { pack, problems } = packOf(all, 'pack');
  if (!pack || problems.length > 0) throw new Error(JSON.stringify(problems));
  return pack;
}

export interface Work {
  readonly student: string;
  /** Lines typed, each after a pause. */
  readonly lines: readonly string[];
  /** One input a key, as in a terminal; else one a line, as from a pipe. */
  readonly keys?: boolean;
  /** Takes back its last line, and types it again. */
  readonly undo?: boolean;
  readonly submitted?: number;
  /** Whose hands: the rhythm of the keys. */
  readonly rhythm?: string;
  readonly key?: SessionKey;
}

/** What a session of `work` would have written. */
export function journalOf(
  work: Work,
  course: Coursework,
  lesson: Lesson,
  key: SessionKey,
): { header: JournalHeader; entries: Entry[] } {
  const random = new Random(`rhythm ${work.rhythm ?? work.student} ${lesson.id}`);
  const header: JournalHeader = {
    version: VERSION,
    lesson: { id: lesson.id, version: lesson.version },
    world: lesson.world,
    seed: lesson.seed,
    language: 'en',
    created: SUBMITTED,
    student: work.student,
    pack: stampText({ ...course.stamp, hash: course.hashes.student }),
    key: key.publicKey,
  };
  let t = BEGIN;
  const entries: Entry[] = [];
  const put = (input: Input) => entries.push({ kind: 'input', input });
  put({ t, kind: 'action', action: 'begin', step: lesson.steps[0]?.id ?? '', finished: [] });
  t += 20_000;
  const type = (line: string) => {
    t += 2000 + random.next() * 6000;
    for (const part of work.keys ? `${line}\r` : [`${line}\r`]) {
      if (work.keys) t += 60 + random.next() * 180;
      put({ t, kind: 'type', data: part });
    }
  };
  for (const line of work.lines) type(line);
  if (work.undo) {
    const kept = entries.length;
    type('kubectl get events');
    entries.push({ kind: 'rewind', keep: kept, t: t - 500 });
    type(work.lines.at(-1) ?? 'true');
  }
  put({ t: t + 25_000, kind: 'action', action: 'pause' });
  return { header, entries };
}

export function submissionOf(work: Work, course: Coursework): Uint8Array {
  return packSubmission(plainSubmission(work, course));
}

export function plainSubmission(work: Work, course: Coursework, key = work.key ?? freshKey()): Submission {
  const { lessons } = course.lessonsFor(work.student);
  const parts = lessons.slice(0, 1).map((lesson) => {
    const { header, entries } = journalOf(work, course, lesson, key);
    return {
      lesson: lesson.id,
      seed: lesson.seed,
      inputs: entries.length,
      journal: decode(writeJournal(header, entries)),
    };
  });
  const pack = { ...course.stamp, hash: course.hashes.student };
  const bytes = writeSubmission(
    { pack, student: work.student, submitted: work.submitted ?? SUBMITTED, lessons: parts },
    key,
  );
  return parseSubmission(bytes);
}

function parseSubmission(bytes: Uint8Array): Submission {
  const value: Submission & { kubetutor?: string } = JSON.parse(decode(gunzip(bytes)));
  return value;
}

/** Signs again, with another journal or head: what somebody with a key of their own can do. */
export function resigned(submission: Submission, change: Partial<Submission>, key: SessionKey): Submission {
  const whole = { ...submission, ...change, key: key.publicKey };
  const lessons = whole.lessons.map((lesson) => ({ ...lesson, digest: digestOf(lesson.journal) }));
  return { ...whole, lessons, signature: key.sign(signedText({ ...whole, lessons })) };
}

const gunzip = (bytes: Uint8Array) => gunzipSync(bytes);

export interface Tampered {
  readonly name: string;
  readonly kind: string;
  readonly bytes: Uint8Array;
}

/** An honest submission made worse in every way that a file can be. `other` is another pack. */
export function tampered(work: Work, course: Coursework, other: Coursework, changed: Coursework): Tampered[] {
  const key = freshKey();
  const honest = plainSubmission(work, course, key);
  const [lesson] = honest.lessons;
  const real = course.lessonsFor(work.student).lessons[0];
  if (!lesson || !real) throw new Error('the pack has no lesson');
  const bytes = packSubmission(honest);
  const withJournal = (journal: string): Submission => ({ ...honest, lessons: [{ ...lesson, journal }] });
  const lines = lesson.journal.split('\n');
  const foreign = { ...work, student: `${work.student}-friend` };
  const { header, entries } = journalOf(work, course, real, key);
  const typed = entries.findIndex((entry) => entry.kind === 'input' && entry.input.kind === 'type');
  const rewritten = entries.map((entry, index) =>
    index === typed && entry.kind === 'input'
      ? { kind: 'input' as const, input: { ...entry.input, kind: 'type' as const, data: 'true\r' } }
      : entry,
  );
  const backwards = entries.map((entry, index) =>
    index === entries.length - 1 && entry.kind === 'input'
      ? { ...entry, input: { ...entry.input, t: BEGIN - 5 } }
      : entry,
  );
  const rechained = (list: readonly Entry[], head: JournalHeader = header) => decode(writeJournal(head, list));
  return [
    {
      name: 'a line edited',
      kind: 'edited',
      bytes: packSubmission(withJournal(lesson.journal.replace(/"data":"./, '"data":"Z'))),
    },
    { name: 'the file cut', kind: 'cut', bytes: bytes.subarray(0, bytes.length - 40) },
    { name: 'the journal cut', kind: 'cut', bytes: packSubmission(withJournal(`${lines.slice(0, -3).join('\n')}\n`)) },
    { name: 'another name on it', kind: 'student', bytes: packSubmission({ ...honest, student: foreign.student }) },
    {
      name: "a friend's work, signed anew",
      kind: 'student',
      bytes: packSubmission(
        resigned(
          honest,
          {
            student: foreign.student,
            lessons: [{ ...lesson, journal: rechained(entries, { ...header, student: foreign.student }) }],
          },
          key,
        ),
      ),
    },
    { name: 'another pack', kind: 'pack', bytes: submissionOf(work, other) },
    { name: 'another content', kind: 'content', bytes: submissionOf(work, changed) },
    {
      name: 'another kubetutor',
      kind: 'version',
      bytes: packSubmission(
        resigned(
          honest,
          { version: '0.0.9', lessons: [{ ...lesson, journal: rechained(entries, { ...header, version: '0.0.9' }) }] },
          key,
        ),
      ),
    },
    {
      name: 'rewritten without the key',
      kind: 'forged',
      bytes: packSubmission({
        ...resigned(honest, { lessons: [{ ...lesson, journal: rechained(rewritten) }] }, freshKey()),
        key: key.publicKey,
      }),
    },
    {
      name: 'time runs backwards',
      kind: 'edited',
      bytes: packSubmission(resigned(honest, { lessons: [{ ...lesson, journal: rechained(backwards) }] }, key)),
    },
    { name: 'no submission', kind: 'foreign', bytes: encode('#!/bin/bash\nkubectl get pods\n') },
    { name: 'a picture', kind: 'foreign', bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47]) },
    { name: 'damaged data', kind: 'edited', bytes: bytes.map((byte, index) => (index === 30 ? byte ^ 0xff : byte)) },
  ];
}

/** Files that would take too much, were they read or played. */
export function bombs(student: string, course: Coursework): Tampered[] {
  const play = (name: string, lines: readonly string[], pause = 0): Tampered => {
    const key = freshKey();
    const work = { student, lines };
    const [lesson] = course.lessonsFor(student).lessons;
    if (!lesson) throw new Error('the pack has no lesson');
    const { header, entries } = journalOf(work, course, lesson, key);
    const last = entries.at(-1);
    if (last?.kind === 'input') entries.push({ kind: 'input', input: { ...last.input, t: last.input.t + pause } });
    const journal = decode(writeJournal(header, entries));
    return {
      name,
      kind: 'bomb',
      bytes: packSubmission(
        resigned(
          plainSubmission(work, course, key),
          { lessons: [{ lesson: lesson.id, seed: lesson.seed, inputs: entries.length, digest: '', journal }] },
          key,
        ),
      ),
    };
  };
  const deep = `{"kubetutor":"submission","format":1,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  return [
    { name: 'gzip bomb', kind: 'bomb', bytes: gzipSync(new Uint8Array(200_000_000)) },
    { name: 'nested deeply', kind: 'bomb', bytes: gzipSync(encode(deep)) },
    { name: 'a large file', kind: 'bomb', bytes: new Uint8Array(9_000_000).fill(0x7b) },
    {
      name: 'too many inputs',
      kind: 'bomb',
      bytes: packSubmission({
        ...plainSubmission({ student, lines: ['true'] }, course),
        lessons: [{ lesson: 'x', seed: 'x', inputs: 300_000, digest: '', journal: '{}\n'.repeat(300_000) }],
      }),
    },
    play('years of time', ['sleep 1'], 400 * 86_400_000),
    play('an endless loop', ['while :; do :; done'], 50 * 86_400_000),
    play('a text that doubles', ['a=x; while :; do a=$a$a; done'], 3_600_000),
    play('a long list', ['echo {1..999999999}'], 60_000),
    play(
      'a regular expression',
      [
        "[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab =~ ^(a+)+$ ]]; echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab | grep -E '^(a+)+$'",
      ],
      60_000,
    ),
    play('files without end', ['yes > ~/big; cat /dev/zero > ~/zero'], 3_600_000),
    play('processes without end', ['f() { f | f & }; f'], 3_600_000),
  ];
}
