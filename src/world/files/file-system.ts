import { decode, toBytes } from '../bytes.ts';
import { Errno, type ErrnoCode } from '../errno.ts';
import type { Credentials } from '../process.ts';
import { Directory, type Inode, type Meta, type Quota, RegularFile, Special, Symlink } from './inode.ts';
import { type Found, walkPath } from './path-walk.ts';
import { joinPath } from './paths.ts';

/** Who asks; root (uid 0) may do everything. */
export const ROOT: Credentials = { uid: 0, gid: 0, groups: [0] };

/** Linux: NAME_MAX. */
const MAX_NAME = 255;
/** Bytes that all files of a tree may hold: a disk that fills up, and the bound on the host's memory. */
const DEFAULT_CAPACITY = 256 * 1024 * 1024;

const READ = 4;
const WRITE = 2;
const EXECUTE = 1;
const SET_GROUP = 0o2000;

/** What mount(8) says of a file system. */
export interface MountKind {
  readonly source: string;
  readonly type: string;
  /** Without `ro` and `rw`. */
  readonly options: string;
}

export interface MountRow {
  readonly path: string;
  readonly readOnly: boolean;
  readonly kind: MountKind;
}

/** The node's own disk. */
export const DISK: MountKind = { source: '/dev/sda1', type: 'ext4', options: 'relatime' };

/**
 * The file tree of a machine. Paths are absolute (join them with the process's directory first). Every call checks
 * permissions for `who` and raises Errno.
 */
export class FileSystem {
  private readonly mounts = new Map<Inode, Inode>();
  readonly readOnlyRoots = new Set<Inode>();
  private readonly table: MountRow[] = [];
  /** What lies at /proc. */
  kernel: Directory | undefined;
  /** What lies at /sys. */
  devices: Directory | undefined;
  /** Whether what lies below /proc/sys may be set. */
  settings = false;
  private used = 0;

  constructor(
    readonly root: Directory,
    private readonly now: () => number,
    private readonly capacity = DEFAULT_CAPACITY,
  ) {}

  // ---- looking ----

  stat(path: string, who: Credentials = ROOT): Inode {
    return this.need(this.find(path, who, true), path);
  }

  lstat(path: string, who: Credentials = ROOT): Inode {
    return this.need(this.find(path, who, false), path);
  }

  exists(path: string, who: Credentials = ROOT): boolean {
    return this.tryStat(path, who) !== undefined;
  }

  tryStat(path: string, who: Credentials = ROOT): Inode | undefined {
    const found = this.look(path, who, true);
    return typeof found === 'string' ? undefined : found.inode;
  }

  /** access(2) with R_OK (4), W_OK (2), X_OK (1). */
  may(inode: Inode, wanted: number, who: Credentials): boolean {
    if (who.uid === 0 && who.capabilities?.has('DAC_OVERRIDE') !== false)
      return wanted !== EXECUTE || inode.kind === 'directory' || (inode.mode & 0o111) !== 0;
    const shift = who.uid === inode.uid ? 6 : who.gid === inode.gid || who.groups.includes(inode.gid) ? 3 : 0;
    return ((inode.mode >> shift) & wanted) === wanted;
  }

  readFile(path: string, who: Credentials = ROOT): Uint8Array {
    const inode = this.stat(path, who);
    if (inode instanceof Directory) throw new Errno('EISDIR', path);
    if (!this.may(inode, READ, who)) throw new Errno('EACCES', path);
    return inode instanceof RegularFile ? inode.content : new Uint8Array(0);
  }

  readText(path: string, who: Credentials = ROOT): string {
    return decode(this.readFile(path, who));
  }

  /** Names in a directory, sorted by code unit; without `.` and `..`. */
  readDirectory(path: string, who: Credentials = ROOT): string[] {
    const directory = this.directory(path, who);
    if (!this.may(directory, READ, who)) throw new Errno('EACCES', path);
    return [...directory.entries.keys()].sort();
  }

  readLink(path: string, who: Credentials = ROOT): string {
    const inode = this.lstat(path, who);
    if (!(inode instanceof Symlink)) throw new Errno('EINVAL', path);
    return inode.target;
  }

  /** The path without symbolic links; the last name need not exist. */
  realPath(path: string, who: Credentials = ROOT): string {
    return this.find(path, who, true).path;
  }

  // ---- changing ----

  /** Replaces a file's content, or makes the file. */
  writeFile(path: string, data: string | Uint8Array, who: Credentials = ROOT, mode = 0o644): RegularFile {
    const file = this.openForWriting(path, who, mode, false);
    const bytes = toBytes(data);
    this.reserve(bytes.length - file.used, file.quota);
    file.content = bytes;
    file.mtime = this.now();
    return file;
  }

  appendFile(path: string, data: string | Uint8Array, who: Credentials = ROOT): void {
    const file = this.openForWriting(path, who, 0o644, false);
    this.writeAt(file, file.size, toBytes(data));
  }

  /** The file to write into, made when missing. Raises EEXIST when `exclusive` and it is there. */
  openForWriting(path: string, who: Credentials, mode: number, exclusive: boolean): RegularFile {
    const found = this.find(path, who, true);
    const { inode } = found;
    if (!inode) {
      if (path.endsWith('/')) throw new Errno('EISDIR', path);
      if (found.readOnly) throw new Errno('EROFS', path);
      this.mustMayChange(found.parent, who, path);
      const file = new RegularFile(this.meta(mode, who));
      this.enter(found, file);
      return file;
    }
    if (exclusive) throw new Errno('EEXIST', path);
    if (found.readOnly) throw new Errno('EROFS', path);
    if (inode instanceof Directory) throw new Errno('EISDIR', path);
    if (!this.may(inode, WRITE, who)) throw new Errno('EACCES', path);
    if (!(inode instanceof RegularFile)) throw new Errno('EINVAL', path);
    if (inode.computed) throw new Errno('EACCES', path);
    const own = this.unshare(found);
    return own instanceof RegularFile ? own : inode;
  }

  /** write(2) into an open file. Raises ENOSPC. */
  writeAt(file: RegularFile, offset: number, bytes: Uint8Array): void {
    this.reserve(Math.max(0, offset + bytes.length - file.used), file.quota);
    file.writeAt(offset, bytes);
    file.mtime = this.now();
  }

  truncate(file: RegularFile, length: number): void {
    this.reserve(length - file.used, file.quota);
    file.truncate(length);
    file.mtime = this.now();
  }

  makeDirectory(path: string, who: Credentials = ROOT, mode = 0o755): Directory {
    const directory = new Directory(this.meta(mode, who));
    this.enterNew(path, directory, who);
    return directory;
  }

  /** Where there is nothing yet. */
  private enterNew(path: string, inode: Inode, who: Credentials): void {
    const found = this.find(path, who, false);
    if (found.inode) throw new Errno('EEXIST', path);
    this.mustMayChange(found.parent, who, path);
    this.enter(found, inode);
  }

  /** mkdir -p. */
  makeDirectories(path: string, who: Credentials = ROOT, mode = 0o755): void {
    const missing: string[] = [];
    for (let at = joinPath('/', path); at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const inode = this.tryStat(at, who);
      if (inode instanceof Directory) break;
      if (inode) throw new Errno('ENOTDIR', at);
      missing.push(at);
    }
    for (const each of missing.reverse()) this.makeDirectory(each, who, mode);
  }

  symlink(target: string, path: string, who: Credentials = ROOT): void {
    this.enterNew(path, new Symlink(this.meta(0o777, who), target), who);
  }

  makeFifo(path: string, who: Credentials = ROOT, mode = 0o666): void {
    this.enterNew(path, new Special(this.meta(mode, who), 'fifo'), who);
  }

  /** Puts an inode of any kind at a path: devices, computed files, hard links. */
  place(path: string, inode: Inode, who: Credentials = ROOT): void {
    const found = this.find(path, who, false);
    this.mustMayChange(found.parent, who, path);
    this.enter(found, inode);
  }

  link(existing: string, path: string, who: Credentials = ROOT): void {
    const inode = this.unshare(this.find(existing, who, true));
    if (inode instanceof Directory) throw new Errno('EPERM', existing);
    const found = this.find(path, who, false);
    if (found.inode) throw new Errno('EEXIST', path);
    this.mustMayChange(found.parent, who, path);
    inode.links++;
    this.enter(found, inode);
  }

  unlink(path: string, who: Credentials = ROOT): void {
    const found = this.find(path, who, false);
    const inode = this.need(found, path);
    if (inode instanceof Directory) throw new Errno('EISDIR', path);
    this.mustMayRemove(found, who, path);
    if (this.mounts.has(this.entryOf(found) ?? inode)) throw new Errno('EBUSY', path);
    inode.links--;
    if (inode instanceof RegularFile && inode.links === 0 && !inode.shared) this.release(inode);
    found.parent.entries.delete(found.name);
    found.parent.mtime = this.now();
  }

  removeDirectory(path: string, who: Credentials = ROOT): void {
    const found = this.find(path, who, false);
    const inode = this.need(found, path);
    if (!(inode instanceof Directory)) throw new Errno('ENOTDIR', path);
    if (this.mounts.has(this.entryOf(found) ?? inode)) throw new Errno('EBUSY', path);
    if (inode.entries.size > 0) throw new Errno('ENOTEMPTY', path);
    this.mustMayRemove(found, who, path);
    found.parent.entries.delete(found.name);
    found.parent.mtime = this.now();
  }

  /** rm -rf of whatever is there, as root; for the world's own clean-up. */
  removeTree(path: string): void {
    const found = this.find(path, ROOT, false);
    if (!found.inode) return;
    this.used -= bytesOf(found.inode);
    found.parent.entries.delete(found.name);
  }

  rename(from: string, to: string, who: Credentials = ROOT): void {
    const source = this.find(from, who, false);
    const inode = this.need(source, from);
    const target = this.find(to, who, false);
    if (target.inode === inode) return;
    if (inode instanceof Directory && `${target.path}/`.startsWith(`${source.path}/`)) throw new Errno('EINVAL', to);
    this.mustMayRemove(source, who, from);
    if (target.inode instanceof Directory) {
      if (!(inode instanceof Directory)) throw new Errno('EISDIR', to);
      if (target.inode.entries.size > 0) throw new Errno('ENOTEMPTY', to);
    } else if (target.inode && inode instanceof Directory) throw new Errno('ENOTDIR', to);
    this.mustMayChange(target.parent, who, to);
    if (this.mounts.has(this.entryOf(source) ?? inode) || (target.inode && this.mounts.has(target.inode))) {
      throw new Errno('EBUSY', from);
    }
    source.parent.entries.delete(source.name);
    source.parent.mtime = this.now();
    target.parent.entries.set(target.name, inode);
    target.parent.mtime = this.now();
  }

  chmod(path: string, mode: number, who: Credentials = ROOT): void {
    const found = this.find(path, who, true);
    const inode = this.need(found, path);
    if (who.uid !== 0 && who.uid !== inode.uid) throw new Errno('EPERM', path);
    this.unshare(found).mode = mode & 0o7777;
  }

  chown(path: string, uid: number, gid: number, who: Credentials = ROOT): void {
    const found = this.find(path, who, true);
    this.need(found, path);
    if (who.uid !== 0 || who.capabilities?.has('CHOWN') === false) throw new Errno('EPERM', path);
    const inode = this.unshare(found);
    inode.uid = uid;
    inode.gid = gid;
  }

  /** utimensat: sets the time of the last change. */
  touch(path: string, mtime: number, who: Credentials = ROOT): void {
    const found = this.find(path, who, true);
    const inode = this.need(found, path);
    if (!this.may(inode, WRITE, who) && who.uid !== inode.uid) throw new Errno('EACCES', path);
    this.unshare(found).mtime = mtime;
  }

  // ---- mounts ----

  /** Shows `inode` (a directory or a file of any tree) in the place of what is at `path`, which must be there. */
  mount(path: string, inode: Inode, readOnly = false, kind: MountKind = DISK): void {
    if (readOnly) this.readOnlyRoots.add(inode);
    this.table.push({ path: joinPath('/', path), readOnly, kind });
    this.cover(path, inode);
  }

  /** Mounts what the table tells of already. */
  cover(path: string, inode: Inode): void {
    const found = this.find(path, ROOT, true);
    this.need(found, path);
    const covered = this.unshare(found, true);
    this.mounts.set(covered, inode);
  }

  unmount(path: string): void {
    const found = this.find(path, ROOT, true);
    const entry = this.entryOf(found);
    if (entry) this.mounts.delete(entry);
  }

  /** Nothing outside the mounts can be changed from now on. */
  makeRootReadOnly(): void {
    this.readOnlyRoots.add(this.root);
  }

  /** Notes what is mounted where from the start, for mount(8); nothing is shown in its place. */
  describeMounts(rows: readonly MountRow[]): void {
    this.table.unshift(...rows);
  }

  /** The lines of /proc/mounts. */
  mountLines(): string {
    return this.table
      .map(
        ({ path, readOnly, kind }) =>
          `${kind.source} ${path} ${kind.type} ${readOnly ? 'ro' : 'rw'},${kind.options} 0 0\n`,
      )
      .join('');
  }

  /** The lines of /proc/self/mountinfo. */
  mountInfo(): string {
    return this.table
      .map(({ path, readOnly, kind }, index) => {
        const mode = readOnly ? 'ro' : 'rw';
        return `${600 + index} ${index === 0 ? 500 : 600} 0:${60 + index} / ${path} ${mode},${kind.options} - ${kind.type} ${kind.source} ${mode}\n`;
      })
      .join('');
  }

  /** What is mounted, in the order of its mounting. */
  get mountTable(): readonly MountRow[] {
    return this.table;
  }

  isMountPoint(path: string): boolean {
    const found = this.find(path, ROOT, true);
    const entry = this.entryOf(found);
    return entry !== undefined && this.mounts.has(entry);
  }

  // ---- inside ----

  private entryOf(found: Found): Inode | undefined {
    return found.name === '' ? this.root : found.parent.entries.get(found.name);
  }

  mounted(inode: Inode): Inode {
    return this.mounts.size === 0 ? inode : (this.mounts.get(inode) ?? inode);
  }

  private directory(path: string, who: Credentials): Directory {
    const inode = this.stat(path, who);
    if (!(inode instanceof Directory)) throw new Errno('ENOTDIR', path);
    return inode;
  }

  private need(found: Found, path: string): Inode {
    if (!found.inode) throw new Errno('ENOENT', path);
    return found.inode;
  }

  private mustMayChange(directory: Directory, who: Credentials, path: string): void {
    if (!this.may(directory, WRITE | EXECUTE, who)) throw new Errno('EACCES', path);
  }

  private mustMayRemove(found: Found, who: Credentials, path: string): void {
    if (found.readOnly) throw new Errno('EROFS', path);
    if (found.name === '') throw new Errno('EBUSY', path);
    this.mustMayChange(found.parent, who, path);
    const sticky = (found.parent.mode & 0o1000) !== 0;
    if (sticky && who.uid !== 0 && who.uid !== found.parent.uid && who.uid !== found.inode?.uid) {
      throw new Errno('EPERM', path);
    }
  }

  private meta(mode: number, who: Credentials): Meta {
    return { mode, uid: who.uid, gid: who.gid, mtime: this.now() };
  }

  private enter(found: Found, inode: Inode): void {
    if (found.readOnly) throw new Errno('EROFS', found.path);
    if (found.name.length > MAX_NAME) throw new Errno('ENAMETOOLONG', found.name);
    inode.quota ??= found.parent.quota;
    if (inode instanceof RegularFile) this.reserve(inode.used, inode.quota);
    if ((found.parent.mode & SET_GROUP) !== 0) inheritGroup(inode, found.parent);
    found.parent.entries.set(found.name, inode);
    found.parent.mtime = this.now();
  }

  /** Copy-on-write: a changeable inode in the place of one that belongs to a shared layer. */
  private unshare(found: Found, covered = false): Inode {
    const inode = covered ? this.entryOf(found) : found.inode;
    if (!inode) throw new Errno('ENOENT', found.path);
    if (!inode.shared || found.parent.entries.get(found.name) !== inode) return inode;
    const copy = inode.copy();
    found.parent.entries.set(found.name, copy);
    return copy;
  }

  private reserve(bytes: number, quota: Quota | undefined): void {
    if (bytes > 0 && this.used + bytes > this.capacity) throw new Errno('ENOSPC');
    if (quota) {
      if (bytes > 0 && quota.used + bytes > quota.limit) throw new Errno('ENOSPC');
      quota.used += bytes;
    }
    this.used += bytes;
  }

  private release(file: RegularFile): void {
    this.used -= file.used;
    if (file.quota) file.quota.used -= file.used;
  }

  /** Walks a path. Raises ENOENT for a missing directory on the way, ENOTDIR, EACCES, ELOOP. */
  private find(path: string, who: Credentials, follow: boolean): Found {
    const found = this.look(path, who, follow);
    if (typeof found === 'string') throw new Errno(found, path);
    return found;
  }

  /** As `find`, but gives the error's name: an exception costs a hundred times as much, and most look-ups just ask. */
  private look(path: string, who: Credentials, follow: boolean): Found | ErrnoCode {
    return walkPath(this, path, who, follow);
  }

  // ---- what a walk asks ----

  rootDirectory(): Directory {
    const root = this.mounted(this.root);
    return root instanceof Directory ? root : this.root;
  }
}

/** What is made in a directory with the set-group-id bit belongs to its group. */
function inheritGroup(inode: Inode, parent: Directory): void {
  inode.gid = parent.gid;
  if (inode instanceof Directory) inode.mode |= SET_GROUP;
}

function bytesOf(inode: Inode): number {
  if (inode instanceof RegularFile) return inode.shared ? 0 : inode.used;
  if (!(inode instanceof Directory) || inode.untouched) return 0;
  let sum = 0;
  for (const child of inode.entries.values()) sum += bytesOf(child);
  return sum;
}
