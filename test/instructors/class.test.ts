import { describe, expect, test } from 'vitest';
import { withReceipts } from '../../src/cli/commands/class-report.ts';
import { formatClass } from '../../src/cli/formats/class/format.ts';
import { dateTime, lateness } from '../../src/cli/formats/class/words.ts';
import { csvRows } from '../../src/cli/formats/csv.ts';
import { writeJournal } from '../../src/course/journal.ts';
import type { Coursework } from '../../src/course/pack/coursework.ts';
import { classResults } from '../../src/course/results/class-results.ts';
import { differences } from '../../src/course/results/difference.ts';
import { readResults, resultsText } from '../../src/course/results/schema.ts';
import { statistics } from '../../src/course/results/statistics.ts';
import type { FileResult } from '../../src/course/results/types.ts';
import { scenarioSource } from '../../src/course/scenario-source.ts';
import { gradeSubmission } from '../../src/course/submission/grade-submission.ts';
import { freshKey } from '../../src/course/submission/session-key.ts';
import { packSubmission } from '../../src/course/submission/submission.ts';
import { decode } from '../../src/world/bytes.ts';
import { templatePack } from './packs.ts';
import {
  bombs,
  journalOf,
  plainSubmission,
  resigned,
  SUBMITTED,
  submissionOf,
  tampered,
  type Work,
} from './synthetic.ts';

const bare = (text: string) => text.replace('world: default', 'world: bare');
const pack = templatePack('week1', bare);

function gradeBytes(bytes: Uint8Array, course: Coursework = pack, more: { played?: Coursework; limit?: number } = {}) {
  return gradeSubmission(bytes, course, {
    source: scenarioSource,
    clock: () => performance.now(),
    limit: more.limit ?? 60_000,
    ...(more.played ? { played: more.played } : {}),
  });
}

/** What a student of the template's exercise types to solve it, found from the solution. */
function solution(student: string): string[] {
  const [lesson] = pack.lessonsFor(student).lessons;
  return (lesson?.steps[0]?.solutions[0] ?? '').trim().split('\n');
}

function score(bytes: Uint8Array, course: Coursework = pack): string {
  const outcome = gradeBytes(bytes, course);
  return 'graded' in outcome ? `${outcome.graded.score}/${outcome.graded.max}` : outcome.refused.kind;
}

describe('a submission', () => {
  test('is worth what its replay leads to, hidden criteria too', () => {
    expect(score(submissionOf({ student: 'ann', lines: solution('ann'), keys: true }, pack))).toBe('5/5');
    expect(score(submissionOf({ student: 'bob', lines: ['kubectl get ns'] }, pack))).toBe('0/5');
    const [name] = /namespace: \S+|-n (\S+)/.exec(solution('cy')[0] ?? '')?.slice(1) ?? [];
    const anew = [
      `kubectl -n ${name} delete deployment ${name}`,
      `kubectl -n ${name} create deployment ${name} --image=nginx:1.27 --replicas=${solutionReplicas('cy')}`,
    ];
    expect(score(submissionOf({ student: 'cy', lines: anew }, pack))).toBe('4/5');
  });

  test('that took something back is worth what is left', () => {
    expect(score(submissionOf({ student: 'dan', lines: solution('dan'), undo: true }, pack))).toBe('5/5');
  });

  test.each(
    tampered(
      { student: 'eve', lines: ['kubectl get ns', 'kubectl get nodes'] },
      pack,
      templatePack('week2', bare),
      templatePack('week1', (text) => bare(text).replace('points: 3', 'points: 4')),
    ),
  )('$name: $kind', ({ bytes, kind }) => {
    const outcome = gradeBytes(bytes);
    expect('refused' in outcome ? outcome.refused.kind : 'graded').toBe(kind);
  });

  test('bombs take bounded time, whether refused or harmless', () => {
    // Those that only a worker's end can stop are played in the test of the command line.
    for (const { name, bytes } of bombs('eve', pack).filter((one) => !/files without/.test(one.name))) {
      const begin = performance.now();
      const outcome = gradeBytes(bytes, pack, { limit: 300 });
      expect([name, 'refused' in outcome ? outcome.refused.kind : outcome.graded.score]).toEqual([
        name,
        expect.toSatisfy((what) => what === 'bomb' || what === 0),
      ]);
      expect(performance.now() - begin).toBeLessThan(10_000);
    }
  });

  test('a changed hidden check regrades what is there; a changed visible one with the pack that was played', () => {
    const work = { student: 'fay', lines: solution('fay') };
    const bytes = submissionOf(work, pack);
    const hidden = templatePack('week1', (text) =>
      bare(text).replace('metadata.labels.team, equals: "@{app}-team"', 'metadata.labels.team, equals: nobody'),
    );
    expect(score(bytes, hidden)).toBe('4/5');
    // As many points and as many hidden checks as one likes.
    const more = templatePack('week1', (text) =>
      bare(text).replace(
        '  hints:',
        '  - {id: more, hidden: true, points: 7, title: more, file: {path: ~/a}}\n  hints:',
      ),
    );
    expect(score(bytes, more)).toBe('5/12');
    const visible = templatePack('week1', (text) => bare(text).replace('points: 3', 'points: 10'));
    expect(score(bytes, visible)).toBe('content');
    const outcome = gradeBytes(bytes, visible, { played: pack });
    expect('graded' in outcome && [outcome.graded.score, outcome.graded.max]).toEqual([12, 12]);
    const before = classResults(pack, [{ file: 'a', sha256: '', outcome: gradeBytes(bytes) }]);
    const after = classResults(hidden, [{ file: 'a', sha256: '', outcome: gradeBytes(bytes, hidden) }]);
    expect(differences(before, after)).toEqual([
      {
        student: 'fay',
        before: 5,
        after: 4,
        checks: [{ id: 'repair/repair/kept', before: 'passed 1/1', after: 'failed 0/1' }],
      },
    ]);
  });
});

test('sixty at once: all that was tampered with is found, nobody honest is accused', () => {
  const honest = Array.from({ length: 44 }, (_, index): Work => {
    const student = `student${index}`;
    return {
      student,
      lines: index % 4 === 0 ? ['kubectl get ns'] : solution(student),
      keys: index % 2 === 0,
      undo: index % 5 === 0,
    };
  });
  const bad = tampered(
    { student: 'mallory', lines: ['kubectl get ns', 'kubectl get nodes'] },
    pack,
    templatePack('week2', bare),
    templatePack('week1', (text) => bare(text).replace('points: 3', 'points: 4')),
  );
  const lines = [...solution('original'), ...Array.from({ length: 15 }, (_, index) => `echo ${index}`)];
  const copies = [
    submissionOf({ student: 'original', lines, submitted: SUBMITTED }, pack),
    submissionOf({ student: 'original', lines, submitted: SUBMITTED + 1 }, pack),
    submissionOf({ student: 'copier', lines, rhythm: 'original', submitted: SUBMITTED + 2 }, pack),
  ];
  const all = [...honest.map((work) => submissionOf(work, pack)), ...bad.map((one) => one.bytes), ...copies];
  expect(all).toHaveLength(60);
  const { students, unknown } = classResults(
    pack,
    all.map((bytes, index) => ({ file: String(index), sha256: String(index), outcome: gradeBytes(bytes) })),
  );
  const kinds = new Map(
    [...students.flatMap((student) => student.attempts), ...unknown].map((attempt) => [
      Number(attempt.file),
      attempt.refused?.kind ?? attempt.score,
    ]),
  );
  // The plain nodes of this world run any image, so some of what is unsolved has 4 points.
  expect(honest.map((_, index) => [0, 4].includes(Number(kinds.get(index))) || kinds.get(index))).toEqual(
    honest.map((_, index) => (index % 4 === 0 ? true : 5)),
  );
  expect(bad.map((_, index) => kinds.get(44 + index))).toEqual(bad.map((one) => one.kind));
  // The same keys under another key of the computer: the journal differs in its first line, the keys do not.
  expect([57, 58, 59].map((index) => kinds.get(index))).toEqual([5, 5, 'copied']);
});

describe('a class', () => {
  const HOUR = 3_600_000;
  const works: Work[] = [
    { student: 'ann', lines: solution('ann'), submitted: SUBMITTED },
    { student: 'bob', lines: ['kubectl get ns'], submitted: SUBMITTED },
    { student: 'bob', lines: solution('bob'), submitted: SUBMITTED + HOUR, rhythm: 'bob2' },
    { student: 'cy', lines: solution('cy'), submitted: SUBMITTED + 30 * HOUR },
  ];
  const files: FileResult[] = works.map((work, index) => ({
    file: `${index}-${work.student}`,
    sha256: String(index),
    outcome: gradeBytes(submissionOf(work, pack)),
  }));
  const policies = {
    deadline: new Date(SUBMITTED + 2 * HOUR).toISOString(),
    late: { percent: 10, per: '1d', max: 50 },
    attempts: { count: 'best' as const, max: 3 },
  };
  const course = { id: pack.id, version: pack.version, title: pack.title, policies };

  test('the best attempt counts, lateness takes off, who is missing shows', () => {
    const results = classResults(course, files, {
      roster: [{ student: 'ann', name: 'Ann' }, { student: 'bob' }, { student: 'dora' }],
    });
    expect(results.students.map(({ student, status, points, max }) => [student, status, points, max])).toEqual([
      ['ann', 'graded', 5, 5],
      ['bob', 'graded', 5, 5],
      ['dora', 'missing', 0, 5],
      ['cy', 'graded', 4, 5],
    ]);
    expect(results.students[3]?.attempts[0]).toMatchObject({ late: 28 * HOUR, penalty: 20, counted: true });
    expect(results.students[3]?.attempts[0]?.notes[0]?.en).toBe('this student is not in the roster');
    expect(results.students[1]?.attempts.map((attempt) => [attempt.number, attempt.points, attempt.counted])).toEqual([
      [1, 0, false],
      [2, 5, true],
    ]);
  });

  test('first, last, average, and how many', () => {
    const bob = (attempts: { count?: 'first' | 'last' | 'average'; max?: number }) =>
      classResults({ ...course, policies: { attempts } }, files).students.find((student) => student.student === 'bob')
        ?.points;
    expect([bob({ count: 'first' }), bob({ count: 'last' }), bob({ count: 'average' }), bob({ max: 1 })]).toEqual([
      0, 5, 2.5, 0,
    ]);
  });

  test('points and comments of people, and times of receipt', () => {
    const manual = new Map([
      ['ann', { points: -1, comment: 'talk to me' }],
      ['bob', { checks: { 'repair/repair/kept': 0.5 } }],
    ]);
    const received = new Map([['0-ann', SUBMITTED + 5 * 24 * HOUR]]);
    const { students } = classResults(course, files, { manual, received });
    expect(students.map(({ student, points, comment }) => [student, points, comment])).toEqual([
      ['ann', 1.5, 'talk to me'],
      ['bob', 4.5, undefined],
      ['cy', 4, undefined],
    ]);
    // Whoever reads it sees that a person has judged.
    const shown = formatClass(classResults(course, files.slice(1, 2), { manual }), 'text', 'en');
    expect(shown).toContain('✗ 0.5/1  The Deployment was repaired, not made anew  (repair/repair/kept)\n');
    expect(shown).toContain('      Why: judged by hand\n');
  });

  test('points by hand for whoever handed in nothing, for their criteria too', () => {
    const { students } = classResults(course, files, {
      roster: [{ student: 'dora' }, { student: 'eli' }],
      manual: new Map([
        ['dora', { points: 0.1, checks: { 'repair/repair/available': 0.2, 'repair/repair/nope': 9 } }],
        ['eli', { comment: 'ill' }],
      ]),
    });
    expect(students.slice(0, 2).map(({ status, points, manual, max }) => [status, points, manual, max])).toEqual([
      ['missing', 0.3, 0.3, 5],
      ['missing', 0, 0, 5],
    ]);
  });

  test('which attempt does not count, how late to the minute, and what a gradebook is told', () => {
    const tight = { ...course, policies: { ...policies, attempts: { max: 1 } } };
    const results = classResults(tight, files);
    expect(formatClass(results, 'text', 'en')).toBe(
      'ann       5/5\nbob       0/5  Attempts: 2\n  ! 2-bob is attempt 2 and does not count: only 1 does\n' +
        'cy        4/5  late 1d 4h, −20 %\n',
    );
    const [head = [], ...rows] = csvRows(formatClass(results, 'csv', 'ko'));
    expect(rows.map((row) => [row[head.indexOf('student')], row[head.indexOf('notes')]])).toEqual([
      ['ann', ''],
      ['bob', '2-bob은(는) 2번째 시도라 인정하지 않습니다. 1번까지만 인정합니다'],
      ['cy', ''],
    ]);
    expect([59_000, 3_600_000, 86_460_000, 2 * 86_400_000 + 31 * 60_000].map((ms) => lateness(ms))).toEqual([
      '1m',
      '1h',
      '1d 1m',
      '2d 31m',
    ]);
    expect(lateness(86_460_000, 'ko')).toBe('1일 1분');
    expect(dateTime(SUBMITTED, '2026-11-20T23:59+09:00')).toBe('2026-11-20 21:00 +09:00');
    expect(dateTime(SUBMITTED, '2026-11-20T23:59-03:30')).toBe('2026-11-20 08:30 -03:30');
    expect(dateTime(SUBMITTED, undefined)).toBe('2026-11-20 12:00 UTC');
  });

  test('work handed in twice is one attempt, copied work is found, honest work is neither', () => {
    const key = freshKey();
    const lines = [...solution('gil'), ...Array.from({ length: 20 }, (_, i) => `echo ${i}`)];
    const original = submissionOf({ student: 'gil', lines, submitted: SUBMITTED }, pack);
    const copy = submissionOf({ student: 'hal', lines, rhythm: 'gil', submitted: SUBMITTED + 1000, key }, pack);
    const sameTask = submissionOf({ student: 'ida', lines, submitted: SUBMITTED + 2000 }, pack);
    const again = [original, original, copy, sameTask].map(
      (bytes, index): FileResult => ({ file: `x${index}`, sha256: String(index), outcome: gradeBytes(bytes) }),
    );
    const { students } = classResults(pack, again);
    expect(
      students.flatMap(({ attempts }) =>
        attempts.map(({ file, refused, notes }) => [file, refused?.kind, notes.length]),
      ),
    ).toEqual([
      // It came again, and another's has the same keys.
      ['x0', undefined, 2],
      ['x2', 'copied', 0],
      ['x3', undefined, 0],
    ]);
  });

  test('the very same file twice is one attempt of the time it first came, and no offence', () => {
    const [first] = files;
    if (!first) throw new Error('no file');
    const twice = [{ ...first, file: 'z/ann' }, first];
    const attempts = (received: [string, number][]) =>
      classResults(course, twice, { received: new Map(received) }).students.flatMap((student) =>
        student.attempts.map(({ file, late, notes }) => [file, late, notes.map((note) => note.en)]),
      );
    const note = (other: string) =>
      `the same file was handed in again: ${other}; it is one attempt, at the time it first came`;
    expect(attempts([])).toEqual([['0-ann', 0, [note('z/ann')]]]);
    const late: [string, number] = ['0-ann', SUBMITTED + 5 * HOUR];
    expect(attempts([late, ['z/ann', SUBMITTED]])).toEqual([['z/ann', 0, [note('0-ann')]]]);
  });

  test('work that is handed in anew the next day, with nothing done in between, is no offence and no second attempt', () => {
    const work: Work = { student: 'ann', lines: solution('ann'), key: freshKey() };
    const packed = [0, 24, 48].map(
      (hours, index): FileResult => ({
        file: `day${index}`,
        sha256: `day${index}`,
        outcome: gradeBytes(submissionOf({ ...work, submitted: SUBMITTED + hours * HOUR }, pack)),
      }),
    );
    const attempts = (received: [string, number][]) =>
      classResults({ ...course, policies: { ...policies, attempts: { max: 1 } } }, packed.toReversed(), {
        received: new Map(received),
      }).students.flatMap((student) =>
        student.attempts.map(({ file, number, late, refused, counted, notes }) => [
          [file, number, late, refused?.kind, counted],
          notes.map((note) => note.en),
        ]),
      );
    const note = (others: string) =>
      `the same work was handed in again: ${others}; it is one attempt, at the time it first came`;
    expect(attempts([])).toEqual([[['day0', 1, 0, undefined, true], [note('day1, day2')]]]);
    // A receipt is known; what a file says of itself is not.
    expect(attempts([['day1', SUBMITTED + HOUR]])).toEqual([[['day1', 1, 0, undefined, true], [note('day0, day2')]]]);
  });

  test('results come back from JSON as they were, and shards merge to the same', () => {
    const results = classResults(course, files);
    expect(readResults(resultsText(results))).toEqual(results);
    const halves = [0, 1].map((part) =>
      classResults(
        course,
        files.filter((_, index) => index % 2 === part),
      ),
    );
    const joined = halves
      .flatMap((half) => readResults(resultsText(half))?.files ?? [])
      .sort((a, b) => (a.file < b.file ? -1 : 1));
    expect(classResults(course, joined)).toEqual(results);
    expect(readResults('{"kubetutor":"results"}')).toBeUndefined();
  });

  test('when files came is kept in the parts of a class, for who joins them', () => {
    const received = new Map(files.map(({ file }) => [file, SUBMITTED + 40 * HOUR]));
    const results = classResults(course, files, { received });
    expect(results).not.toEqual(classResults(course, files));
    const parts = readResults(resultsText(results))?.files ?? [];
    expect(classResults(course, parts, withReceipts({}, parts))).toEqual(results);
    const [first] = [...received.keys()];
    const later = withReceipts({ received: new Map([[first ?? '', SUBMITTED]]) }, parts).received;
    expect([...(later ?? [])].map(([, at]) => at)).toEqual(
      [...received.keys()].map((file) => (file === first ? SUBMITTED : SUBMITTED + 40 * HOUR)),
    );
  });

  test('statistics', () => {
    const all = statistics(classResults({ ...course, policies: {} }, files.slice(0, 2)));
    expect(all.distribution).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect([all.mean, all.median]).toEqual([0.5, 0.5]);
    expect(all.criteria.map(({ passed, judged }) => [passed, judged])).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    expect(all.steps[0]).toMatchObject({ reached: 2, finished: 1, stuck: ['bob'] });
  });
});

test('a script of a hidden check is judged as the step was when it was left', () => {
  const two = templatePack('week3', (text) =>
    text.includes('steps:')
      ? `id: repair
version: 1
title: two
summary: two
world: bare
minutes: [1, 2]
steps:
- id: one
  checks:
  - {id: seen, title: seen, file: {path: ~/a, absent: false}}
  - {id: script, hidden: true, title: script, bash: {script: "grep -q yes ~/a"}}
  solutions: [echo yes > ~/a]
- id: two
  checks:
  - {id: gone, title: gone, file: {path: ~/b}}
  - {id: last, hidden: true, title: last, bash: {script: "grep -q no ~/a"}}
  solutions: ["touch ~/b; echo no > ~/a"]
`
      : text.startsWith('##')
        ? '## one: One\ntext\n## two: Two\ntext\n'
        : text,
  );
  const lines = ['echo yes > ~/a', 'tutor next', 'echo no > ~/a; touch ~/b'];
  expect(score(submissionOf({ student: 'kim', lines }, two), two)).toBe('4/4');
  expect(
    score(
      submissionOf({ student: 'kim', lines: ['echo no > ~/a', 'tutor next', 'echo yes > ~/a; touch ~/b'] }, two),
      two,
    ),
  ).toBe('2/4');
});

test('what a session has written can be handed in by its own key only', () => {
  const key = freshKey();
  const work = { student: 'joe', lines: ['true'] };
  const [lesson] = pack.lessonsFor('joe').lessons;
  if (!lesson) throw new Error('no lesson');
  const { header, entries } = journalOf(work, pack, lesson, key);
  const journal = decode(writeJournal(header, entries));
  const honest = plainSubmission(work, pack, key);
  const stolen = resigned(honest, { lessons: honest.lessons.map((one) => ({ ...one, journal })) }, freshKey());
  expect(score(packSubmission(stolen))).toBe('edited');
});

function solutionReplicas(student: string): number {
  const check = pack.lessonsFor(student).lessons[0]?.steps[0]?.checks[0]?.count;
  return check?.equals ?? 0;
}
