import type { Signal } from '../../world/signals.ts';
import type { Shell } from '../state/shell.ts';
import type { Job } from './job-table.ts';

/** glibc: strsignal */
const SIGNAL_TEXTS: Partial<Record<Signal, string>> = {
  HUP: 'Hangup',
  INT: 'Interrupt',
  QUIT: 'Quit',
  ILL: 'Illegal instruction',
  TRAP: 'Trace/breakpoint trap',
  ABRT: 'Aborted',
  BUS: 'Bus error',
  FPE: 'Floating point exception',
  KILL: 'Killed',
  USR1: 'User defined signal 1',
  SEGV: 'Segmentation fault',
  USR2: 'User defined signal 2',
  PIPE: 'Broken pipe',
  ALRM: 'Alarm clock',
  TERM: 'Terminated',
  XCPU: 'CPU time limit exceeded',
  XFSZ: 'File size limit exceeded',
  VTALRM: 'Virtual timer expired',
  PROF: 'Profiling timer expired',
  SYS: 'Bad system call',
};

export function signalText(signal: Signal): string {
  return SIGNAL_TEXTS[signal] ?? `Unknown signal`;
}

/** Width of the column of states. bash: LONGEST_SIGNAL_DESC */
const STATE_WIDTH = 24;

export function stateText(job: Job): string {
  const status = job.lastStatus;
  if (job.state === 'running') return 'Running';
  if (job.state === 'stopped') {
    const signal = job.statuses.find((one) => one?.kind === 'stopped');
    if (signal?.kind !== 'stopped' || signal.signal === 'TSTP') return 'Stopped';
    const why = { STOP: 'signal', TTIN: 'tty input', TTOU: 'tty output' }[signal.signal as string];
    return why ? `Stopped(${why})`.replace('Stopped(signal)', 'Stopped(SIGSTOP)') : 'Stopped';
  }
  if (status?.kind === 'killed') return signalText(status.signal);
  return status?.kind === 'exited' && status.code !== 0 ? `Exit ${status.code}` : 'Done';
}

/** `[1]+  Running                 sleep 10 &` */
export function jobLine(shell: Shell, job: Job, style: 'short' | 'long' = 'short'): string {
  const mark = shell.jobs.mark(job);
  const tail = job.state === 'running' ? ' &' : '';
  const head = `[${job.number}]${mark} `;
  const pid = style === 'long' ? `${String(job.processes[0]?.pid ?? 0).padStart(5)} ` : ' ';
  return `${head}${pid}${stateText(job).padEnd(STATE_WIDTH)}${job.text}${tail}`;
}

export function stoppedLine(shell: Shell, job: Job): string {
  return jobLine(shell, job);
}

/** What a script says when one of its commands was killed. */
export function nonInteractiveLine(shell: Shell, job: Job, signal: Signal): string {
  const pid = String(job.lastPid).padStart(5);
  if (shell.dialect !== 'bash') return `${signalText(signal)}\n`;
  return `${shell.message(`${pid} ${signalText(signal).padEnd(STATE_WIDTH)}${job.text}`)}\n`;
}

/** Tells about background jobs that have ended, before a prompt; forgets those that are done. */
export function* notifyJobs(shell: Shell) {
  shell.jobs.poll();
  for (const job of [...shell.jobs.jobs]) {
    if (!job.unreported || job.state === 'running') continue;
    job.unreported = false;
    if (shell.interactive) yield* shell.process.printError(`${jobLine(shell, job)}\n`);
    if (job.state === 'done') forget(shell, job);
  }
}

/** Takes an ended job out of the table and remembers its status for `wait`. */
export function forget(shell: Shell, job: Job): void {
  for (const [index, process] of job.processes.entries()) {
    const status = job.statuses[index];
    const code = status?.kind === 'exited' ? status.code : status?.kind === 'killed' ? 128 + 9 : 0;
    shell.jobs.ended.set(process.pid, code);
  }
  shell.jobs.remove(job);
}
