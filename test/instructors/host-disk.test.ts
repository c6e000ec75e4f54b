// What is written for people is whole or not there, whatever happens to the disk or to the process.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostFailure } from '../../src/cli/host-failure.ts';
import { writeFolder, writeWhole } from '../../src/cli/write-whole.ts';
import { FolderStorage } from '../../src/course/storage/folder-storage.ts';
import { StorageError } from '../../src/course/storage/storage.ts';
import { sessionKey } from '../../src/course/submission/session-key.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kubetutor-disk-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]) => path.join(folder, ...parts);

test('a file is replaced as a whole, through links, and nothing is left beside it', () => {
  writeWhole(at('a'), 'one');
  symlinkSync('a', at('link'));
  writeWhole(at('link'), 'two');
  expect([readFileSync(at('a'), 'utf8'), readdirSync(folder).sort()]).toEqual(['two', ['a', 'link']]);
});

test('what the host refuses is said in a line, and what was there stays', () => {
  mkdirSync(at('taken'));
  writeFileSync(at('taken/x'), '');
  const failures = [
    () => writeWhole('/dev/full', 'text'),
    () => writeWhole(at('nowhere/a'), 'text'),
    () => writeWhole(at('a/b'), 'text'),
    () => writeFolder(at('taken'), new Map([['y', 'text']])),
  ].map((write) => {
    try {
      write();
    } catch (error) {
      return [error instanceof StorageError, hostFailure(error)?.replace(folder, '')];
    }
    return [false, ''];
  });
  expect(failures).toEqual([
    [true, '/dev/full: the disk is full'],
    [true, '/nowhere/a: there is no such folder or file'],
    [true, '/a/b: a part of the path is no folder'],
    [true, expect.stringContaining('/taken: ')],
  ]);
  expect([readdirSync(at('taken')), readdirSync(folder).sort()]).toEqual([['x'], ['a', 'link', 'taken']]);
  expect(hostFailure(new Error('a fault of ours'))).toBeUndefined();
});

test('half a key is none: a new one is made while nothing is signed, and a damaged one is told', () => {
  const storage = new FolderStorage(at('home'));
  mkdirSync(at('home/keys'), { recursive: true });
  writeFileSync(at('home/keys/session.pem'), '');
  const key = sessionKey(storage);
  expect(sessionKey(storage).publicKey).toBe(key.publicKey);
  expect(readdirSync(at('home/keys'))).toEqual(['session.pem']);
  writeFileSync(at('home/keys/session.pem'), readFileSync(at('home/keys/session.pem')).subarray(0, 60));
  expect(() => sessionKey(storage)).toThrow(StorageError);
});
