import { describe, expect, test } from 'vitest';
import { grade } from '../../src/course/grade.ts';
import type { Lesson } from '../../src/course/lesson/lesson.ts';
import { readLesson } from '../../src/course/lesson/read.ts';
import { proveLesson } from '../../src/course/prove.ts';
import { encode } from '../../src/world/bytes.ts';
import { demoFiles } from './demo-files.ts';
import { fakeSource } from './fake-world.ts';

function lesson(change?: (text: string) => string): Lesson {
  const read = readLesson(demoFiles(change)).lesson;
  if (!read) throw new Error('the demo lesson is wrong');
  return read;
}

function play(text: string, of = lesson()) {
  return grade({ source: fakeSource, lesson: of, submission: encode(text), text, clock: () => 0 });
}

describe('grade', () => {
  test('nothing done scores nothing', () => {
    const { score, max, checks } = play('');
    expect([score, max]).toEqual([0, 4]);
    expect(checks.map((check) => [check.id, check.result])).toEqual([
      ['first/there', 'failed'],
      ['first/counted', 'undecided'],
      ['second/written', 'undecided'],
    ]);
  });

  test('a script in one piece goes from step to step as a learner would', () => {
    expect(play('pod web-1\nsleep 0\nwrite /root/a done\n').score).toBe(4);
    expect(play('pod web-1').score).toBe(3);
  });

  test('`tutor next` and marks go on as well', () => {
    expect(play('pod web-1\ntutor next\nwrite /root/a done').score).toBe(4);
    expect(play('# step: second\nwrite /root/a done').score).toBe(1);
    expect(play('# step: first\npod web-1\n# step: second\nwrite /root/a no').score).toBe(3);
  });
});

describe('a lesson proves itself', () => {
  test('the demo does', () => {
    expect(proveLesson(lesson(), { source: fakeSource, clock: () => 0 })).toEqual({ wrong: [], ended: true });
  });

  test('one that never ends says so, and is not played on', () => {
    let now = 0;
    const endless = lesson((text) => text.replace('- run: pod extra-1', '- run: hang'));
    expect(proveLesson(endless, { source: fakeSource, clock: () => (now += 10_000) })).toEqual({
      wrong: [{ path: ['steps', 0], text: 'first: it takes too long: a minute of computing was not enough' }],
      ended: false,
    });
  });

  test.each([
    ['- run: pod extra-1', '- run: pod web-1', 'steps.0.checks.0: first: there passes although nothing was done'],
    [
      'pod web-1\n  near',
      'pod web-3\n  near',
      'steps.0.solutions.0: first: solution 1 (exit 0): there failed: expected Pod web-1 (spec.replicas = 1); actual not there; why there is no Pod web-1; there are: extra-1, web-3',
    ],
    [
      '{script: pod web-2, fails: there}',
      '{script: pod web-1, fails: there}',
      'steps.0.nearMisses.0: first: near miss 1: there should fail and is passed: Pod web-1',
    ],
    [
      '  checks:\n  - id: there',
      '  symptoms: [{id: lost, object: {kind: Pod, name: lost}}]\n  checks:\n  - id: there',
      'steps.0.symptoms.0: first: symptom lost is not there: expected Pod lost; actual not there; why there is no Pod lost; there are: extra-1',
    ],
    ['- run: pod extra-1', '- run: nothing', 'steps.0.setup.0: setup of first: exit 127: nothing: command not found'],
  ])('%s → %s', (from, to, message) => {
    const { wrong } = proveLesson(
      lesson((text) => text.replace(from, to)),
      { source: fakeSource, clock: () => 0 },
    );
    expect(wrong.map(({ path, text }) => `${path.join('.')}: ${text}`)).toContain(message);
  });
});
