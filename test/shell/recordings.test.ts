import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeShellWorld, type Result, runIn } from './support.ts';

interface Recording extends Result {
  readonly case: string | { readonly file?: string; readonly stdin?: string };
}

const recorded: { cases: Recording[] } = JSON.parse(
  readFileSync(new URL('./fixtures/bash.json', import.meta.url), 'utf8'),
);

function replay(recording: Recording, program = 'bash'): Result {
  const { world, machine } = makeShellWorld();
  machine.files.makeDirectories('/tmp/ktshell');
  const one = recording.case;
  const args = typeof one === 'string' ? ['-c', one] : one.file !== undefined ? ['s.sh'] : [];
  if (typeof one === 'object' && one.file !== undefined) machine.files.writeFile('/tmp/ktshell/s.sh', one.file);
  const stdin = typeof one === 'object' ? (one.stdin ?? '') : '';
  const result = runIn(machine, [program === 'bash' ? 'bash' : 'sh', ...args], { cwd: '/tmp/ktshell', stdin, program });
  const [fault] = world.faults;
  if (fault) throw fault.error;
  return result;
}

describe('bash 5.2 recordings', () => {
  for (const recording of recorded.cases) {
    it(JSON.stringify(recording.case), () => {
      const { stdout, stderr, exit } = recording;
      expect(replay(recording)).toEqual({ stdout, stderr, exit });
    });
  }
});

const others: { ash: Recording[]; dash: Recording[] } = JSON.parse(
  readFileSync(new URL('./fixtures/sh.json', import.meta.url), 'utf8'),
);

describe.each(['ash', 'dash'] as const)('%s recordings', (dialect) => {
  for (const recording of others[dialect]) {
    it(JSON.stringify(recording.case), () => {
      const { stdout, stderr, exit } = recording;
      expect(replay(recording, dialect)).toEqual({ stdout, stderr, exit });
    });
  }
});
