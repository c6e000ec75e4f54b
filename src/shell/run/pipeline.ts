import type { CommandNode, Pipeline } from 'unbash';
import type { OpenFile } from '../../world/open-file.ts';
import { makePipe } from '../../world/pipe.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { waitForeground } from '../jobs/foreground.ts';
import type { Shell } from '../state/shell.ts';
import { fork } from './fork.ts';
import { runTimed } from './time.ts';

/** Runs a pipeline in the foreground. */
export function* runPipeline(shell: Shell, node: Pipeline): Task<number> {
  const time = node.prefixes.find((prefix) => prefix.type === 'Time');
  if (time) return yield* runTimed(shell, time.posix !== undefined, () => runCommands(shell, node));
  return yield* runCommands(shell, node);
}

function* runCommands(shell: Shell, node: Pipeline): Task<number> {
  const [only] = node.commands;
  if (!only) return 0;
  if (node.commands.length === 1) {
    const status = yield* shell.engine.command(shell, only);
    shell.pipeStatus = [status];
    return status;
  }
  shell.line = shell.source.lineAt(node.pos);
  if (shell.options.shopt('lastpipe') && !shell.monitor) return yield* runWithLastHere(shell, node);
  const stages = yield* startStages(shell, node, 'foreground');
  const text = shell.source.text.slice(node.pos, node.end);
  const statuses = yield* waitForeground(shell, stages, text);
  return pipelineStatus(shell, statuses);
}

function pipelineStatus(shell: Shell, statuses: readonly number[]): number {
  shell.pipeStatus = statuses;
  const last = statuses.at(-1) ?? 0;
  if (!shell.options.has('pipefail')) return last;
  return [...statuses].reverse().find((status) => status !== 0) ?? 0;
}

/** `shopt -s lastpipe`: the last command runs in the shell itself. */
function* runWithLastHere(shell: Shell, node: Pipeline): Task<number> {
  const front = { ...node, commands: node.commands.slice(0, -1) };
  const { reader, writer } = makePipe();
  const stages = yield* startStages(shell, front, 'foreground', writer, reader);
  const { process } = shell;
  const before = process.hasFile(0) ? process.file(0).retain() : undefined;
  process.setFile(0, reader);
  let status = 0;
  try {
    const last = node.commands.at(-1);
    if (last) status = yield* shell.engine.command(shell, last);
  } finally {
    if (before) {
      process.setFile(0, before);
      before.release();
    } else process.closeFile(0);
  }
  const statuses = yield* waitForeground(shell, stages, '');
  return pipelineStatus(shell, [...statuses, status]);
}

/** Starts each command as a process of its own, joined by pipes. */
export function* startStages(
  shell: Shell,
  node: Pipeline,
  where: 'foreground' | 'background',
  output?: OpenFile,
  notInherited?: OpenFile,
): Task<Process[]> {
  const stages: Process[] = [];
  let input: OpenFile | undefined;
  let group: number | 'own' | undefined = shell.monitor ? 'own' : undefined;
  for (let index = 0; index < node.commands.length; index++) {
    const command = node.commands[index];
    if (!command) continue;
    const last = index === node.commands.length - 1;
    const pipe = last ? undefined : makePipe();
    const files = shell.process.openFiles();
    if (input) files.set(0, input);
    const target = pipe?.writer ?? output;
    if (target) files.set(1, target);
    if (target && node.operators[index] === '|&') files.set(2, target);
    if (notInherited) for (const [fd, file] of files) if (file === notInherited && fd !== 0) files.delete(fd);
    const stage: Process = yield* startStage(shell, command, files, group, where === 'background');
    // The table of the child holds the ends now; those that no process has are let go of.
    input = pipe?.reader;
    if (group === 'own') group = stage.pid;
    stages.push(stage);
    if (shell.monitor && index === 0 && where === 'foreground' && shell.process.tty) {
      shell.process.tty.foreground = stage.group;
    }
  }
  return stages;
}

/** A subshell process that runs one command and ends. Raises DiscardLine when there are too many processes. */
export function* startStage(
  shell: Shell,
  command: CommandNode,
  files: ReadonlyMap<number, OpenFile>,
  group: number | 'own' | undefined,
  background: boolean,
): Task<Process> {
  const copy = shell.fork();
  const { process, source, line } = shell;
  return yield* fork(shell, {
    argv: process.argv,
    files,
    cwd: process.cwd,
    ...(group === undefined ? {} : { group }),
    ...(background && !shell.monitor ? { ignore: ['INT', 'QUIT'] as const } : {}),
    *main(own) {
      copy.attach(own);
      copy.source = source;
      copy.line = line;
      return yield* copy.engine.subshellCommand(copy, command);
    },
  });
}
