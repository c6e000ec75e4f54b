import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { HELP_KO, MISTAKES_KO } from '../../src/cli/locale/help-ko.ts';

test('everything that commands say of themselves has its Korean', () => {
  const source = ['program', 'instructor-program'].map((name) => readFileSync(`src/cli/${name}.ts`, 'utf8')).join('\n');
  const text = String.raw`'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"`;
  const said = [
    ...source.matchAll(new RegExp(String.raw`\.description\(\s*(?:${text})`, 'g')),
    ...source.matchAll(new RegExp(String.raw`(?:\.option|new Option|\.argument)\(\s*'[^']*',\s*(?:${text})`, 'g')),
  ].map(([, single, double]) => single ?? double ?? '');
  expect(said.length).toBeGreaterThan(60);
  expect(said.filter((one) => HELP_KO[one] === undefined)).toEqual([]);
  // And nothing is kept that nobody says any more.
  const own = ['output the version number', 'display help for command'];
  const known = Object.keys(HELP_KO).filter((one) => !/^\[|:$/.test(one) && !own.includes(one));
  expect(known.filter((one) => !said.includes(one))).toEqual([]);
});

test('mistakes in calling are told in Korean', () => {
  const korean = (text: string) => MISTAKES_KO.reduce((said, [pattern, form]) => said.replace(pattern, form), text);
  expect(
    [
      "error: missing required argument 'kind'\n",
      "error: unknown option '--jsn'\n(Did you mean --json?)\n",
      "error: option '--lang <language>' argument 'fr' is invalid. Allowed choices are en, ko.\n",
      "error: option '--json' cannot be used with option '--csv'\n",
      "error: option '--pack <path>' argument missing\n",
      "error: too many arguments for 'pack'. Expected 1 argument but got 2: a, b.\n",
    ].map(korean),
  ).toEqual([
    "오류: 인자 'kind'이(가) 없습니다\n",
    "오류: 모르는 옵션 '--jsn'\n(--json을(를) 쓰려던 것인가요?)\n",
    "오류: 옵션 '--lang <language>'에 'fr'은(는) 쓸 수 없습니다. 쓸 수 있는 값: en, ko\n",
    "오류: 옵션 '--json'과(와) '--csv'은(는) 함께 쓸 수 없습니다\n",
    "오류: 옵션 '--pack <path>'에는 값이 필요합니다\n",
    '오류: 인자가 너무 많습니다. 1개여야 하는데 2개입니다: a, b\n',
  ]);
});
