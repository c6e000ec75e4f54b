import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { selectorFlag } from '../../common-flags.ts';
import { KubectlError, StatusError, UsageError } from '../../errors.ts';
import { bool, duration, int, int64, string } from '../../flags/index.ts';
import { textAt } from '../../json.ts';
import { refuseCustomKind } from '../../mapper.ts';
import { findResources } from '../../resource/builder.ts';
import { chooseContainer, containerNames } from '../../resource/containers.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { byLogging, goTypeOf, podSelectorOf, podsOf } from '../../resource/pods-of.ts';
import { copyLogs, type LogSource } from './copy.ts';

const USAGE = `expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.
POD or TYPE/NAME is a required argument for the logs command`;

/** Lines of each Pod when Pods were selected. */
const SELECTOR_TAIL = 10;

/** kubernetes: kubectl/pkg/cmd/logs/logs.go */
export const logs: Command = {
  name: 'logs',
  use: 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  short: 'Print the logs for a container in a pod',
  long: 'Print the logs for a container in a pod or specified resource. If the pod has only one container, the container name is optional.',
  examples: `# All that a Pod has written
kubectl logs web

# As it is written
kubectl logs -f web

# Of the container before the restart
kubectl logs -p web

# The last lines of all Pods with a label
kubectl logs -l app=web --all-containers=true`,
  flags: [
    bool('all-containers', false, "Get all containers' logs in the pod(s)."),
    bool('all-pods', false, 'Get logs from all pod(s). Sets prefix to true.'),
    string('container', '', 'Print the logs of this container', { shorthand: 'c' }),
    bool('follow', false, 'Specify if the logs should be streamed.', { shorthand: 'f' }),
    bool('ignore-errors', false, 'If watching / following pod logs, allow for any errors that occur to be non-fatal'),
    bool('insecure-skip-tls-verify-backend', false, 'Skip verifying the identity of the kubelet.'),
    int64('limit-bytes', 0, 'Maximum bytes of logs to return. Defaults to no limit.'),
    int('max-log-requests', 5, 'How many logs may be followed at a time when a selector is used.'),
    duration('pod-running-timeout', 20_000, 'How long to wait until at least one pod is running.'),
    bool('prefix', false, 'Prefix each log line with the log source (pod name and container name)'),
    bool('previous', false, 'If true, print the logs for the previous instance of the container.', { shorthand: 'p' }),
    selectorFlag(),
    duration('since', 0, 'Only return logs newer than a relative duration like 5s, 2m, or 3h.'),
    string('since-time', '', 'Only return logs after a specific date (RFC3339).'),
    int64('tail', -1, 'Lines of recent log file to display; -1 shows all, 10 where a selector is used.'),
    bool('timestamps', false, 'Include timestamps on each line in the log output'),
  ],
  *run(invocation) {
    checkWords(invocation);
    const found = yield* targets(invocation);
    if (found === undefined) return;
    yield* show(invocation, found, optionsOf(invocation));
  },
};

/** What is said before the server is asked. Raises UsageError, KubectlError. */
function checkWords({ flags, args, path }: Invocation): void {
  const selector = flags.string('selector');
  if (args.length === 0 && selector === '') throw new UsageError(path, USAGE);
  if (args.length > 0 && selector !== '') throw new UsageError(path, 'only a selector (-l) or a POD name is allowed');
  if (args.length > 2) throw new UsageError(path, USAGE);
  const since = flags.string('since-time');
  if (since !== '' && Number.isNaN(Date.parse(since)))
    throw new KubectlError(
      `parsing time ${JSON.stringify(since)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(since)} as "2006"`,
    );
}

/** The query of the request. Raises KubectlError. kubernetes: kubectl/pkg/cmd/logs LogsOptions.Validate, after the object was found */
function optionsOf({ flags, args }: Invocation): [string, string][] {
  const since = flags.number('since');
  const sinceTime = flags.string('since-time');
  const limit = flags.number('limit-bytes');
  const tail = flags.number('tail');
  if (args.length === 2 && flags.string('container') !== '')
    throw new KubectlError('only one of -c or an inline [CONTAINER] arg is allowed');
  if (flags.bool('all-containers') && (flags.string('container') !== '' || args.length === 2))
    throw new KubectlError(
      '--all-containers=true should not be specified with container name ' +
        (flags.string('container') || args[1] || ''),
    );
  if (since !== 0 && sinceTime !== '')
    throw new KubectlError('at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (flags.changed('limit-bytes') && limit <= 0) throw new KubectlError('--limit-bytes must be greater than 0');
  if (since < 0) throw new KubectlError('--since must be greater than 0');
  if (tail < -1) throw new KubectlError('--tail must be greater than or equal to -1');
  const query: [string, string][] = [];
  if (flags.bool('follow')) query.push(['follow', 'true']);
  if (flags.bool('previous')) query.push(['previous', 'true']);
  if (flags.bool('timestamps')) query.push(['timestamps', 'true']);
  if (sinceTime !== '') query.push(['sinceTime', sinceTime]);
  if (since > 0) query.push(['sinceSeconds', String(Math.ceil(since / 1000))]);
  const lines = flags.changed('tail') ? tail : flags.string('selector') === '' ? -1 : SELECTOR_TAIL;
  if (lines >= 0) query.push(['tailLines', String(lines)]);
  if (limit > 0) query.push(['limitBytes', String(limit)]);
  return query;
}

/** The Pods to tell of; undefined when a selector found none. Raises KubectlError, StatusError. */
function* targets(invocation: Invocation): Task<{ pods: JsonObject[]; direct: boolean } | undefined> {
  const { flags, factory, args, process } = invocation;
  const namespace = factory.namespace();
  const selector = flags.string('selector');
  if (selector !== '') {
    const pods = yield* podsOf(factory, namespace.name, selector);
    if (pods.length > 0) return { pods, direct: false };
    yield* process.printError(`No resources found in ${namespace.name} namespace.\n`);
    return undefined;
  }
  const target = args[0] ?? '';
  let infos: Info[];
  try {
    const resources = yield* findResources(factory, {
      args: target.includes('/') ? [target] : ['pods', target],
      namespace: namespace.name,
      requireNamespace: namespace.enforced,
      latest: true,
    });
    infos = yield* resources.infos();
  } catch (error) {
    if (error instanceof StatusError && error.notFound)
      throw new KubectlError(
        `error from server (NotFound): ${error.message} in namespace ${JSON.stringify(namespace.name)}`,
      );
    throw error;
  }
  if (infos[0]) refuseCustomKind(mappingOf(infos[0]));
  const object = objectOf(
    infos[0] ?? { mapping: undefined, namespace: '', name: '', source: '', object: undefined, subresource: '' },
  );
  if (textAt(object, 'kind') === 'Pod') return { pods: [object], direct: true };
  let podSelector: string;
  try {
    podSelector = podSelectorOf(object);
  } catch (error) {
    throw new KubectlError(
      `cannot get the logs from ${goTypeOf(object)}: ${error instanceof Error ? error.message : ''}`,
    );
  }
  const pods = (yield* podsOf(factory, namespace.name, podSelector)).sort(byLogging);
  if (flags.bool('all-pods')) return { pods, direct: false };
  const first = pods[0];
  if (!first) {
    yield* process.sleep(flags.number('pod-running-timeout'));
    throw new KubectlError('timed out waiting for the condition');
  }
  if (pods.length > 1)
    yield* process.printError(`Found ${pods.length} pods, using pod/${textAt(first, 'metadata', 'name')}\n`);
  return { pods: [first], direct: true };
}

function* show(
  invocation: Invocation,
  found: { pods: JsonObject[]; direct: boolean },
  query: [string, string][],
): Task<void> {
  const { flags, args, process } = invocation;
  const wanted = args[1] ?? flags.string('container');
  const sources: LogSource[] = [];
  for (const pod of found.pods) {
    const name = textAt(pod, 'metadata', 'name');
    const namespace = textAt(pod, 'metadata', 'namespace');
    if (flags.bool('all-containers')) {
      for (const field of ['initContainers', 'containers', 'ephemeralContainers'])
        for (const container of containerNames(pod, field)) sources.push({ pod: name, namespace, container });
      continue;
    }
    const container = yield* chooseContainer(process, pod, wanted);
    sources.push({ pod: name, namespace, container });
  }
  const most = flags.number('max-log-requests');
  if (flags.bool('follow') && sources.length > 1 && sources.length > most)
    throw new KubectlError(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
    );
  const prefix = flags.bool('prefix') || (flags.bool('all-pods') && !found.direct);
  yield* copyLogs(invocation, sources, query, { prefix, ignoreErrors: flags.bool('ignore-errors') });
}
