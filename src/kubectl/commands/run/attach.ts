import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { RemoteSession } from '../../../world/network/http.ts';
import type { Task } from '../../../world/task.ts';
import { TtyFile } from '../../../world/tty.ts';
import { statusError } from '../../client.ts';
import type { Invocation } from '../../command/command.ts';
import { CodeError, KubectlError, StatusError } from '../../errors.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { streamSession } from '../../streams.ts';

/** Waits for the Pod of `run`, joins its terminal or standard streams, and gives its exit status. kubernetes: kubectl/pkg/cmd/run handleAttachPod */
export function* attachAfterStart(invocation: Invocation, pod: JsonObject, restart: string): Task<number> {
  const { flags, factory, process } = invocation;
  const name = textAt(pod, 'metadata', 'name');
  const namespace = textAt(pod, 'metadata', 'namespace') || factory.namespace().name;
  const timeout = flags.number('pod-running-timeout');
  const running = yield* waitForPod(invocation, namespace, name, timeout, isReadyOrOver);
  const container = textAt(listAt(running, 'spec', 'containers')[0] ?? {}, 'name');
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const client = factory.client();
  const log = () => client.text('GET', `${path}/log`, { query: [['container', container]] });
  const before = yield* log();
  yield* process.print(before);
  if (!isOver(running)) {
    const onTerminal = process.file(0) instanceof TtyFile;
    const tty = flags.bool('tty') && onTerminal;
    if (flags.bool('tty') && !onTerminal && !flags.bool('quiet'))
      yield* process.printError('Unable to use a TTY - input is not a terminal or the right kind of file\n');
    if (flags.bool('stdin') && !flags.bool('quiet'))
      yield* process.printError(
        "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
      );
    const session = yield* openAttach(invocation, path, container, tty);
    if (session instanceof KubectlError) {
      yield* process.printError(
        `warning: couldn't attach to pod/${name}, falling back to streaming logs: ${session.message}\n`,
      );
      yield* process.print(yield* log());
    } else yield* streamSession(process, session, { stdin: flags.bool('stdin'), tty });
  }
  if (restart === 'Always' || flags.bool('leave-stdin-open')) return 0;
  const over = yield* waitForPod(invocation, namespace, name, timeout, (one) =>
    restart === 'OnFailure' ? textAt(one, 'status', 'phase') === 'Succeeded' : isOver(one),
  );
  return exitStatus(over, namespace, name);
}

function* openAttach(
  { factory, flags }: Invocation,
  path: string,
  container: string,
  tty: boolean,
): Task<RemoteSession | KubectlError> {
  const response = yield* factory.client().exchange('POST', `${path}/attach`, {
    query: [
      ['container', container],
      ['stdin', String(flags.bool('stdin'))],
      ['stdout', 'true'],
      ['stderr', String(!tty)],
      ['tty', String(tty)],
    ],
  });
  if (response.body?.kind !== 'upgrade') return new KubectlError(statusError(response).message);
  return response.body.session;
}

function isOver(pod: JsonObject): boolean {
  return ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'));
}

function isReadyOrOver(pod: JsonObject): boolean {
  if (isOver(pod)) return true;
  if (textAt(pod, 'status', 'phase') !== 'Running') return false;
  return listAt(pod, 'status', 'conditions').some((one) => one['type'] === 'Ready' && one['status'] === 'True');
}

function* waitForPod(
  { factory, process }: Invocation,
  namespace: string,
  name: string,
  timeout: number,
  done: (pod: JsonObject) => boolean,
): Task<JsonObject> {
  const client = factory.client();
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const field = ['fieldSelector', `metadata.name=${name}`] as const;
  const end = process.now + timeout;
  for (;;) {
    const list = yield* client.get(path, [field]);
    const live = listAt(list, 'items')[0];
    if (!live) throw new StatusError({ reason: 'NotFound', message: `pods ${JSON.stringify(name)} not found` });
    if (done(live)) return live;
    const watch = yield* client.watch(path, {
      query: [field, ['resourceVersion', textAt(list, 'metadata', 'resourceVersion')]],
    });
    try {
      for (;;) {
        const event = yield* watch.next(Math.max(0, end - process.now));
        if (event === 'timeout') throw new KubectlError('timed out waiting for the condition');
        if (event === undefined) break;
        if (event.type === 'DELETED') throw new StatusError({ reason: 'NotFound', message: 'pods "" not found' });
        if (done(event.object)) return event.object;
      }
    } finally {
      watch.close();
    }
  }
}

function exitStatus(pod: JsonObject, namespace: string, name: string): number {
  const phase = textAt(pod, 'status', 'phase');
  if (phase === 'Succeeded') return 0;
  if (phase !== 'Failed') throw new KubectlError(`pod ${namespace}/${name} left in phase ${phase}`);
  const status = listAt(pod, 'status', 'containerStatuses')[0] ?? {};
  const terminated = objectAt(status, 'state', 'terminated');
  const code = terminated['exitCode'];
  if (typeof code !== 'number' || code === 0)
    throw new KubectlError(`pod ${namespace}/${name} failed with unknown exit code`);
  throw new CodeError(
    `pod ${namespace}/${name} terminated (${textAt(terminated, 'reason')})\n${textAt(terminated, 'message')}`,
    code,
  );
}
