import { isRecord } from './input.ts';
import type { ClusterView, KubeObject } from './world-source.ts';

/** How a Pod is, at a glance. */
export type PodState = 'ready' | 'starting' | 'failing' | 'ending' | 'done';

export interface MapPod {
  readonly namespace: string;
  readonly name: string;
  readonly state: PodState;
  /** `CrashLoopBackOff`, `Pending`: what `kubectl get pods` shows; empty for a Pod that is ready. */
  readonly note: string;
}

export interface MapNode {
  readonly name: string;
  readonly ready: boolean;
  readonly unschedulable: boolean;
  readonly pods: readonly MapPod[];
}

export interface MapEndpoint {
  /** Name of the Pod, or the address of something that is none. */
  readonly name: string;
  readonly node: string;
  readonly ready: boolean;
}

export interface MapService {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  /** Cluster IP, `None`, or the outside name of an alias. */
  readonly address: string;
  /** `80`, `80:30123`. */
  readonly ports: string;
  readonly endpoints: readonly MapEndpoint[];
}

/** Nodes with their Pods, Services with their endpoints: what the map of the TUI draws. */
export interface ClusterMap {
  readonly name: string;
  readonly nodes: readonly MapNode[];
  /** Pods without a node. */
  readonly unplaced: readonly MapPod[];
  readonly services: readonly MapService[];
}

export function clusterMap(cluster: ClusterView): ClusterMap {
  const byNode = new Map<string, MapPod[]>();
  for (const pod of cluster.list('Pod')) {
    const node = textOf(recordOf(pod['spec'])['nodeName']);
    const pods = byNode.get(node);
    if (pods) pods.push(mapPod(pod));
    else byNode.set(node, [mapPod(pod)]);
  }
  return {
    name: cluster.name,
    nodes: cluster.list('Node').map((node) => ({
      name: node.metadata.name,
      ready: condition(node, 'Ready'),
      unschedulable: recordOf(node['spec'])['unschedulable'] === true,
      pods: byNode.get(node.metadata.name) ?? [],
    })),
    unplaced: byNode.get('') ?? [],
    services: cluster.list('Service').map((service) => mapService(service, cluster)),
  };
}

function mapPod(pod: KubeObject): MapPod {
  const { name, namespace = '' } = pod.metadata;
  const status = recordOf(pod['status']);
  const phase = textOf(status['phase']);
  const containers = [...listOf(status['initContainerStatuses']), ...listOf(status['containerStatuses'])];
  const waiting = containers
    .map((one) => textOf(recordOf(recordOf(recordOf(one)['state'])['waiting'])['reason']))
    .find((reason) => reason !== '' && reason !== 'ContainerCreating' && reason !== 'PodInitializing');
  const about = (state: PodState, note: string): MapPod => ({ namespace, name, state, note });
  if (pod.metadata['deletionTimestamp'] !== undefined) return about('ending', 'Terminating');
  if (phase === 'Succeeded') return about('done', 'Completed');
  if (phase === 'Failed') return about('failing', textOf(status['reason']) || 'Error');
  if (waiting !== undefined) return about('failing', waiting);
  if (condition(pod, 'Ready')) return about('ready', '');
  const ended = containers
    .map((one) => recordOf(recordOf(recordOf(one)['state'])['terminated']))
    .find(({ exitCode }) => exitCode !== undefined && exitCode !== 0);
  if (phase === 'Running' && ended) return about('failing', textOf(ended['reason']) || 'Error');
  return about('starting', phase === 'Running' ? readyCount(status) : phase);
}

/** `1/2`, as kubectl's column READY says it in every language. */
function readyCount(status: Record<string, unknown>): string {
  const containers = listOf(status['containerStatuses']);
  return `${containers.filter((one) => recordOf(one)['ready'] === true).length}/${containers.length}`;
}

function mapService(service: KubeObject, cluster: ClusterView): MapService {
  const { name, namespace = '' } = service.metadata;
  const spec = recordOf(service['spec']);
  const slices = cluster.list('EndpointSlice', namespace, `kubernetes.io/service-name=${name}`);
  return {
    namespace,
    name,
    type: textOf(spec['type']),
    address: textOf(spec['clusterIP']) || textOf(spec['externalName']),
    ports: listOf(spec['ports'])
      .map((port) => [recordOf(port)['port'], recordOf(port)['nodePort']].filter(Boolean).join(':'))
      .join(','),
    endpoints: slices.flatMap((slice) => listOf(slice['endpoints']).map(mapEndpoint)),
  };
}

function mapEndpoint(endpoint: unknown): MapEndpoint {
  const { targetRef, addresses, nodeName, conditions } = recordOf(endpoint);
  return {
    name: textOf(recordOf(targetRef)['name']) || textOf(listOf(addresses)[0]),
    node: textOf(nodeName),
    ready: recordOf(conditions)['ready'] !== false,
  };
}

function condition(object: KubeObject, type: string): boolean {
  return listOf(recordOf(object['status'])['conditions']).some(
    (one) => recordOf(one)['type'] === type && recordOf(one)['status'] === 'True',
  );
}

function recordOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
