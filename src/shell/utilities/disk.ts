import { Errno } from '../../world/errno.ts';
import { Directory, type Inode } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { diskUsage } from './ls-format.ts';
import { humanSize } from './numbers.ts';
import type { Options } from './options.ts';
import { quoteShell } from './quote.ts';
import type { Tool } from './tool.ts';
import { within } from './tree.ts';
import { utility } from './utility.ts';

export const du = utility({
  name: 'du',
  usage: '[OPTION]... [FILE]...',
  about: 'Summarize device usage of the set of FILEs, recursively for directories.',
  options: [
    '-a --all',
    '--apparent-size',
    '-B --block-size=',
    '-b --bytes',
    '-c --total',
    '-d --max-depth=',
    '-h --human-readable',
    '-k',
    '-m',
    '-L',
    '-P',
    '-s --summarize',
    '-S --separate-dirs',
    '-x --one-file-system',
    '-0 --null',
    '--exclude=',
    '--si',
    '--time',
  ],
  *run(tool, options) {
    let total = 0;
    for (const path of options.operands.length > 0 ? options.operands : ['.'])
      total += yield* usage(tool, options, path, 0);
    if (options.has('c')) print(tool, options, total, 'total');
    return tool.status;
  },
});

function print(tool: Tool, options: Options, bytes: number, path: string): void {
  const unit = options.has('b') ? 1 : options.has('m') ? 1024 * 1024 : 1024;
  tool.put(
    `${options.has('h') ? humanSize(bytes) : Math.ceil(bytes / unit)}\t${path}${options.has('0') ? '\0' : '\n'}`,
  );
}

function* usage(tool: Tool, options: Options, path: string, depth: number): Task<number> {
  let inode: Inode;
  try {
    inode = tool.lstat(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* tool.warn(tool.busybox ? `${path}: ${error.text}` : `cannot access ${quoteShell(path)}: ${error.text}`);
    return 0;
  }
  yield* tool.p.cpu(0.005);
  let size = options.has('b', 'apparent-size') ? inode.size : diskUsage(inode) * 1024;
  const deepest = options.has('s') ? 0 : Number(options.get('d') ?? Number.POSITIVE_INFINITY);
  if (inode instanceof Directory) {
    try {
      for (const name of tool.files.readDirectory(tool.path(path), tool.who))
        size += yield* usage(tool, options, within(path, name), depth + 1);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* tool.warn(`cannot read directory ${quoteShell(path)}: ${error.text}`);
    }
  }
  if ((inode instanceof Directory || options.has('a') || depth === 0) && depth <= deepest)
    print(tool, options, size, path);
  yield* tool.drain();
  return size;
}
