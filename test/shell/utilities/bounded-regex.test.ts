import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BoundedRegExp } from '../../../src/shell/utilities/bounded-regex.ts';

const ATOMS = ['a', 'b', '.', '[ab]', '[^a]', '\\w', 'ab', '(?:ab|a)', '(a|b)', '\\b'];
const piece = fc.tuple(fc.constantFrom(...ATOMS), fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}', '{0,}'));
const pattern = fc
  .tuple(
    fc.array(piece, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '^', '(?<!b)'),
    fc.constantFrom('', '$'),
    fc.boolean(),
  )
  .map(([pieces, start, end, nested]) => {
    const inner = pieces.map(([atom, quantifier]) => (atom === '\\b' ? atom : atom + quantifier)).join('');
    return start + (nested ? `(?:${inner}a)+` : inner) + end;
  });

// A repetition of what may be empty is the one case where the two differ: POSIX does not say what happens there.
it('matches where the host matches', () => {
  fc.assert(
    fc.property(pattern, fc.stringMatching(/^[ab ]{0,8}$/), (source, text) => {
      const host = [...text.matchAll(new RegExp(source, 'gu'))].map((match) => [match.index, match[0]]);
      const ours = [...text.matchAll(new BoundedRegExp(source, 'gu'))].map((match) => [match.index, match[0]]);
      expect(ours).toEqual(host);
    }),
    { numRuns: 3000 },
  );
});

it('takes bounded time', () => {
  const line = `${'a'.repeat(2000)}b`;
  for (const source of ['^(a+)+$', '(a|aa)*c', '(.*)*=', 'a*a*a*a*a*c', '^(a|a?)+$', '(a{1,20})*c']) {
    expect(new BoundedRegExp(source, 'u').test(line)).toBe(false);
  }
  expect('xaab'.replace(new BoundedRegExp('(a+)+(b)', 'g'), '<$2$1>')).toBe('x<baa>');
  expect('a1b22c'.split(new BoundedRegExp('([0-9])+', 'u'))).toEqual(['a', '1', 'b', '2', 'c']);
});
