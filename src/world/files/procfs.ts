import { encode } from '../bytes.ts';
import { findInPath } from '../execute.ts';
import type { Machine } from '../machine.ts';
import type { Process } from '../process.ts';
import { capabilityMask, DEFAULT_CAPABILITIES } from './capabilities.ts';
import { Directory, type Inode, MagicLink, OpenFileInode, RegularFile, Symlink } from './inode.ts';
import { NET_FILES } from './procfs-net.ts';

/** A text that is worked out at each read. */
function text(now: number, make: () => string, mode = 0o444): RegularFile {
  const file = new RegularFile({ mode, uid: 0, gid: 0, mtime: now });
  file.computed = () => encode(make());
  return file;
}

/** A directory whose entries are worked out whenever it is looked into. */
export class ComputedDirectory extends Directory {
  constructor(
    now: number,
    private readonly make: () => Map<string, Inode>,
    mode = 0o555,
    uid = 0,
    gid = 0,
  ) {
    super({ mode, uid, gid, mtime: now });
  }

  override get entries(): Map<string, Inode> {
    return this.make();
  }

  override get untouched(): boolean {
    return true;
  }

  override get size(): number {
    return 0;
  }
}

/** proc(5) of a machine: what its processes and its kernel say of themselves. */
export class ProcDirectory extends ComputedDirectory {
  constructor(machine: Machine) {
    super(machine.world.now, () => rootEntries(machine));
  }
}

function rootEntries(machine: Machine): Map<string, Inode> {
  const { now } = machine.world;
  const entries = new Map<string, Inode>();
  for (const process of machine.pids.visible) {
    const { uid, gid } = process.credentials;
    entries.set(
      String(machine.pids.numberOf(process)),
      new ComputedDirectory(process.startTime, () => processEntries(process), 0o555, uid, gid),
    );
  }
  const meta = { mode: 0o777, uid: 0, gid: 0, mtime: now };
  const self = machine.current?.pid;
  if (self !== undefined) {
    entries.set('self', new Symlink(meta, String(self)));
    entries.set('thread-self', new Symlink(meta, `${self}/task/${self}`));
  }
  entries.set('mounts', new Symlink(meta, 'self/mounts'));
  for (const [name, make] of Object.entries(KERNEL_FILES))
    entries.set(
      name,
      text(now, () => make(machine)),
    );
  entries.set('net', new Symlink(meta, 'self/net'));
  entries.set('sys', machine.sysctls());
  return entries;
}

const memoryKiB = (machine: Machine) => Number(machine.facts.get('memoryKiB') ?? 4_012_536);
const processors = (machine: Machine) => Number(machine.facts.get('cpus') ?? 2);
const padded = (name: string, kib: number) => `${`${name}:`.padEnd(16)}${String(Math.floor(kib)).padStart(8)} kB\n`;

function netEntries(machine: Machine): Map<string, Inode> {
  const { now } = machine.world;
  return new Map(Object.entries(NET_FILES).map(([name, make]) => [name, text(now, () => make(machine))]));
}

const DISK_KIB = 41_251_136;
const PAGE_KIB = 4;

const KERNEL_FILES: Readonly<Record<string, (machine: Machine) => string>> = {
  cgroups: () =>
    `#subsys_name\thierarchy\tnum_cgroups\tenabled\n${'cpuset cpu cpuacct blkio memory devices freezer net_cls perf_event net_prio hugetlb pids rdma misc'
      .split(' ')
      .map((name) => `${name}\t0\t1\t1\n`)
      .join('')}`,
  cmdline: (machine) =>
    `BOOT_IMAGE=/vmlinuz-${machine.facts.get('kernel') ?? '6.8.0-71-generic'} root=/dev/sda1 ro console=tty1\n`,
  cpuinfo: (machine) =>
    Array.from(
      { length: processors(machine) },
      (_, index) =>
        `processor\t: ${index}\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel name\t: Virtual CPU\ncpu MHz\t\t: 2400.000\ncpu cores\t: ${processors(machine)}\n\n`,
    ).join(''),
  devices: () =>
    'Character devices:\n  1 mem\n  4 tty\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n 10 misc\n136 pts\n\nBlock devices:\n  8 sd\n',
  filesystems: () =>
    'nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\nnodev\tdevpts\n\text4\nnodev\toverlay\nnodev\tmqueue\n',
  loadavg: (machine) =>
    `0.08 0.05 0.01 1/${machine.processes.size + 100} ${Math.max(0, ...machine.processes.keys())}\n`,
  meminfo(machine) {
    const total = memoryKiB(machine);
    const used = Math.min(total, 520_000 + machine.processes.size * 8192);
    const cache = total * 0.25;
    return [
      padded('MemTotal', total),
      padded('MemFree', Math.max(0, total - used - cache)),
      padded('MemAvailable', total - used),
      padded('Buffers', cache * 0.1),
      padded('Cached', cache * 0.9),
      padded('SwapTotal', 0),
      padded('SwapFree', 0),
    ].join('');
  },
  partitions: (machine) =>
    `major minor  #blocks  name\n\n   8        1 ${String(machine.facts.get('diskKiB') ?? DISK_KIB).padStart(10)} sda1\n`,
  stat: (machine) => `cpu  0 0 0 0 0 0 0 0 0 0\nbtime ${Math.floor(machine.bootTime / 1000)}\n`,
  swaps: () => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n',
  uptime(machine) {
    const seconds = ((machine.world.now - machine.bootTime) / 1000).toFixed(2);
    return `${seconds} ${seconds}\n`;
  },
  vmstat(machine) {
    const total = memoryKiB(machine);
    const used = Math.min(total, 520_000 + machine.processes.size * 8192);
    return `nr_free_pages ${Math.floor(Math.max(0, total * 0.75 - used) / PAGE_KIB)}\nnr_file_pages ${Math.floor((total * 0.25) / PAGE_KIB)}\npswpin 0\npswpout 0\n`;
  },
  version: (machine) =>
    `Linux version ${machine.facts.get('kernel') ?? '6.8.0-71-generic'} (buildd@lcy02-amd64-048) #71-Ubuntu SMP PREEMPT_DYNAMIC\n`,
};

/** /proc/PID, and with `thread` /proc/PID/task/TID, which has no threads of its own. */
function processEntries(process: Process, thread = false): Map<string, Inode> {
  const { machine, startTime } = process;
  const { uid, gid } = process.credentials;
  const entries = new Map<string, Inode>();
  const file = (name: string, make: () => string, mode = 0o444) => entries.set(name, text(startTime, make, mode));
  const meta = { mode: 0o777, uid, gid, mtime: startTime };
  file('cgroup', () => '0::/\n');
  file('cmdline', () => (process.ended ? '' : process.argv.map((word) => `${word}\0`).join('')));
  file('comm', () => `${process.comm}\n`);
  entries.set('cwd', new Symlink(meta, process.cwd));
  file('environ', () => [...process.env].map(([name, value]) => `${name}=${value}\0`).join(''), 0o400);
  const program = process.argv[0] ?? '';
  entries.set('exe', new Symlink(meta, program.startsWith('/') ? program : (findInPath(process, program) ?? program)));
  entries.set('fd', new ComputedDirectory(startTime, () => descriptors(process), 0o500, uid, gid));
  file('limits', () => LIMITS);
  file('loginuid', () => '4294967295');
  file('mounts', () => machine.files.mountLines());
  file('mountinfo', () => machine.files.mountInfo());
  file('oom_score', () => '0\n');
  file(
    'oom_score_adj',
    () => `${process.pid === 1 && machine.facts.has('oomScoreAdj') ? machine.facts.get('oomScoreAdj') : 0}\n`,
  );
  entries.set('root', new MagicLink(meta, '/', machine.files.root, machine.files));
  entries.set('net', new ComputedDirectory(startTime, () => netEntries(machine)));
  file('stat', () => statLine(process));
  file('status', () => statusText(process));
  if (thread) return entries;
  const task = new Map<string, Inode>();
  task.set(String(process.pid), new ComputedDirectory(startTime, () => processEntries(process, true), 0o555, uid, gid));
  entries.set('task', new ComputedDirectory(startTime, () => task, 0o555, uid, gid));
  return entries;
}

const LIMITS = `${[
  ['Limit', 'Soft Limit', 'Hard Limit', 'Units'],
  ['Max cpu time', 'unlimited', 'unlimited', 'seconds'],
  ['Max file size', 'unlimited', 'unlimited', 'bytes'],
  ['Max data size', 'unlimited', 'unlimited', 'bytes'],
  ['Max stack size', '8388608', 'unlimited', 'bytes'],
  ['Max core file size', 'unlimited', 'unlimited', 'bytes'],
  ['Max resident set', 'unlimited', 'unlimited', 'bytes'],
  ['Max processes', 'unlimited', 'unlimited', 'processes'],
  ['Max open files', '1048576', '1048576', 'files'],
  ['Max locked memory', '8388608', '8388608', 'bytes'],
  ['Max address space', 'unlimited', 'unlimited', 'bytes'],
  ['Max file locks', 'unlimited', 'unlimited', 'locks'],
  ['Max pending signals', '15643', '15643', 'signals'],
  ['Max msgqueue size', '819200', '819200', 'bytes'],
  ['Max nice priority', '0', '0', ''],
  ['Max realtime priority', '0', '0', ''],
  ['Max realtime timeout', 'unlimited', 'unlimited', 'us'],
]
  .map(
    ([name = '', soft = '', hard = '', unit = '']) =>
      `${name.padEnd(25)} ${soft.padEnd(20)} ${hard.padEnd(20)} ${unit.padEnd(10)}\n`,
  )
  .join('')}`;

function descriptors(process: Process): Map<string, Inode> {
  const meta = { mode: 0o700, uid: process.credentials.uid, gid: process.credentials.gid, mtime: process.startTime };
  return new Map(
    [...process.openFiles()].map(([fd, file]) => [
      String(fd),
      new MagicLink(meta, file.description, new OpenFileInode({ ...meta, mode: 0o600 }, file)),
    ]),
  );
}

function stateOf(process: Process): readonly [string, string] {
  if (process.ended) return ['Z', 'zombie'];
  if (process.stopped) return ['T', 'stopped'];
  return process === process.machine.current ? ['R', 'running'] : ['S', 'sleeping'];
}

function statLine(process: Process): string {
  const ticks = Math.floor(process.cpuTime / 10);
  const start = Math.floor((process.startTime - process.machine.bootTime) / 10);
  return `${process.pid} (${process.comm}) ${stateOf(process)[0]} ${process.parent?.pid ?? 0} ${process.group} ${process.session} 0 -1 4194560 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${start} 4509696 320\n`;
}

function statusText(process: Process): string {
  const { uid, gid, groups, capabilities = DEFAULT_CAPABILITIES, noNewPrivileges, seccomp } = process.credentials;
  const [letter, word] = stateOf(process);
  const bounding = capabilityMask(capabilities);
  const held = uid === 0 ? bounding : '0'.repeat(16);
  const rows: [string, string | number][] = [
    ['Name', process.comm],
    ['Umask', process.umask.toString(8).padStart(4, '0')],
    ['State', `${letter} (${word})`],
    ['Tgid', process.pid],
    ['Ngid', 0],
    ['Pid', process.pid],
    ['PPid', process.parent?.pid ?? 0],
    ['TracerPid', 0],
    ['Uid', [uid, uid, uid, uid].join('\t')],
    ['Gid', [gid, gid, gid, gid].join('\t')],
    ['FDSize', 64],
    ['Groups', `${groups.join(' ')} `],
    ['Threads', 1],
    ['CapInh', '0'.repeat(16)],
    ['CapPrm', held],
    ['CapEff', held],
    ['CapBnd', bounding],
    ['CapAmb', '0'.repeat(16)],
    ['NoNewPrivs', noNewPrivileges ? 1 : 0],
    ['Seccomp', seccomp ? 2 : 0],
    ['Seccomp_filters', seccomp ? 1 : 0],
  ];
  return rows.map(([name, value]) => `${name}:\t${value}\n`).join('');
}
