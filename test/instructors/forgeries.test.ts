import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Entry, readJournal, writeJournal } from '../../src/course/journal.ts';
import { openSession } from '../../src/course/open-session.ts';
import type { Coursework } from '../../src/course/pack/coursework.ts';
import { isStudentId, type Pack, stampText } from '../../src/course/pack/pack.ts';
import { scenarioSource } from '../../src/course/scenario-source.ts';
import { MemoryStorage } from '../../src/course/storage/memory-storage.ts';
import { type GradedSubmission, gradeSubmission } from '../../src/course/submission/grade-submission.ts';
import { readSubmission } from '../../src/course/submission/read.ts';
import { RefusalError } from '../../src/course/submission/refusal.ts';
import { freshKey } from '../../src/course/submission/session-key.ts';
import { packSubmission, writeSubmission } from '../../src/course/submission/submission.ts';
import { decode, encode } from '../../src/world/bytes.ts';
import { forgeries } from './forgeries.ts';
import { templatePack } from './packs.ts';
import { packFrom, plainSubmission, resigned, SUBMITTED, submissionOf } from './synthetic.ts';

const bare = (text: string) => text.replace('world: default', 'world: bare');
const pack = templatePack('week1', bare);
const options = { source: scenarioSource, clock: () => performance.now(), limit: 60_000 };

function outcomeOf(bytes: Uint8Array, course: Coursework = pack): string {
  const outcome = gradeSubmission(bytes, course, options);
  return 'graded' in outcome ? `${outcome.graded.score}/${outcome.graded.max}` : outcome.refused.kind;
}

test.each(forgeries({ student: 'eve', lines: ['kubectl get ns'] }, pack))('$name: $kind', ({ bytes, kind }) => {
  const outcome = gradeSubmission(bytes, pack, options);
  expect('refused' in outcome ? outcome.refused.kind : 'graded').toBe(kind);
  // What is repeated from the file is short and no command.
  const said = 'refused' in outcome ? outcome.refused.message.en : '';
  expect(said.length).toBeLessThan(250);
  expect(said).not.toMatch(/rm -rf|\x1b/);
});

function kindOf(bytes: Uint8Array): string {
  try {
    readSubmission(bytes);
    return 'whole';
  } catch (error) {
    if (error instanceof RefusalError) return error.kind;
    throw error;
  }
}

test('cut at any byte it is cut, or none at all, and never a fault', () => {
  const bytes = submissionOf({ student: 'eve', lines: ['kubectl get ns'] }, pack);
  const kinds = Array.from(bytes, (_, length) => kindOf(bytes.subarray(0, length)));
  expect(new Set(kinds.slice(0, 2))).toEqual(new Set(['foreign']));
  expect(new Set(kinds.slice(2))).toEqual(new Set(['cut']));
});

test('unpacked, by an editor that adds a mark or lines, it is what it was', () => {
  const text = gunzipSync(submissionOf({ student: 'eve', lines: ['true'] }, pack)).toString();
  const pretty = JSON.stringify(JSON.parse(text), undefined, 2).replaceAll('\n', '\r\n');
  expect([text, `\ufeff${text}`, pretty].map((one) => kindOf(encode(one)))).toEqual(['whole', 'whole', 'whole']);
});

test('a newer kubetutor may write what this one cannot read: it is told so, and not accused', () => {
  const key = freshKey();
  const honest = plainSubmission({ student: 'eve', lines: ['true'] }, pack, key);
  const [lesson] = honest.lessons;
  const content = lesson && readJournal(encode(lesson.journal));
  if (!lesson || !content) throw new Error('no journal');
  const version = '7.0.0';
  const entry = { kind: 'input', input: { t: 1e13, kind: 'gesture' } } as unknown as Entry;
  const journal = decode(writeJournal({ ...content.header, version }, [...content.entries, entry]));
  const newer = { ...lesson, inputs: lesson.inputs + 1, journal };
  expect(outcomeOf(packSubmission(resigned(honest, { version, lessons: [newer] }, key)))).toBe('version');
});

test('ids of students', () => {
  const names = ['kim', '김민수', 'नेहा', 'สมชาย', 'renée', 'a@b.c', 'constructor', '7'];
  expect(names.filter((name) => !isStudentId(name.normalize('NFC')))).toEqual([]);
  const wrong = ['', '__proto__', '.', 'a b', 'a/b', '../a', 'a\u202eb', 'renée'.normalize('NFD'), 'a'.repeat(65)];
  expect(wrong.filter(isStudentId)).toEqual([]);
});

/** Plays as a student does, line by line, and hands in. */
function handIn(course: Coursework, lines: readonly string[], step?: string): GradedSubmission {
  const key = freshKey();
  const [lesson] = course.lessonsFor('eve').lessons;
  if (!lesson) throw new Error('no lesson');
  const stamp = { ...course.stamp, hash: course.hashes.full };
  const storage = new MemoryStorage();
  const { session } = openSession({
    source: scenarioSource,
    storage,
    lesson,
    language: 'en',
    clock: () => performance.now(),
    created: SUBMITTED,
    owner: { student: 'eve', pack: stampText(stamp), key: key.publicKey, folder: 'work' },
    ...(step === undefined ? {} : { step }),
  });
  session.finish();
  for (const line of lines) {
    session.input(encode(`${line}\r`));
    session.pump(3000, 60_000);
    session.finish();
  }
  session.close();
  const journal = storage.read(`work/${lesson.id}.jsonl`) ?? new Uint8Array();
  const inputs = readJournal(journal)?.entries.length ?? 0;
  const bytes = writeSubmission(
    {
      pack: stamp,
      student: 'eve',
      submitted: SUBMITTED,
      lessons: [{ lesson: lesson.id, seed: lesson.seed, inputs, journal: decode(journal) }],
    },
    key,
  );
  const outcome = gradeSubmission(bytes, course, options);
  if ('refused' in outcome) throw new Error(outcome.refused.message.en);
  return outcome.graded;
}

const two = packFrom({
  'pack.yaml': 'id: two\nversion: 1\ntitle: two\nlanguages: [en]\n',
  'two/lesson.yaml': `id: two
version: 1
title: two
summary: two
world: bare
minutes: [1, 2]
steps:
- id: one
  checks:
  - {id: a, title: a, file: {path: ~/a}}
  - {id: s, title: s, bash: {script: 'test -e ~/a && kubectl get namespace default'}}
  hints: [one, two]
  solutions: ["touch ~/a"]
- id: two
  checks:
  - {id: b, title: b, file: {path: ~/b}}
  solutions: ["touch ~/b"]
`,
  'two/text.en.md': '## one: One\ntext\n## two: Two\ntext\n',
});

describe('points are for what the student did', () => {
  const points = (course: Pack, lines: readonly string[], step?: string) =>
    handIn(course, lines, step).lessons[0]?.steps.map(({ score }) => score);

  test('not for what the tutor played: a late beginning, a step skipped and come back to', () => {
    expect(points(two, ['touch ~/a', 'tutor next', 'touch ~/b'])).toEqual([2, 1]);
    expect(points(two, ['touch ~/b'], 'two')).toEqual([0, 1]);
    expect(points(two, ['tutor skip --yes', 'tutor previous', 'tutor check', 'tutor next', 'touch ~/b'])).toEqual([
      0, 1,
    ]);
    expect(points(two, ['touch ~/a', 'tutor reset --lesson --yes', 'touch ~/a', 'tutor next', 'touch ~/b'])).toEqual([
      2, 1,
    ]);
    const [step] = handIn(two, ['touch ~/b'], 'two').lessons[0]?.steps ?? [];
    expect(step?.checks[0]).toMatchObject({ result: 'undecided', actual: { en: 'not done by the student' } });
  });

  test('help that was taken back was had', () => {
    const [step] =
      handIn(two, ['tutor hint', 'tutor solution --yes', 'tutor undo', 'tutor undo', 'touch ~/a']).lessons[0]?.steps ??
      [];
    expect(step).toMatchObject({ hints: 1, solutionShown: true });
    const [none] = handIn(two, ['touch ~/a', 'tutor undo']).lessons[0]?.steps ?? [];
    expect(none).toMatchObject({ hints: 0, solutionShown: false });
  });

  test('scripts do not believe a program that was put in the place of another', () => {
    const judged = (line: string) => handIn(two, ['touch ~/a', line]).lessons[0]?.steps[0]?.checks[1];
    expect(judged('sudo cp /bin/true /usr/local/bin/kubectl')).toMatchObject({
      points: 0,
      actual: { en: '/usr/local/bin/kubectl is not the program that it was' },
    });
    expect(judged('sudo cp /bin/true /bin/bash')?.points).toBe(0);
    expect(judged('sudo cp /usr/bin/kubectl /usr/local/bin/kubectl')?.points).toBe(1);
    expect(judged('mkdir ~/bin; printf "#!/bin/bash\\nexit 1\\n" > ~/bin/kubectl; PATH=~/bin:$PATH')?.points).toBe(1);
  });
});
