import { Errno } from '../../world/errno.ts';
import { Directory } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { destinationDirectory } from './copy-tree.ts';
import { backUp, requireOperands } from './cp.ts';
import type { Options } from './options.ts';
import { quoteShell } from './quote.ts';
import type { Tool } from './tool.ts';
import { confirm, failureOf, lastName, within } from './tree.ts';
import { utility } from './utility.ts';

export const mv = utility({
  name: 'mv',
  usage:
    '[OPTION]... [-T] SOURCE DEST\n  or:  mv [OPTION]... SOURCE... DIRECTORY\n  or:  mv [OPTION]... -t DIRECTORY SOURCE...',
  about: 'Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.',
  options: [
    '-b',
    '--backup=?',
    '-f --force',
    '-i --interactive',
    '-n --no-clobber',
    '--strip-trailing-slashes',
    '-S --suffix=',
    '-t --target-directory=',
    '-T --no-target-directory',
    '-u --update',
    '-v --verbose',
    '-Z',
  ],
  *run(tool, options) {
    const operands = [...options.operands];
    const stated = options.get('t');
    requireOperands(tool, operands, stated);
    const directory = yield* destinationDirectory(tool, operands, stated, options.has('T'));
    if (directory === false) return tool.status;
    const target = stated === undefined ? (operands.pop() ?? '') : stated;
    for (const source of operands)
      yield* move(tool, options, source, directory === undefined ? target : within(directory, lastName(source)));
    return tool.status;
  },
});

function* move(tool: Tool, options: Options, from: string, to: string): Task {
  let source: ReturnType<Tool['lstat']>;
  try {
    source = tool.lstat(from);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return yield* tool.warn(
      tool.busybox ? `can't rename '${from}': ${error.text}` : `cannot stat ${quoteShell(from)}: ${error.text}`,
    );
  }
  const target = tool.tryLstat(to);
  if (target === source) return yield* tool.warn(`${quoteShell(from)} and ${quoteShell(to)} are the same file`);
  if (target) {
    if (options.last('n', 'f', 'i') === 'n') return;
    if (options.has('u') && target.mtime >= source.mtime) return;
    if (target instanceof Directory && !(source instanceof Directory))
      return yield* tool.warn(`cannot overwrite directory ${quoteShell(to)} with non-directory`);
    if (!(target instanceof Directory) && source instanceof Directory)
      return yield* tool.warn(`cannot overwrite non-directory ${quoteShell(to)} with directory ${quoteShell(from)}`);
    const guarded =
      tool.isTty(0) && !options.has('f') && !tool.files.may(target, 2, tool.who) && target.kind !== 'symlink';
    if ((options.last('n', 'f', 'i') === 'i' || guarded) && !(yield* confirm(tool, `overwrite ${quoteShell(to)}?`)))
      return;
    if (options.has('b', 'backup')) backUp(tool, to, options.get('S') ?? '~');
  }
  const error = failureOf(() => tool.files.rename(trimmed(tool, from), trimmed(tool, to), tool.who));
  if (!error) {
    if (options.has('v')) tool.put(`renamed ${quoteShell(from)} -> ${quoteShell(to)}\n`);
    return;
  }
  if (error.code === 'EINVAL')
    return yield* tool.warn(`cannot move ${quoteShell(from)} to a subdirectory of itself, ${quoteShell(to)}`);
  yield* tool.warn(
    tool.busybox
      ? `can't rename '${from}': ${error.text}`
      : `cannot move ${quoteShell(from)} to ${quoteShell(to)}: ${error.text}`,
  );
}

function trimmed(tool: Tool, path: string): string {
  return tool.path(path.replace(/(.)\/+$/, '$1'));
}
