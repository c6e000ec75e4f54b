import { Errno } from '../../world/errno.ts';
import type { Executable } from '../../world/execute.ts';
import { type Process, shellStatus } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { environmentOf } from '../exported-functions.ts';
import { fork } from '../run/fork.ts';
import { Interrupted } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { Job } from './job-table.ts';
import { nonInteractiveLine, signalText, stoppedLine } from './report.ts';

/** Starts a program in the foreground and waits for it. */
export function* runForeground(shell: Shell, executable: Executable): Task<number> {
  const { process } = shell;
  const child = yield* fork(shell, {
    argv: executable.argv,
    main: executable.main,
    env: environmentOf(shell),
    cwd: process.cwd,
    ...(shell.monitor ? { group: 'own' as const } : {}),
  });
  if (shell.monitor && process.tty) process.tty.foreground = child.group;
  shell.afterSpawn?.();
  const [status = 0] = yield* waitForeground(shell, [child], shell.command);
  return status;
}

/** Waits until all processes of a foreground job have ended or the job is stopped; gives their statuses. */
export function* waitForeground(shell: Shell, processes: readonly Process[], text: string): Task<number[]> {
  const job = new Job(0, processes[0]?.group ?? 0, processes, text);
  return yield* waitForJob(shell, job);
}

export function* waitForJob(shell: Shell, job: Job): Task<number[]> {
  const { process, monitor } = shell;
  const { tty } = process;
  const saved = monitor && tty ? { ...tty.termios } : undefined;
  // As bash: Ctrl-C ends a script when it has ended the script's command, and not when that went on.
  const guarded = !shell.interactive && process.action('INT') === 'default';
  let interrupted = false;
  if (guarded) {
    process.onSignal('INT', {
      handle: () => {
        interrupted = true;
      },
      interrupt: false,
    });
  }
  for (;;) {
    job.poll();
    const { state } = job;
    if (state === 'done' || (state === 'stopped' && monitor)) break;
    const waiting = job.processes.find((_, index) => isRunning(job, index, monitor));
    if (!waiting) break;
    try {
      const status = yield* process.waitFor(waiting, monitor);
      job.statuses[job.processes.indexOf(waiting)] = status;
      if (status.kind !== 'stopped') shell.childTime += waiting.cpuTime;
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      if (shell.fatalSignal) shell.checkInterrupt();
      if (shell.interruptPending && !monitor) break;
    }
  }
  if (guarded) {
    process.onSignal('INT', 'default');
    const last = job.lastStatus;
    if (interrupted && last?.kind === 'killed' && last.signal === 'INT') {
      process.signal('INT');
      yield* process.sleep(0);
    }
  }
  if (monitor && tty) {
    tty.foreground = process.group;
    // A program that was killed may have left the terminal raw.
    if (saved && job.lastStatus?.kind !== 'exited') tty.termios = saved;
  }
  return yield* finish(shell, job);
}

function isRunning(job: Job, index: number, monitor: boolean): boolean {
  const status = job.statuses[index];
  return status === undefined || (status.kind === 'stopped' && !monitor);
}

function* finish(shell: Shell, job: Job): Task<number[]> {
  const { process, monitor } = shell;
  if (job.state === 'stopped') {
    if (job.number === 0) job.number = shell.jobs.nextNumber();
    job.background = true;
    job.unreported = false;
    if (shell.jobs.jobs.includes(job)) shell.jobs.makeCurrent(job);
    else shell.jobs.add(job);
    yield* process.printError(`\n${stoppedLine(shell, job)}\n`);
    return job.statuses.map((status) => (status ? shellStatus(status) : 0));
  }
  if (shell.jobs.jobs.includes(job)) shell.jobs.remove(job);
  const last = job.lastStatus;
  for (const status of job.statuses) {
    if (status?.kind !== 'killed' || status.signal === 'PIPE' || status !== last) continue;
    if (status.signal === 'INT') {
      // The user meant the whole command line.
      if (shell.interactive) {
        shell.status = 130;
        throw new Interrupted();
      }
    } else if (shell.interactive) yield* process.printError(`${signalText(status.signal)}\n`);
    else if (!monitor) yield* process.printError(nonInteractiveLine(shell, job, status.signal));
  }
  return job.statuses.map((status) => (status ? shellStatus(status) : 0));
}
