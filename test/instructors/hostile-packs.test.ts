import { describe, expect, test } from 'vitest';
import { csvCell, markup, tableCell } from '../../src/cli/formats/escape.ts';
import { packFiles } from '../../src/cli/templates/pack.ts';
import { problemText } from '../../src/course/lesson/problem.ts';
import { PositionedYaml } from '../../src/course/lesson/yaml-positions.ts';
import { Files, isFolder } from '../../src/course/pack/files.ts';
import { packOf } from '../../src/course/pack/read-pack.ts';
import { classResults } from '../../src/course/results/class-results.ts';
import { readResults, resultsText } from '../../src/course/results/schema.ts';
import { runScript, type ScriptOutcome } from '../../src/course/scripts.ts';
import { encode } from '../../src/world/bytes.ts';
import { fakeSource } from '../course/fake-world.ts';

const LESSON = 'exercises/repair/lesson.yaml';
const TEXT = 'exercises/repair/text.en.md';

/** The template's pack with some of its files longer; what is said of it, the draws of a student among that. */
function said(more: Readonly<Record<string, string>>): string[] {
  const files = new Files();
  for (const [name, text] of packFiles('evil', 'en')) files.add(name, encode(`${text}${more[name] ?? ''}`));
  const { pack, problems } = packOf(files, 'evil');
  return [...problems, ...(pack?.lessonsFor('kim').problems ?? [])].map(problemText);
}

describe('a pack that means harm is told in a line, soon', () => {
  test.each([
    [
      'many keys',
      { [LESSON]: lines(50_000, (index) => `k${index}: 1`) },
      'evil/exercises/repair/lesson.yaml:74:1: unknown key k0; did you mean id?',
    ],
    ['the same key', { [LESSON]: '\nid: x\n' }, 'evil/exercises/repair/lesson.yaml:74:1: Map keys must be unique'],
    [
      'values in values in many places',
      {
        'pack.yaml': `parameters: {p: ["${'@{q}'.repeat(100_000)}"], q: ["${'x'.repeat(400_000)}"]}\n`,
        [TEXT]: '@{p}'.repeat(1000),
      },
      'evil/exercises/repair/lesson.yaml:8:3: with its parameters put in it is longer than 5 million characters',
    ],
    [
      'a long value in many places',
      { 'pack.yaml': `parameters: {q: ["${'x'.repeat(400_000)}"]}\n`, [TEXT]: '@{q}'.repeat(1000) },
      'evil/exercises/repair/lesson.yaml:8:3: with its parameters put in it is longer than 5 million characters',
    ],
    [
      'many values',
      { 'pack.yaml': `parameters: {p: [${'a,'.repeat(2000)}]}\n` },
      'evil/pack.yaml:10:17: p: too big: expected array to have <=1000 items',
    ],
    [
      'many parameters',
      { 'pack.yaml': `parameters:${lines(200, (index) => ` p${index}: [a]`)}` },
      'evil/pack.yaml:11:2: parameters: more than 100 parameters',
    ],
    [
      'what acts on a terminal',
      { [LESSON]: '\n"\\e]0;owned\\a\\e[2J": 1\n' },
      'evil/exercises/repair/lesson.yaml:74:1: unknown key  ]0;owned [2J',
    ],
  ])('%s', (_, more, message) => {
    const begin = performance.now();
    const found = said(more);
    expect(found[0]).toBe(message);
    expect(found.length).toBeLessThanOrEqual(100);
    expect(performance.now() - begin).toBeLessThan(8000);
  });

  test('a text that is too long is none', () => {
    expect(() => said({ [TEXT]: 'x'.repeat(1_000_001) })).toThrow(
      '"exercises/repair/text.en.md": a text of more than 1 MB',
    );
  });

  test('a script that computes without end is ended long before its time is over', () => {
    const built = fakeSource.build('fake', 'x');
    let outcome: ScriptOutcome | undefined;
    built.workstation.spawn({
      argv: ['test'],
      credentials: built.learner.credentials,
      env: built.learner.env,
      cwd: '/',
      main: function* (process) {
        outcome = yield* runScript(process, built, 'hang', 3_600_000);
        return 0;
      },
    });
    while (!outcome && built.world.loop.step());
    expect(outcome).toMatchObject({ timedOut: true, given: 60 });
  });

  test('titles do not act on what shows them: Markdown, CSV, XML, JSON', () => {
    const title = '\x1b]0;owned\x07\x9b2J\u202egnp.exe';
    for (const form of [tableCell, csvCell, markup])
      expect(form(title)).toMatch(/^\\?\]0;owned2Jgnp.exe$|^"\]0;owned2Jgnp.exe"$/);
    expect([' =1+1', '\t@x', '-2', 'a;b', 'kim'].map(csvCell)).toEqual(["' =1+1", '"\'\t@x"', "'-2", '"a;b"', 'kim']);
    const about = { id: 'x', version: 1, title: { en: title, ko: title }, policies: {} };
    const text = resultsText(classResults(about, []));
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(readResults(text)?.pack.title.en).toBe(title);
  });

  test('devices have no size and no end', () => {
    expect(() => isFolder('/dev/zero')).toThrow('/dev/zero is no file and no folder');
  });

  test('what nests too deeply, or stands for itself many times', () => {
    const deep = new PositionedYaml('a', `x: ${'['.repeat(100_000)}`);
    expect(deep.problems.map(problemText)).toEqual([expect.stringContaining('nested too deeply')]);
    const letters = [...'abcdefghij'];
    const bomb = letters.map((letter, index) => {
      const before = letters[index - 1];
      return `${letter}: &${letter} [${Array.from({ length: 9 }, () => (before === undefined ? 'x' : `*${before}`)).join()}]`;
    });
    expect(new PositionedYaml('a', bomb.join('\n')).problems.map(problemText)).toEqual([
      'a:1:1: Excessive alias count indicates a resource exhaustion attack',
    ]);
  });
});

function lines(count: number, line: (index: number) => string): string {
  return `\n${Array.from({ length: count }, (_, index) => line(index)).join('\n')}\n`;
}
