import type { Command } from '../command/command.ts';
import { CodeError, KubectlError } from '../errors.ts';
import { bool, duration, string } from '../flags/index.ts';
import { textAt } from '../json.ts';
import { chooseContainer } from '../resource/containers.ts';
import { attachablePod, runRemote } from './exec.ts';

/** kubernetes: kubectl/pkg/cmd/attach/attach.go */
export const attach: Command = {
  name: 'attach',
  use: 'attach (POD | TYPE/NAME) -c CONTAINER',
  short: 'Attach to a running container',
  long: 'Attach to a process that is already running inside an existing container.',
  examples: `# The output of a Pod
kubectl attach mypod

# With a terminal
kubectl attach mypod -c ruby-container -i -t`,
  flags: [
    string('container', '', 'Container name. If omitted, the annotated or the first container.', { shorthand: 'c' }),
    string('detach-keys', 'ctrl-p,ctrl-q', 'Keys that end the session and leave the container running.'),
    duration('pod-running-timeout', 60_000, 'How long to wait until at least one pod is running.'),
    bool('quiet', false, 'Only print output from the remote session', { shorthand: 'q' }),
    bool('stdin', false, 'Pass stdin to the container', { shorthand: 'i' }),
    bool('tty', false, 'Stdin is a TTY', { shorthand: 't' }),
  ],
  *run(invocation) {
    const { args, flags, process } = invocation;
    const [target] = args;
    if (target === undefined) throw new KubectlError('at least 1 argument is required for attach');
    if (args.length > 2)
      throw new KubectlError(
        `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`,
      );
    const pod = yield* attachablePod(invocation, args.length === 2 ? `${target}/${args[1]}` : target);
    const phase = textAt(pod, 'status', 'phase');
    if (phase === 'Succeeded' || phase === 'Failed')
      throw new KubectlError(`cannot attach a container in a completed pod; current phase is ${phase}`);
    let container: string;
    try {
      container = yield* chooseContainer(process, pod, flags.string('container'), flags.bool('quiet'));
    } catch (error) {
      if (!(error instanceof KubectlError) || error instanceof CodeError) throw error;
      throw new KubectlError(`cannot attach to the container: ${error.message}`);
    }
    if (!flags.bool('quiet'))
      yield* process.printError(
        "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
      );
    return yield* runRemote(invocation, pod, 'attach', [['container', container]]);
  },
};
