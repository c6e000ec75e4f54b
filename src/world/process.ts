import { concat, decode, EMPTY, toBytes } from './bytes.ts';
import { Errno } from './errno.ts';
import type { Machine } from './machine.ts';
import type { OpenFile } from './open-file.ts';
import { defaultAction, SIGNALS, type Signal } from './signals.ts';
import { Condition, type Task, type Wait, wait } from './task.ts';
import type { Tty } from './tty.ts';

/** What a process does: a coroutine whose value is the exit status. */
export type Main = (process: Process) => Task<number>;

export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** What root may do, `NET_RAW`; all of it when not given. */
  readonly capabilities?: ReadonlySet<string>;
  readonly noNewPrivileges?: boolean;
  /** Whether a filter watches over its system calls. */
  readonly seccomp?: boolean;
}

export type SignalAction =
  | 'default'
  | 'ignore'
  /** `interrupt`: a wait in progress ends with EINTR after `handle` has run. */
  | { readonly handle: (signal: Signal) => void; readonly interrupt: boolean };

/** How a process ended, or that it was stopped. */
export type ProcessStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: Signal }
  | { readonly kind: 'stopped'; readonly signal: Signal };

export interface SpawnOptions {
  readonly argv: readonly string[];
  readonly main: Main;
  readonly parent?: Process | undefined;
  readonly env?: ReadonlyMap<string, string>;
  readonly cwd?: string;
  readonly credentials?: Credentials;
  /** Descriptors of the new process; without it those of the parent. */
  readonly files?: ReadonlyMap<number, OpenFile>;
  /** A process group: 'own' makes the process the leader of a new one. */
  readonly group?: number | 'own';
  /** A new session, with this controlling terminal. */
  readonly session?: { readonly tty: Tty | undefined };
  readonly umask?: number;
  /** Signals ignored from the start, on top of those that the parent ignores. */
  readonly ignore?: readonly Signal[];
  /** Work within another process: ps does not list it. */
  readonly thread?: boolean;
}

/** `$?` of a status. */
export function shellStatus(status: ProcessStatus): number {
  return status.kind === 'exited' ? status.code : 128 + SIGNALS[status.signal];
}

class ProcessExit {
  constructor(readonly code: number) {}
}

/** Virtual time that a process may use before others get their turn, ms. */
const SLICE = 1;

/** A process of a machine: a generator, with what a kernel knows about it. Made by `Machine.spawn`. */
export class Process {
  readonly machine: Machine;
  readonly pid: number;
  parent: Process | undefined;
  readonly children = new Set<Process>();
  group: number;
  session: number;
  /** The controlling terminal. */
  tty: Tty | undefined;
  argv: readonly string[];
  /** Exported variables. */
  env: Map<string, string>;
  cwd: string;
  credentials: Credentials;
  umask: number;
  readonly startTime: number;
  /** When it became the program that it runs, ms of virtual time. */
  programSince: number;
  /** What it calls itself, where that is not the name of its program. */
  title: string | undefined;
  /** Whether it is only work within another process. */
  readonly isThread: boolean;
  /** Bytes that it has asked for beside its own size. */
  memory = 0;
  /** Virtual ms of CPU used. */
  cpuTime = 0;
  /** Set once the process has ended; it stays in the table until its parent has waited for it. */
  ended: ProcessStatus | undefined;
  stopped: Signal | undefined;

  private readonly files = new Map<number, OpenFile>();
  private readonly actions = new Map<Signal, SignalAction>();
  private readonly changed = new Condition();
  private unreported: ProcessStatus | undefined;
  private readonly task: Task<number>;
  private disarm: (() => void) | undefined;
  private running = false;
  private deferred: (() => void) | undefined;
  private pendingDeath: ProcessStatus | undefined;
  private owedTime = 0;

  constructor(machine: Machine, pid: number, options: SpawnOptions) {
    const parent = options.parent;
    this.machine = machine;
    this.pid = pid;
    this.parent = parent;
    this.argv = options.argv;
    this.env = new Map(options.env ?? parent?.env);
    this.cwd = options.cwd ?? parent?.cwd ?? '/';
    this.credentials = options.credentials ?? parent?.credentials ?? { uid: 0, gid: 0, groups: [0] };
    this.umask = options.umask ?? parent?.umask ?? 0o022;
    this.session = options.session || !parent ? pid : parent.session;
    this.group = options.session || !parent || options.group === 'own' ? pid : (options.group ?? parent.group);
    this.tty = options.session ? options.session.tty : parent?.tty;
    this.startTime = machine.world.loop.now;
    this.programSince = this.startTime;
    for (const [fd, file] of options.files ?? parent?.files ?? []) this.files.set(fd, file.retain());
    if (parent)
      for (const [signal, action] of parent.actions) if (action === 'ignore') this.actions.set(signal, action);
    for (const signal of options.ignore ?? []) this.actions.set(signal, 'ignore');
    parent?.children.add(this);
    this.isThread = options.thread === true;
    this.task = options.main(this);
    machine.world.loop.soon(() => this.resume(undefined));
  }

  /** /proc/PID/comm: its title, or the last name of the program's path; at most TASK_COMM_LEN - 1 characters. */
  get comm(): string {
    return (this.title ?? this.argv[0] ?? '').replace(/.*\//, '').slice(0, 15);
  }

  /** What execve(2) changes of a process, beside what it runs. */
  become(argv: readonly string[]): void {
    this.argv = argv;
    this.programSince = this.now;
  }

  // ---- descriptors ----

  file(fd: number): OpenFile {
    const file = this.files.get(fd);
    if (!file) throw new Errno('EBADF');
    return file;
  }

  hasFile(fd: number): boolean {
    return this.files.has(fd);
  }

  /** Makes `fd` refer to `file`; what it referred to before is released. */
  setFile(fd: number, file: OpenFile): void {
    file.retain();
    this.files.get(fd)?.release();
    this.files.set(fd, file);
  }

  /** Puts `file` at the lowest free descriptor, at least `from`. Raises EMFILE. */
  addFile(file: OpenFile, from = 0): number {
    let fd = from;
    while (this.files.has(fd)) fd++;
    if (fd >= 1024) throw new Errno('EMFILE');
    this.files.set(fd, file.retain());
    return fd;
  }

  closeFile(fd: number): void {
    const file = this.files.get(fd);
    if (!file) throw new Errno('EBADF');
    this.files.delete(fd);
    file.release();
  }

  /** A copy of the descriptor table, for a child. */
  openFiles(): Map<number, OpenFile> {
    return new Map(this.files);
  }

  *read(fd: number, max = 65536): Task<Uint8Array> {
    return yield* this.file(fd).read(this, max);
  }

  /** Writes all of it. A broken pipe raises SIGPIPE and, where that is ignored or handled, EPIPE. */
  *write(fd: number, data: string | Uint8Array): Task<void> {
    try {
      yield* this.file(fd).write(this, toBytes(data));
    } catch (error) {
      if (error instanceof Errno && error.code === 'EPIPE') this.signal('PIPE');
      // A default SIGPIPE has ended this process: nothing after this line runs.
      yield* this.checkPoint();
      throw error;
    }
  }

  *print(text: string): Task<void> {
    if (text !== '') yield* this.write(1, text);
  }

  *printError(text: string): Task<void> {
    if (text !== '') yield* this.write(2, text);
  }

  *readAll(fd: number): Task<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const chunk = yield* this.read(fd);
      if (chunk.length === 0) return chunks.length === 0 ? EMPTY : concat(chunks);
      chunks.push(chunk);
    }
  }

  *readText(fd: number): Task<string> {
    return decode(yield* this.readAll(fd));
  }

  // ---- time ----

  get now(): number {
    return this.machine.world.loop.now;
  }

  *sleep(ms: number): Task {
    yield* wait(this.timer(ms));
  }

  /** A wait of `ms` of virtual time, for use in `anyOf`. */
  timer(ms: number): Wait<void> {
    const loop = this.machine.world.loop;
    return {
      arm: (wake) => {
        const timer = loop.after(ms, () => {
          // Nothing else runs in this event: who is woken by it may go on at once, without an event of his own.
          loop.direct = true;
          wake();
          loop.direct = false;
        });
        return () => timer.cancel();
      },
    };
  }

  /** Says that the process has computed for `ms` of virtual time: that is what keeps a tight loop interruptible. */
  *cpu(ms: number): Task {
    const { cores } = this.machine;
    const taken = cores.take(ms);
    this.cpuTime += taken;
    this.owedTime += taken;
    if (this.owedTime < SLICE) return;
    const owed = this.owedTime;
    this.owedTime = 0;
    yield* this.sleep(cores.timeFor(owed));
  }

  /** As `cpu`, for one of several things that a server does at a time. */
  *compute(ms: number): Task {
    const { cores } = this.machine;
    this.cpuTime += ms;
    cores.used += ms;
    yield* this.sleep(cores.timeFor(ms));
  }

  /** Says that the process holds `bytes` more. It may not survive that. */
  *allocate(bytes: number): Task {
    this.memory += bytes;
    this.machine.checkMemory(this);
    yield* this.checkPoint();
  }

  // ---- children ----

  /** Starts a child of this process. Raises EAGAIN when the machine has too many processes. */
  spawn(options: Omit<SpawnOptions, 'parent'>): Process {
    return this.machine.spawn({ ...options, parent: this });
  }

  /** Waits until `child` ends, or stops when `untraced`, and takes it out of the table. */
  *waitFor(child: Process, untraced = false): Task<ProcessStatus> {
    for (;;) {
      const status = child.takeStatus(untraced);
      if (status) return status;
      yield* wait(child.changed);
    }
  }

  /** What there is to report about this process; the parent's non-blocking wait. */
  takeStatus(untraced: boolean): ProcessStatus | undefined {
    const status = this.unreported;
    if (!status || (status.kind === 'stopped' && !untraced)) return undefined;
    this.unreported = undefined;
    if (this.ended) this.machine.reap(this);
    return status;
  }

  /** Wakes at each change of state: ended, stopped, continued. */
  get stateChange(): Wait<void> {
    return this.changed;
  }

  // ---- signals ----

  action(signal: Signal): SignalAction {
    return this.actions.get(signal) ?? 'default';
  }

  onSignal(signal: Signal, action: SignalAction): void {
    if (signal === 'KILL' || signal === 'STOP') return;
    if (action === 'default') this.actions.delete(signal);
    else this.actions.set(signal, action);
  }

  /** Sends a signal. Without effect on a process that has ended. */
  signal(signal: Signal): void {
    if (this.ended || this.pendingDeath) return;
    if (signal === 'CONT') this.continue();
    const action = signal === 'KILL' || signal === 'STOP' ? 'default' : this.action(signal);
    if (action === 'ignore') return;
    if (action !== 'default') {
      action.handle(signal);
      if (action.interrupt) this.interrupt(signal);
      return;
    }
    if (this.pid === 1 && this.machine.protectsInit) return;
    const effect = defaultAction(signal);
    if (effect === 'ignore') return;
    if (effect === 'stop') this.stop(signal);
    else this.die({ kind: 'killed', signal });
  }

  /** SIGKILL from outside the machine: nothing withstands it. */
  destroy(): void {
    if (!this.ended && !this.pendingDeath) this.die({ kind: 'killed', signal: 'KILL' });
  }

  /** Ends the process from within. */
  exit(code: number): never {
    throw new ProcessExit(code & 0xff);
  }

  private stop(signal: Signal): void {
    if (this.stopped) return;
    this.stopped = signal;
    this.unreported = { kind: 'stopped', signal };
    this.report();
  }

  private continue(): void {
    if (!this.stopped) return;
    this.stopped = undefined;
    if (this.unreported?.kind === 'stopped') this.unreported = undefined;
    this.changed.notify();
    const resume = this.deferred;
    this.deferred = undefined;
    if (resume) this.machine.world.loop.soon(resume);
  }

  private interrupt(signal: Signal): void {
    const disarm = this.disarm;
    if (this.running || !disarm) return;
    disarm();
    this.disarm = undefined;
    this.schedule(() => this.resumeWithError(new Errno('EINTR', `SIG${signal}`)));
  }

  private die(status: ProcessStatus): void {
    if (this.running) {
      this.pendingDeath = status;
      return;
    }
    this.disarm?.();
    this.disarm = undefined;
    this.deferred = undefined;
    this.finish(status);
  }

  /** Lets a pending death happen before anything else. */
  private *checkPoint(): Task {
    if (this.pendingDeath) yield* wait({ arm: () => () => {} });
  }

  // ---- running ----

  private schedule(run: () => void): void {
    this.machine.world.loop.soon(() => {
      if (this.ended) return;
      if (this.stopped) this.deferred = run;
      else run();
    });
  }

  private resume(value: unknown): void {
    this.advance(value, undefined);
  }

  private resumeWithError(error: Error): void {
    this.advance(undefined, error);
  }

  /** Lets the task go on with `value`, or with `error` raised where it waits. */
  private advance(value: unknown, error: Error | undefined): void {
    if (this.ended) return;
    this.running = true;
    const { machine } = this;
    const before = machine.current;
    machine.current = this;
    let result: IteratorResult<Wait<unknown>, number>;
    try {
      result = error ? this.task.throw(error) : this.task.next(value);
    } catch (raised) {
      this.running = false;
      machine.current = before;
      this.finish(this.statusOf(raised));
      return;
    }
    this.running = false;
    machine.current = before;
    if (this.pendingDeath) return this.finish(this.pendingDeath);
    if (result.done) return this.finish({ kind: 'exited', code: result.value & 0xff });
    this.armWait(result.value);
  }

  private armWait(condition: Wait<unknown>): void {
    let woken = false;
    const disarm = condition.arm((value) => {
      if (woken) return;
      woken = true;
      this.disarm = undefined;
      const { loop } = this.machine.world;
      if (loop.direct && !this.stopped) {
        loop.direct = false;
        this.resume(value);
      } else this.schedule(() => this.resume(value));
    });
    this.disarm = woken
      ? undefined
      : () => {
          woken = true;
          disarm();
        };
  }

  private statusOf(error: unknown): ProcessStatus {
    if (error instanceof ProcessExit) return { kind: 'exited', code: error.code };
    if (this.pendingDeath) return this.pendingDeath;
    if (error instanceof Errno && error.code === 'EPIPE') return { kind: 'killed', signal: 'PIPE' };
    this.machine.world.onFault(this, error);
    return { kind: 'killed', signal: 'SEGV' };
  }

  private finish(status: ProcessStatus): void {
    if (this.ended) return;
    this.ended = status;
    this.unreported = status;
    // Ends the generator where it stands, so that its `finally` blocks let go of what they hold.
    try {
      this.task.return(0);
    } catch {
      // A `finally` block that fails has nothing more to release.
    }
    for (const file of this.files.values()) file.release();
    this.files.clear();
    this.machine.onEnd(this);
    this.report();
  }

  private report(): void {
    this.changed.notify();
    this.parent?.signal('CHLD');
    this.parent?.childChange.notify();
  }

  /** Wakes whenever a child of this process changes state. */
  readonly childChange = new Condition();
}
