import { Errno } from '../../world/errno.ts';
import { Device, Directory, type Inode, Symlink } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { layOutColumns } from './columns.ts';
import { Fail } from './fail.ts';
import { colourOf, diskUsage, indicator, linkCount, modeText } from './ls-format.ts';
import { humanSize } from './numbers.ts';
import type { Options } from './options.ts';
import { quoteIfNeeded, quoteShell } from './quote.ts';
import { compareText, displayWidth } from './text.ts';
import { formatTime, zoneOf } from './time-text.ts';
import type { Tool } from './tool.ts';
import { groupName, userName } from './users.ts';
import { utility } from './utility.ts';
import { compareVersions } from './version-order.ts';

export const ls = utility({
  name: 'ls',
  usage: '[OPTION]... [FILE]...',
  about:
    'List information about the FILEs (the current directory by default).\nSort entries alphabetically if none of -cftuvSUX nor --sort is specified.',
  usageStatus: 2,
  options: [
    '-a --all',
    '-A --almost-all',
    '-B --ignore-backups',
    '-C',
    '--color=?',
    '-c',
    '-d --directory',
    '-f',
    '-F --classify=?',
    '-g',
    '-G --no-group',
    '--full-time',
    '--group-directories-first',
    '-h --human-readable',
    '--si',
    '-i --inode',
    '-I --ignore=',
    '-k --kibibytes',
    '-l',
    '-L --dereference',
    '-H',
    '-m',
    '-n --numeric-uid-gid',
    '-N --literal',
    '-o',
    '-p',
    '-q --hide-control-chars',
    '-Q --quote-name',
    '-r --reverse',
    '-R --recursive',
    '-s --size',
    '-S',
    '--sort=',
    '-t',
    '--time-style=',
    '-T --tabsize=',
    '-u',
    '-U',
    '-v',
    '-w --width=',
    '-x',
    '-X',
    '-Z --context',
    '-1',
  ],
  *run(tool, options) {
    return yield* new Listing(tool, options).run();
  },
});

interface Entry {
  /** As it is shown. */
  readonly name: string;
  readonly path: string;
  readonly inode: Inode;
  readonly target: Inode | undefined;
}

/** ls: six months, half of a Gregorian year. */
const RECENT = (31_556_952 / 2) * 1000;

class Listing {
  private readonly long: boolean;
  private readonly colour: boolean;
  private readonly quoting: boolean;
  private printed = false;
  private coloured = false;
  /** Where a name is quoted, the others get a blank before them. */
  private aligned = false;

  constructor(
    private readonly tool: Tool,
    private readonly options: Options,
  ) {
    const when = options.has('color') ? (options.get('color') ?? 'always') : tool.busybox ? 'auto' : 'never';
    const tty = tool.isTty(1);
    const known = tool.env('TERM') ?? tool.env('LS_COLORS') ?? tool.env('COLORTERM');
    this.colour =
      known !== undefined &&
      (when === 'always' || when === 'yes' || when === 'force' || (/^(auto|tty|if-tty)$/.test(when) && tty));
    this.quoting = tty && !tool.busybox && !options.has('N');
    this.long =
      ['l', 'n', 'g', 'o', 'full-time'].includes(
        options.last('l', 'n', 'g', 'o', 'full-time', 'C', 'x', 'm', '1') ?? '',
      ) ||
      (options.has('l', 'n', 'g', 'o', 'full-time') && options.last('C', 'x', 'm') === undefined);
  }

  *run(): Task<number> {
    const { tool, options } = this;
    const operands = options.operands.length > 0 ? options.operands : ['.'];
    const files: Entry[] = [];
    const directories: Entry[] = [];
    for (const operand of operands) {
      const entry = yield* this.operand(operand);
      if (!entry) continue;
      const opens = entry.inode instanceof Directory || (entry.target instanceof Directory && !this.long);
      if (opens && !options.has('d')) directories.push(entry);
      else files.push(entry);
    }
    this.sort(files);
    this.sort(directories);
    if (files.length > 0) {
      this.show(files);
      this.printed = true;
    }
    const headers = operands.length > 1 || options.has('R');
    for (const directory of directories) yield* this.directory(directory, headers);
    return tool.status;
  }

  private *operand(path: string): Task<Entry | undefined> {
    const { tool, options } = this;
    try {
      const followed = options.has('L', 'H') || (!this.long && !options.has('d', 'F'));
      let inode = tool.lstat(path);
      if (inode instanceof Symlink && followed)
        inode = options.has('L') ? tool.stat(path) : (tool.tryStat(path) ?? inode);
      return { name: path, path, inode, target: inode instanceof Symlink ? tool.tryStat(path) : undefined };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (tool.busybox) yield* tool.warn(`${path}: ${error.text}`, 1);
      else yield* tool.warn(`cannot access ${quoteShell(path)}: ${error.text}`, 2);
      return undefined;
    }
  }

  private *directory(entry: Entry, header: boolean): Task {
    const { tool, options } = this;
    let names: string[];
    try {
      names = tool.files.readDirectory(tool.path(entry.path), tool.who);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (tool.busybox) yield* tool.warn(`can't open '${entry.path}': ${error.text}`, 1);
      else yield* tool.warn(`cannot open directory ${quoteShell(entry.path)}: ${error.text}`, 2);
      return;
    }
    if (header) {
      tool.put(`${this.printed ? '\n' : ''}${this.quoting ? quoteIfNeeded(entry.name) : entry.name}:\n`);
      this.printed = true;
    }
    const all = options.has('a', 'f');
    const shown = all
      ? ['.', '..', ...names]
      : options.has('A')
        ? names
        : names.filter((name) => !name.startsWith('.'));
    const entries: Entry[] = [];
    for (const name of shown.filter((one) => !this.ignored(one))) {
      const path = entry.path.endsWith('/') ? `${entry.path}${name}` : `${entry.path}/${name}`;
      const link = tool.tryLstat(path);
      const target = link instanceof Symlink ? tool.tryStat(path) : undefined;
      const inode = options.has('L') ? (target ?? link) : link;
      if (inode) entries.push({ name, path, inode, target });
    }
    this.sort(entries);
    if (this.long || options.has('s')) {
      const total = entries.reduce((sum, one) => sum + diskUsage(one.inode), 0);
      tool.put(`total ${options.has('h') ? humanSize(total * 1024) : total}\n`);
    }
    this.show(entries);
    yield* tool.drain();
    if (!options.has('R')) return;
    for (const child of entries) {
      if (child.name === '.' || child.name === '..' || !(child.inode instanceof Directory)) continue;
      yield* this.directory({ ...child, name: child.path }, true);
    }
  }

  private ignored(name: string): boolean {
    if (this.options.has('B') && name.endsWith('~')) return true;
    return this.options.all('I').some((pattern) => {
      const source = pattern
        .replace(/[.+^${}()|\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.');
      return new RegExp(`^${source}$`).test(name);
    });
  }

  private sort(entries: Entry[]): void {
    const { options } = this;
    const word = options.get('sort');
    const key = options.last('t', 'S', 'U', 'X', 'v', 'f', 'sort', 'c', 'u');
    const how =
      key === 'sort'
        ? ({ time: 't', size: 'S', none: 'U', extension: 'X', version: 'v', name: '' }[word ?? ''] ?? '')
        : key;
    if (how === 'U' || how === 'f') return;
    entries.sort((a, b) => {
      const byName = compareText(a.name, b.name);
      if (how === 't' || ((how === 'c' || how === 'u') && !this.long)) return b.inode.mtime - a.inode.mtime || byName;
      if (how === 'S') return b.inode.size - a.inode.size || byName;
      if (how === 'X') return compareText(extension(a.name), extension(b.name)) || byName;
      if (how === 'v') return compareVersions(a.name, b.name) || byName;
      return byName;
    });
    if (options.has('r')) entries.reverse();
    if (options.has('group-directories-first')) {
      const isDirectory = (entry: Entry) =>
        entry.inode instanceof Directory || entry.target instanceof Directory ? 0 : 1;
      entries.sort((a, b) => isDirectory(a) - isDirectory(b));
    }
  }

  // ---- output ----

  private show(entries: readonly Entry[]): void {
    const { tool, options } = this;
    if (entries.length === 0) return;
    this.aligned =
      this.quoting && !options.has('Q') && entries.some((entry) => quoteIfNeeded(entry.name) !== entry.name);
    if (this.long) {
      this.showLong(entries);
      return;
    }
    const cells = entries.map((entry) => {
      const prefix =
        (options.has('i') ? `${inodeNumber(entry.path)} ` : '') +
        (options.has('s') ? `${diskUsage(entry.inode)} ` : '');
      const plain = this.plainName(entry) + this.mark(entry);
      return { text: prefix + this.paint(entry) + this.mark(entry), width: displayWidth(prefix + plain) };
    });
    const layout = options.last('C', 'x', 'm', '1');
    if (layout === 'm') tool.put(commaSeparated(cells, Number(options.get('w')) || tool.columns));
    else if (layout === '1' || (layout === undefined && !tool.isTty(1)))
      tool.put(`${cells.map((cell) => cell.text).join('\n')}\n`);
    else tool.put(layOutColumns(cells, Number(options.get('w')) || tool.columns, layout === 'x'));
  }

  private plainName(entry: Entry): string {
    if (this.options.has('Q')) return `"${entry.name.replaceAll('"', '\\"')}"`;
    if (!this.quoting) return entry.name;
    const quoted = quoteIfNeeded(entry.name);
    return this.aligned && quoted === entry.name ? ` ${quoted}` : quoted;
  }

  private paint(entry: Entry): string {
    const text = this.plainName(entry);
    const colour = this.colour ? colourOf(entry.inode, entry.name, entry.target) : undefined;
    if (!colour) return text;
    // GNU ls resets the colour once before its first.
    const reset = this.coloured || this.tool.busybox ? '' : '\x1b[0m';
    this.coloured = true;
    const blank = text.startsWith(' ') ? ' ' : '';
    const code = this.tool.busybox && colour === '01;34' ? '1;34' : colour;
    return `${blank}${reset}\x1b[${code}m${text.slice(blank.length)}\x1b[0m`;
  }

  private mark(entry: Entry): string {
    if (this.options.has('F')) return this.long && entry.inode instanceof Symlink ? '' : indicator(entry.inode);
    return this.options.has('p') && entry.inode instanceof Directory ? '/' : '';
  }

  private showLong(entries: readonly Entry[]): void {
    const { tool, options } = this;
    const numeric = options.has('n');
    const machine = tool.p.machine;
    const rows = entries.map((entry) => {
      const { inode } = entry;
      const size =
        inode instanceof Device
          ? `${inode.major}, ${String(inode.minor).padStart(3)}`
          : options.has('h')
            ? humanSize(inode.size)
            : options.has('si')
              ? humanSize(inode.size, 1000)
              : String(inode.size);
      const cells = [modeText(inode), String(linkCount(inode))];
      if (!options.has('g')) cells.push(numeric ? String(inode.uid) : userName(machine, inode.uid));
      if (!options.has('G', 'o')) cells.push(numeric ? String(inode.gid) : groupName(machine, inode.gid));
      cells.push(size, this.time(inode.mtime));
      if (options.has('s'))
        cells.unshift(options.has('h') ? humanSize(diskUsage(inode) * 1024) : String(diskUsage(inode)));
      if (options.has('i')) cells.unshift(String(inodeNumber(entry.path)));
      return { entry, cells };
    });
    if (tool.busybox) {
      this.showBusybox(rows);
      return;
    }
    const widths: number[] = [];
    for (const { cells } of rows)
      cells.forEach((cell, i) => {
        widths[i] = Math.max(widths[i] ?? 0, cell.length);
      });
    const sizeAt = (rows[0]?.cells.length ?? 0) - 2;
    const lead = (options.has('s') ? 1 : 0) + (options.has('i') ? 1 : 0);
    for (const { entry, cells } of rows) {
      const padded = cells.map((cell, i) =>
        i === sizeAt || i === lead + 1 || i < lead ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      );
      tool.put(`${padded.join(' ')} ${this.paint(entry)}${this.arrow(entry)}${this.mark(entry)}\n`);
    }
  }

  /** busybox: coreutils/ls.c display_single: columns of fixed width. */
  private showBusybox(rows: readonly { readonly entry: Entry; readonly cells: readonly string[] }[]): void {
    const lead = (this.options.has('s') ? 1 : 0) + (this.options.has('i') ? 1 : 0);
    for (const { entry, cells } of rows) {
      const [mode = '', links = '', ...rest] = cells.slice(lead);
      const time = rest.pop() ?? '';
      const size = rest.pop() ?? '';
      const owners = rest.map((name) => name.slice(0, 8).padEnd(8)).join(' ');
      const first = cells.slice(0, lead).map((cell) => cell.padStart(7));
      const columns = [...first, mode, links.padStart(4), owners, size.padStart(this.options.has('h') ? 6 : 9), time];
      this.tool.put(`${columns.join(' ')} ${this.paint(entry)}${this.arrow(entry)}${this.mark(entry)}\n`);
    }
  }

  private arrow(entry: Entry): string {
    if (!(entry.inode instanceof Symlink)) return '';
    const text = this.quoting ? quoteIfNeeded(entry.inode.target) : entry.inode.target;
    const colour = this.colour && entry.target ? colourOf(entry.target, entry.inode.target, undefined) : undefined;
    const mark = this.options.has('F') && entry.target ? indicator(entry.target) : '';
    return ` -> ${colour ? `\x1b[${colour}m${text}\x1b[0m` : text}${mark}`;
  }

  private time(ms: number): string {
    const { tool, options } = this;
    const zone = zoneOf(tool.env('TZ'));
    const style = options.has('full-time') ? 'full-iso' : options.get('time-style');
    if (style === 'full-iso') return formatTime('%F %T.%N %z', ms, zone);
    if (style === 'long-iso') return formatTime('%F %R', ms, zone);
    if (style?.startsWith('+')) return formatTime(style.slice(1), ms, zone);
    const recent = ms <= tool.p.now && tool.p.now - ms < RECENT;
    if (style === 'iso') return formatTime(recent ? '%m-%d %H:%M' : '%Y-%m-%d ', ms, zone);
    if (style !== undefined && style !== 'locale')
      throw new Fail(`invalid argument ${quoteShell(style)} for 'time style'`, 2);
    return formatTime(recent ? '%b %e %H:%M' : '%b %e  %Y', ms, zone);
  }
}

/** ls -m: names one after the other, broken at the width. */
function commaSeparated(cells: readonly { readonly text: string; readonly width: number }[], width: number): string {
  let text = '';
  let column = 0;
  cells.forEach((cell, i) => {
    const last = i === cells.length - 1;
    if (column > 0 && column + cell.width + (last ? 0 : 1) > width) {
      text = `${text.trimEnd()}\n`;
      column = 0;
    }
    text += cell.text + (last ? '\n' : ', ');
    column += cell.width + 2;
  });
  return text;
}

function extension(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot);
}

/** The world's files have no numbers: one is made from the path, so that it is always the same. */
export function inodeNumber(path: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193) >>> 0;
  return 131_072 + (hash % 1_000_000);
}
