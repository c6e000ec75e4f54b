import type { Process } from '../../world/process.ts';
import { Fail } from './fail.ts';
import { Usage } from './options.ts';
import { byUser, clock, command, elapsed, memory, percent, pidOf, rss, started, state } from './process-facts.ts';
import { formatTime, zoneOf } from './time-text.ts';
import type { Tool } from './tool.ts';
import { userName } from './users.ts';
import { utility } from './utility.ts';

interface Column {
  readonly header: string;
  readonly right?: boolean;
  readonly value: (tool: Tool, process: Process) => string;
}

const COLUMNS: Readonly<Record<string, Column>> = {
  pid: { header: 'PID', right: true, value: (tool, p) => pidOf(tool, p) },
  ppid: { header: 'PPID', right: true, value: (tool, p) => pidOf(tool, p.parent ?? p.machine.keeper) },
  pgid: { header: 'PGID', right: true, value: (tool, p) => pidOf(tool, p, p.group) },
  pgrp: { header: 'PGRP', right: true, value: (tool, p) => pidOf(tool, p, p.group) },
  sid: { header: 'SID', right: true, value: (tool, p) => pidOf(tool, p, p.session) },
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
  comm: { header: 'COMMAND', value: (_, p) => p.comm + (p.ended ? ' <defunct>' : '') },
  ucmd: { header: 'CMD', value: (_, p) => p.comm + (p.ended ? ' <defunct>' : '') },
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
    let processes = tool.p.machine.pids.visible.filter((process) => plan.select(process));
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

/** busybox: procps/ps.c out_spec[] */
const BUSYBOX_WIDTHS: Readonly<Record<string, number>> = {
  user: 8,
  group: 8,
  comm: 16,
  args: 256,
  pid: 5,
  ppid: 5,
  pgid: 5,
  etime: 7,
  nice: 5,
  rgroup: 8,
  ruser: 8,
  time: 6,
  tty: 6,
  vsz: 4,
  sid: 5,
  stat: 4,
  rss: 4,
};

function busyboxPs(tool: Tool): number {
  const given = tool.args
    .join(' ')
    .match(/-o ?(\S+)/)?.[1]
    ?.split(',');
  const all = tool.p.machine.pids.visible;
  if (given) {
    const columns = given.map((name) => {
      const column = COLUMNS[ALIASES[name] ?? name];
      if (!column)
        throw new Fail(`bad -o argument '${name}', supported arguments: ${Object.keys(BUSYBOX_WIDTHS).join(',')}`);
      return { column, width: BUSYBOX_WIDTHS[name] ?? 8 };
    });
    const line = (cells: readonly string[]) => tool.put(`${cells.join(' ').trimEnd()}\n`);
    line(columns.map(({ column, width }) => column.header.padEnd(width)));
    for (const process of all)
      line(
        columns.map(({ column, width }) => {
          const text = column.value(tool, process);
          return column.right ? text.padStart(width) : text.slice(0, width).padEnd(width);
        }),
      );
    return 0;
  }
  tool.put('PID   USER     TIME  COMMAND\n');
  for (const process of all) {
    const label = process.argv.length === 0 ? `{${process.comm}}` : process.argv.join(' ');
    tool.put(
      `${pidOf(tool, process).padStart(5)} ${userName(tool.p.machine, process.credentials.uid).slice(0, 8).padEnd(8)} ${clock(process.cpuTime, false).padStart(5)} ${label}\n`,
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
        selectors.push((p) => pids.includes(pidOf(tool, p)));
      } else if (name === '--ppid') {
        const pids = lists(next());
        selectors.push((p) => pids.includes(pidOf(tool, p.parent)));
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
      selectors.push((p) => pids.includes(pidOf(tool, p)));
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
        selectors.push((p) => pids.includes(pidOf(tool, p)));
      } else if (letter === 'C') {
        const names = lists(value());
        selectors.push((p) => names.includes(p.comm));
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
