import { EMPTY } from '../bytes.ts';
import type { OpenFile } from '../open-file.ts';

/** Permission bits as in chmod; the kind of the file is in the class. */
export interface Meta {
  mode: number;
  uid: number;
  gid: number;
  /** ms of virtual time. */
  mtime: number;
}

/** Bytes that all files of a volume may hold together. */
export interface Quota {
  readonly limit: number;
  used: number;
}

export abstract class Inode {
  mode: number;
  uid: number;
  gid: number;
  mtime: number;
  links = 1;
  /** Belongs to a read-only layer that several trees share: copied before it is changed. */
  shared = false;
  /** Of the volume that it lies in; what is made in it belongs there too. */
  quota: Quota | undefined;

  constructor(meta: Meta) {
    this.mode = meta.mode;
    this.uid = meta.uid;
    this.gid = meta.gid;
    this.mtime = meta.mtime;
  }

  abstract readonly kind: 'file' | 'directory' | 'symlink' | 'device' | 'fifo' | 'socket';
  abstract get size(): number;
  /** A changeable copy, for copy-on-write over a shared layer. */
  abstract copy(): Inode;

  get meta(): Meta {
    return { mode: this.mode, uid: this.uid, gid: this.gid, mtime: this.mtime };
  }
}

/** A regular file. Its bytes may be computed at each read (`/proc`), or name a program of the world. */
export class RegularFile extends Inode {
  readonly kind = 'file';
  private buffer: Uint8Array = EMPTY;
  private length = 0;
  /** The program of the world that executing this file runs. */
  program: string | undefined;
  /** Computes the content at each read; such files cannot be written. */
  computed: (() => Uint8Array) | undefined;
  /** Makes the content when it is first asked for; from then on the file is like any other. */
  lazy: (() => Uint8Array) | undefined;
  /** What `ls -l` says, when that is more than the bytes kept (an executable's stub). */
  statedSize: number | undefined;

  constructor(meta: Meta, content: Uint8Array = EMPTY) {
    super(meta);
    this.content = content;
  }

  private settle(): void {
    const make = this.lazy;
    if (!make) return;
    this.lazy = undefined;
    this.content = make();
  }

  get size(): number {
    this.settle();
    return this.statedSize ?? this.length;
  }

  /** Bytes that really use memory. */
  get used(): number {
    return this.length;
  }

  get content(): Uint8Array {
    this.settle();
    return this.computed ? this.computed() : this.buffer.subarray(0, this.length);
  }

  set content(bytes: Uint8Array) {
    this.lazy = undefined;
    this.buffer = bytes;
    this.length = bytes.length;
    this.computed = undefined;
    this.statedSize = undefined;
  }

  /** Writes at `offset`; a gap is filled with zeros. */
  writeAt(offset: number, bytes: Uint8Array): void {
    this.settle();
    const end = offset + bytes.length;
    // Buffers given from outside are never written into: they may be shared.
    if (end > this.buffer.length || !this.owned) {
      const grown = new Uint8Array(Math.max(end, Math.min(this.length * 2, this.length + 1_048_576), 64));
      grown.set(this.buffer.subarray(0, this.length));
      this.buffer = grown;
      this.owned = true;
    }
    this.buffer.set(bytes, offset);
    this.length = Math.max(this.length, end);
    this.statedSize = undefined;
  }

  private owned = false;

  truncate(length: number): void {
    if (length === 0) {
      this.content = EMPTY;
      this.owned = false;
    } else if (length <= this.size) this.length = length;
    else this.writeAt(this.length, new Uint8Array(length - this.length));
  }

  copy(): RegularFile {
    this.settle();
    const copy = new RegularFile(this.meta, this.buffer.subarray(0, this.length));
    copy.program = this.program;
    copy.computed = this.computed;
    copy.statedSize = this.statedSize;
    return copy;
  }
}

/** A file whose text is a setting of the kernel: reading asks for it, each write sets it. */
export class SettingFile extends RegularFile {
  constructor(
    meta: Meta,
    private readonly ask: () => Uint8Array,
    private readonly change: (bytes: Uint8Array) => void,
  ) {
    super(meta);
  }

  override get content(): Uint8Array {
    return this.ask?.() ?? EMPTY;
  }

  override set content(bytes: Uint8Array) {
    this.change?.(bytes);
  }

  override writeAt(_offset: number, bytes: Uint8Array): void {
    this.change(bytes);
  }

  /** As in /proc: opening it to write empties nothing. */
  override truncate(): void {}
}

export class Symlink extends Inode {
  readonly kind = 'symlink';

  constructor(
    meta: Meta,
    readonly target: string,
  ) {
    super({ ...meta, mode: 0o777 });
  }

  get size(): number {
    return this.target.length;
  }

  copy(): Symlink {
    return new Symlink(this.meta, this.target);
  }
}

export type DeviceName = 'null' | 'zero' | 'full' | 'random' | 'tty' | 'terminal' | 'stdio';

/** A character device; what it does is in `devices.ts`. */
export class Device extends Inode {
  readonly kind = 'device';

  constructor(
    meta: Meta,
    readonly device: DeviceName,
    readonly major = 1,
    readonly minor = 3,
  ) {
    super(meta);
  }

  get size(): number {
    return 0;
  }

  copy(): Device {
    return new Device(this.meta, this.device, this.major, this.minor);
  }
}

/** What a process has open, seen through /proc/PID/fd. */
export class OpenFileInode extends Device {
  constructor(
    meta: Meta,
    readonly file: OpenFile,
  ) {
    super(meta, 'stdio', 0, 0);
  }
}

/** A link that leads to an inode whatever its text says: those of /proc/PID/fd. */
export class MagicLink extends Symlink {
  constructor(
    meta: Meta,
    target: string,
    readonly inode: Inode,
    /** The tree that it leads into: what is mounted there is found there. */
    readonly tree?: MountTable,
  ) {
    super(meta, target);
  }
}

/** What lies over the inodes of a tree. */
export interface MountTable {
  readonly root: Directory;
  /** The roots of mounts that may not be written. */
  readonly readOnlyRoots: ReadonlySet<Inode>;
  /** What is mounted over an inode, or the inode. */
  mounted(inode: Inode): Inode;
}

/** A named pipe or a Unix socket: a name only; `ls -l` shows its kind. */
export class Special extends Inode {
  constructor(
    meta: Meta,
    readonly kind: 'fifo' | 'socket',
  ) {
    super(meta);
  }

  get size(): number {
    return 0;
  }

  copy(): Special {
    return new Special(this.meta, this.kind);
  }
}

/** A directory, possibly over a directory of a shared layer, whose entries it takes over when it is first looked into. */
export class Directory extends Inode {
  readonly kind = 'directory';
  private own: Map<string, Inode> | undefined;

  constructor(
    meta: Meta,
    private lower?: Directory,
  ) {
    super(meta);
  }

  /** A writable tree over `layer`, which stays as it is. */
  static over(layer: Directory): Directory {
    return new Directory(layer.meta, layer);
  }

  get entries(): Map<string, Inode> {
    if (this.own) return this.own;
    const entries = new Map<string, Inode>();
    if (this.lower) {
      for (const [name, inode] of this.lower.entries) {
        if (inode instanceof Directory) entries.set(name, Directory.over(inode));
        else {
          inode.shared = true;
          entries.set(name, inode);
        }
      }
      this.lower = undefined;
    }
    this.own = entries;
    return entries;
  }

  /** Whether it is still exactly the shared layer below. */
  get untouched(): boolean {
    return this.own === undefined;
  }

  get size(): number {
    return 4096;
  }

  copy(): Directory {
    const copy = new Directory(this.meta);
    for (const [name, inode] of this.entries) copy.entries.set(name, inode.copy());
    return copy;
  }
}
