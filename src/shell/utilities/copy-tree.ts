import { Errno } from '../../world/errno.ts';
import { Directory, type Inode, RegularFile, Symlink } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { quote, quoteShell } from './quote.ts';
import type { Tool } from './tool.ts';
import { childrenOf, confirm, failureOf, within } from './tree.ts';

/** How cp (and mv between trees) copies. */
export interface CopyRules {
  readonly recursive: boolean;
  /** Symbolic links: copied as links, followed, or followed only where they are named. */
  readonly links: 'keep' | 'follow' | 'follow-named';
  readonly preserveTime: boolean;
  readonly preserveOwner: boolean;
  readonly preserveMode: boolean;
  readonly force: boolean;
  readonly ask: boolean;
  readonly noClobber: boolean;
  readonly update: boolean;
  readonly verbose: boolean;
  readonly makeLink: 'hard' | 'symbolic' | undefined;
  readonly removeDestination: boolean;
}

/** Copies one file or tree; complains by itself. */
export function* copyTree(tool: Tool, from: string, to: string, rules: CopyRules, named = true): Task<boolean> {
  const source = yield* look(tool, from, rules.links === 'follow' || (rules.links === 'follow-named' && named));
  if (!source) return false;
  if (source instanceof Directory) return yield* copyDirectory(tool, from, to, source, rules);
  const existing = tool.tryStat(to);
  const link = tool.tryLstat(to);
  if (existing === source || (link === source && link !== undefined)) {
    yield* tool.warn(`${quoteShell(from)} and ${quoteShell(to)} are the same file`);
    return false;
  }
  if (existing instanceof Directory) {
    yield* tool.warn(`cannot overwrite directory ${quoteShell(to)} with non-directory`);
    return false;
  }
  if (link) {
    if (rules.noClobber) return true;
    if (rules.update && existing && existing.mtime >= source.mtime) return true;
    if (rules.ask && !(yield* confirm(tool, `overwrite ${quoteShell(to)}?`))) return true;
  }
  const error = failureOf(() => place(tool, from, to, source, rules));
  if (error) {
    const verb =
      error.code === 'EACCES' && !tool.files.may(source, 4, tool.who)
        ? `cannot open ${quoteShell(from)} for reading`
        : `cannot create ${source instanceof Symlink ? 'symbolic link' : 'regular file'} ${quoteShell(to)}`;
    yield* tool.warn(tool.busybox ? `can't create '${to}': ${error.text}` : `${verb}: ${error.text}`);
    return false;
  }
  if (rules.verbose) tool.put(`${quoteShell(from)} -> ${quoteShell(to)}\n`);
  yield* tool.cost(source.size);
  return true;
}

function* look(tool: Tool, path: string, follow: boolean): Task<Inode | undefined> {
  try {
    return follow ? tool.stat(path) : tool.lstat(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* tool.warn(
      tool.busybox ? `can't stat '${path}': ${error.text}` : `cannot stat ${quoteShell(path)}: ${error.text}`,
    );
    return undefined;
  }
}

function place(tool: Tool, from: string, to: string, source: Inode, rules: CopyRules): void {
  const { files, who } = tool;
  const target = tool.path(to);
  const existing = tool.tryLstat(to);
  if (
    existing &&
    (rules.removeDestination || rules.makeLink || (source instanceof Symlink && rules.links !== 'follow'))
  )
    files.unlink(target, who);
  if (rules.makeLink === 'hard') {
    files.link(tool.path(from), target, who);
    return;
  }
  if (rules.makeLink === 'symbolic') {
    files.symlink(from, target, who);
    return;
  }
  if (source instanceof Symlink) {
    files.symlink(source.target, target, who);
    return;
  }
  if (!(source instanceof RegularFile)) {
    const special = source.copy();
    files.place(target, special, who);
    return;
  }
  if (!files.may(source, 4, who)) throw new Errno('EACCES', from);
  const writable = existing && tool.tryStat(to);
  if (writable && rules.force && !files.may(writable, 2, who)) files.unlink(target, who);
  const mode = rules.preserveMode ? source.mode : source.mode & 0o777 & ~tool.p.umask;
  const copy = files.openForWriting(target, who, mode, false);
  files.truncate(copy, 0);
  if (source.program !== undefined) {
    copy.program = source.program;
    copy.statedSize = source.statedSize;
  } else {
    copy.program = undefined;
    files.writeAt(copy, 0, source.content.slice());
  }
  preserve(tool, copy, source, rules);
}

function preserve(tool: Tool, copy: Inode, source: Inode, rules: CopyRules): void {
  if (rules.preserveMode) copy.mode = source.mode;
  if (rules.preserveOwner && tool.who.uid === 0) {
    copy.uid = source.uid;
    copy.gid = source.gid;
  }
  if (rules.preserveTime) copy.mtime = source.mtime;
}

function* copyDirectory(tool: Tool, from: string, to: string, source: Directory, rules: CopyRules): Task<boolean> {
  if (!rules.recursive) {
    yield* tool.warn(
      tool.busybox ? `omitting directory '${from}'` : `-r not specified; omitting directory ${quoteShell(from)}`,
    );
    return false;
  }
  const { files, who } = tool;
  const existing = tool.tryStat(to);
  if (existing && !(existing instanceof Directory)) {
    yield* tool.warn(`cannot overwrite non-directory ${quoteShell(to)} with directory ${quoteShell(from)}`);
    return false;
  }
  const names = childrenOf(tool, from);
  let created: Directory | undefined;
  const error = failureOf(() => {
    const mode = rules.preserveMode ? source.mode : source.mode & 0o777 & ~tool.p.umask;
    if (!existing) created = files.makeDirectory(tool.path(to.replace(/(.)\/+$/, '$1')), who, mode | 0o700);
  });
  if (error) {
    yield* tool.warn(`cannot create directory ${quoteShell(to)}: ${error.text}`);
    return false;
  }
  const made = tool.tryStat(to);
  if (made && `${files.realPath(tool.path(to), who)}/`.startsWith(`${files.realPath(tool.path(from), who)}/`)) {
    if (created) files.removeDirectory(tool.path(to), who);
    yield* tool.warn(`cannot copy a directory, ${quoteShell(from)}, into itself, ${quoteShell(to)}`);
    return false;
  }
  if (rules.verbose && !existing) tool.put(`${quoteShell(from)} -> ${quoteShell(to)}\n`);
  let all = true;
  for (const name of names) all = (yield* copyTree(tool, within(from, name), within(to, name), rules, false)) && all;
  if (created) preserve(tool, created, source, rules);
  return all;
}

/** Where the operands go: `undefined` when the last one names a file. Complains when it should be a directory. */
export function* destinationDirectory(
  tool: Tool,
  operands: readonly string[],
  stated: string | undefined,
  never: boolean,
): Task<string | undefined | false> {
  const last = stated ?? operands.at(-1) ?? '';
  if (never) return undefined;
  const inode = tool.tryStat(last);
  if (inode instanceof Directory) return last;
  if (stated === undefined && operands.length === 2) return undefined;
  const why = inode ? 'Not a directory' : 'No such file or directory';
  yield* tool.warn(
    stated === undefined && tool.busybox
      ? `'${last}' is not a directory`
      : stated === undefined
        ? `target ${quoteShell(last)}: ${why}`
        : `target directory ${quote(tool, last)}: ${why}`,
  );
  return false;
}
