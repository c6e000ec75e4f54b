import type { ErrnoCode } from '../errno.ts';
import type { Credentials } from '../process.ts';
import { Directory, type Inode, MagicLink, type MountTable, Symlink } from './inode.ts';
import { endsHere, SLASH } from './paths.ts';

/** Linux: SYMLOOP_MAX. */
const MAX_LINKS = 40;
const EXECUTE = 1;

/** What a walk must know of the tree that it goes through. */
export interface WalkedTree extends MountTable {
  /** What lies at /proc. */
  readonly kernel: Directory | undefined;
  /** What lies at /sys. */
  readonly devices: Directory | undefined;
  /** Whether what lies below /proc/sys may be set; not in containers. */
  readonly settings: boolean;
  /** The root, or what is mounted over it. */
  rootDirectory(): Directory;
  may(inode: Inode, wanted: number, who: Credentials): boolean;
}

export class Found {
  constructor(
    readonly parent: Directory,
    readonly name: string,
    readonly inode: Inode | undefined,
    /** Below a mount that may not be written. */
    readonly readOnly: boolean,
    private readonly above: Above | undefined,
  ) {}

  /** Absolute, without symbolic links except possibly the last name. Few want to know. */
  get path(): string {
    return `${pathOf(this.above)}/${this.name}`;
  }
}

/** A directory that a walk went through, and the name it took from there. */
interface Above {
  readonly directory: Directory;
  readonly name: string;
  readonly above: Above | undefined;
}

/**
 * Walks a path from the root, through symbolic links (the last one too when `follow`) and mounts. The value is the
 * error's name for a missing directory on the way, ENOTDIR, EACCES, ELOOP. Linux: fs/namei.c
 */
export function walkPath(tree: WalkedTree, path: string, who: Credentials, follow: boolean): Found | ErrnoCode {
  if (path === '') return 'ENOENT';
  let links = 0;
  let above: Above | undefined;
  let at = tree.rootDirectory();
  let readOnly = tree.readOnlyRoots.size > 0 && tree.readOnlyRoots.has(tree.root);
  // /proc/PID/root leads into the tree of another container, with its mounts.
  let mounts: MountTable = tree;
  const mustBeDirectory = path.endsWith('/');
  // What is still to be walked: `rest` from `from` on. A symbolic link puts its target before it.
  let rest = path;
  let from = 0;
  for (;;) {
    while (rest.charCodeAt(from) === SLASH) from++;
    if (from >= rest.length) break;
    const slash = rest.indexOf('/', from);
    const end = slash < 0 ? rest.length : slash;
    const name = rest.slice(from, end);
    from = end;
    if (name === '.') continue;
    if (name === '..') {
      at = above?.directory ?? tree.rootDirectory();
      above = above?.above;
      continue;
    }
    if (!tree.may(at, EXECUTE, who)) return 'EACCES';
    const entry = at.entries.get(name);
    let inode = entry && mounts.mounted(entry);
    if (name === 'proc' && at === tree.root && entry && tree.kernel) {
      inode = tree.kernel;
      readOnly = true;
    } else if (name === 'sys' && at === tree.root && entry && tree.devices) {
      inode = tree.devices;
      readOnly = true;
    } else if (name === 'sys' && at === tree.kernel && tree.settings) readOnly = false;
    else if (inode && inode !== entry) readOnly = mounts.readOnlyRoots.has(inode);
    const last = endsHere(rest, from);
    if (inode instanceof MagicLink && (!last || follow || mustBeDirectory)) {
      if (inode.tree) {
        mounts = inode.tree;
        readOnly = mounts.readOnlyRoots.has(mounts.root);
      }
      inode = inode.inode;
    }
    if (inode instanceof Symlink && (!last || follow || mustBeDirectory)) {
      if (++links > MAX_LINKS) return 'ELOOP';
      if (inode.target.startsWith('/')) {
        at = tree.rootDirectory();
        above = undefined;
      }
      rest = `${inode.target}/${rest.slice(from)}`;
      from = 0;
      continue;
    }
    if (last) {
      if (mustBeDirectory && inode && !(inode instanceof Directory)) return 'ENOTDIR';
      return new Found(at, name, inode, readOnly, above);
    }
    if (!inode) return 'ENOENT';
    if (!(inode instanceof Directory)) return 'ENOTDIR';
    above = { directory: at, name, above };
    at = inode;
  }
  return above
    ? new Found(above.directory, above.name, at, readOnly, above.above)
    : new Found(at, '', at, readOnly, undefined);
}

function pathOf(above: Above | undefined): string {
  let path = '';
  for (let at = above; at; at = at.above) path = `/${at.name}${path}`;
  return path;
}
