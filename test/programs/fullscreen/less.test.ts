import { expect, test } from 'vitest';
import { fullscreenTerminal } from './support.ts';

const TEXT = Array.from({ length: 40 }, (_, i) => `line ${i + 1}\n`).join('');

test('less pages, searches, jumps and gives the screen back', async () => {
  const terminal = fullscreenTerminal({ f: TEXT });
  terminal.type('less f\r');
  let lines = await terminal.lines();
  expect(lines[0]).toBe('line 1');
  expect(lines.at(-1)).toBe('f');
  lines = await terminal.type(' ').lines();
  expect(lines[0]).toBe('line 12');
  expect(lines.at(-1)).toBe(':');
  expect((await terminal.type('jj\x1b[Bk').lines())[0]).toBe('line 14');
  expect((await terminal.type('/ne 25\r').lines())[0]).toBe('line 25');
  expect((await terminal.type('?e 3$\r').lines())[0]).toBe('line 3');
  expect((await terminal.type('/nothing\r').lines()).at(-1)).toBe('Pattern not found  (press RETURN)');
  lines = await terminal.type('G').lines();
  expect(lines.slice(-2)).toEqual(['line 40', '(END)']);
  expect((await terminal.type('g').lines())[0]).toBe('line 1');
  terminal.resize(60, 8);
  expect((await terminal.type('G').lines())[0]).toBe('line 34');
  expect((await terminal.type('q').lines()).at(-1)).toBe('/tmp#');
  expect(terminal.world.faults).toEqual([]);
});

test('less reads a pipe, follows a file, and is cat without a terminal', async () => {
  const terminal = fullscreenTerminal({ f: TEXT });
  terminal.type('seq 100 | less\r');
  expect((await terminal.type('50g').lines())[0]).toBe('50');
  terminal.type('q').type('less f\r').type('F');
  terminal.machine.files.appendFile('/tmp/f', 'more\n');
  terminal.run(1500);
  expect((await terminal.lines()).slice(-2)).toEqual(['more', 'Waiting for data... (interrupt to abort)']);
  terminal.type('\x03').type('q').type('clear; less f | tail -n 1; less nofile\r');
  expect((await terminal.lines()).slice(-3, -1)).toEqual(['more', 'nofile: No such file or directory']);
});

test('more ends behind the last screen', async () => {
  const terminal = fullscreenTerminal({ f: TEXT, short: 'a\n' });
  terminal.type('more f\r').type('   ');
  expect((await terminal.lines()).at(-2)).toBe('line 40');
  expect((await terminal.type(' ').type('clear; more short\r').lines()).slice(-2)).toEqual(['a', '/tmp#']);
});
