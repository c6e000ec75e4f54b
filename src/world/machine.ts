import { decode, encode } from './bytes.ts';
import { Cores, type CoresOptions } from './cores.ts';
import { Errno } from './errno.ts';
import { FileSystem } from './files/file-system.ts';
import { Directory, type Meta, RegularFile, SettingFile } from './files/inode.ts';
import { ProcDirectory } from './files/procfs.ts';
import { SysDirectory } from './files/sysfs.ts';
import { NetworkNamespace } from './network/namespace.ts';
import { PidNamespace } from './pids.ts';
import { Process, type SpawnOptions } from './process.ts';
import type { ProgramTable } from './program.ts';
import type { Signal } from './signals.ts';
import { Tty, TtyFile } from './tty.ts';
import { Units } from './units.ts';
import type { World } from './world.ts';

/** Processes a machine can have at once: what stops a fork bomb. */
const MAX_PROCESSES = 2000;

/** Settings of the kernel that people look at or change, by their path below /proc/sys. */
const SYSCTLS: Readonly<Record<string, string>> = {
  'fs/file-max': '9223372036854775807',
  'kernel/hostname': '',
  'kernel/osrelease': '6.8.0-71-generic',
  'kernel/ostype': 'Linux',
  'kernel/pid_max': '4194304',
  'net/bridge/bridge-nf-call-ip6tables': '1',
  'net/bridge/bridge-nf-call-iptables': '1',
  'net/core/somaxconn': '4096',
  'net/ipv4/ip_forward': '1',
  'net/ipv4/ip_local_port_range': '32768\t60999',
  'net/ipv4/ip_unprivileged_port_start': '0',
  'net/ipv4/ping_group_range': '0\t2147483647',
  'net/ipv4/tcp_fin_timeout': '60',
  'net/ipv4/tcp_keepalive_time': '7200',
  'net/ipv4/tcp_syncookies': '1',
  'vm/max_map_count': '1048576',
  'vm/overcommit_memory': '1',
  'vm/swappiness': '60',
};

export interface MachineOptions {
  readonly hostname: string;
  /** A shared layer that the machine's tree lies over. */
  readonly image?: Directory;
  readonly network?: NetworkNamespace;
  /** `uname -m` and the like; free facts of the machine. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Settings of the kernel that differ from the usual ones, by their path below /proc/sys. */
  readonly sysctls?: Readonly<Record<string, string>> | undefined;
  readonly maxProcesses?: number;
  /** The processes it shares with another machine: containers of a Pod, or of the host. */
  readonly pids?: PidNamespace;
  /** Bytes its processes may hold before the kernel kills one; without it as many as they like. */
  readonly memoryLimit?: number | undefined;
  /** The processor time that its processes share. */
  readonly cores?: CoresOptions;
  /** A process namespace: its first process gets no signal it does not handle, not even SIGKILL, from within. */
  readonly protectsInit?: boolean;
  /** What its executable files name; without it the programs of the world. */
  readonly programs?: ProgramTable;
}

/** A computer, or a container: a file tree, processes, terminals and a network namespace of its own or shared. */
export class Machine {
  hostname: string;
  readonly files: FileSystem;
  readonly pids: PidNamespace;
  readonly network: NetworkNamespace;
  readonly memoryLimit: number | undefined;
  readonly cores: Cores;
  /** Whether the kernel has killed a process for its memory. */
  outOfMemory = false;
  readonly units: Units;
  readonly programs: ProgramTable;
  readonly facts: Map<string, string>;
  /** Virtual time at which it was started, ms. */
  readonly bootTime: number;
  /** Called at the end of each process. */
  readonly endListeners = new Set<(process: Process) => void>();
  readonly protectsInit: boolean;
  /** The process outside that watches over a container's first one. */
  keeper: Process | undefined;
  /** The process that computes at this moment. */
  current: Process | undefined;
  private lastTty = 0;
  private readonly maxProcesses: number;
  private readonly ownSysctls: Readonly<Record<string, string>> | undefined;

  constructor(
    readonly world: World,
    options: MachineOptions,
  ) {
    this.hostname = options.hostname;
    this.bootTime = world.loop.now;
    this.protectsInit = options.protectsInit ?? false;
    this.programs = options.programs ?? world.programs;
    this.maxProcesses = options.maxProcesses ?? MAX_PROCESSES;
    this.ownSysctls = options.sysctls;
    this.pids = options.pids ?? new PidNamespace();
    this.memoryLimit = options.memoryLimit;
    this.cores = new Cores(() => world.loop.now, options.cores ?? {});
    this.facts = new Map(Object.entries(options.facts ?? {}));
    const root = options.image
      ? Directory.over(options.image)
      : new Directory({ mode: 0o755, uid: 0, gid: 0, mtime: world.loop.now });
    this.files = new FileSystem(root, () => world.loop.now);
    this.files.kernel = new ProcDirectory(this);
    this.files.devices = new SysDirectory(this);
    this.units = new Units(this);
    this.network = options.network ?? new NetworkNamespace(options.hostname);
  }

  /** The processes of its own namespace, by number; `pids.visible` are also those of the containers on it. */
  get processes(): Map<number, Process> {
    return this.pids.processes;
  }

  /** Kills the process that asked for memory when there is not enough. Linux: mm/oom_kill.c */
  checkMemory(asking: Process): void {
    if (this.memoryLimit === undefined) return;
    let sum = 0;
    for (const process of this.processes.values()) if (process.machine === this) sum += process.memory;
    if (sum <= this.memoryLimit) return;
    this.outOfMemory = true;
    asking.destroy();
  }

  /** Starts a process. Raises EAGAIN when there are too many. */
  spawn(options: SpawnOptions): Process {
    if (this.processes.size >= this.maxProcesses) throw new Errno('EAGAIN');
    const process = new Process(this, this.pids.next(), options);
    this.pids.add(process);
    return process;
  }

  /**
   * This machine as a process sees it that has entered other namespaces: the same files, processes and units, with another
   * network or another name. linux: setns(2)
   */
  within(namespaces: { readonly network?: NetworkNamespace; readonly hostname?: string }): Machine {
    const seen: Machine = Object.create(this);
    for (const [name, value] of Object.entries(namespaces))
      if (value !== undefined) Object.defineProperty(seen, name, { value, writable: true });
    return seen;
  }

  private sysctlTree: Directory | undefined;

  /** /proc/sys: what can be set lasts as long as the machine. */
  sysctls(): Directory {
    if (this.sysctlTree) return this.sysctlTree;
    const meta = { mode: 0o555, uid: 0, gid: 0, mtime: this.bootTime };
    const tree = new Directory(meta);
    for (const [path, value] of Object.entries({ ...SYSCTLS, ...this.ownSysctls })) {
      const names = path.split('/');
      const last = names.pop() ?? '';
      let at = tree;
      for (const name of names) {
        const next = at.entries.get(name);
        const directory = next instanceof Directory ? next : new Directory(meta);
        at.entries.set(name, directory);
        at = directory;
      }
      const file = this.networkSetting(path, meta) ?? new RegularFile({ ...meta, mode: 0o644 }, encode(`${value}\n`));
      if (path === 'kernel/hostname') file.computed = () => encode(`${this.hostname}\n`);
      at.entries.set(last, file);
    }
    this.sysctlTree = tree;
    return tree;
  }

  /** Settings that belong to the network namespace. */
  private networkSetting(path: string, meta: Meta): RegularFile | undefined {
    if (path !== 'net/ipv4/ip_forward') return undefined;
    const { network } = this;
    return new SettingFile(
      { ...meta, mode: 0o644 },
      () => encode(network.forwarding ? '1\n' : '0\n'),
      (bytes) => {
        network.forwarding = Number.parseInt(decode(bytes), 10) > 0;
      },
    );
  }

  /** The next process gets a pid above `pid`: machines that have been up for a while. */
  skipPids(pid: number): void {
    this.pids.lastPid = Math.max(this.pids.lastPid, pid);
  }

  /** Called by a process that has ended: its children go to the first process, nobody's zombies go at once. */
  onEnd(process: Process): void {
    this.network.closeAll(process);
    const first = this.processes.get(1);
    for (const child of process.children) {
      child.parent = first && first !== process && !first.ended ? first : undefined;
      child.parent?.children.add(child);
      if (child.ended && !child.parent) this.pids.remove(child);
    }
    process.children.clear();
    if (process.pid === process.session && process.tty) {
      const { tty } = process;
      if (tty.foreground) this.signalGroup(tty.foreground, 'HUP');
    }
    if (!process.parent || process.parent.action('CHLD') === 'ignore' || process.parent.pid === 1) this.reap(process);
    for (const listener of this.endListeners) listener(process);
  }

  /** Takes an ended process out of the table. */
  reap(process: Process): void {
    this.pids.remove(process);
    process.parent?.children.delete(process);
  }

  signalGroup(group: number, signal: Signal): void {
    for (const process of [...this.processes.values()]) if (process.group === group) process.signal(signal);
  }

  /** Kills everything: the machine is switched off, the container is gone. */
  killAll(): void {
    for (const process of [...this.processes.values()]) if (process.machine === this) process.destroy();
  }

  /** A terminal of this machine: `pts/N`. */
  openTty(columns = 80, rows = 24): Tty {
    return new Tty(`pts/${this.lastTty++}`, columns, rows, (group, signal) => this.signalGroup(group, signal));
  }

  ttyFile(tty: Tty): TtyFile {
    return new TtyFile(tty);
  }
}
