import type { Statement } from 'unbash';
import { Errno } from '../../world/errno.ts';
import { openFile } from '../../world/files/disk-file.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { startStages } from '../run/pipeline.ts';
import { startSubshell } from '../run/subshell.ts';
import type { Shell } from '../state/shell.ts';
import { Job } from './job-table.ts';

/** `COMMAND &` */
export function* startBackground(shell: Shell, statement: Statement): Task {
  const node = statement.command;
  shell.line = shell.source.lineAt(node.pos);
  let processes: Process[];
  if (node.type === 'Pipeline' && node.commands.length > 1 && node.prefixes.length === 0) {
    processes = yield* startStages(shell, node, 'background');
  } else {
    const bare = { ...statement, background: undefined };
    processes = [yield* startSubshell(shell, [bare], { background: true, input: silentInput(shell) })];
  }
  const last = processes.at(-1);
  if (!last) return;
  const text = shell.source.text.slice(node.pos, node.end);
  const job = new Job(shell.jobs.nextNumber(), processes[0]?.group ?? 0, processes, text);
  job.background = true;
  shell.jobs.add(job);
  shell.lastBackground = last.pid;
  if (shell.interactive) yield* shell.process.printError(`[${job.number}] ${last.pid}\n`);
}

/** Without job control a background command must not read the shell's own input. */
function silentInput(shell: Shell) {
  if (shell.monitor) return undefined;
  try {
    return openFile(shell.process, '/dev/null', { read: true });
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
