// What comes from strangers: packs that mean harm, tables from spreadsheets, terminals that would act.
import { describe, expect, test } from 'vitest';
import { csvRows } from '../../src/cli/formats/csv.ts';
import { csvCell, tableCell } from '../../src/cli/formats/escape.ts';
import { packFiles } from '../../src/cli/templates/pack.ts';
import { matchesPattern, patternProblem } from '../../src/course/checks/pattern.ts';
import { problemText } from '../../src/course/lesson/problem.ts';
import { Files } from '../../src/course/pack/files.ts';
import { packOf } from '../../src/course/pack/read-pack.ts';
import { lookalikes } from '../../src/course/results/lookalikes.ts';
import { TerminalFilter } from '../../src/course/submission/transcript.ts';
import { encode } from '../../src/world/bytes.ts';

function read(change: (text: string, name: string) => string) {
  const files = new Files();
  for (const [name, text] of packFiles('week1', 'en')) files.add(name, encode(change(text, name)));
  const { pack, problems } = packOf(files, 'week1');
  return { pack, problems: [...problems, ...(pack?.lessonsFor('kim').problems ?? [])].map(problemText) };
}
const inLesson = (change: (text: string) => string) =>
  read((text, name) => (name.endsWith('lesson.yaml') ? change(text) : text));

describe('a pack', () => {
  test('that holds itself is wrong, and is not followed', () => {
    for (const line of ['x: &x [*x]', 'x: &x {y: {z: *x}}', `x: ${'['.repeat(80)}${']'.repeat(80)}`])
      expect(inLesson((text) => `${text}${line}\n`).problems[0]).toBe(
        'week1/exercises/repair/lesson.yaml:1:1: the file holds itself, or lists within lists, more than 60 deep',
      );
    expect(inLesson((text) => `${text}x: ${'['.repeat(50_000)}\n`).problems[0]).toMatch(
      /lesson\.yaml:\d+:\d+: .*too deeply/,
    );
    const laughs = Array.from(
      { length: 9 },
      (_, i) =>
        `x${i}: &x${i} [${
          i === 0
            ? 'a'
            : Array(10)
                .fill(`*x${i - 1}`)
                .join()
        }]`,
    );
    expect(inLesson((text) => `${text}${laughs.join('\n')}\n`).problems[0]).toContain('Excessive alias count');
  });

  test('says what is wrong without acting on the terminal', () => {
    const { problems } = inLesson((text) => `${text}"\\e]0;x\\a\\e[31mred": 1\n`);
    expect(problems[0]).toMatch(/unknown key {2}?\]0;x \[31mred$/);
  });

  test('from Windows is the same pack', () => {
    const plain = read((text) => text);
    const windows = read((text) => `\ufeff${text.replaceAll('\n', '\r\n')}`);
    expect(windows.problems).toEqual([]);
    expect(windows.pack?.hashes).toEqual(plain.pack?.hashes);
  });

  test('has patterns that take bounded time, whatever the text', () => {
    const text = `${'a'.repeat(5000)}b`;
    const begin = performance.now();
    for (const pattern of ['^(a|a)*$', '^(a+)+$', '(a*)*c', '^(?:a|aa)+$', 'a*a*a*a*a*c'])
      expect([pattern, patternProblem(pattern), matchesPattern(pattern, 'm', text)]).toEqual([
        pattern,
        undefined,
        false,
      ]);
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(patternProblem('(a|a)*\\1c')).toContain('for ever');
    expect(patternProblem('(?=(a|a)*c)x')).toContain('for ever');
    expect(patternProblem('(')).toContain('Invalid regular expression');
    expect(
      ['^web-[a-z0-9]+$', '(service/)?kube-dns(\\.kube-system(\\.svc)?)?', '^(http://)?x\\.test'].map(patternProblem),
    ).toEqual([undefined, undefined, undefined]);
  });

  test('of one language says once what is missing, and its times are real', () => {
    expect(
      read((text, name) => (name.endsWith('.md') ? text.replace('## repair', '## repare') : text)).problems,
    ).toEqual([
      'week1/exercises/repair/lesson.yaml:22:7: step repair has no section in its text',
      'week1/exercises/repair/text.en.md:1:4: no step has the id repare; did you mean repair?',
    ]);
    const policy = (line: string) =>
      read((text, name) => (name === 'pack.yaml' ? text.replace('policies:', `policies:\n  ${line}`) : text))
        .problems[0];
    expect(policy('deadline: 2027-02-30T23:59+09:00')).toContain('there is no such day or hour');
    expect(policy('deadline: 2027-02-28T23:59+09:00')).toBeUndefined();
    expect(policy('deadline: 2027-02-28T23:59')).toContain('with its zone');
    expect(policy('late: {percent: 10, per: 0h}')).toContain('it takes no time at all');
    expect(policy('late: {percent: -10}')).toContain('percent: too small');
  });

  test('gives a check script ten minutes at most', () => {
    const { problems } = inLesson((text) =>
      text.replace('  - id: kept', '  - {id: slow, title: slow, bash: {script: "true", timeout: 99999}}\n  - id: kept'),
    );
    expect(problems[0]).toContain('timeout: too big');
  });
});

test('tables as spreadsheets save them', () => {
  expect(csvRows('\ufeffstudent,name\r\nkim,"Kim, Min ""M"" su"\r\n\r\nlee,\r\n')).toEqual([
    ['student', 'name'],
    ['kim', 'Kim, Min "M" su'],
    ['lee', ''],
  ]);
  expect(csvRows('a;b\n"c;d";e')).toEqual([
    ['a', 'b'],
    ['c;d', 'e'],
  ]);
  expect(csvRows('a\tb')).toEqual([['a', 'b']]);
  expect(csvRows('"x\ny",z')).toEqual([['x\ny', 'z']]);
  expect(csvRows('')).toEqual([]);
  // What is written comes back, and no cell is a formula.
  for (const cell of ['=cmd()', '＝1+1', '\n=1', '-1', 'a "b", c', 'plain'])
    expect(csvRows(csvCell(cell))[0]?.[0]).toMatch(cell === 'plain' || cell.startsWith('a') ? /^[pa]/ : /^'/);
  expect(tableCell('a\rb\u2028c | d')).toBe('a b c \\| d');
});

test('ids that people take for one another', () => {
  const alike = lookalikes(['kim', 'Kim', 'kіm', 'lee', 'ｌee', '2011', '2012', '김', 'Lee1']);
  expect(alike.get('kim')).toEqual(['Kim', 'kіm']);
  expect(alike.get('lee')).toEqual(['ｌee']);
  expect(['2011', '2012', '김', 'Lee1'].filter((id) => alike.has(id))).toEqual([]);
});

test('a transcript draws, and does nothing else to the terminal', () => {
  const pass = (text: string) => new TerminalFilter().pass(encode(`${text}.`));
  const drawn = [
    '\x1b[31m',
    '\x1b[38;5;9m',
    '\x1b[2J',
    '\x1b[10;5H',
    '\x1b[?25l',
    '\x1b[?1049h',
    '\x1b[1;20r',
    '\x1b(0',
    '\x1b7',
    '\x1b[K',
    '\x1bM',
  ];
  expect(drawn.map(pass)).toEqual(drawn.map((text) => `${text}.`));
  const acting = [
    '\x1b[6n',
    '\x1b[c',
    '\x1b[5i',
    '\x1b[?1000h',
    '\x1b[?1004h',
    '\x1b[?2004$p',
    '\x1b[?u',
    '\x1b[18t',
    '\x1b[>0q',
    '\x1b[?1;1S',
    '\x1bc',
    '\x1bZ',
    '\x1b]0;x\x07',
    '\x1b]52;c;eA==\x1b\\',
    '\x1bPq\x1b\\',
    '\x1b[1;1*y',
    '\x05',
    '\x0e',
  ];
  expect(acting.map(pass)).toEqual(acting.map(() => '.'));
});
