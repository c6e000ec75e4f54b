import { Errno } from '../../world/errno.ts';
import { RegularFile } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { type Options, Usage } from './options.ts';
import { quoteShell } from './quote.ts';
import type { Tool } from './tool.ts';
import { childrenOf, confirm, failureOf, isDirectory, lastName, within } from './tree.ts';
import { utility } from './utility.ts';

export const rm = utility({
  name: 'rm',
  usage: '[OPTION]... [FILE]...',
  about: 'Remove (unlink) the FILE(s).',
  options: [
    '-f --force',
    '-i',
    '-I',
    '--interactive=?',
    '-r -R --recursive',
    '-d --dir',
    '-v --verbose',
    '--preserve-root=?',
    '--no-preserve-root',
    '--one-file-system',
  ],
  *run(tool, options) {
    if (options.operands.length === 0) {
      if (options.has('f')) return 0;
      throw new Usage(tool.busybox ? '' : 'missing operand');
    }
    for (const path of options.operands) {
      if (options.has('r') && /^\/+$/.test(path) && !options.has('no-preserve-root')) {
        yield* tool.warn(`it is dangerous to operate recursively on '/'`);
        yield* tool.complain(`${tool.name}: use --no-preserve-root to override this failsafe\n`);
        continue;
      }
      if (options.has('r') && /^\.\.?$/.test(lastName(path))) {
        yield* tool.warn(`refusing to remove '.' or '..' directory: skipping ${quoteShell(path)}`);
        continue;
      }
      yield* remove(tool, options, path);
    }
    return tool.status;
  },
});

/** Whether all of it is gone. */
function* remove(tool: Tool, options: Options, path: string): Task<boolean> {
  const force = options.last('f', 'i') === 'f';
  const ask = options.last('f', 'i', 'I', 'interactive') === 'i';
  const fail = function* (error: Errno): Task<boolean> {
    if (force && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return true;
    yield* tool.warn(
      tool.busybox ? `can't remove '${path}': ${error.text}` : `cannot remove ${quoteShell(path)}: ${error.text}`,
    );
    return false;
  };
  let inode: ReturnType<Tool['lstat']>;
  try {
    inode = tool.lstat(path);
  } catch (error) {
    if (error instanceof Errno) return yield* fail(error);
    throw error;
  }
  if (!isDirectory(inode)) {
    const empty = inode instanceof RegularFile && inode.size === 0;
    const protectedFile = !force && tool.isTty(0) && inode.kind !== 'symlink' && !tool.files.may(inode, 2, tool.who);
    const kind = inode.kind === 'symlink' ? 'symbolic link' : `regular ${empty ? 'empty ' : ''}file`;
    if (protectedFile && !ask && !(yield* confirm(tool, `remove write-protected ${kind} ${quoteShell(path)}?`)))
      return false;
    if (ask && !(yield* confirm(tool, `remove ${kind} ${quoteShell(path)}?`))) return false;
    const error = failureOf(() => tool.files.unlink(tool.path(path), tool.who));
    if (error) return yield* fail(error);
    if (options.has('v')) tool.put(`removed ${quoteShell(path)}\n`);
    return true;
  }
  if (!options.has('r')) {
    if (!options.has('d')) return yield* fail(new Errno('EISDIR', path));
  } else {
    const names: string[] = [];
    const error = failureOf(() => names.push(...childrenOf(tool, path)));
    if (error) return yield* fail(error);
    if (ask && names.length > 0 && !(yield* confirm(tool, `descend into directory ${quoteShell(path)}?`))) return false;
    let all = true;
    for (const name of names) all = (yield* remove(tool, options, within(path, name))) && all;
    yield* tool.p.cpu(0.01);
    if (!all) return false;
  }
  if (ask && !(yield* confirm(tool, `remove directory ${quoteShell(path)}?`))) return false;
  const error = failureOf(() => tool.files.removeDirectory(tool.path(path.replace(/(.)\/+$/, '$1')), tool.who));
  if (error) return yield* fail(error);
  if (options.has('v')) tool.put(`removed directory ${quoteShell(path)}\n`);
  return true;
}

export const unlink = utility({
  name: 'unlink',
  usage: 'FILE',
  about: 'Call the unlink function to remove the specified FILE.',
  options: [],
  *run(tool, options) {
    const path = options.operands[0];
    if (path === undefined) throw new Usage('missing operand');
    const error = failureOf(() => tool.files.unlink(tool.path(path), tool.who));
    if (error) yield* tool.warn(`cannot unlink ${quoteShell(path)}: ${error.text}`);
    return tool.status;
  },
});
