import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { isObject } from '../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../world/task.ts';
import { TtyFile } from '../../world/tty.ts';
import { statusError } from '../client.ts';
import type { Command, Invocation } from '../command/command.ts';
import { filenameFlags } from '../common-flags.ts';
import { CodeError, KubectlError, UsageError } from '../errors.ts';
import { bool, duration, string } from '../flags/index.ts';
import { isJson, listAt, textAt } from '../json.ts';
import { findResources } from '../resource/builder.ts';
import { chooseContainer } from '../resource/containers.ts';
import { type Info, objectOf } from '../resource/info.ts';
import { byLogging, goTypeOf, podSelectorOf, podsOf } from '../resource/pods-of.ts';
import { streamSession } from '../streams.ts';

/** ms that a Pod may take to exist. */
const POD_TIMEOUT = 60_000;

/** kubernetes: kubectl/pkg/cmd/exec/exec.go */
export const exec: Command = {
  name: 'exec',
  use: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  short: 'Execute a command in a container',
  long: 'Execute a command in a container.',
  examples: `# One command
kubectl exec web -- date

# A shell with a terminal
kubectl exec -it web -- sh

# In the first Pod of a Deployment
kubectl exec deploy/web -- date`,
  flags: [
    string('container', '', 'Container name. If omitted, the annotated or the first container.', { shorthand: 'c' }),
    ...filenameFlags('Files that name the resource.').slice(0, 1),
    duration('pod-running-timeout', POD_TIMEOUT, 'How long to wait until at least one pod is running.'),
    bool('quiet', false, 'Only print output from the remote session', { shorthand: 'q' }),
    bool('stdin', false, 'Pass stdin to the container', { shorthand: 'i' }),
    bool('tty', false, 'Stdin is a TTY', { shorthand: 't' }),
  ],
  *run(invocation) {
    const { flags, args, path, process } = invocation;
    const dash = dashOf(invocation);
    const words = [...args];
    if (words.length === 0 && flags.list('filename').length === 0)
      throw new KubectlError('pod, type/name or --filename must be specified');
    const file = flags.list('filename').length > 0;
    const target = file || dash === 0 ? '' : (words.shift() ?? '');
    if (dash < 0 && words.length > 0)
      throw new UsageError(path, 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead');
    if (words.length === 0) throw new KubectlError('you must specify at least one command for the container');
    if (target === '' && !file) throw new KubectlError('pod, type/name or --filename must be specified');
    const pod = yield* attachablePod(invocation, target);
    const phase = textAt(pod, 'status', 'phase');
    if (phase === 'Succeeded' || phase === 'Failed')
      throw new KubectlError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
    const container = yield* chooseContainer(process, pod, flags.string('container'), flags.bool('quiet'));
    return yield* runRemote(invocation, pod, 'exec', [
      ['container', container],
      ...words.map((word): [string, string] => ['command', word]),
    ]);
  },
};

/** How many words stood before `--`; below zero: there was none. */
function dashOf({ flags }: Invocation): number {
  return flags.argsBeforeDash ?? -1;
}

/** The Pod that a word names: `web`, `pod/web`, `deploy/web`. Raises KubectlError, StatusError. */
export function* attachablePod(invocation: Invocation, target: string): Task<JsonObject> {
  const { factory, flags } = invocation;
  const namespace = factory.namespace();
  const filenames = flags.has('filename') ? flags.list('filename') : [];
  const resources = yield* findResources(factory, {
    args: filenames.length > 0 ? [] : target.includes('/') ? [target] : ['pods', target],
    filenames,
    namespace: namespace.name,
    requireNamespace: namespace.enforced,
    latest: true,
  });
  const [info] = yield* resources.infos();
  if (!info) throw new KubectlError('no objects passed');
  return yield* attachablePodOf(invocation, info);
}

/** The Pod itself, or the first of those that an object stands for. Raises KubectlError. kubernetes: kubectl/pkg/polymorphichelpers AttachablePodForObject */
export function* attachablePodOf(invocation: Invocation, info: Info): Task<JsonObject> {
  const { factory, flags } = invocation;
  const object = objectOf(info);
  if (textAt(object, 'kind') === 'Pod') return object;
  let selector: string;
  try {
    selector = podSelectorOf(object);
  } catch (error) {
    throw new KubectlError(`cannot attach to ${goTypeOf(object)}: ${error instanceof Error ? error.message : ''}`);
  }
  const pods = (yield* podsOf(factory, info.namespace, selector)).sort(byLogging);
  if (pods[0]) return pods[0];
  const timeout = flags.has('pod-running-timeout') ? flags.number('pod-running-timeout') : POD_TIMEOUT;
  yield* factory.process.sleep(timeout);
  const later = (yield* podsOf(factory, info.namespace, selector)).sort(byLogging)[0];
  if (!later) throw new KubectlError('timed out waiting for the condition');
  return later;
}

/** Joins the terminal or the streams to a container; the exit status. Raises CodeError, KubectlError. */
export function* runRemote(
  invocation: Invocation,
  pod: JsonObject,
  subresource: 'exec' | 'attach',
  query: [string, string][],
): Task<number> {
  const { flags, factory, process } = invocation;
  const stdin = flags.bool('stdin');
  const onTerminal = process.hasFile(0) && process.file(0) instanceof TtyFile;
  // Without -i there is no terminal to be had, and nothing is said. kubernetes: kubectl/pkg/cmd/exec SetupTTY
  if (flags.bool('tty') && stdin && !onTerminal && !flags.bool('quiet'))
    yield* process.printError('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  const tty = flags.bool('tty') && stdin && onTerminal;
  const name = textAt(pod, 'metadata', 'name');
  const namespace = textAt(pod, 'metadata', 'namespace');
  const response = yield* factory
    .client()
    .exchange('POST', `/api/v1/namespaces/${namespace}/pods/${name}/${subresource}`, {
      query: [
        ...query,
        ...(stdin ? ([['stdin', 'true']] as const) : []),
        ['stdout', 'true'],
        ...(tty ? ([['tty', 'true']] as const) : ([['stderr', 'true']] as const)),
      ],
    });
  if (response.body?.kind !== 'upgrade') {
    const error = statusError(response);
    const named = error.reason === 'InternalError' || error.message.startsWith('unable to upgrade connection');
    throw new KubectlError(named ? error.message : `unable to upgrade connection: ${error.message}`);
  }
  const status = yield* streamSession(process, response.body.session, { stdin, tty });
  return exitOf(status);
}

/** The exit status that a Status tells of. Raises CodeError, KubectlError. */
export function exitOf(status: unknown): number {
  if (!isJson(status) || !isObject(status) || status['status'] !== 'Failure') return 0;
  if (textAt(status, 'reason') === 'NonZeroExitCode') {
    const cause = listAt(status, 'details', 'causes').find((one) => one['reason'] === 'ExitCode');
    const code = Number(cause?.['message'] ?? 1);
    throw new CodeError(`command terminated with exit code ${code}`, code);
  }
  throw new KubectlError(textAt(status, 'message'));
}
