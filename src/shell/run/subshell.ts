import type { Statement, Subshell } from 'unbash';
import type { OpenFile } from '../../world/open-file.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { waitForeground } from '../jobs/foreground.ts';
import type { Shell } from '../state/shell.ts';
import { fork } from './fork.ts';

export interface SubshellOptions {
  readonly background?: boolean;
  readonly input?: OpenFile | undefined;
  readonly output?: OpenFile;
  /** Command substitutions stay in the shell's process group. */
  readonly sameGroup?: boolean;
}

/** Starts a process with a copy of the shell that runs `statements`. Raises DiscardLine when there are too many. */
export function* startSubshell(
  shell: Shell,
  statements: readonly Statement[],
  options: SubshellOptions = {},
  source = shell.source,
): Task<Process> {
  const { process, line } = shell;
  const files = process.openFiles();
  if (options.input) files.set(0, options.input);
  if (options.output) files.set(1, options.output);
  const copy = shell.fork();
  if (options.output) copy.substitutionDepth++;
  return yield* fork(shell, {
    argv: process.argv,
    files,
    cwd: process.cwd,
    ...(shell.monitor && !options.sameGroup ? { group: 'own' as const } : {}),
    ...(options.background && !shell.monitor ? { ignore: ['INT', 'QUIT'] as const } : {}),
    *main(own) {
      copy.attach(own);
      copy.line = line;
      return yield* copy.engine.subshell(copy, { commands: statements }, source);
    },
  });
}

/** `( LIST )` */
export function* runSubshell(shell: Shell, node: Subshell): Task<number> {
  const child = yield* startSubshell(shell, node.body.commands);
  if (shell.monitor && shell.process.tty) shell.process.tty.foreground = child.group;
  const [status = 0] = yield* waitForeground(shell, [child], shell.source.text.slice(node.pos, node.end));
  return status;
}
