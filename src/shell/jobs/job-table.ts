import type { Process, ProcessStatus } from '../../world/process.ts';

export type JobState = 'running' | 'stopped' | 'done';

/** A pipeline that the shell has started. */
export class Job {
  /** Of the last process; what `wait` gives. */
  readonly statuses: (ProcessStatus | undefined)[];
  /** Whether a change of state must still be told. */
  unreported = false;
  /** Foreground jobs get a number only when they stop. */
  background = false;
  disowned = false;

  constructor(
    public number: number,
    readonly group: number,
    readonly processes: readonly Process[],
    readonly text: string,
  ) {
    this.statuses = processes.map(() => undefined);
  }

  /** Takes up what has happened to its processes. */
  poll(): void {
    this.processes.forEach((process, index) => {
      if (process.stopped && !process.ended) process.takeStatus(true);
      const before = this.statuses[index];
      if (before && before.kind !== 'stopped') return;
      const status =
        process.ended ?? (process.stopped ? { kind: 'stopped' as const, signal: process.stopped } : undefined);
      if (process.ended) process.takeStatus(true);
      if (status?.kind !== before?.kind) this.unreported = status !== undefined;
      this.statuses[index] = status;
    });
  }

  get state(): JobState {
    if (this.statuses.some((status) => status === undefined)) return 'running';
    return this.statuses.some((status) => status?.kind === 'stopped') ? 'stopped' : 'done';
  }

  get lastStatus(): ProcessStatus | undefined {
    return this.statuses.at(-1);
  }

  get lastPid(): number {
    return this.processes.at(-1)?.pid ?? 0;
  }
}

/** The jobs of a shell; `%+` is the last that was stopped or started in the background. */
export class JobTable {
  readonly jobs: Job[] = [];
  current: Job | undefined;
  previous: Job | undefined;
  /** Statuses of ended background processes, for `wait PID`. */
  readonly ended = new Map<number, number>();

  nextNumber(): number {
    return Math.max(0, ...this.jobs.map((job) => job.number)) + 1;
  }

  add(job: Job): void {
    this.jobs.push(job);
    this.makeCurrent(job);
  }

  makeCurrent(job: Job): void {
    if (this.current === job) return;
    this.previous = this.current;
    this.current = job;
  }

  remove(job: Job): void {
    const at = this.jobs.indexOf(job);
    if (at >= 0) this.jobs.splice(at, 1);
    if (this.previous === job) this.previous = undefined;
    if (this.current === job) {
      this.current = this.previous;
      this.previous = undefined;
    }
    if (!this.current) this.current = this.best(undefined);
    if (!this.previous) this.previous = this.best(this.current);
  }

  private best(except: Job | undefined): Job | undefined {
    const others = this.jobs.filter((job) => job !== except && job.state !== 'done');
    return others.filter((job) => job.state === 'stopped').at(-1) ?? others.at(-1);
  }

  poll(): void {
    for (const job of this.jobs) job.poll();
  }

  mark(job: Job): string {
    return job === this.current ? '+' : job === this.previous ? '-' : ' ';
  }

  /** `%1`, `%+`, `%%`, `%-`, `%name`, `%?text`. `ambiguous` when several begin so. */
  find(spec: string): Job | 'ambiguous' | undefined {
    const text = spec.startsWith('%') ? spec.slice(1) : spec;
    if (text === '' || text === '%' || text === '+') return this.current;
    if (text === '-') return this.previous;
    if (/^\d+$/.test(text)) return this.jobs.find((job) => job.number === Number(text));
    const matches = this.jobs.filter((job) =>
      text.startsWith('?') ? job.text.includes(text.slice(1)) : job.text.startsWith(text),
    );
    return matches.length > 1 ? 'ambiguous' : matches[0];
  }

  byPid(pid: number): Job | undefined {
    return this.jobs.find((job) => job.processes.some((process) => process.pid === pid));
  }

  /** bash: a subshell knows of its parent's jobs, but has none of its own yet. */
  forSubshell(): JobTable {
    return new JobTable();
  }
}
