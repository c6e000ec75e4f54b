import type { Machine } from '../../world/machine.ts';
import type { Process } from '../../world/process.ts';

export interface UsedCommand {
  readonly argv: readonly string[];
  /** When it started, ms of virtual time. */
  readonly time: number;
  /** Undefined while it runs. */
  readonly exit: number | undefined;
}

/** Commands kept of one step. */
const MAX_COMMANDS = 5000;

/** The commands that were started from the learner's sessions on the workstation since the log was opened. */
export class CommandLog {
  private readonly ended: UsedCommand[] = [];
  private readonly sessions = new Set<number>();
  private readonly listener: (process: Process) => void;

  constructor(
    private readonly machine: Machine,
    private since: number,
  ) {
    this.listener = (process) => {
      if (!this.belongs(process)) return;
      if (this.ended.length >= MAX_COMMANDS) this.ended.shift();
      const status = process.ended;
      this.ended.push({
        argv: process.argv,
        time: process.startTime,
        exit: status?.kind === 'exited' ? status.code : 255,
      });
    };
    machine.endListeners.add(this.listener);
  }

  /** Commands of this session (a login shell, a played script) are the learner's. */
  addSession(session: number): void {
    this.sessions.add(session);
  }

  /** Forgets what was used before. */
  restart(now: number): void {
    this.ended.length = 0;
    this.since = now;
  }

  /** Ended ones in the order of their end, then those that still run. */
  get used(): readonly UsedCommand[] {
    const running = [...this.machine.processes.values()].filter((process) => !process.ended && this.belongs(process));
    return [...this.ended, ...running.map(({ argv, startTime }) => ({ argv, time: startTime, exit: undefined }))];
  }

  private belongs(process: Process): boolean {
    // The leader of the session is the shell itself, not a command.
    return this.sessions.has(process.session) && process.pid !== process.session && process.startTime >= this.since;
  }

  close(): void {
    this.machine.endListeners.delete(this.listener);
  }
}
