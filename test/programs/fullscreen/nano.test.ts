import { expect, test } from 'vitest';
import { fullscreenTerminal } from './support.ts';

test('nano edits, cuts, pastes, searches and asks before it ends', async () => {
  const terminal = fullscreenTerminal({ f: 'one\ntwo\nthree\n' });
  terminal.type('nano f\r');
  let lines = await terminal.lines();
  expect(lines[0]).toContain('GNU nano 7.2');
  expect(lines.slice(1, 4)).toEqual(['one', 'two', 'three']);
  expect(lines[9]).toContain('[ Read 3 lines ]');
  expect(lines[11]).toContain('^X Exit');
  terminal.type('\x0b').type('\x1b[B').type('\x15').type('\x17').type('thr\r').type('X');
  lines = await terminal.lines();
  expect(lines.slice(1, 4)).toEqual(['two', 'one', 'Xthree']);
  expect(lines[0]).toContain('Modified');
  expect((await terminal.type('\x0f').lines())[9]).toBe('File Name to Write: f');
  expect((await terminal.type('\r').lines())[9]).toContain('[ Wrote 3 lines ]');
  terminal.type('Y').type('\x18');
  expect((await terminal.lines())[9]).toBe('Save modified buffer?');
  terminal.type('y').type('\r');
  expect((await terminal.lines()).at(-1)).toBe('/tmp#');
  expect(terminal.machine.files.readText('/tmp/f')).toBe('two\none\nXYthree\n');
  expect(terminal.world.faults).toEqual([]);
});
