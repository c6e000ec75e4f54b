import { decode } from '../../world/bytes.ts';
import { anyOf, type Task, wait } from '../../world/task.ts';
import type { Tty } from '../../world/tty.ts';
import type { Options } from './options.ts';
import { clock, command, memory, percent, pidOf, rss, state } from './process-facts.ts';
import { formatTime, zoneOf } from './time-text.ts';
import type { Tool } from './tool.ts';
import { userName } from './users.ts';
import { utility } from './utility.ts';

export const top = utility({
  name: 'top',
  usage: '-hv | -bcEeHiOSs1 -d secs -n max -u|U user -p pid(s) -o field -w [cols]',
  about: 'Display Linux processes.',
  options: ['-b', '-n=', '-d=', '-c', '-p=', '-o=', '-u=', '-i', '-H', '-w=?'],
  *run(tool, options) {
    const rounds = Number(options.get('n') ?? (options.has('b') ? 1_000_000 : Number.POSITIVE_INFINITY));
    const delay = Number(options.get('d') ?? (tool.busybox ? 5 : 3)) * 1000;
    const tty = !options.has('b') && tool.isTty(1) && tool.p.hasFile(0) ? tool.p.file(0).tty : undefined;
    const before = tty && { ...tty.termios };
    if (tty) tty.termios = { ...tty.termios, canonical: false, echo: false };
    try {
      for (let round = 0; round < rounds; round++) {
        if (round > 0 && (yield* pause(tool, delay, tty))) break;
        if (!options.has('b') && tool.isTty(1)) tool.put('\x1b[H\x1b[J');
        tool.put(topText(tool, options));
        yield* tool.flush();
      }
    } finally {
      if (tty && before) tty.termios = before;
    }
    return 0;
  },
});

/** Waits for the next round, or for a key that asks for it at once. True when `q` ends it. */
function* pause(tool: Tool, delay: number, tty: Tty | undefined): Task<boolean> {
  const { p } = tool;
  if (!tty) {
    yield* p.sleep(delay);
    return false;
  }
  for (const until = p.now + delay; p.now < until; ) {
    if (!tty.readable) yield* wait(anyOf(tty.typed, p.timer(until - p.now)));
    if (!tty.readable) continue;
    const keys = decode(yield* tty.read(p, 64));
    if (keys === '' || keys.includes('q')) return true;
    if (/[ \r\n]/.test(keys)) return false;
  }
  return false;
}

function topText(tool: Tool, options: Options): string {
  const { machine, now } = tool.p;
  const zone = zoneOf(tool.env('TZ'));
  const pids = options.get('p')?.split(',');
  const all = machine.pids.visible.filter((process) => !pids || pids.includes(pidOf(tool, process)));
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
    .sort((a, b) => Number(percent(tool, b)) - Number(percent(tool, a)))
    .map(
      (p) =>
        `${pidOf(tool, p).padStart(7)} ${userName(machine, p.credentials.uid).slice(0, 8).padEnd(8)}  20   0 ${String(rss(p) * 2 + 1024).padStart(7)} ${String(rss(p)).padStart(6)} ${String(Math.floor(rss(p) / 2)).padStart(6)} ${state(tool, p, false)} ${percent(tool, p).padStart(5)} ${((rss(p) * 100) / total).toFixed(1).padStart(5)} ${`${clock(p.cpuTime, false)}.${String(Math.floor(p.cpuTime / 10) % 100).padStart(2, '0')}`.padStart(9)} ${options.has('c') ? command(p) : p.comm}`,
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
