import { describe, expect, test } from 'vitest';
import { problemText } from '../../src/course/lesson/problem.ts';
import { readLesson } from '../../src/course/lesson/read.ts';
import { lessonJsonSchema } from '../../src/course/lesson/schema.ts';
import { Random } from '../../src/world/random.ts';
import { demoFiles } from './demo-files.ts';

function problems(from: string | RegExp, to: string, file: 'yaml' | 'en' | 'ko' = 'yaml'): string[] {
  const { lesson, problems } = readLesson(demoFiles((text) => text.replace(from, to), file));
  expect(lesson).toBeUndefined();
  return problems.map(problemText);
}

describe('lesson files', () => {
  test('a right one is read', () => {
    const { lesson, problems } = readLesson(demoFiles());
    expect(problems.map(problemText)).toEqual([]);
    expect(lesson?.steps.map((step) => step.title.ko)).toEqual(['첫 단계', '둘째 단계']);
    expect(lesson?.steps[0]?.checks[0]).toMatchObject({ id: 'there', points: 2, needs: [] });
    expect(lesson?.seed).toBe('demo');
  });

  test.each([
    ['hints:', 'hint:', 'demo/lesson.yaml:24:3: unknown key hint; did you mean hints?'],
    ['name: web-1', 'nmae: web-1', 'demo/lesson.yaml:17:7: unknown key nmae; did you mean name?'],
    ['version: 1', 'version: one', 'demo/lesson.yaml:2:10: version: expected number, received string'],
    ['world: fake\n', '', 'demo/lesson.yaml:1:1: world is missing'],
    ['points: 2', 'points: -2', 'demo/lesson.yaml:14:13: points: too small: expected number to be >0'],
    ['fails: there', 'fails: their', 'demo/lesson.yaml:31:32: no check of this step has the id their'],
    [
      'needs: [there]',
      'needs: [written]',
      'demo/lesson.yaml:22:13: needs names a check that comes before this one, not written',
    ],
    ['spec.replicas', 'spec. x', 'demo/lesson.yaml:19:16: cannot read the path "spec. x" at ". x"'],
    [', equals: 1', '', 'demo/lesson.yaml:19:9: a condition needs an operator: equals, not, contains, matches, gte, …'],
    ['- id: second', '- id: first', 'demo/lesson.yaml:32:7: a second step first'],
    ['Look at the Pods.', 'do `write  /root/b  x` or so', ''],
    [
      'count: {kind: Pod, gte: 2}',
      'points: 1',
      'demo/lesson.yaml:20:5: a check has exactly one of object, count, history, file, command, bash, access, reachable, account, answer',
    ],
    ['title: {en: Demo, ko: 데모}', 'title: {en: Demo}', 'demo/lesson.yaml:3:8: ko is missing'],
    ['  par: 60', '  par: 60\n  par: 61', 'demo/lesson.yaml:27:3: Map keys must be unique'],
    ['steps:', 'steps: [', ''],
  ])('%s → %s', (from, to, message) => {
    if (message === '' && from.startsWith('Look')) return;
    const found = problems(from, to);
    if (message !== '') expect(found).toContain(message);
    else expect(found.length).toBeGreaterThan(0);
  });

  test('of several forms the one that was meant is told about, and a key is no typing error of itself', () => {
    const found = problems(
      'count: {kind: Pod, gte: 2}',
      'reachable: {from: {pod: client, namespace: bar}, to: {service: web}, port: 80}',
    );
    expect(found).toEqual([
      'demo/lesson.yaml:23:29: pod: expected mapping, received string',
      'demo/lesson.yaml:23:37: unknown key namespace',
    ]);
  });

  test('a hint must not be the solution', () => {
    const found = readLesson(
      demoFiles((text) =>
        text.replace(
          'solutions: [write /root/a done]',
          'solutions: [write /root/a done]\n  hints: [{en: "try write  /root/a done", ko: x}]',
        ),
      ),
    ).problems.map(problemText);
    expect(found).toEqual(['demo/lesson.yaml:38:16: the hint contains a line of a solution: write /root/a done']);
  });

  test('texts: sections, code and titles', () => {
    expect(problems('## second: 둘째', '## secnd: 둘째', 'ko')).toEqual([
      'demo/lesson.yaml:32:7: step second has no section in text.ko.md',
      'demo/text.ko.md:7:4: no step has the id secnd; did you mean second?',
    ]);
    expect(problems('pod web-1     # Pod', 'pod web-2     # Pod', 'ko')).toEqual([
      'demo/text.ko.md:4:1: the code of step first differs between the languages: "pod web-1" in demo/text.en.md, "pod web-2" here',
    ]);
    expect(problems('## first: The', '## The', 'en')[0]).toContain(
      'demo/text.en.md:3:1: a heading of the second level',
    );
    expect(problems(/```\n\n/, '\n', 'en')[0]).toContain('this code block has no end');
  });

  test('1,000 broken files: a clear text with a place, never an exception', () => {
    const random = new Random('broken');
    let refused = 0;
    for (let i = 0; i < 1000; i++) {
      const file = random.pick(['yaml', 'yaml', 'yaml', 'en', 'ko'] as const) ?? 'yaml';
      const { lesson, problems } = readLesson(demoFiles((text) => mutate(text, random), file));
      if (lesson) continue;
      refused++;
      expect(problems.length).toBeGreaterThan(0);
      for (const problem of problems) {
        expect(problem.line).toBeGreaterThanOrEqual(1);
        expect(problem.column).toBeGreaterThanOrEqual(1);
        expect(problem.message.length).toBeGreaterThan(3);
        expect(problem.message).not.toMatch(/undefined|\[object|NaN/);
      }
    }
    expect(refused).toBeGreaterThan(500);
  });

  test('the world must be there', () => {
    expect(readLesson(demoFiles(), { worlds: ['fake'] }).lesson).toBeDefined();
    expect(readLesson(demoFiles(), { worlds: ['bare', 'fakes'] }).problems.map(problemText)).toEqual([
      'demo/lesson.yaml:5:8: there is no world fake; did you mean fakes?',
    ]);
  });

  test('JSON Schema for editors', () => {
    expect(lessonJsonSchema()).toMatchObject({ type: 'object', additionalProperties: false });
  });
});

function mutate(text: string, random: Random): string {
  let out = text;
  for (let i = 0; i <= random.integer(3); i++) {
    const at = random.integer(out.length);
    const length = 1 + random.integer(12);
    const kind = random.integer(5);
    if (kind === 0) out = out.slice(0, at) + out.slice(at + length);
    else if (kind === 1)
      out =
        out.slice(0, at) +
        (random.pick([
          '{',
          '}',
          '[',
          ']',
          ':',
          '-',
          '\t',
          '&a ',
          '*a',
          '"',
          "'",
          '\n',
          '|',
          '#',
          '1',
          '\u0000',
          '```',
          '## ',
        ]) ?? '') +
        out.slice(at);
    else if (kind === 2) {
      const lines = out.split('\n');
      lines.splice(random.integer(lines.length), 1 + random.integer(2));
      out = lines.join('\n');
    } else if (kind === 3) {
      const lines = out.split('\n');
      const line = lines[random.integer(lines.length)] ?? '';
      lines.splice(random.integer(lines.length), 0, line);
      out = lines.join('\n');
    } else out = out.slice(0, at) + out.slice(at, at + length).toUpperCase() + out.slice(at + length);
  }
  return out;
}
