import { Errno } from '../../world/errno.ts';
import { Directory, type Inode, RegularFile } from '../../world/files/inode.ts';
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

/** The root disk of every machine: its size is a fact of the machine, its use what the files hold. */
const DISK_KIB = 41_251_136;
const BASE_KIB = 6_240_000;

export const df = utility({
  name: 'df',
  usage: '[OPTION]... [FILE]...',
  about: 'Show information about the file system on which each FILE resides,\nor all file systems by default.',
  options: [
    '-a --all',
    '-B --block-size=',
    '-h --human-readable',
    '-H --si',
    '-i --inodes',
    '-k',
    '-l --local',
    '-m',
    '-P --portability',
    '-T --print-type',
    '-t --type=',
    '-x --exclude-type=',
    '--output=?',
    '--total',
  ],
  *run(tool, options) {
    for (const path of options.operands) {
      if (tool.tryStat(path)) continue;
      yield* tool.warn(tool.busybox ? `${path}: can't find mount point` : `${path}: No such file or directory`);
      if (options.operands.length === 1) return 1;
    }
    const total = Number(tool.p.machine.facts.get('diskKiB') ?? DISK_KIB);
    const used = BASE_KIB + Math.ceil(bytesOf(tool.files.root) / 1024);
    const free = Math.max(0, total - used);
    const device = tool.p.machine.facts.get('rootDevice') ?? '/dev/sda1';
    const percent = `${Math.ceil((used * 100) / total)}%`;
    const show = (kib: number) =>
      options.has('h')
        ? humanSize(kib * 1024)
        : options.has('H')
          ? humanSize(kib * 1024, 1000)
          : options.has('m')
            ? String(Math.ceil(kib / 1024))
            : String(kib);
    const type = options.has('T');
    const header = options.has('i')
      ? ['Inodes', 'IUsed', 'IFree', 'IUse%']
      : [
          options.has('h', 'H')
            ? 'Size'
            : options.has('m')
              ? '1M-blocks'
              : options.has('P')
                ? '1024-blocks'
                : '1K-blocks',
          'Used',
          options.has('h', 'H') ? 'Avail' : 'Available',
          options.has('P') ? 'Capacity' : 'Use%',
        ];
    const numbers = options.has('i')
      ? ['5160960', '148092', '5012868', '3%']
      : [show(total), show(used), show(free), percent];
    const widths = header.map((text, i) => Math.max(text.length, numbers[i]?.length ?? 0, i < 3 ? 5 : 4));
    const line = (first: string, kind: string, cells: readonly string[], last: string) =>
      `${first.padEnd(Math.max(14, device.length))} ${type ? `${kind.padEnd(5)}` : ''}${cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join(' ')} ${last}\n`;
    tool.put(line('Filesystem', 'Type ', header, 'Mounted on'));
    tool.put(line(device, 'ext4 ', numbers, '/'));
    return tool.status;
  },
});

function bytesOf(inode: Inode): number {
  if (inode instanceof RegularFile) return inode.used;
  if (!(inode instanceof Directory) || inode.untouched) return 0;
  let sum = 0;
  for (const child of inode.entries.values()) sum += bytesOf(child);
  return sum;
}
