import type { ParsedScript } from 'unbash';
import { makePipe } from '../../world/pipe.ts';
import type { Task } from '../../world/task.ts';
import type { Shell } from '../state/shell.ts';

const HIGHEST_FD = 63;

/** Starts the command of `<( )` or `>( )` and gives the path of its pipe. */
export function* openProcessSubstitution(shell: Shell, script: ParsedScript, operator: '<' | '>'): Task<string> {
  const { process } = shell;
  const { reader, writer } = makePipe();
  const files = process.openFiles();
  files.set(operator === '<' ? 1 : 0, operator === '<' ? writer : reader);
  for (const fd of shell.substitutionFiles) files.delete(fd);
  const copy = shell.fork();
  const { source } = shell;
  const child = process.spawn({
    argv: process.argv,
    files,
    cwd: process.cwd,
    *main(own) {
      copy.attach(own);
      return yield* copy.engine.subshell(copy, script, source);
    },
  });
  // Nobody waits for it: it is reaped when it ends, as bash does on SIGCHLD.
  const reap = () => {
    if (child.ended) child.takeStatus(true);
    else child.stateChange.arm(reap);
  };
  reap();
  shell.lastBackground = child.pid;
  let fd = HIGHEST_FD;
  while (process.hasFile(fd)) fd--;
  process.setFile(fd, operator === '<' ? reader : writer);
  shell.substitutionFiles.push(fd);
  return `/dev/fd/${fd}`;
}
