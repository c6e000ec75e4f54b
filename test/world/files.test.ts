import { expect, it } from 'vitest';
import { Errno } from '../../src/world/errno.ts';
import { FileSystem } from '../../src/world/files/file-system.ts';
import { Directory } from '../../src/world/files/inode.ts';

const meta = { mode: 0o755, uid: 0, gid: 0, mtime: 0 };
const learner = { uid: 1000, gid: 1000, groups: [1000] };
const fresh = () => new FileSystem(new Directory(meta), () => 5);

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'no error';
  } catch (error) {
    return error instanceof Errno ? error.code : String(error);
  }
}

it('follows symbolic links and stops at loops', () => {
  const files = fresh();
  files.makeDirectories('/a/b');
  files.writeFile('/a/b/f', 'x');
  files.symlink('../a/b', '/a/l');
  expect(files.readText('/a/l/f')).toBe('x');
  expect(files.realPath('/a/l/../b/f')).toBe('/a/b/f');
  files.symlink('loop', '/loop');
  expect(codeOf(() => files.stat('/loop'))).toBe('ELOOP');
});

it('checks permissions', () => {
  const files = fresh();
  files.writeFile('/secret', 'x', undefined, 0o600);
  expect(codeOf(() => files.readFile('/secret', learner))).toBe('EACCES');
  expect(codeOf(() => files.writeFile('/new', 'x', learner))).toBe('EACCES');
  files.makeDirectory('/tmp', undefined, 0o1777);
  files.writeFile('/tmp/mine', 'x', learner);
  files.writeFile('/tmp/roots', 'x');
  expect(codeOf(() => files.unlink('/tmp/roots', learner))).toBe('EPERM');
});

it('copies a shared layer only where it is changed', () => {
  const image = fresh();
  image.makeDirectories('/etc/app');
  image.writeFile('/etc/app/conf', 'old');
  const one = new FileSystem(Directory.over(image.root), () => 6);
  const two = new FileSystem(Directory.over(image.root), () => 6);
  one.appendFile('/etc/app/conf', ' new');
  one.chmod('/etc/app', 0o700);
  expect(one.readText('/etc/app/conf')).toBe('old new');
  expect(two.readText('/etc/app/conf')).toBe('old');
  expect(image.readText('/etc/app/conf')).toBe('old');
  expect(two.stat('/etc/app').mode).toBe(0o755);
});

it('mounts over directories and files', () => {
  const files = fresh();
  const volume = new Directory(meta);
  files.makeDirectories('/data');
  files.mount('/data', volume);
  files.writeFile('/data/x', '1');
  expect([...volume.entries.keys()]).toEqual(['x']);
  expect(codeOf(() => files.removeDirectory('/data'))).toBe('EBUSY');
});

it('is full at its capacity', () => {
  const files = new FileSystem(new Directory(meta), () => 5, 1000);
  files.writeFile('/a', new Uint8Array(600));
  expect(codeOf(() => files.writeFile('/b', new Uint8Array(600)))).toBe('ENOSPC');
  files.unlink('/a');
  files.writeFile('/b', new Uint8Array(600));
});
