import { EMPTY } from '../bytes.ts';
import { Errno } from '../errno.ts';
import { OpenFile } from '../open-file.ts';
import type { Process } from '../process.ts';
import type { Task } from '../task.ts';
import { DeviceFile } from './devices.ts';
import { FifoFile } from './fifo-file.ts';
import type { FileSystem } from './file-system.ts';
import { Device, Directory, OpenFileInode, type RegularFile, Special } from './inode.ts';
import { joinPath } from './paths.ts';

export interface OpenFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly append?: boolean;
  readonly truncate?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
}

/** A regular file with a position. */
class DiskFile extends OpenFile {
  private at = 0;

  constructor(
    private readonly tree: FileSystem,
    private readonly file: RegularFile,
    private readonly flags: OpenFlags,
    private readonly path: string,
  ) {
    super();
  }

  override *read(process: Process, max: number): Task<Uint8Array> {
    if (!this.flags.read) throw new Errno('EBADF');
    const part = this.file.content.subarray(this.at, this.at + max);
    this.at += part.length;
    yield* process.cpu(part.length / 1_000_000);
    // Later writes into the file must not change what was read.
    return part.length === 0 ? EMPTY : part.slice();
  }

  override *readThrough(process: Process, delimiter: number, max: number): Task<Uint8Array> {
    const end = this.file.content.indexOf(delimiter, this.at);
    return yield* this.read(process, end < 0 ? max : Math.min(max, end + 1 - this.at));
  }

  override *write(process: Process, bytes: Uint8Array): Task<void> {
    if (!this.flags.write) throw new Errno('EBADF');
    if (this.flags.append) this.at = this.file.used;
    this.tree.writeAt(this.file, this.at, bytes);
    this.at += bytes.length;
    yield* process.cpu(bytes.length / 1_000_000);
  }

  protected refuse(): Error {
    return new Errno('EBADF');
  }

  get description(): string {
    return this.path;
  }
}

class DirectoryFile extends OpenFile {
  constructor(private readonly path: string) {
    super();
  }

  protected refuse(): Error {
    return new Errno('EISDIR', this.path);
  }

  get description(): string {
    return this.path;
  }
}

/** open(2) for a process; the path may be relative to its directory. Raises Errno with the path as given. */
export function openFile(process: Process, path: string, flags: OpenFlags, mode = 0o666): OpenFile {
  const tree = process.machine.files;
  const absolute = joinPathKeepingSlash(process.cwd, path);
  const who = process.credentials;
  const rethrow = (error: unknown): never => {
    throw error instanceof Errno ? new Errno(error.code, path) : error;
  };
  try {
    const descriptor = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(absolute)?.[1];
    if (descriptor !== undefined) {
      if (!process.hasFile(Number(descriptor))) throw new Errno('ENOENT', path);
      return process.file(Number(descriptor));
    }
    const inode = tree.tryStat(absolute, who);
    if (inode instanceof Device) return openDevice(process, inode, path);
    if (inode instanceof Directory) {
      if (flags.write) throw new Errno('EISDIR', path);
      return new DirectoryFile(absolute);
    }
    if (inode instanceof Special && inode.kind === 'fifo') {
      if (!tree.may(inode, flags.write ? 2 : 4, who)) throw new Errno('EACCES', path);
      return new FifoFile(inode, flags.write ? 'writer' : 'reader', absolute);
    }
    if (flags.write) {
      if (!inode && !flags.create) throw new Errno('ENOENT', path);
      const file = tree.openForWriting(absolute, who, mode & ~process.umask, flags.exclusive ?? false);
      if (flags.truncate) tree.truncate(file, 0);
      return new DiskFile(tree, file, flags, absolute);
    }
    const file = tree.stat(absolute, who);
    if (!tree.may(file, 4, who)) throw new Errno('EACCES', path);
    if (file.kind !== 'file') throw new Errno('ENOENT', path);
    return new DiskFile(tree, file as RegularFile, flags, absolute);
  } catch (error) {
    return rethrow(error);
  }
}

/** A trailing slash says that a directory is meant. */
function joinPathKeepingSlash(base: string, path: string): string {
  if (path === '') throw new Errno('ENOENT', path);
  // `..` after a symbolic link is the tree's business, so the names stay as they are.
  return path.startsWith('/') ? path : `${joinPath('/', base)}/${path}`;
}

function openDevice(process: Process, inode: Device, path: string): OpenFile {
  if (inode instanceof OpenFileInode) return inode.file;
  if (inode.device === 'tty') {
    if (!process.tty) throw new Errno('ENOENT', path);
    return process.machine.ttyFile(process.tty);
  }
  if (inode.device === 'stdio') return process.file(inode.minor);
  if (inode.device === 'terminal') throw new Errno('EACCES', path);
  return new DeviceFile(inode.device);
}
