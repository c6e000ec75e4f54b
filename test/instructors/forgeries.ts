// What a student can do with a file by hand: beside the ways of synthetic.ts, with the student's own key and without it.
import { gzipSync } from 'node:zlib';
import type { Input } from '../../src/course/input.ts';
import { type Entry, type JournalHeader, writeJournal } from '../../src/course/journal.ts';
import type { Coursework } from '../../src/course/pack/coursework.ts';
import { freshKey } from '../../src/course/submission/session-key.ts';
import { packSubmission, type Submission } from '../../src/course/submission/submission.ts';
import { concat, decode, encode } from '../../src/world/bytes.ts';
import { journalOf, plainSubmission, resigned, SUBMITTED, type Tampered, type Work } from './synthetic.ts';

/** An honest submission taken apart and put together otherwise. */
export function forgeries(work: Work, course: Coursework): Tampered[] {
  return [...withoutKey(work, course), ...withKey(work, course)];
}

/** Somebody who has only the file. */
function withoutKey(work: Work, course: Coursework): Tampered[] {
  const key = freshKey();
  const honest = plainSubmission(work, course, key);
  const { signature: _, ...unsigned } = honest;
  const [lesson] = honest.lessons;
  if (!lesson) throw new Error('the pack has no lesson');
  const lines = lesson.journal.split('\n');
  const [head = '', begin = '', first = '', ...rest] = lines;
  const journal = (...changed: readonly string[]) =>
    packSubmission({ ...honest, lessons: [{ ...lesson, journal: changed.join('\n') }] });
  const bytes = packSubmission(honest);
  const edited = (name: string, changed: Uint8Array): Tampered => ({ name, kind: 'edited', bytes: changed });
  return [
    edited('the signature taken off', plain(unsigned)),
    edited('another key in the head', packSubmission({ ...honest, key: freshKey().publicKey })),
    edited('another seed in the head', packSubmission({ ...honest, lessons: [{ ...lesson, seed: 'easy' }] })),
    edited('a line twice', journal(head, begin, first, first, ...rest)),
    edited('a line left out', journal(head, begin, ...rest)),
    edited('lines in another order', journal(head, first, begin, ...rest)),
    edited('another moment', journal(head, begin, first.replace(/"t":\d/, '"t":9'), ...rest)),
    edited('two files in one', concat([bytes, bytes])),
    edited('something after it', concat([bytes, encode('\n\n')])),
    {
      name: 'a signature of something else',
      kind: 'forged',
      bytes: packSubmission({ ...honest, signature: key.sign('x') }),
    },
    { name: 'handed in earlier', kind: 'forged', bytes: packSubmission({ ...honest, submitted: SUBMITTED - 1e9 }) },
    { name: 'nothing', kind: 'foreign', bytes: new Uint8Array(0) },
    { name: 'a zip archive', kind: 'foreign', bytes: encode('PK\x03\x04') },
    { name: 'sent as a text', kind: 'foreign', bytes: encode(decode(bytes)) },
  ];
}

/** Somebody who signs what was made up with the key of the own computer. */
function withKey(work: Work, course: Coursework): Tampered[] {
  const key = freshKey();
  const honest = plainSubmission(work, course, key);
  const [lesson] = honest.lessons;
  const real = course.lessonsFor(work.student).lessons[0];
  if (!lesson || !real) throw new Error('the pack has no lesson');
  const { header, entries } = journalOf(work, course, real, key);
  const last = entries.at(-1);
  const t = last?.kind === 'input' ? last.input.t : 0;
  const signed = (list: readonly Entry[], head: Partial<JournalHeader> = {}, change: Partial<Submission> = {}) => {
    const whole = { ...lesson, seed: head.seed ?? lesson.seed, inputs: list.length };
    const journal = decode(writeJournal({ ...header, ...head }, list));
    return packSubmission(resigned(honest, { ...change, lessons: [{ ...whole, journal }] }, key));
  };
  const more = (input: Input): Uint8Array => signed([...entries, { kind: 'input', input }]);
  const edited = (name: string, changed: Uint8Array): Tampered => ({ name, kind: 'edited', bytes: changed });
  const begin: Input = {
    t,
    kind: 'action',
    action: 'begin',
    step: 'last',
    finished: real.steps.map((step) => step.id),
  };
  const unknown = { t, kind: 'points', points: 5 } as unknown as Input;
  const endless = JSON.stringify({ kubetutor: 'submission', ...honest }).replace(
    /"submitted":\d+/,
    '"submitted":1e999',
  );
  return [
    edited('inputs in another order', signed([...entries].reverse())),
    edited('a lesson begun at its end', more(begin)),
    edited('bytes that are none', more({ t, kind: 'type64', data: '***' })),
    edited('an input that claims points', more(unknown)),
    edited('back to half an input', signed([...entries, { kind: 'rewind', keep: 0.5, t }])),
    edited('back to before everything', signed([...entries, { kind: 'rewind', keep: -1, t }])),
    edited('back to the future', signed([...entries, { kind: 'rewind', keep: 1e9, t }])),
    edited('a command for whoever grades it', signed(entries, {}, { version: '0.1.0; rm -rf ~' })),
    edited('a name of a pack that is none', signed(entries, {}, { pack: { ...honest.pack, id: '\x1b[31m' } })),
    edited('a time that is none', signed(entries, {}, { submitted: -1e300 })),
    edited('a time without end', gzipSync(encode(endless))),
    edited('a format of its own', signed(entries, {}, { format: 0 })),
    { name: 'an easier seed', kind: 'student', bytes: signed(entries, { seed: 'easy' }) },
    { name: 'an easier world', kind: 'content', bytes: signed(entries, { world: 'kubeadm' }) },
    { name: 'centuries ahead', kind: 'bomb', bytes: signed(entries.map((entry) => delayed(entry, 1e13))) },
  ];
}

function delayed(entry: Entry, by: number): Entry {
  return entry.kind === 'input' ? { ...entry, input: { ...entry.input, t: entry.input.t + by } } : entry;
}

function plain(value: object): Uint8Array {
  return gzipSync(encode(JSON.stringify({ kubetutor: 'submission', ...value })));
}
