import { expect, test } from 'vitest';
import { formatDuration } from '../../src/cluster/apimachinery/duration.ts';
import {
  bool,
  duration,
  FlagSet,
  int,
  string,
  stringArray,
  stringSlice,
  stringToString,
} from '../../src/kubectl/flags/index.ts';

const definitions = [
  bool('all-namespaces', false, '', { shorthand: 'A' }),
  bool('stdin', false, '', { shorthand: 'i' }),
  bool('tty', false, '', { shorthand: 't' }),
  bool('watch', false, '', { shorthand: 'w' }),
  string('namespace', '', '', { shorthand: 'n' }),
  string('output', '', '', { shorthand: 'o' }),
  string('dry-run', 'none', '', { noOptDefVal: 'unchanged' }),
  int('replicas', 0, ''),
  duration('timeout', 0, ''),
  stringArray('from-literal', ''),
  stringSlice('filename', '', { shorthand: 'f' }),
  stringToString('set', ''),
];

function parse(...words: string[]): FlagSet {
  const flags = new FlagSet(definitions);
  flags.parse(words);
  return flags;
}

function failure(...words: string[]): string {
  try {
    parse(...words);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('every form of a flag', () => {
  expect(parse('-nns').string('namespace')).toBe('ns');
  expect(parse('-n=ns').string('namespace')).toBe('ns');
  expect(parse('-n', 'ns').string('namespace')).toBe('ns');
  expect(parse('--namespace=ns').string('namespace')).toBe('ns');
  expect(parse('--namespace', 'ns').string('namespace')).toBe('ns');
  const joined = parse('-Aowide');
  expect([joined.bool('all-namespaces'), joined.string('output')]).toEqual([true, 'wide']);
  const shell = parse('-itn', 'ns', 'pod');
  expect([shell.bool('stdin'), shell.bool('tty'), shell.string('namespace'), shell.args]).toEqual([
    true,
    true,
    'ns',
    ['pod'],
  ]);
  expect(parse('-A=false').bool('all-namespaces')).toBe(false);
  expect(parse('--all_namespaces').bool('all-namespaces')).toBe(true);
  expect(parse('--replicas', '-1').number('replicas')).toBe(-1);
  expect(parse('--replicas=0x10').number('replicas')).toBe(16);
  expect(parse('--dry-run', 'pod').args).toEqual(['pod']);
  expect(parse('--dry-run').string('dry-run')).toBe('unchanged');
  expect(parse('--dry-run=client').string('dry-run')).toBe('client');
  expect(parse('--from-literal=a=b,c', '--from-literal', 'd=e').list('from-literal')).toEqual(['a=b,c', 'd=e']);
  expect(parse('-f', 'a,b', '-f', '"c,d"').list('filename')).toEqual(['a', 'b', 'c,d']);
  expect([...parse('--set', 'a=1,b=2', '--set=c="x"').map('set')]).toEqual([
    ['a', '1'],
    ['b', '2'],
    ['c', '"x'],
  ]);
  const dashed = parse('x', '--', '-n', 'y');
  expect([dashed.args, dashed.argsBeforeDash]).toEqual([['x', '-n', 'y'], 1]);
  expect(parse('--timeout=1h2m3.5s').number('timeout')).toBe(3_723_500);
});

test('what is wrong with a command line', () => {
  expect(failure('--foo')).toBe('unknown flag: --foo');
  expect(failure('-z')).toBe("unknown shorthand flag: 'z' in -z");
  expect(failure('-Azo')).toBe("unknown shorthand flag: 'z' in -zo");
  expect(failure('-n')).toBe("flag needs an argument: 'n' in -n");
  expect(failure('--namespace')).toBe('flag needs an argument: --namespace');
  expect(failure('--=x')).toBe('bad flag syntax: --=x');
  expect(failure('---x')).toBe('bad flag syntax: ---x');
  expect(failure('--replicas=abc')).toBe(
    'invalid argument "abc" for "--replicas" flag: strconv.ParseInt: parsing "abc": invalid syntax',
  );
  expect(failure('--replicas=99999999999999999999')).toBe(
    'invalid argument "99999999999999999999" for "--replicas" flag: strconv.ParseInt: parsing "99999999999999999999": value out of range',
  );
  expect(failure('--watch=maybe')).toBe(
    'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
  );
  expect(failure('--timeout=5')).toBe('invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"');
  expect(failure('--timeout=5y')).toBe(
    'invalid argument "5y" for "--timeout" flag: time: unknown unit "y" in duration "5y"',
  );
  expect(failure('--timeout=abc')).toBe('invalid argument "abc" for "--timeout" flag: time: invalid duration "abc"');
  expect(failure('--set=a')).toBe('invalid argument "a" for "--set" flag: a must be formatted as key=value');
});

test('durations as Go prints them', () => {
  expect([0, 250, 30_000, 90_000, 3_600_000, 3_723_500].map(formatDuration)).toEqual([
    '0s',
    '250ms',
    '30s',
    '1m30s',
    '1h0m0s',
    '1h2m3.5s',
  ]);
});
