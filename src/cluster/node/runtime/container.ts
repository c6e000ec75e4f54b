import { Errno } from '../../../world/errno.ts';
import { DEFAULT_PATH, resolveExecutable } from '../../../world/execute.ts';
import { DeviceFile } from '../../../world/files/devices.ts';
import type { MountKind, MountRow } from '../../../world/files/file-system.ts';
import type { Directory, Inode } from '../../../world/files/inode.ts';
import { Machine } from '../../../world/machine.ts';
import type { NetworkNamespace } from '../../../world/network/namespace.ts';
import type { OpenFile } from '../../../world/open-file.ts';
import type { PidNamespace } from '../../../world/pids.ts';
import { makePipe, type PipeBuffer } from '../../../world/pipe.ts';
import type { Credentials, Main, Process, ProcessStatus } from '../../../world/process.ts';
import type { ProgramTable } from '../../../world/program.ts';
import { SIGNALS, type Signal } from '../../../world/signals.ts';
import type { Tty } from '../../../world/tty.ts';
import type { World } from '../../../world/world.ts';
import { ContainerLog, LogWriter } from './log.ts';

export interface Mount {
  readonly path: string;
  readonly source: Inode;
  readonly readOnly: boolean;
  readonly kind: MountKind;
  /** Where the node has it. */
  readonly from: string;
}

export interface ContainerOptions {
  readonly id: string;
  readonly name: string;
  readonly hostname: string;
  readonly layer: Directory;
  readonly network: NetworkNamespace;
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly workingDirectory: string;
  readonly credentials: Credentials;
  readonly mounts: readonly Mount[];
  /** Standard input stays open for those who attach. */
  readonly stdin: boolean;
  /** It ends with the first of them. */
  readonly stdinOnce?: boolean;
  /** The first process has a terminal. */
  readonly tty?: boolean;
  readonly facts?: Readonly<Record<string, string>>;
  /** Processes it shares: those of its Pod or its node. */
  readonly pids: PidNamespace;
  /** What watches over its first process. */
  readonly keeper?: Process | undefined;
  /** bytes */
  readonly memoryLimit?: number;
  /** Settings of the kernel, by their path below /proc/sys. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** cores */
  readonly cpuLimit?: number;
  readonly readOnlyRoot?: boolean;
  /** The /dev/shm that it has together with others. */
  readonly sharedMemory?: Directory;
  /** Those of its node. */
  readonly programs: ProgramTable;
}

const OVERLAY: MountKind = { source: 'overlay', type: 'overlay', options: 'relatime,lowerdir=/var/lib/containerd' };

/** What runc mounts in every container. */
function baseMounts(readOnlyRoot: boolean): MountRow[] {
  const row = (path: string, source: string, type: string, options: string, readOnly = false): MountRow => ({
    path,
    readOnly,
    kind: { source, type, options },
  });
  return [
    { path: '/', readOnly: readOnlyRoot, kind: OVERLAY },
    row('/proc', 'proc', 'proc', 'nosuid,nodev,noexec,relatime'),
    row('/dev', 'tmpfs', 'tmpfs', 'nosuid,size=65536k,mode=755'),
    row('/dev/pts', 'devpts', 'devpts', 'nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666'),
    row('/dev/mqueue', 'mqueue', 'mqueue', 'nosuid,nodev,noexec,relatime'),
    row('/sys', 'sysfs', 'sysfs', 'nosuid,nodev,noexec,relatime', true),
    row('/sys/fs/cgroup', 'cgroup', 'cgroup2', 'nosuid,nodev,noexec,relatime', true),
    row('/dev/shm', 'shm', 'tmpfs', 'nosuid,nodev,noexec,relatime,size=65536k'),
    row('/proc/bus', 'proc', 'proc', 'nosuid,nodev,noexec,relatime', true),
    row('/proc/fs', 'proc', 'proc', 'nosuid,nodev,noexec,relatime', true),
    row('/proc/irq', 'proc', 'proc', 'nosuid,nodev,noexec,relatime', true),
    row('/proc/sys', 'proc', 'proc', 'nosuid,nodev,noexec,relatime', true),
    row('/proc/acpi', 'tmpfs', 'tmpfs', 'relatime', true),
    row('/proc/keys', 'tmpfs', 'tmpfs', 'nosuid,size=65536k,mode=755'),
    row('/proc/timer_list', 'tmpfs', 'tmpfs', 'nosuid,size=65536k,mode=755'),
    row('/sys/firmware', 'tmpfs', 'tmpfs', 'relatime', true),
  ];
}

/** A process could not be started; the text is runc's. */
export class StartError extends Error {}

/** Processes in one container: a fork bomb stays in its Pod. */
const MAX_PROCESSES = 500;

/** A container: a machine of its own over an image, with one first process. */
export class Container {
  readonly machine: Machine;
  readonly log = new ContainerLog();
  startedAt = 0;
  finishedAt = 0;
  /** How the first process ended; undefined while it runs or before it started. */
  status: ProcessStatus | undefined;
  /** Where those who attach type. */
  tty: Tty | undefined;
  private input: PipeBuffer | undefined;
  private mountProblem: string | undefined;
  private process: Process | undefined;

  constructor(
    world: World,
    readonly options: ContainerOptions,
    private readonly onExit: (container: Container) => void,
  ) {
    this.machine = new Machine(world, {
      hostname: options.hostname,
      image: options.layer,
      network: options.network,
      maxProcesses: MAX_PROCESSES,
      protectsInit: true,
      programs: options.programs,
      pids: options.pids,
      memoryLimit: options.memoryLimit,
      sysctls: options.sysctls,
      cores: { limit: options.cpuLimit, coarse: true },
      ...(options.facts ? { facts: options.facts } : {}),
    });
    this.machine.keeper = options.keeper;
    for (const mount of options.mounts) this.mountProblem ??= this.mount(mount);
    const { files } = this.machine;
    if (!files.exists(options.workingDirectory)) files.makeDirectories(options.workingDirectory);
    files.describeMounts(baseMounts(options.readOnlyRoot === true));
    if (options.sharedMemory && files.exists('/dev/shm')) files.cover('/dev/shm', options.sharedMemory);
    if (options.readOnlyRoot) files.makeRootReadOnly();
  }

  /** Mounts what is asked for; the value is what runc says of one that cannot be. */
  private mount(mount: Mount): string | undefined {
    const { files } = this.machine;
    const isDirectory = mount.source.kind === 'directory';
    const there = files.tryStat(mount.path);
    if (there && (there.kind === 'directory') !== isDirectory) {
      return `error during container init: error mounting "${mount.from}" to rootfs at "${mount.path}": mount ${mount.from}:${mount.path} (via /proc/self/fd/6), flags: ${mount.readOnly ? '0x5001' : '0x5000'}: not a directory`;
    }
    if (isDirectory) files.makeDirectories(mount.path);
    else if (!there) {
      files.makeDirectories(mount.path.slice(0, mount.path.lastIndexOf('/')) || '/');
      files.writeFile(mount.path, '');
    }
    files.mount(mount.path, mount.source, mount.readOnly, mount.kind);
    return undefined;
  }

  get id(): string {
    return this.options.id;
  }

  /** The kernel has killed a process of it for its memory. */
  get outOfMemory(): boolean {
    return this.machine.outOfMemory;
  }

  get running(): boolean {
    return this.process !== undefined && this.status === undefined;
  }

  /** `128 + n` for a signal, as runtimes report it. */
  get exitCode(): number {
    if (!this.status) return 0;
    return this.status.kind === 'exited' ? this.status.code : 128 + SIGNALS[this.status.signal];
  }

  /** Starts the first process. Raises StartError. */
  start(): void {
    const { argv, env, workingDirectory, credentials } = this.options;
    if (this.mountProblem !== undefined) throw new StartError(this.mountProblem);
    const main = this.resolve(argv);
    const files = this.options.tty ? this.terminalFiles() : this.streamFiles();
    this.startedAt = this.machine.world.now;
    const process = this.machine.spawn({
      argv,
      main,
      env: this.tty ? new Map([...env, ['TERM', 'xterm']]) : env,
      cwd: workingDirectory,
      credentials,
      files,
      session: { tty: this.tty },
    });
    if (this.tty) this.tty.foreground = process.group;
    this.process = process;
    this.machine.endListeners.add((ended) => {
      if (ended === process) this.end(process.ended);
    });
  }

  private streamFiles(): Map<number, OpenFile> {
    let input: OpenFile = new DeviceFile('null');
    if (this.options.stdin) {
      const pipe = makePipe();
      this.input = pipe.buffer;
      input = pipe.reader;
    }
    return new Map<number, OpenFile>([
      [0, input],
      [1, new LogWriter(this.log, 'stdout')],
      [2, new LogWriter(this.log, 'stderr')],
    ]);
  }

  private terminalFiles(): Map<number, OpenFile> {
    const tty = this.machine.openTty(80, 24);
    this.tty = tty;
    tty.onOutput((bytes) => this.log.write(this.machine.world.now, 'stdout', bytes));
    const terminal = this.machine.ttyFile(tty);
    return new Map([0, 1, 2].map((fd) => [fd, terminal]));
  }

  /** Somebody who is attached types; without `stdin` nobody hears it. */
  type(bytes: Uint8Array): void {
    if (this.tty && this.options.stdin) this.tty.type(bytes);
    else this.input?.put(bytes);
  }

  /** Somebody who was attached has nothing more to type. */
  endInput(): void {
    if (this.options.stdinOnce !== true) return;
    if (this.tty) this.tty.hangUp();
    else this.input?.closeWriter();
  }

  /** Runs another process in the container. Raises StartError. */
  exec(argv: readonly string[], files: ReadonlyMap<number, OpenFile>, tty: Tty | undefined): Process {
    const { env, workingDirectory, credentials } = this.options;
    const main = this.resolve(argv);
    const withTerm = tty ? new Map([...env, ['TERM', 'xterm']]) : env;
    return this.machine.spawn({
      argv,
      main,
      env: withTerm,
      cwd: workingDirectory,
      credentials,
      files,
      session: { tty },
    });
  }

  /** SIGTERM to the first process; the caller kills after the grace period. */
  terminate(): void {
    this.process?.signal('TERM');
  }

  /** A signal to the first process, from outside. */
  signal(signal: Signal): void {
    this.process?.signal(signal);
  }

  kill(): void {
    this.machine.killAll();
  }

  private end(status: ProcessStatus | undefined): void {
    if (this.status) return;
    this.status = status ?? { kind: 'exited', code: 255 };
    this.finishedAt = this.machine.world.now;
    this.machine.killAll();
    this.machine.network.closeAllOf(this.machine);
    this.log.end(this.finishedAt);
    this.onExit(this);
  }

  /** What runc's `exec:` lookup finds. */
  private resolve(argv: readonly string[]): Main {
    const [name = ''] = argv;
    const { credentials, workingDirectory, env } = this.options;
    const paths = name.includes('/')
      ? [name.startsWith('/') ? name : `${workingDirectory}/${name}`]
      : (env.get('PATH') ?? DEFAULT_PATH).split(':').map((directory) => `${directory}/${name}`);
    let denied = false;
    for (const path of paths) {
      try {
        return resolveExecutable(this.machine, path, argv, credentials).main;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        if (error.code === 'EACCES') denied = true;
        if (error.code === 'ENOEXEC') throw new StartError(`exec ${path}: exec format error`);
      }
    }
    const quoted = JSON.stringify(name);
    if (denied) throw new StartError(`exec: ${quoted}: permission denied`);
    if (name.includes('/')) throw new StartError(`exec: ${quoted}: stat ${name}: no such file or directory`);
    throw new StartError(`exec: ${quoted}: executable file not found in $PATH`);
  }
}
