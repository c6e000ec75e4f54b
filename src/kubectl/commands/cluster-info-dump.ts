import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../world/task.ts';
import type { Command, Invocation } from '../command/command.ts';
import { printFlags } from '../common-flags.ts';
import { asError, StatusError } from '../errors.ts';
import { resolvePath } from '../files.ts';
import { bool, duration, string, stringSlice } from '../flags/index.ts';
import { listAt, textAt } from '../json.ts';
import type { Printer } from '../printers/printer.ts';
import { printerFor } from '../printing.ts';

/** What is dumped of a namespace: the file's name and the resource's path. */
const LISTS: readonly (readonly [file: string, root: string, plural: string])[] = [
  ['events', '/api/v1', 'events'],
  ['replication-controllers', '/api/v1', 'replicationcontrollers'],
  ['services', '/api/v1', 'services'],
  ['daemonsets', '/apis/apps/v1', 'daemonsets'],
  ['deployments', '/apis/apps/v1', 'deployments'],
  ['replicasets', '/apis/apps/v1', 'replicasets'],
  ['pods', '/api/v1', 'pods'],
];

/** kubernetes: kubectl/pkg/cmd/clusterinfo/clusterinfo_dump.go */
export const clusterInfoDump: Command = {
  name: 'dump',
  use: 'dump [flags]',
  short: 'Dump relevant information for debugging and diagnosis',
  long: 'Dump nodes, and of namespaces the events, workloads, services and the logs of all containers: to standard output or, with --output-directory, into a tree of files.',
  examples: `# The current namespace and kube-system, to standard output
kubectl cluster-info dump

# Everything, into files
kubectl cluster-info dump --all-namespaces --output-directory=/tmp/state`,
  flags: [
    bool('all-namespaces', false, 'If true, dump all namespaces.', { shorthand: 'A' }),
    stringSlice('namespaces', 'A comma separated list of namespaces to dump.'),
    string('output-directory', '', 'Where to put the files; standard output when it is not given.'),
    duration('pod-running-timeout', 20_000, 'How long to wait until a pod runs (like 5s, 2m, or 3h).'),
    ...printFlags('', 'json'),
  ],
  *run(invocation) {
    const { flags, factory, process } = invocation;
    const directory = flags.string('output-directory');
    const printer = printerFor(invocation, '', 'none', { keepOrder: true });
    const client = factory.client();
    yield* put(invocation, directory, 'nodes', printer, yield* client.get('/api/v1/nodes'));
    for (const namespace of yield* namespacesOf(invocation)) {
      let pods: readonly JsonObject[] = [];
      for (const [file, root, plural] of LISTS) {
        const list = yield* client.get(`${root}/namespaces/${namespace}/${plural}`);
        yield* put(invocation, directory, `${namespace}/${file}`, printer, list);
        if (plural === 'pods') pods = listAt(list, 'items');
      }
      for (const pod of pods) {
        const name = textAt(pod, 'metadata', 'name');
        const text = yield* logsOf(invocation, namespace, pod);
        if (toFiles(directory)) writeFile(invocation, `${directory}/${namespace}/${name}/logs.txt`, text);
        else yield* process.print(text);
      }
    }
    if (toFiles(directory)) yield* process.print(`Cluster info dumped to ${directory}\n`);
  },
};

const toFiles = (directory: string) => directory !== '' && directory !== '-';

function* namespacesOf({ flags, factory }: Invocation): Task<string[]> {
  if (flags.bool('all-namespaces')) {
    const list = yield* factory.client().get('/api/v1/namespaces');
    return listAt(list, 'items').map((one) => textAt(one, 'metadata', 'name'));
  }
  const given = flags.list('namespaces');
  return given.length > 0 ? [...given] : [...new Set(['kube-system', factory.namespace().name])];
}

function* put(
  invocation: Invocation,
  directory: string,
  name: string,
  printer: Printer,
  object: JsonObject,
): Task<void> {
  const text = printer.print(object);
  const extension = invocation.flags.string('output') === 'yaml' ? 'yaml' : 'json';
  if (toFiles(directory)) writeFile(invocation, `${directory}/${name}.${extension}`, text);
  else yield* invocation.process.print(text);
}

function* logsOf({ factory }: Invocation, namespace: string, pod: JsonObject): Task<string> {
  const name = textAt(pod, 'metadata', 'name');
  let text = '';
  for (const list of ['initContainers', 'containers'])
    for (const container of listAt(pod, 'spec', list)) {
      const of = `logs for container ${textAt(container, 'name')} of pod ${namespace}/${name}`;
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/log`;
      text += `==== START ${of} ====\n`;
      try {
        text += yield* factory.client().text('GET', path, { query: [['container', textAt(container, 'name')]] });
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        text += `Create log error: ${asError(error).message}\n`;
      }
      text += `==== END ${of} ====\n`;
    }
  return text;
}

function writeFile({ process }: Invocation, path: string, text: string): void {
  const { files } = process.machine;
  const absolute = resolvePath(process, path);
  files.makeDirectories(absolute.slice(0, absolute.lastIndexOf('/')), process.credentials, 0o755);
  files.writeFile(absolute, text, process.credentials);
}
