// What lint and import say to a Korean teacher.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { koreanImportNote, koreanProblem } from '../../src/cli/locale/problems-ko.ts';

const HANGUL = /[가-힣]/;

test('every message that the readers of lessons and packs have is told in Korean', () => {
  const sources = [
    ...['lesson/read', 'lesson/meaning', 'lesson/markdown', 'lesson/schema', 'lesson/lint-texts', 'lesson/issues'],
    ...['lesson/yaml-positions', 'pack/read-pack', 'pack/pack', 'pack/schema', 'checks/path', 'checks/pattern'],
  ].map((name) => readFileSync(`src/course/${name}.ts`, 'utf8'));
  const text = String.raw`(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|${'`'}((?:[^${'`'}\\]|\\.)*)${'`'})`;
  const said = sources.flatMap((source) =>
    [
      ...source.matchAll(new RegExp(String.raw`\b(?:message: |return \[|say\([^;]*?\], )${text}`, 'g')),
      ...source.matchAll(new RegExp(String.raw`\bproblem(?:At)?\((?:\[[^\]]*\]|\w+), ${text}`, 'g')),
      ...source.matchAll(new RegExp(String.raw`(?:regex|refine)\([^\n]*, ${text}\)`, 'g')),
    ].map(([, ...parts]) => parts.find((part) => part !== undefined) ?? ''),
  );
  const filled = said
    .map((one) =>
      one
        .replace(/\\(.)/g, '$1')
        .replace(/\$\{meant\([^}]*\}/g, '; did you mean that?')
        .replace(/\$\{[^{}]*\}/g, 'that'),
    )
    .filter((one) => / /.test(one) && !one.startsWith('bash: '));
  expect(filled.length).toBeGreaterThan(40);
  // What a schema says comes after the name of the field.
  expect(filled.filter((one) => ![one, `x: ${one}`].some((whole) => HANGUL.test(koreanProblem(whole))))).toEqual([]);
});

test('with what was meant, and the values it is so for', () => {
  expect(
    [
      'unknown key pionts; did you mean points?',
      'there is no kind Deploymant in apps/v1; did you mean Deployment?',
      'repair: kept passes although nothing was done (repair/app=shop, repair/replicas=3)',
      'repair: solution 1 (exit 0): available failed: 기대 3; 실제 0 (repair/app=shop)',
      'version: expected number, received string',
      'step repair has no section in its text',
      'bash: syntax error: unexpected end of file',
    ].map(koreanProblem),
  ).toEqual([
    '모르는 키 pionts. points을(를) 쓰려던 것인가요?',
    'apps/v1에는 kind Deploymant이(가) 없습니다. Deployment을(를) 쓰려던 것인가요?',
    'repair: 아무것도 하지 않았는데 kept을(를) 통과합니다 (repair/app=shop, repair/replicas=3)',
    'repair: 모범 풀이 1(종료 상태 0)로는 available을(를) 통과하지 못합니다: 기대 3; 실제 0 (repair/app=shop)',
    'version: 수이(가) 와야 하는데 문자열입니다',
    '글에 단계 repair의 내용이 없습니다',
    'bash: syntax error: unexpected end of file',
  ]);
});

test('and what could not be carried over', () => {
  expect(
    [
      'q1/assets.yaml: not taken; only setup, question, validation and solution are',
      'web, step 2: there is no solution.sh, so `lint --prove` cannot show that it can be solved',
      'step 2: validation ends with 1 after the solution: no Pod a',
      'the world has no helm',
      'q1/lost: a link that leads nowhere',
    ].map(koreanImportNote),
  ).toEqual([
    'q1/assets.yaml: 가져오지 않았습니다. setup, question, validate, solution만 가져옵니다',
    'web, 2단계: solution.sh가 없어 풀 수 있는지 `lint --prove`로 보일 수 없습니다',
    '2단계: 풀이 뒤의 검증이 종료 상태 1(으)로 끝납니다: no Pod a',
    '월드에 helm이(가) 없습니다',
    'q1/lost: 아무 데도 가지 않는 링크입니다',
  ]);
});
