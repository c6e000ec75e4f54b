import type { Process } from './process.ts';
import type { Signal } from './signals.ts';

/** Linux: the default of kernel.pid_max, and where numbers begin again. */
const LAST = 4_194_303;
const AGAIN = 300;

/** A table of processes, which machines may share. Those of the namespaces within it are seen from it too, by other numbers. */
export class PidNamespace {
  /** Its own, by number. */
  readonly processes = new Map<number, Process>();
  lastPid = 0;
  private readonly inner = new Map<number, Process>();
  private readonly numbers = new Map<Process, number>();

  constructor(
    /** The namespace that it lies in: a container's is in its node's. */
    private readonly outer?: PidNamespace,
  ) {}

  /** A number that nobody has. */
  next(): number {
    let pid = this.lastPid + 1;
    while (this.processes.has(pid) || this.inner.has(pid)) pid++;
    this.lastPid = pid >= LAST ? AGAIN : pid;
    return pid;
  }

  add(process: Process): void {
    this.processes.set(process.pid, process);
    this.outer?.enter(process);
  }

  remove(process: Process): void {
    if (this.processes.get(process.pid) === process) this.processes.delete(process.pid);
    this.outer?.leave(process);
  }

  /** All that can be seen from here, by number. */
  get visible(): Process[] {
    return [...this.processes.values(), ...this.inner.values()]
      .filter((process) => !process.isThread)
      .sort((a, b) => this.numberOf(a) - this.numberOf(b));
  }

  find(pid: number): Process | undefined {
    return this.processes.get(pid) ?? this.inner.get(pid);
  }

  /** What a process is called here; 0 for one that cannot be seen. */
  numberOf(process: Process | undefined): number {
    if (!process) return 0;
    return process.machine.pids === this ? process.pid : (this.numbers.get(process) ?? 0);
  }

  /** A signal from a process here. Only from outside can the first process of a namespace be killed. */
  signal(process: Process, signal: Signal): void {
    if (signal === 'KILL' && process.machine.pids !== this) process.destroy();
    else process.signal(signal);
  }

  private enter(process: Process): void {
    const pid = this.next();
    this.inner.set(pid, process);
    this.numbers.set(process, pid);
    this.outer?.enter(process);
  }

  private leave(process: Process): void {
    const pid = this.numbers.get(process);
    if (pid !== undefined) this.inner.delete(pid);
    this.numbers.delete(process);
    this.outer?.leave(process);
  }
}
