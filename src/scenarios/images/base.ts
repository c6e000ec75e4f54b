import type { FileSystem } from '../../world/files/file-system.ts';
import { RegularFile } from '../../world/files/inode.ts';
import { addDevices } from '../linux-layer.ts';

/** An executable file that runs a program of the world. */
export function install(files: FileSystem, path: string, program: string, size = 1_000_000): void {
  const now = files.stat('/').mtime;
  const file = new RegularFile({ mode: 0o755, uid: 0, gid: 0, mtime: now });
  file.program = program;
  file.statedSize = size;
  files.makeDirectories(path.slice(0, path.lastIndexOf('/')) || '/');
  files.place(path, file);
}

/** The directories and accounts that every image has. */
export function addSkeleton(files: FileSystem): void {
  for (const path of [
    '/bin',
    '/dev',
    '/etc',
    '/home',
    '/proc',
    '/root',
    '/run',
    '/sys',
    '/tmp',
    '/usr/bin',
    '/usr/sbin',
    '/var/run',
    '/var/log',
    '/var/lib',
  ]) {
    files.makeDirectories(path);
  }
  files.chmod('/tmp', 0o1777);
  addDevices(files, files.stat('/').mtime);
  for (const name of ['mqueue', 'pts', 'shm']) files.makeDirectory(`/dev/${name}`);
  for (const name of ['mqueue', 'shm']) files.chmod(`/dev/${name}`, 0o1777);
  files.symlink('pts/ptmx', '/dev/ptmx');
  files.writeFile('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
  files.writeFile('/etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  files.writeFile('/etc/nsswitch.conf', 'hosts: files dns\n');
}

/** busybox with all the applets that the world has. */
export function addBusybox(files: FileSystem, programs: readonly string[]): void {
  for (const name of programs)
    if (name.startsWith('busybox/')) install(files, `/bin/${name.slice('busybox/'.length)}`, name);
  for (const name of ['sh', 'ash']) install(files, `/bin/${name}`, 'ash');
}
