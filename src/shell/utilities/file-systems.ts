import type { MountRow } from '../../world/files/file-system.ts';
import { Directory, type Inode, RegularFile } from '../../world/files/inode.ts';
import { humanSize } from './numbers.ts';
import type { Options } from './options.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

/** The root disk of every machine: its size is a fact of the machine, its use what the files hold. */
const DISK_KIB = 41_251_136;
const BASE_KIB = 6_240_000;
const MEMORY_KIB = 4_012_536;

/** A file system as df lists it, KiB. */
interface Row {
  readonly source: string;
  readonly type: string;
  readonly total: number;
  readonly used: number;
  readonly path: string;
}

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
    const rows = fileSystems(tool);
    const chosen: Row[] = [];
    for (const path of options.operands) {
      const found = tool.tryStat(path) && holderOf(rows, tool.path(path));
      if (found) chosen.push(found);
      else yield* tool.warn(tool.busybox ? `${path}: can't find mount point` : `${path}: No such file or directory`);
    }
    if (options.operands.length > 0 && chosen.length === 0) return 1;
    const wanted = options.operands.length > 0 ? chosen : tool.busybox ? rows : withoutRepeats(rows);
    tool.put(tool.busybox ? busyboxTable(wanted, options) : gnuTable(wanted, options));
    return tool.status;
  },
});

/** What is mounted and holds bytes. */
function fileSystems(tool: Tool): Row[] {
  const { machine } = tool.p;
  const total = Number(machine.facts.get('diskKiB') ?? DISK_KIB);
  const used = BASE_KIB + Math.ceil(bytesOf(tool.files.root) / 1024);
  const device = machine.facts.get('rootDevice') ?? '/dev/sda1';
  const memory = Number(machine.facts.get('memoryKiB') ?? MEMORY_KIB);
  const table = tool.files.mountTable;
  const root: Row = { source: device, type: 'ext4', total, used, path: '/' };
  const rows = table.flatMap(({ path, kind }: MountRow): Row[] => {
    if (kind.type === 'overlay') return [{ ...root, source: kind.source, type: kind.type, path }];
    if (kind.type === 'ext4') return [{ ...root, path }];
    if (kind.type !== 'tmpfs') return [];
    const size = Number(/(?:^|,)size=(\d+)k/.exec(kind.options)?.[1] ?? Math.floor(memory / 2));
    const inode = tool.files.tryStat(path);
    return [
      {
        ...root,
        source: kind.source,
        type: kind.type,
        total: size,
        used: Math.ceil((inode ? bytesOf(inode) : 0) / 1024),
        path,
      },
    ];
  });
  return table.some(({ path }) => path === '/') ? rows : [root, ...rows];
}

/** The file system that a path lies on: the last one mounted above it. */
function holderOf(rows: readonly Row[], path: string): Row | undefined {
  let best: Row | undefined;
  for (const row of rows) {
    const above = row.path === '/' || path === row.path || path.startsWith(`${row.path}/`);
    if (above && row.path.length >= (best?.path.length ?? 0)) best = row;
  }
  return best;
}

/** GNU's df shows a disk once, however often it is mounted. */
function withoutRepeats(rows: readonly Row[]): Row[] {
  const seen = new Set<string>();
  return rows.filter(({ source, type }) => {
    if (type !== 'ext4') return true;
    const known = seen.has(source);
    seen.add(source);
    return !known;
  });
}

const percentOf = ({ total, used }: Row) => (total === 0 ? '-' : `${Math.ceil((used * 100) / total)}%`);

/** Numbers as the options want them. */
function sizes(options: Options): (kib: number) => string {
  if (options.has('h')) return (kib) => humanSize(kib * 1024);
  if (options.has('H')) return (kib) => humanSize(kib * 1024, 1000);
  return options.has('m') ? (kib) => String(Math.ceil(kib / 1024)) : String;
}

/** busybox: coreutils/df.c */
function busyboxTable(rows: readonly Row[], options: Options): string {
  const human = options.has('h', 'H');
  const mebi = !human && options.has('m');
  const show = (kib: number) => {
    if (!human) return String(mebi ? Math.round(kib / 1024) : kib);
    if (kib === 0) return '0';
    const unit = kib < 1024 ? 'K' : kib < 1024 * 1024 ? 'M' : 'G';
    return `${(kib / { K: 1, M: 1024, G: 1024 * 1024 }[unit]).toFixed(1)}${unit}`;
  };
  const line = (first: string, cells: readonly string[], share: string, last: string) => {
    const wide = first.length > 20 ? `${first}\n${' '.repeat(20)}` : first.padEnd(20);
    return `${wide} ${cells.map((cell) => cell.padStart(9)).join(' ')} ${share.padStart(4)} ${last}\n`;
  };
  const header = line(
    'Filesystem',
    [human ? 'Size' : mebi ? '1M-blocks' : '1K-blocks', 'Used', 'Available'],
    'Use%',
    'Mounted on',
  );
  return (
    header +
    rows
      .map((row) =>
        line(
          row.source,
          [show(row.total), show(row.used), show(Math.max(0, row.total - row.used))],
          percentOf(row),
          row.path,
        ),
      )
      .join('')
  );
}

function gnuTable(rows: readonly Row[], options: Options): string {
  const show = sizes(options);
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
  const cells = rows.map((row) =>
    options.has('i')
      ? ['5160960', '148092', '5012868', '3%']
      : [show(row.total), show(row.used), show(Math.max(0, row.total - row.used)), percentOf(row)],
  );
  const widths = header.map((text, i) =>
    Math.max(text.length, ...cells.map((row) => row[i]?.length ?? 0), i < 3 ? 5 : 4),
  );
  const first = Math.max(14, ...rows.map(({ source }) => source.length));
  const kinds = Math.max(4, ...rows.map((row) => row.type.length));
  const line = (source: string, kind: string, values: readonly string[], last: string) =>
    `${source.padEnd(first)} ${type ? `${kind.padEnd(kinds)} ` : ''}${values.map((cell, i) => cell.padStart(widths[i] ?? 0)).join(' ')} ${last}\n`;
  return (
    line('Filesystem', 'Type', header, 'Mounted on') +
    rows.map((row, i) => line(row.source, row.type, cells[i] ?? [], row.path)).join('')
  );
}

/** mount without arguments, and with those that the world cannot do. */
export const mount = utility({
  name: 'mount',
  usage: '[-lhV] [-a] [options] <source> <directory>',
  about: 'Mount a filesystem.',
  options: [
    '-a --all',
    '-l --show-labels',
    '-t --types=',
    '-o --options=',
    '-r --read-only',
    '-w --rw',
    '-B --bind',
    '-v --verbose',
    '-n --no-mtab',
  ],
  *run(tool, options) {
    if (options.operands.length > 0) {
      if (tool.who.uid !== 0) yield* tool.warn(`${options.operands[0]}: must be superuser to use mount.`);
      else
        yield* tool.warn(
          tool.busybox ? 'permission denied (are you root?)' : 'kubetutor does not model mounts by hand',
        );
      return tool.busybox ? 1 : 32;
    }
    const kind = options.get('t');
    const table = tool.files.mountTable;
    const own: MountRow = {
      path: '/',
      readOnly: false,
      kind: { source: '/dev/sda1', type: 'ext4', options: 'relatime' },
    };
    for (const row of table.some(({ path }) => path === '/') ? table : [own, ...table])
      if (kind === undefined || kind.split(',').includes(row.kind.type))
        tool.put(
          `${row.kind.source} on ${row.path} type ${row.kind.type} (${row.readOnly ? 'ro' : 'rw'},${row.kind.options})\n`,
        );
    return 0;
  },
});

function bytesOf(inode: Inode): number {
  if (inode instanceof RegularFile) return inode.used;
  if (!(inode instanceof Directory) || inode.untouched) return 0;
  let sum = 0;
  for (const child of inode.entries.values()) sum += bytesOf(child);
  return sum;
}
