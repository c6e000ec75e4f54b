import { expect, it } from 'vitest';
import { ruleErrors, validateRules } from '../../src/cluster/api/schema/custom-rules.ts';
import { compileCel } from '../../src/cluster/apimachinery/cel/compile.ts';
import { celValue } from '../../src/cluster/apimachinery/cel/value.ts';

const schema = (rule: object) => ({
  type: 'object',
  'x-kubernetes-validations': [rule],
  properties: {
    a: { type: 'integer' },
    o: { type: 'object', properties: { x: { type: 'integer' } } },
  },
});
const wrong = (rule: string) => validateRules(schema({ rule }), 's').map((error) => error.detail);

it('refuses expressions in the words of cel-go', () => {
  expect(wrong('self.nope > 1')).toEqual([
    "compilation failed: ERROR: <input>:1:5: undefined field 'nope'\n | self.nope > 1\n | ....^",
  ]);
  expect(wrong('self.o.x.y')).toEqual([
    "compilation failed: ERROR: <input>:1:9: type 'int' does not support field selection\n | self.o.x.y\n | ........^",
  ]);
  expect(wrong('(self.a')).toEqual([
    "compilation failed: ERROR: <input>:1:8: Syntax error: missing ')' at '<EOF>'\n | (self.a\n | .......^",
  ]);
  expect(wrong('foo.x')[0]).toContain("undeclared reference to 'foo' (in container '')");
  expect(wrong("quantity('1Mi').isGreaterThan(quantity('1Ki'))")).toEqual([]);
  expect(wrong('1 + 1')).toEqual(['cel expression must evaluate to a bool']);
});

it('knows whole numbers from others by the schema and evaluates with messages of its own', () => {
  const program = compileCel("self.a > 1 && self.b > 1.5 && 'x' in self.l", ['self']);
  if (typeof program === 'string') throw new Error(program);
  const of = { properties: { b: { type: 'number' } } };
  expect(program.run({ self: celValue({ a: 2, b: 2, l: ['x'] }, of) })).toBe(true);
  const rule = schema({ rule: 'self.a <= self.o.x', messageExpression: "'at most ' + string(self.o.x)" });
  expect(ruleErrors({ a: 3, o: { x: 2 } }, undefined, rule).map(String)).toEqual(['<nil>: Invalid value: at most 2']);
  expect(ruleErrors({ a: 3 }, undefined, rule).map(String)).toEqual([
    '<nil>: Invalid value: "object": no such key: o evaluating rule: self.a <= self.o.x',
  ]);
  // What was wrong before may stay; what was not there before has no past.
  expect(ruleErrors({ a: 3, o: { x: 2 } }, { a: 3, o: { x: 2 } }, rule)).toEqual([]);
  const fixed = schema({ rule: 'self.a == oldSelf.a' });
  expect(ruleErrors({ a: 3 }, undefined, fixed)).toEqual([]);
  expect(ruleErrors({ a: 3 }, { a: 2 }, fixed)).toHaveLength(1);
});
