import fc from 'fast-check';
import { expect, it } from 'vitest';
import { utilities } from '../../../src/shell/utilities/index.ts';
import { makeBox, play } from './support.ts';

it('shows lines at once in a pipeline that goes on', () => {
  const { machine } = makeBox();
  const line = '(echo one Running; sleep 1; echo two Pending; sleep 1; echo three Running; sleep 1000) | grep Running';
  for (const filter of [
    '',
    ' | sed s/Running/R/',
    " | awk '{print $1}'",
    ' | cut -d" " -f1',
    ' | tr a-z A-Z',
    ' | tee out',
    ' | cat -n',
    ' | jq -R .',
    ' | head -2',
    ' | uniq',
    ' | nl',
  ]) {
    const { stdout } = play(machine, line + filter, '', 3000);
    expect(stdout.toLowerCase(), filter).toContain('one');
    expect(stdout.toLowerCase(), filter).toContain('three');
  }
});

it('gives JSON values one by one', () => {
  const { machine } = makeBox();
  const { stdout } = play(
    machine,
    `(echo '{"a":1}'; sleep 1; printf '{"a":'; sleep 1; echo '2}'; sleep 1000) | jq .a`,
    '',
    3000,
  );
  expect(stdout).toBe('1\n2\n');
});

it('follows a file with tail -f, and a new one with tail -F', () => {
  const { machine } = makeBox();
  const { stdout } = play(
    machine,
    'echo a > log; (sleep 1; echo b >> log; sleep 1; rm log; echo c > log) & timeout 5 tail -F log',
    '',
    10_000,
  );
  expect(stdout).toBe('a\nb\nc\n');
});

it('follows /dev/null for ever, as containers do that only wait', () => {
  const { machine } = makeBox();
  expect(play(machine, 'timeout 5 tail -f /dev/null; echo $?; timeout 5 tail -F /dev/null; echo $?').stdout).toBe(
    '124\n124\n',
  );
});

it('stays interruptible and bounded with endless input', () => {
  for (const command of [
    'yes | grep x',
    'yes | sed -n p',
    "yes | awk '{n++}'",
    'yes | wc',
    'yes | tail',
    'yes | uniq',
    'cat /dev/zero | tr a b',
    'yes | cat > /dev/null',
    "awk 'BEGIN{while(1)i++}'",
    "sed ':a;ba' fruit.txt",
    'yes | head -c 100000000 | sort | head -1',
    'tr -d "\\n" < /dev/zero | grep x',
    'yes | jq -R .',
  ]) {
    const { world, machine } = makeBox();
    const { process } = play(machine, `${command} >/dev/null`, '', 200);
    process.signal('KILL');
    machine.killAll();
    expect(world.faults, command).toEqual([]);
  }
});

it('ends with its reader', () => {
  const { machine } = makeBox();
  expect(play(machine, 'yes | head -2; echo ${PIPESTATUS[@]}').stdout).toBe('y\ny\n141 0\n');
  expect(play(machine, 'seq 1000000 | head -1; tail -f fruit.txt | head -1').stdout).toBe('1\napple\n');
});

it('stops a jq filter that never ends', () => {
  const { machine } = makeBox();
  const { stderr, status } = play(machine, "jq -n '[range(1e12)]'; jq -n 'def f: f; f'");
  expect(stderr).toMatch(/kubetutor's jq stops this filter/);
  expect(status).toBe(5);
});

const words = fc.oneof(
  fc.constantFrom(
    '-n',
    '-r',
    '-c',
    '-v',
    '--help',
    '-',
    '--',
    'fruit.txt',
    'nope',
    'sub',
    '.',
    '',
    '-1',
    '3',
    'a',
    '[',
    '(',
    '{print $1',
    's/a/',
    '$',
    '.items[',
    '-e',
    '-f',
    '-k2',
    '-t:',
    '-d',
    '@5',
    '%s',
    '{}',
    ';',
    '+',
    '/dev/null',
    'numbers.txt',
    '-E',
    '*',
    '\\',
    'x\ny',
    '-z',
    '--color',
    '-A',
    '-name',
    '-exec',
  ),
  fc.string({ maxLength: 8 }),
);

it('never fails by an exception of the host', () => {
  const names = utilities.map(({ name }) => name);
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(words, { maxLength: 5 }),
      fc.string({ maxLength: 40 }),
      fc.constantFrom('gnu' as const, 'busybox' as const),
      (name, args, input, dialect) => {
        const { world, machine } = makeBox(dialect);
        const quoted = [name, ...args]
          .map((word) => `'${word.replaceAll('\0', '').replaceAll("'", "'\\''")}'`)
          .join(' ');
        play(machine, `/bin/${quoted}`, input, 300);
        machine.killAll();
        expect(world.faults.map(({ error }) => error)).toEqual([]);
      },
    ),
    { numRuns: 400 },
  );
});
