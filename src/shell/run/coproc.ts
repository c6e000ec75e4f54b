import type { Coproc } from 'unbash';
import { makePipe } from '../../world/pipe.ts';
import type { Task } from '../../world/task.ts';
import { Job } from '../jobs/job-table.ts';
import { IndexedArray } from '../state/arrays.ts';
import type { Shell } from '../state/shell.ts';
import { fork } from './fork.ts';

/** Descriptors of the shell's ends of the pipes are looked for from here downwards, as bash does. */
const HIGHEST_FD = 63;

/** `coproc [NAME] COMMAND`: a background command whose input and output the shell holds. */
export function* startCoproc(shell: Shell, node: Coproc): Task<number> {
  const { body } = node;
  if (body.type === 'CompoundList') return 2;
  const name = node.name?.value ?? 'COPROC';
  const input = makePipe();
  const output = makePipe();
  const files = shell.process.openFiles();
  files.set(0, input.reader);
  files.set(1, output.writer);
  const copy = shell.fork();
  const { process, source } = shell;
  const child = yield* fork(shell, {
    argv: process.argv,
    files,
    cwd: process.cwd,
    ...(shell.monitor ? { group: 'own' as const } : {}),
    *main(own) {
      copy.attach(own);
      copy.source = source;
      return yield* copy.engine.subshellCommand(copy, body);
    },
  });
  const place = (file: typeof input.writer): number => {
    let fd = HIGHEST_FD;
    while (process.hasFile(fd)) fd--;
    process.setFile(fd, file);
    return fd;
  };
  const reading = place(output.reader);
  const writing = place(input.writer);
  const variable = shell.variables.raw(name) ?? shell.variables.create(name);
  variable.value = IndexedArray.of([String(reading), String(writing)]);
  shell.variables.set(`${name}_PID`, String(child.pid));
  const job = new Job(shell.jobs.nextNumber(), child.group, [child], shell.source.text.slice(node.pos, node.end));
  job.background = true;
  shell.jobs.add(job);
  shell.lastBackground = child.pid;
  if (shell.interactive) yield* process.printError(`[${job.number}] ${child.pid}\n`);
  return 0;
}
