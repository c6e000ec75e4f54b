import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import { parseSignal } from '../../world/signals.ts';
import { Fail } from './fail.ts';
import { type Options, Usage } from './options.ts';
import { formatTime, zoneOf } from './time-text.ts';
import type { Tool } from './tool.ts';
import { lastName } from './tree.ts';
import { userName, usersOf } from './users.ts';
import { utility } from './utility.ts';

/** What top, ps and free say of a machine's memory, KiB: facts of the machine. */
function memory(tool: Tool) {
  const total = Number(tool.p.machine.facts.get('memoryKiB') ?? 4_012_536);
  const processes = tool.p.machine.processes.size;
  const used = Math.min(total, 520_000 + processes * 8192);
  const cache = Math.floor(total * 0.25);
  return { total, used, cache, free: Math.max(0, total - used - cache), available: total - used };
}

interface Column {
  readonly header: string;
  readonly right?: boolean;
  readonly value: (tool: Tool, process: Process) => string;
}

const comm = (process: Process) => lastName(process.argv[0] ?? '').slice(0, 15);
const command = (process: Process) => (process.ended ? `[${comm(process)}] <defunct>` : process.argv.join(' '));
const rss = (process: Process) => 3200 + ((process.argv.join(' ').length * 37) % 4000);

function state(tool: Tool, process: Process, long: boolean): string {
  const letter = process.ended ? 'Z' : process.stopped ? 'T' : process === tool.p ? 'R' : 'S';
  if (!long) return letter;
  const leads = process.session === process.pid ? 's' : '';
  return letter + leads + (process.tty && process.tty.foreground === process.group ? '+' : '');
}

function clock(ms: number, hours: boolean): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  if (hours) return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (seconds < 3600) return rest;
  return `${days > 0 ? `${days}-` : ''}${two(Math.floor(seconds / 3600) % 24)}:${rest}`;
}

function started(tool: Tool, process: Process): string {
  const zone = zoneOf(tool.env('TZ'));
  const today = formatTime('%F', tool.p.now, zone) === formatTime('%F', process.startTime, zone);
  return formatTime(today ? '%H:%M' : '%b%d', process.startTime, zone);
}

const percent = (tool: Tool, process: Process) =>
  ((process.cpuTime * 100) / Math.max(1, tool.p.now - process.startTime)).toFixed(1);

const COLUMNS: Readonly<Record<string, Column>> = {
  pid: { header: 'PID', right: true, value: (_, p) => String(p.pid) },
  ppid: { header: 'PPID', right: true, value: (_, p) => String(p.parent?.pid ?? 0) },
  pgid: { header: 'PGID', right: true, value: (_, p) => String(p.group) },
  pgrp: { header: 'PGRP', right: true, value: (_, p) => String(p.group) },
  sid: { header: 'SID', right: true, value: (_, p) => String(p.session) },
  user: { header: 'USER', value: (tool, p) => userName(tool.p.machine, p.credentials.uid).slice(0, 8) },
  uid: { header: 'UID', right: true, value: (_, p) => String(p.credentials.uid) },
  gid: { header: 'GID', right: true, value: (_, p) => String(p.credentials.gid) },
  tty: { header: 'TT', value: (_, p) => p.tty?.name ?? '?' },
  tname: { header: 'TTY', value: (_, p) => p.tty?.name ?? '?' },
  time: { header: 'TIME', right: true, value: (_, p) => clock(p.cpuTime, true) },
  bsdtime: { header: 'TIME', right: true, value: (_, p) => clock(p.cpuTime, false) },
  etime: { header: 'ELAPSED', right: true, value: (tool, p) => elapsed(tool.p.now - p.startTime) },
  etimes: { header: 'ELAPSED', right: true, value: (tool, p) => String(Math.floor((tool.p.now - p.startTime) / 1000)) },
  cmd: { header: 'CMD', value: (_, p) => command(p) },
  command: { header: 'COMMAND', value: (_, p) => command(p) },
  args: { header: 'COMMAND', value: (_, p) => command(p) },
  comm: { header: 'COMMAND', value: (_, p) => comm(p) + (p.ended ? ' <defunct>' : '') },
  ucmd: { header: 'CMD', value: (_, p) => comm(p) + (p.ended ? ' <defunct>' : '') },
  stat: { header: 'STAT', value: (tool, p) => state(tool, p, true) },
  s: { header: 'S', value: (tool, p) => state(tool, p, false) },
  pcpu: { header: '%CPU', right: true, value: percent },
  c: { header: 'C', right: true, value: (tool, p) => String(Math.floor(Number(percent(tool, p)))) },
  pmem: { header: '%MEM', right: true, value: (tool, p) => ((rss(p) * 100) / memory(tool).total).toFixed(1) },
  vsz: { header: 'VSZ', right: true, value: (_, p) => String(rss(p) * 2 + 1024) },
  rss: { header: 'RSS', right: true, value: (_, p) => String(rss(p)) },
  stime: { header: 'STIME', value: started },
  start: { header: 'START', value: started },
  lstart: {
    header: 'STARTED',
    right: true,
    value: (tool, p) => formatTime('%a %b %e %H:%M:%S %Y', p.startTime, zoneOf(tool.env('TZ'))),
  },
  ni: { header: 'NI', right: true, value: () => '0' },
  pri: { header: 'PRI', right: true, value: () => '19' },
};

const ALIASES: Readonly<Record<string, string>> = {
  '%cpu': 'pcpu',
  '%mem': 'pmem',
  state: 's',
  tt: 'tty',
  cputime: 'time',
  euser: 'user',
  ruser: 'user',
  euid: 'uid',
  nice: 'ni',
  ucomm: 'comm',
  vsize: 'vsz',
  rssize: 'rss',
  sess: 'sid',
};
const WIDTHS: Readonly<Record<string, number>> = {
  pid: 7,
  ppid: 7,
  pgid: 7,
  pgrp: 7,
  sid: 7,
  user: 8,
  uid: 5,
  gid: 5,
  tty: 8,
  tname: 8,
  time: 8,
  bsdtime: 6,
  stat: 4,
  pcpu: 4,
  pmem: 4,
  vsz: 6,
  rss: 5,
  stime: 5,
  start: 5,
  etime: 11,
  etimes: 7,
  c: 2,
  s: 1,
  comm: 15,
  args: 27,
  command: 27,
  cmd: 27,
  ucmd: 15,
  ni: 3,
  pri: 3,
  lstart: 24,
};

export const ps = utility({
  name: 'ps',
  usage: '[options]',
  about: 'Report a snapshot of the current processes.',
  package: 'procps-ng',
  *run(tool) {
    if (tool.busybox) return busyboxPs(tool);
    const plan = psPlan(tool);
    let processes = [...tool.p.machine.processes.values()]
      .filter((process) => plan.select(process))
      .sort((a, b) => a.pid - b.pid);
    for (const key of plan.sort) {
      const name = key.replace(/^[-+]/, '');
      const column = COLUMNS[ALIASES[name] ?? name];
      if (!column) throw new Fail(`error: unknown sort specifier`);
      const value = (process: Process) => column.value(tool, process);
      processes = processes.sort(
        (a, b) =>
          (key.startsWith('-') ? -1 : 1) * (Number(value(a)) - Number(value(b)) || (value(a) < value(b) ? -1 : 1)),
      );
    }
    const rows = processes.map((process) => plan.columns.map(({ column }) => column.value(tool, process)));
    const headers = plan.columns.map(({ header }) => header);
    const widths = plan.columns.map(({ key }, i) =>
      Math.max(
        WIDTHS[key] ?? 8,
        headers[i]?.length ?? 0,
        ...rows.map((row) => (i === headers.length - 1 ? 0 : (row[i]?.length ?? 0))),
      ),
    );
    const line = (cells: readonly string[]) => {
      const text = cells
        .map((cell, i) =>
          plan.columns[i]?.column.right
            ? cell.padStart(widths[i] ?? 0)
            : i === cells.length - 1
              ? cell
              : cell.padEnd(widths[i] ?? 0),
        )
        .join(' ');
      return `${tool.isTty(1) && !plan.wide ? text.slice(0, tool.columns) : text}\n`;
    };
    if (headers.some((header) => header !== '')) tool.put(line(headers));
    for (const row of rows) tool.put(line(row));
    return rows.length === 0 ? 1 : 0;
  },
});

function busyboxPs(tool: Tool): number {
  const given = tool.args
    .join(' ')
    .match(/-o ?(\S+)/)?.[1]
    ?.split(',');
  const all = [...tool.p.machine.processes.values()].sort((a, b) => a.pid - b.pid);
  if (given) {
    tool.put(
      `${given
        .map((name) => name.toUpperCase().padEnd(8))
        .join(' ')
        .trimEnd()}\n`,
    );
    for (const process of all)
      tool.put(
        `${given
          .map((name) => (COLUMNS[ALIASES[name] ?? name]?.value(tool, process) ?? '?').padEnd(8))
          .join(' ')
          .trimEnd()}\n`,
      );
    return 0;
  }
  tool.put('PID   USER     TIME  COMMAND\n');
  for (const process of all) {
    const label = process.argv.length === 0 ? `{${comm(process)}}` : process.argv.join(' ');
    tool.put(
      `${String(process.pid).padStart(5)} ${userName(tool.p.machine, process.credentials.uid).slice(0, 8).padEnd(8)} ${clock(process.cpuTime, false).padStart(5)} ${label}\n`,
    );
  }
  return 0;
}

interface PsPlan {
  select: (process: Process) => boolean;
  columns: { key: string; header: string; column: Column }[];
  sort: string[];
  wide: boolean;
}

function psPlan(tool: Tool): PsPlan {
  const own = tool.p;
  const selectors: ((process: Process) => boolean)[] = [];
  let all = false;
  let keys = ['pid', 'tname', 'time', 'ucmd'];
  const custom: PsPlan['columns'] = [];
  let sort: string[] = [];
  let wide = false;
  const words = [...tool.args];
  const lists = (text: string) => text.split(/[ ,]+/).filter(Boolean);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word.startsWith('--')) {
      const [name = '', value] = word.split('=');
      const next = () => value ?? words.shift() ?? '';
      if (name === '--sort') sort = lists(next());
      else if (name === '--pid') {
        const pids = lists(next());
        selectors.push((p) => pids.includes(String(p.pid)));
      } else if (name === '--ppid') {
        const pids = lists(next());
        selectors.push((p) => pids.includes(String(p.parent?.pid ?? 0)));
      } else if (name === '--user') selectors.push(byUser(tool, next()));
      else if (name === '--no-headers' || name === '--no-heading') custom.push();
      else if (name === '--forest' || name === '--headers') continue;
      else if (name === '--help') throw new Usage('');
      else throw new Fail('error: unknown gnu long option');
      continue;
    }
    const bsd = !word.startsWith('-');
    const letters = word.replace(/^-/, '');
    if (bsd && /^\d[\d,]*$/.test(letters)) {
      const pids = lists(letters);
      selectors.push((p) => pids.includes(String(p.pid)));
      continue;
    }
    for (let i = 0; i < letters.length; i++) {
      const letter = letters[i] ?? '';
      const value = () => {
        const rest = letters.slice(i + 1);
        i = letters.length;
        const text = rest || words.shift();
        if (text === undefined)
          throw new Fail(
            `error: list of ${letter === 'p' ? 'process IDs' : letter === 'o' ? 'format specifiers' : 'user names'} must follow -${letter}`,
          );
        return text;
      };
      if (letter === 'e' && !bsd) all = true;
      else if (letter === 'A') all = true;
      else if (letter === 'a' && bsd) selectors.push((p) => p.tty !== undefined);
      else if (letter === 'x' && bsd) {
        const terminals = selectors.length > 0;
        all = terminals || all;
        if (!terminals) selectors.push((p) => p.credentials.uid === own.credentials.uid);
      } else if (letter === 'a') selectors.push((p) => p.tty !== undefined && p.session !== p.pid);
      else if (letter === 'u' && bsd)
        keys = ['user', 'pid', 'pcpu', 'pmem', 'vsz', 'rss', 'tname', 'stat', 'start', 'bsdtime', 'command'];
      else if (letter === 'f') keys = bsd ? keys : ['uidname', 'pid', 'ppid', 'c', 'stime', 'tname', 'time', 'cmd'];
      else if (letter === 'F') keys = ['uidname', 'pid', 'ppid', 'c', 'vsz', 'rss', 'stime', 'tname', 'time', 'cmd'];
      else if (letter === 'l') keys = ['s', 'uid', 'pid', 'ppid', 'c', 'pri', 'ni', 'tname', 'time', 'ucmd'];
      else if (letter === 'w') wide = true;
      else if (letter === 'o' || letter === 'O') custom.push(...formatColumns(value()));
      else if (letter === 'p' || letter === 'q') {
        const pids = lists(value());
        selectors.push((p) => pids.includes(String(p.pid)));
      } else if (letter === 'C') {
        const names = lists(value());
        selectors.push((p) => names.includes(comm(p)));
      } else if (letter === 'u' || letter === 'U') selectors.push(byUser(tool, value()));
      else if (letter === 't') {
        const names = lists(value());
        selectors.push((p) => names.some((name) => p.tty?.name === name.replace('/dev/', '')));
      } else if (letter === 'h') custom.push();
      else if (!'LTHjMncdsv'.includes(letter))
        throw new Fail(
          'error: unsupported option (BSD syntax)'.replace(
            'unsupported option (BSD syntax)',
            bsd ? 'unsupported option (BSD syntax)' : 'unsupported SysV option',
          ),
        );
    }
  }
  const columns =
    custom.length > 0
      ? custom
      : keys.map((key) =>
          key === 'uidname'
            ? { key: 'user', header: 'UID', column: COLUMNS['user'] ?? COLUMNS_FALLBACK }
            : { key, header: COLUMNS[key]?.header ?? key, column: COLUMNS[key] ?? COLUMNS_FALLBACK },
        );
  const bsdStyle = tool.args.some((word) => !word.startsWith('-'));
  if (bsdStyle && keys[3] === 'ucmd' && custom.length === 0)
    columns.splice(
      2,
      2,
      ...(['stat', 'bsdtime', 'command'] as const).map((key) => ({
        key,
        header: COLUMNS[key]?.header ?? '',
        column: COLUMNS[key] ?? COLUMNS_FALLBACK,
      })),
    );
  const select = all
    ? () => true
    : selectors.length > 0
      ? (p: Process) => selectors.some((one) => one(p))
      : (p: Process) => p.tty === own.tty && p.credentials.uid === own.credentials.uid;
  return { select, columns, sort, wide };
}

const COLUMNS_FALLBACK: Column = { header: '?', value: () => '?' };

function byUser(tool: Tool, text: string): (process: Process) => boolean {
  const names = text.split(',');
  const ids = names.map((name) =>
    /^\d+$/.test(name) ? Number(name) : usersOf(tool.p.machine).find((user) => user.name === name)?.uid,
  );
  return (process) => ids.includes(process.credentials.uid);
}

function formatColumns(text: string): PsPlan['columns'] {
  return text
    .split(/[ ,]+(?![^=]*$)|[ ,]+/)
    .filter(Boolean)
    .map((item) => {
      const [name = '', ...header] = item.split('=');
      const key = ALIASES[name] ?? name;
      const column = COLUMNS[key];
      if (!column) throw new Fail(`error: unknown user-defined format specifier "${name}"`);
      const plain = name.startsWith('%') ? name.toUpperCase() : name === 'tty' ? 'TT' : column.header;
      return { key, header: item.includes('=') ? header.join('=') : plain, column };
    });
}

export const top = utility({
  name: 'top',
  usage: '-hv | -bcEeHiOSs1 -d secs -n max -u|U user -p pid(s) -o field -w [cols]',
  about: 'Display Linux processes.',
  options: ['-b', '-n=', '-d=', '-c', '-p=', '-o=', '-u=', '-i', '-H', '-w=?'],
  *run(tool, options) {
    const rounds = Number(options.get('n') ?? (options.has('b') ? 1_000_000 : Number.POSITIVE_INFINITY));
    const delay = Number(options.get('d') ?? (tool.busybox ? 5 : 3)) * 1000;
    for (let round = 0; round < rounds; round++) {
      if (round > 0) yield* tool.p.sleep(delay);
      if (!options.has('b') && tool.isTty(1)) tool.put('\x1b[H\x1b[J');
      tool.put(topText(tool, options));
      yield* tool.flush();
    }
    return 0;
  },
});

function topText(tool: Tool, options: Options): string {
  const { machine, now } = tool.p;
  const zone = zoneOf(tool.env('TZ'));
  const pids = options.get('p')?.split(',');
  const all = [...machine.processes.values()].filter((process) => !pids || pids.includes(String(process.pid)));
  const count = (letter: string) => all.filter((process) => state(tool, process, false) === letter).length;
  const { total, used, cache, free, available } = memory(tool);
  const mib = (kib: number) => (kib / 1024).toFixed(1);
  const head = [
    `top - ${formatTime('%T', now, zone)} up ${uptimeText(now - machine.bootTime)},  1 user,  load average: ${loadText(tool)}`,
    `Tasks: ${String(all.length).padStart(3)} total, ${String(count('R')).padStart(3)} running, ${String(count('S')).padStart(3)} sleeping, ${String(count('T')).padStart(3)} stopped, ${String(count('Z')).padStart(3)} zombie`,
    '%Cpu(s):  1.2 us,  0.8 sy,  0.0 ni, 98.0 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st ',
    `MiB Mem : ${mib(total).padStart(8)} total, ${mib(free).padStart(8)} free, ${mib(used).padStart(8)} used, ${mib(cache).padStart(8)} buff/cache     `,
    `MiB Swap: ${mib(0).padStart(8)} total, ${mib(0).padStart(8)} free, ${mib(0).padStart(8)} used. ${mib(available).padStart(8)} avail Mem `,
    '',
    '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
  ];
  const rows = all
    .sort((a, b) => Number(percent(tool, b)) - Number(percent(tool, a)) || a.pid - b.pid)
    .map(
      (p) =>
        `${String(p.pid).padStart(7)} ${userName(machine, p.credentials.uid).slice(0, 8).padEnd(8)}  20   0 ${String(rss(p) * 2 + 1024).padStart(7)} ${String(rss(p)).padStart(6)} ${String(Math.floor(rss(p) / 2)).padStart(6)} ${state(tool, p, false)} ${percent(tool, p).padStart(5)} ${((rss(p) * 100) / total).toFixed(1).padStart(5)} ${`${clock(p.cpuTime, false)}.${String(Math.floor(p.cpuTime / 10) % 100).padStart(2, '0')}`.padStart(9)} ${options.has('c') ? command(p) : comm(p)}`,
    );
  return `${[...head, ...rows].join('\n')}\n`;
}

function loadText(tool: Tool): string {
  const busy = [...tool.p.machine.processes.values()].filter((process) => process.cpuTime > 1000).length;
  return `${(0.08 + busy).toFixed(2)}, ${(0.05 + busy * 0.6).toFixed(2)}, ${(0.01 + busy * 0.3).toFixed(2)}`;
}

function uptimeText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const rest =
    hours > 0 ? `${String(hours).padStart(2)}:${String(minutes % 60).padStart(2, '0')}` : `${minutes % 60} min`;
  return `${days > 0 ? `${days} day${days > 1 ? 's' : ''}, ` : ''}${rest}`;
}

export const uptime = utility({
  name: 'uptime',
  usage: '[options]',
  about: 'Tell how long the system has been running.',
  options: ['-p --pretty', '-s --since'],
  *run(tool, options) {
    const { machine, now } = tool.p;
    const zone = zoneOf(tool.env('TZ'));
    if (options.has('s')) tool.put(`${formatTime('%F %T', machine.bootTime, zone)}\n`);
    else if (options.has('p')) {
      const minutes = Math.floor((now - machine.bootTime) / 60_000);
      const unit = (value: number, name: string) => (value > 0 ? [`${value} ${name}${value > 1 ? 's' : ''}`] : []);
      const parts = [
        ...unit(Math.floor(minutes / 10_080), 'week'),
        ...unit(Math.floor(minutes / 1440) % 7, 'day'),
        ...unit(Math.floor(minutes / 60) % 24, 'hour'),
        ...unit(minutes % 60, 'minute'),
      ];
      tool.put(`up ${parts.join(', ') || '0 minutes'}\n`);
    } else
      tool.put(
        ` ${formatTime('%T', now, zone)} up ${uptimeText(now - machine.bootTime)},  1 user,  load average: ${loadText(tool)}\n`,
      );
    return 0;
  },
});

export const free = utility({
  name: 'free',
  usage: '[options]',
  about: 'Display amount of free and used memory in the system.',
  options: [
    '-b --bytes',
    '-k --kibi',
    '-m --mebi',
    '-g --gibi',
    '-h --human',
    '-w --wide',
    '-t --total',
    '-s --seconds=',
    '-c --count=',
    '--si',
  ],
  *run(tool, options) {
    const { total, used, cache, free: unused, available } = memory(tool);
    const show = (kib: number) => {
      if (options.has('h')) {
        const units = ['Ki', 'Mi', 'Gi', 'Ti'];
        let value = kib;
        let unit = 0;
        while (value >= 1024 && unit < 3) {
          value /= 1024;
          unit++;
        }
        return kib === 0 ? '0B' : `${value < 10 ? value.toFixed(1) : Math.floor(value)}${units[unit]}`;
      }
      return String(
        options.has('b')
          ? kib * 1024
          : options.has('m')
            ? Math.floor(kib / 1024)
            : options.has('g')
              ? Math.floor(kib / 1024 ** 2)
              : kib,
      );
    };
    const row = (label: string, values: readonly number[]) =>
      `${label.padEnd(8)}${values.map((value) => show(value).padStart(12)).join('')}\n`;
    tool.put('               total        used        free      shared  buff/cache   available\n');
    tool.put(row('Mem:', [total, used, unused, 2048, cache, available]));
    tool.put(row('Swap:', [0, 0, 0]));
    if (options.has('t')) tool.put(row('Total:', [total, used, unused]));
    return 0;
  },
});

const MATCH_OPTIONS = [
  '-a --list-full',
  '-c --count',
  '-d --delimiter=',
  '-f --full',
  '-g --pgroup=',
  '-i --ignore-case',
  '-l --list-name',
  '-n --newest',
  '-o --oldest',
  '-P --parent=',
  '-t --terminal=',
  '-u --euid=',
  '-U --uid=',
  '-v --inverse',
  '-x --exact',
  '-s --session=',
];

function matching(tool: Tool, options: Options): Process[] {
  const [pattern, extra] = options.operands;
  if (extra !== undefined) throw new Usage('only one pattern can be provided');
  if (pattern === undefined && !options.has('P', 'u', 'U', 't', 'g', 's'))
    throw new Usage('no matching criteria specified');
  let test: RegExp;
  try {
    test = new RegExp(options.has('x') ? `^(?:${pattern ?? ''})$` : (pattern ?? ''), options.has('i') ? 'i' : '');
  } catch {
    throw new Fail(`Invalid preceding regular expression`, 2);
  }
  const parent = options.get('P');
  const user = options.get('u') ?? options.get('U');
  const ofUser = user === undefined ? () => true : byUser(tool, user);
  const terminal = options.get('t');
  let found = [...tool.p.machine.processes.values()].filter((process) => {
    if (process === tool.p || process.ended) return false;
    const matches = test.test(options.has('f') ? process.argv.join(' ') : comm(process));
    const rest =
      (parent === undefined || parent.split(',').includes(String(process.parent?.pid))) &&
      ofUser(process) &&
      (terminal === undefined || process.tty?.name === terminal);
    return (matches && rest) !== options.has('v');
  });
  found = found.sort((a, b) => a.pid - b.pid);
  if (options.has('n')) found = found.slice(-1);
  if (options.has('o')) found = found.slice(0, 1);
  return found;
}

export const pgrep = utility({
  name: 'pgrep',
  usage: '[options] <pattern>',
  about: 'Look up processes based on name.',
  usageStatus: 2,
  options: MATCH_OPTIONS,
  *run(tool, options) {
    const found = matching(tool, options);
    if (options.has('c')) tool.put(`${found.length}\n`);
    else if (found.length > 0)
      tool.put(
        `${found
          .map((process) =>
            options.has('a')
              ? `${process.pid} ${process.argv.join(' ')}`
              : options.has('l')
                ? `${process.pid} ${comm(process)}`
                : String(process.pid),
          )
          .join(options.get('d') ?? '\n')}\n`,
      );
    return found.length > 0 ? 0 : 1;
  },
});

function* signalAll(tool: Tool, found: readonly Process[], text: string) {
  const signal = parseSignal(text);
  for (const process of found) {
    try {
      if (tool.who.uid !== 0 && tool.who.uid !== process.credentials.uid) throw new Errno('EPERM');
      if (signal) process.signal(signal);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* tool.warn(`killing pid ${process.pid} failed: ${error.text}`);
    }
  }
}

export const pkill = utility({
  name: 'pkill',
  usage: '[options] <pattern>',
  about: 'Signal processes based on name.',
  usageStatus: 2,
  options: [...MATCH_OPTIONS, '--signal=', '-e --echo'],
  old: (word) =>
    /^-(\d+|SIG[A-Z0-9]+|[A-Z]{2,}[0-9]?)$/.test(word) && parseSignal(word.slice(1))
      ? { key: 'signal', value: word.slice(1) }
      : undefined,
  *run(tool, options) {
    const found = matching(tool, options);
    if (options.has('e')) for (const process of found) tool.put(`${comm(process)} killed (pid ${process.pid})\n`);
    yield* signalAll(tool, found, options.get('signal') ?? 'TERM');
    return found.length > 0 ? 0 : 1;
  },
});

export const killall = utility({
  name: 'killall',
  usage: '[OPTION]... [--] NAME...',
  about: 'Kill processes by name.',
  options: ['-q --quiet', '-s --signal=', '-v --verbose', '-w --wait', '-I', '-e', '-r'],
  old: (word) =>
    /^-(\d+|[A-Z]{2,}\d?)$/.test(word) && parseSignal(word.slice(1)) ? { key: 's', value: word.slice(1) } : undefined,
  *run(tool, options) {
    for (const name of options.operands) {
      const found = [...tool.p.machine.processes.values()].filter(
        (process) => process !== tool.p && !process.ended && comm(process) === name,
      );
      if (found.length === 0) {
        tool.status = 1;
        if (!options.has('q'))
          yield* tool.complain(tool.busybox ? `killall: ${name}: no process killed\n` : `${name}: no process found\n`);
      }
      yield* signalAll(tool, found, options.get('s') ?? 'TERM');
    }
    return tool.status;
  },
});

export const pidof = utility({
  name: 'pidof',
  usage: '[options] [program [...]]',
  about: 'Find the process ID of a running program.',
  options: ['-s --single-shot', '-c', '-q', '-x', '-o=', '-w'],
  *run(tool, options) {
    const found = [...tool.p.machine.processes.values()]
      .filter((process) => !process.ended && options.operands.some((name) => comm(process) === lastName(name)))
      .map((process) => process.pid)
      .sort((a, b) => b - a);
    if (found.length > 0) tool.put(`${(options.has('s') ? found.slice(0, 1) : found).join(' ')}\n`);
    return found.length > 0 ? 0 : 1;
  },
});
