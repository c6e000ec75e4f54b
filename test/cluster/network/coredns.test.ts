import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/cluster/network/coredns/config.ts';
import { CorefileError } from '../../../src/cluster/network/coredns/corefile.ts';
import { rewriteName } from '../../../src/cluster/network/coredns/rewrite.ts';

const PATH = '/etc/coredns/Corefile';
const read = (text: string) => readConfig(text, PATH, () => undefined);
const problem = (text: string): string => {
  try {
    read(text);
    return '';
  } catch (error) {
    if (error instanceof CorefileError) return error.message;
    throw error;
  }
};

describe('a Corefile', () => {
  test('is read block by block', () => {
    const { servers } = read(
      'a.example:53 b.example {\n  cache 30 { # half a minute\n    disable denial\n  }\n}\n. {\n  log\n}\n',
    );
    expect(servers.map(({ zone, port }) => `${zone} ${port}`)).toEqual(['a.example. 53', 'b.example. 53', '. 53']);
    expect(servers[0]?.cache).toEqual({ success: 30, denial: 30, noSuccess: [], noDenial: [''] });
  });

  // Recorded: golden/live-network/coredns-broken-corefiles-*.yaml
  test.each([
    ['.:53 {\n    errors\n    nosuch\n}', `${PATH}:3 - Error during parsing: Unknown directive 'nosuch'`],
    ['.:53 {\n    cache 30', `${PATH}:2 - Syntax error: Unexpected token '30', expecting '}'`],
    ['.:53 {\n    errors }\n', `${PATH}:2 - Error during parsing: Unexpected '}' because no matching opening brace`],
    ['.:53 {\n    forward . here\n}', 'plugin/forward: not an IP address or file: "here"'],
    ['.:53 {\n}\n.:53 {\n}', 'cannot serve dns://.:53 - it is already defined'],
    ['.:53 {\n    reload often\n}', 'plugin/reload: time: invalid duration "often"'],
  ])('%j is refused', (text, message) => {
    expect(problem(text)).toBe(message);
  });

  test('is never more than refused', () => {
    const word = fc.constantFrom(
      '.',
      ':53',
      '{',
      '}',
      'errors',
      'cache',
      'forward',
      'kubernetes',
      'pods',
      '"a b"',
      '#x',
      '\n',
      '30',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 25 }), (words) => {
        problem(words.join(' '));
      }),
      { numRuns: 300 },
    );
  });
});

describe('rewrite', () => {
  const rule = (kind: 'exact' | 'suffix' | 'regex', from: string, to: string) => ({
    kind,
    from,
    to,
    answer: kind === 'exact',
  });
  test.each([
    [rule('exact', 'old.example', 'new.example'), 'old.example', 'new.example'],
    [rule('suffix', '.lab', '.default.svc.cluster.local'), 'web.lab', 'web.default.svc.cluster.local'],
    [rule('regex', '(.*)\\.short\\.$', '{1}.lab.example'), 'db.short', 'db.lab.example'],
    [rule('exact', 'old.example', 'new.example'), 'other.example', 'other.example'],
  ])('%o', (one, from, to) => {
    expect(rewriteName([one], from).name).toBe(to);
  });
});
