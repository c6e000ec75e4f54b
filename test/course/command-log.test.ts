import { expect, test } from 'vitest';
import { CommandLog } from '../../src/course/checks/command-log.ts';
import { scenarioSource } from '../../src/course/scenario-source.ts';
import { startBash } from '../../src/course/scripts.ts';

/** What a script of the learner's is said to have used after `forgotten` ms of virtual time. */
function used(script: string, forgotten?: number): string[] {
  const built = scenarioSource.build('bare', 'test');
  const { loop } = built.world;
  const log = new CommandLog(built.workstation, loop.now);
  log.addSession(startBash(built, { argv: ['bash', '-c', script], files: new Map() }));
  if (forgotten !== undefined) {
    loop.runUntil(loop.now + forgotten);
    log.restart(loop.now);
  }
  loop.runUntil(loop.now + 60_000);
  return log.used.map(({ argv, exit }) => `${argv.join(' ')}: ${exit}`);
}

test('the last command of a script, which its shell becomes, is used like the others', () => {
  expect(used('sleep 1')).toEqual(['sleep 1: 0']);
  expect(used('sleep 1; sleep 2; exec sleep 3')).toEqual(['sleep 1: 0', 'sleep 2: 0', 'sleep 3: 0']);
  expect(used('true && sleep 4')).toEqual(['sleep 4: 0']);
});

test('the shell is no command', () => {
  expect(used('sleep 1; echo')).toEqual(['sleep 1: 0']);
});

test('a program counts from when the shell became it', () => {
  expect(used('sleep 10; sleep 2', 5000)).toEqual(['sleep 2: 0']);
});
