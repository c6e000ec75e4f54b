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
  /** What the leader of each was started as. */
  private readonly sessions = new Map<number, readonly string[]>();
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
        time: process.programSince,
        exit: status?.kind === 'exited' ? status.code : 255,
      });
    };
    machine.endListeners.add(this.listener);
  }

  /** Commands of the session that this process leads (a login shell, a played script) are the learner's. */
  addSession({ session, argv }: Process): void {
    this.sessions.set(session, argv);
  }

  /** Forgets what was used before. */
  restart(now: number): void {
    this.ended.length = 0;
    this.since = now;
  }

  /** Ended ones in the order of their end, then those that still run. */
  get used(): readonly UsedCommand[] {
    const running = [...this.machine.processes.values()].filter((process) => !process.ended && this.belongs(process));
    return [...this.ended, ...running.map(({ argv, programSince }) => ({ argv, time: programSince, exit: undefined }))];
  }

  private belongs(process: Process): boolean {
    const leader = this.sessions.get(process.session);
    // The leader of the session is the shell itself, and no command until it becomes one (`exec`, the last of a script).
    const isShell = process.pid === process.session && process.argv === leader;
    return leader !== undefined && !isShell && process.programSince >= this.since;
  }

  close(): void {
    this.machine.endListeners.delete(this.listener);
  }
}
