import { expect, test } from 'vitest';
import { headerLine, highlight } from '../../../src/programs/fullscreen/watch.ts';
import { fullscreenTerminal } from './support.ts';

test('watch repaints until Ctrl-C and gives the screen back', async () => {
  const terminal = fullscreenTerminal({ f: 'one\n' });
  terminal.type('watch -n 1 cat f\r', 200);
  const lines = await terminal.lines();
  expect(lines[0]).toMatch(/^Every 1\.0s: cat f +box: Thu Jan {2}1 09:00:00 2026$/);
  expect(lines.slice(1)).toEqual(['', 'one']);
  terminal.machine.files.writeFile('/tmp/f', 'two\nthree\n');
  terminal.run(1500);
  expect((await terminal.lines()).slice(2)).toEqual(['two', 'three']);
  terminal.type('\x03').type('echo $?\r');
  const after = await terminal.lines();
  expect(after.join('\n')).toContain('/tmp# watch -n 1 cat f');
  expect(after.at(-2)).toBe('0');
  expect(terminal.world.faults).toEqual([]);
});

test('watch without title, with a bad option and without a command', async () => {
  const terminal = fullscreenTerminal();
  terminal.type('watch -t -n0.5 "echo a; echo b >&2"\r', 200);
  expect(await terminal.lines()).toEqual(['a', 'b']);
  terminal.type('\x03').type('clear; watch -n x ls; echo $?\r');
  expect((await terminal.lines()).slice(-3, -1)).toEqual(["watch: failed to parse argument: 'x'", '1']);
});

test('the header makes room for the machine, differences are marked', () => {
  expect(headerLine('kubectl get pods', 2, 'h: now', 40)).toBe('Every 2.0s: kubectl get pods      h: now');
  expect(headerLine('kubectl get pods', 2, 'h: now', 30)).toBe('Every 2.0s: kubectl ... h: now');
  expect(highlight('abXd', 'abcd')).toBe('ab\x1b[7mX\x1b[md');
});
