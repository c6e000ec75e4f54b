import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Progress } from '../../src/course/progress.ts';
import { dataFolder } from '../../src/course/storage/data-folder.ts';
import { FolderStorage } from '../../src/course/storage/folder-storage.ts';
import { LockedError, StorageError } from '../../src/course/storage/storage.ts';
import { encode } from '../../src/world/bytes.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'kubetutor-storage-'));
const storage = new FolderStorage(folder);
afterAll(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

test('appends after a given length, and flushes', () => {
  writeFileSync(path.join(folder, 'j'), 'good\ntorn');
  const file = storage.append('j', 5);
  file.append(encode('more\n'));
  expect(readFileSync(path.join(folder, 'j'), 'utf8')).toBe('good\nmore\n');
  file.close();
  storage.append('deep/er/k', 0).close();
  expect(storage.names('deep/er')).toEqual(['deep/er/k']);
});

test('a lock of a running process holds, one of a dead process does not', () => {
  const running = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30000)']);
  writeFileSync(path.join(folder, 'a.lock'), `${running.pid}\n`);
  expect(() => storage.lock('a')).toThrow(LockedError);
  running.kill();
  const dead = spawnSync(process.execPath, ['-e', '0']).pid;
  writeFileSync(path.join(folder, 'b.lock'), `${dead}\n`);
  const lock = storage.lock('b');
  expect(readFileSync(path.join(folder, 'b.lock'), 'utf8')).toBe(`${process.pid}\n`);
  lock.release();
  expect(existsSync(path.join(folder, 'b.lock'))).toBe(false);
  writeFileSync(path.join(folder, 'c.lock'), '');
  storage.lock('c').release();
});

test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('a folder that cannot be written', () => {
  chmodSync(folder, 0o500);
  expect(() => storage.append('new', 0)).toThrow(StorageError);
  expect(() => storage.lock('new')).toThrow(StorageError);
  chmodSync(folder, 0o700);
});

test('a path through a file is an error with the system’s words', () => {
  writeFileSync(path.join(folder, 'file'), '');
  expect(() => storage.append('file/x', 0)).toThrow(/ENOTDIR|EEXIST/);
});

test('where data lives', () => {
  expect(dataFolder({ KUBETUTOR_HOME: '/x' }, 'linux', '/home/u')).toBe('/x');
  expect(dataFolder({}, 'linux', '/home/u')).toBe('/home/u/.local/share/kubetutor');
  expect(dataFolder({ XDG_DATA_HOME: '/d' }, 'linux', '/home/u')).toBe('/d/kubetutor');
  expect(dataFolder({}, 'darwin', '/Users/u')).toBe('/Users/u/Library/Application Support/kubetutor');
});

test('progress is remembered, and a broken file begins anew', () => {
  const home = path.join(folder, 'home');
  const progress = new Progress(home);
  progress.setLesson('a', { step: 'two', finished: ['one'], changed: 5 });
  progress.language = 'ko';
  progress.setSetting('theme', 'dark');
  const again = new Progress(home);
  expect(again.lesson('a')).toEqual({ step: 'two', finished: ['one'], changed: 5 });
  expect([again.language, again.setting('theme'), again.lastLesson]).toEqual(['ko', 'dark', 'a']);
  writeFileSync(path.join(home, 'progress.json'), '{"lessons": 5');
  expect(new Progress(home).lesson('a')).toBeUndefined();
});
