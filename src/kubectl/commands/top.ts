import { formatDuration } from '../../cluster/apimachinery/duration.ts';
import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { Quantity } from '../../cluster/apimachinery/quantity.ts';
import { parseTime } from '../../cluster/apimachinery/time.ts';
import type { Task } from '../../world/task.ts';
import type { Command, Invocation } from '../command/command.ts';
import { allNamespacesFlag, fieldSelectorFlag, selectorFlag } from '../common-flags.ts';
import { KubectlError } from '../errors.ts';
import { bool, string } from '../flags/index.ts';
import { listAt, objectAt, textAt } from '../json.ts';
import { TabWriter } from '../printers/tabwriter.ts';

const BASE = '/apis/metrics.k8s.io/v1beta1';
/** A Pod without metrics is an error when it is older than this, ms. */
const YOUNG = 120_000;

/** Thousandths of a core and bytes. */
interface Usage {
  readonly cpu: number;
  readonly memory: number;
}

const NONE: Usage = { cpu: 0, memory: 0 };
const plus = (a: Usage, b: Usage): Usage => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory });

function usageOf(usage: JsonObject): Usage {
  return {
    cpu: Number(Quantity.parse(textAt(usage, 'cpu') || '0').milliValue()),
    memory: Number(Quantity.parse(textAt(usage, 'memory') || '0').value()),
  };
}

const cells = ({ cpu, memory }: Usage) => `${Math.ceil(cpu)}m\t${Math.floor(memory / 1_048_576)}Mi`;

/** Raises the error of a cluster without a metrics server. kubernetes: kubectl/pkg/cmd/top/top.go */
function* needMetricsApi({ factory }: Invocation): Task {
  const { groupVersions } = yield* factory.mapper();
  if (!groupVersions.some((one) => one.group === 'metrics.k8s.io')) throw new KubectlError('Metrics API not available');
}

function sortBy({ flags }: Invocation): string {
  const by = flags.string('sort-by');
  if (by !== '' && by !== 'cpu' && by !== 'memory') throw new KubectlError('--sort-by accepts only cpu or memory');
  return by;
}

function refuseBoth({ flags, args }: Invocation): void {
  if (args.length > 0 && flags.string('selector') !== '')
    throw new KubectlError('only one of NAME or selector can be provided');
}

function inOrder<T extends { readonly key: string; readonly usage: Usage }>(rows: T[], by: string): T[] {
  return rows.sort((a, b) => {
    if (by === 'cpu' && a.usage.cpu !== b.usage.cpu) return b.usage.cpu - a.usage.cpu;
    if (by === 'memory' && a.usage.memory !== b.usage.memory) return b.usage.memory - a.usage.memory;
    return a.key < b.key ? -1 : 1;
  });
}

/** kubernetes: kubectl/pkg/cmd/top/top_pod.go */
function* topPods(invocation: Invocation): Task {
  const { flags, args, factory, process } = invocation;
  const by = sortBy(invocation);
  refuseBoth(invocation);
  yield* needMetricsApi(invocation);
  const client = factory.client();
  const everywhere = flags.bool('all-namespaces');
  const namespace = everywhere ? '' : factory.namespace().name;
  const root = `${BASE}${namespace === '' ? '' : `/namespaces/${namespace}`}/pods`;
  const [name] = args;
  const selector = flags.string('selector');
  const query: [string, string][] = selector === '' ? [] : [['labelSelector', selector]];
  const items =
    name === undefined ? listAt(yield* client.get(root, query), 'items') : [yield* client.get(`${root}/${name}`)];
  if (items.length === 0) return yield* nothing(invocation, namespace, query);
  const perContainer = flags.bool('containers');
  const out = new TabWriter();
  const rows = inOrder(
    items.map((item) => ({
      key: `${textAt(item, 'metadata', 'namespace')}/${textAt(item, 'metadata', 'name')}`,
      item,
      usage: listAt(item, 'containers').reduce((sum, one) => plus(sum, usageOf(objectAt(one, 'usage'))), NONE),
    })),
    by,
  );
  const lead = (item: JsonObject) => (everywhere ? `${textAt(item, 'metadata', 'namespace')}\t` : '');
  if (!flags.bool('no-headers'))
    out.write(`${everywhere ? 'NAMESPACE\t' : ''}${perContainer ? 'POD\t' : ''}NAME\tCPU(cores)\tMEMORY(bytes)\t\n`);
  for (const { item, usage } of rows) {
    const pod = textAt(item, 'metadata', 'name');
    if (!perContainer) out.write(`${lead(item)}${pod}\t${cells(usage)}\t\n`);
    else
      for (const one of listAt(item, 'containers'))
        out.write(`${lead(item)}${pod}\t${textAt(one, 'name')}\t${cells(usageOf(objectAt(one, 'usage')))}\t\n`);
  }
  if (flags.bool('sum')) {
    const blanks = '\t'.repeat((everywhere ? 1 : 0) + (perContainer ? 1 : 0) + 1);
    const total = rows.reduce((sum, { usage }) => plus(sum, usage), NONE);
    out.write(`${blanks}________\t________\t\n${blanks}${cells(total)}\t\n`);
  }
  yield* process.print(out.flush());
}

/** Why there are no metrics: no Pods, or too new ones. */
function* nothing({ factory, process }: Invocation, namespace: string, query: [string, string][]): Task {
  const root = `/api/v1${namespace === '' ? '' : `/namespaces/${namespace}`}/pods`;
  const pods = listAt(yield* factory.client().get(root, query), 'items');
  for (const pod of pods) {
    const age = process.now - parseTime(textAt(pod, 'metadata', 'creationTimestamp'));
    if (age <= YOUNG) continue;
    const name = `${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')}`;
    throw new KubectlError(`Metrics not available for pod ${name}, age: ${formatDuration(Math.floor(age))}`);
  }
  if (pods.length > 0) throw new KubectlError('metrics not available yet');
  yield* process.printError(
    namespace === '' ? 'No resources found\n' : `No resources found in ${namespace} namespace.\n`,
  );
}

/** kubernetes: kubectl/pkg/cmd/top/top_node.go */
function* topNodes(invocation: Invocation): Task {
  const { flags, args, factory, process } = invocation;
  const by = sortBy(invocation);
  refuseBoth(invocation);
  yield* needMetricsApi(invocation);
  const client = factory.client();
  const [name] = args;
  const selector = flags.string('selector');
  const query: [string, string][] = selector === '' ? [] : [['labelSelector', selector]];
  const root = `${BASE}/nodes`;
  const items =
    name === undefined ? listAt(yield* client.get(root, query), 'items') : [yield* client.get(`${root}/${name}`)];
  if (items.length === 0) throw new KubectlError('metrics not available yet');
  const nodes =
    name === undefined
      ? listAt(yield* client.get('/api/v1/nodes', query), 'items')
      : [yield* client.get(`/api/v1/nodes/${name}`)];
  const which = flags.bool('show-capacity') ? 'capacity' : 'allocatable';
  const limits = new Map(
    nodes.map((node) => [textAt(node, 'metadata', 'name'), usageOf(objectAt(node, 'status', which))]),
  );
  const out = new TabWriter();
  if (!flags.bool('no-headers')) out.write('NAME\tCPU(cores)\tCPU(%)\tMEMORY(bytes)\tMEMORY(%)\t\n');
  const rows = inOrder(
    items.map((item) => ({ key: textAt(item, 'metadata', 'name'), usage: usageOf(objectAt(item, 'usage')) })),
    by,
  );
  for (const { key, usage } of rows) {
    const limit = limits.get(key) ?? NONE;
    limits.delete(key);
    const share = (used: number, all: number) => `${all > 0 ? Math.trunc((used * 100) / all) : 0}%`;
    out.write(
      `${key}\t${Math.ceil(usage.cpu)}m\t${share(usage.cpu, limit.cpu)}\t${Math.floor(usage.memory / 1_048_576)}Mi\t${share(usage.memory, limit.memory)}\t\n`,
    );
  }
  for (const missing of limits.keys()) out.write(`${missing}\t<unknown>\t<unknown>\t<unknown>\t<unknown>\t\n`);
  yield* process.print(out.flush());
}

function topCommand(name: string, aliases: string[], short: string, run: (invocation: Invocation) => Task): Command {
  return {
    name,
    aliases,
    use: `${name} [NAME | -l label]`,
    short,
    flags: [
      ...(name === 'pod'
        ? [
            allNamespacesFlag,
            fieldSelectorFlag,
            bool('containers', false, 'If present, print usage of containers within a pod.'),
            bool('sum', false, 'Print the sum of the resource usage'),
          ]
        : [bool('show-capacity', false, 'Print node resources based on Capacity instead of Allocatable.')]),
      bool('no-headers', false, 'If present, print output without headers'),
      bool('show-swap', false, 'Print swap too, where the nodes report it.'),
      bool('use-protocol-buffers', true, 'Enables using protocol-buffers to access Metrics API.'),
      selectorFlag(),
      string('sort-by', '', "If non-empty, sort list by 'cpu' or 'memory'."),
    ],
    *run(invocation) {
      yield* run(invocation);
      return 0;
    },
  };
}

export const top: Command = {
  name: 'top',
  use: 'top [flags]',
  short: 'Display resource (CPU/memory) usage',
  long: 'Display resource (CPU/memory) usage.\n\n It needs a metrics server in the cluster.',
  helpTo: 'stderr',
  subcommands: [
    topCommand('node', ['nodes', 'no'], 'Display resource (CPU/memory) usage of nodes', topNodes),
    topCommand('pod', ['pods', 'po'], 'Display resource (CPU/memory) usage of pods', topPods),
  ],
};
