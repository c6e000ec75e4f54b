import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { objectOf, objectsOf, textOf } from '../params.ts';
import type { Context } from './context.ts';
import type { KubeApi } from './kube-api.ts';
import { EksctlError, log } from './log.ts';

/** ms between two looks at nodes; between two words about Pods that do not go; and eksctl's --timeout. */
const LOOK = 5000;
const TELL = 60_000;
const TIMEOUT = 25 * 60_000;

export function nodesPath(nodegroup: string): string {
  return `/api/v1/nodes?labelSelector=${encodeURIComponent(`alpha.eksctl.io/nodegroup-name=${nodegroup}`)}`;
}

function nameOf(object: JsonObject): string {
  return textOf(objectOf(object, 'metadata'), 'name') ?? '';
}

function isReady(node: JsonObject): boolean {
  return objectsOf(objectOf(node, 'status'), 'conditions').some(
    (condition) => condition['type'] === 'Ready' && condition['status'] === 'True',
  );
}

/** Waits until a node group has its nodes. Raises EksctlError. eksctl: pkg/eks/nodegroup_service.go */
export function* waitForNodes(context: Context, api: KubeApi, nodegroup: string, wanted: number): Task {
  const { process } = context;
  const started = process.now;
  let nodes = yield* api.list(nodesPath(nodegroup));
  yield* tellNodes(context, nodegroup, nodes);
  yield* log(process, 'info', `waiting for at least ${wanted} node(s) to become ready in ${JSON.stringify(nodegroup)}`);
  while (nodes.filter(isReady).length < wanted) {
    if (process.now - started > TIMEOUT)
      throw new EksctlError(
        `timed out waiting for at least ${wanted} nodes to join the cluster and become ready in ${JSON.stringify(nodegroup)}: context deadline exceeded`,
      );
    yield* process.sleep(LOOK);
    nodes = yield* api.list(nodesPath(nodegroup));
  }
  yield* tellNodes(context, nodegroup, nodes);
}

function* tellNodes({ process }: Context, nodegroup: string, nodes: readonly JsonObject[]): Task {
  yield* log(process, 'info', `nodegroup ${JSON.stringify(nodegroup)} has ${nodes.length} node(s)`);
  for (const node of nodes)
    yield* log(process, 'info', `node ${JSON.stringify(nameOf(node))} is ${isReady(node) ? 'ready' : 'not ready'}`);
}

/** Cordons the nodes of groups and evicts their Pods. Raises EksctlError when some do not go in time. eksctl: pkg/drain */
export function* drainNodegroups(
  context: Context,
  api: KubeApi,
  nodegroups: readonly string[],
  disableEviction: boolean,
  parallel = 1,
): Task {
  const { process } = context;
  yield* log(process, 'info', `starting parallel draining, max in-flight of ${parallel}`);
  for (const nodegroup of nodegroups) {
    const nodes = (yield* api.list(nodesPath(nodegroup))).map(nameOf);
    if (nodes.length === 0) {
      yield* log(
        process,
        'warning',
        `no nodes found in nodegroup ${JSON.stringify(nodegroup)} (label selector: "alpha.eksctl.io/nodegroup-name=${nodegroup}")`,
      );
      continue;
    }
    yield* setSchedulable(context, api, nodegroup, false);
    yield* evictAll(context, api, nodegroup, nodes, disableEviction);
    yield* log(process, 'success', `drained all nodes: [${nodes.join(' ')}]`);
  }
}

/** `eksctl drain nodegroup --undo` */
export function* uncordonNodegroup(context: Context, api: KubeApi, nodegroup: string, parallel: number): Task {
  yield* log(context.process, 'info', `starting parallel draining, max in-flight of ${parallel}`);
  yield* setSchedulable(context, api, nodegroup, true);
}

/** Nodes that are so already are left alone. eksctl: toggleCordon */
function* setSchedulable({ process }: Context, api: KubeApi, nodegroup: string, schedulable: boolean): Task {
  for (const node of yield* api.list(nodesPath(nodegroup))) {
    if ((objectOf(node, 'spec')['unschedulable'] === true) !== schedulable) continue;
    const patch = { spec: { unschedulable: !schedulable } };
    yield* api.request('PATCH', `/api/v1/nodes/${nameOf(node)}`, patch, 'application/strategic-merge-patch+json');
    yield* log(process, 'info', `${schedulable ? 'uncordon' : 'cordon'} node ${JSON.stringify(nameOf(node))}`);
  }
}

function* evictAll(
  context: Context,
  api: KubeApi,
  nodegroup: string,
  nodes: readonly string[],
  disableEviction: boolean,
): Task {
  const { process } = context;
  const started = process.now;
  let told = process.now;
  for (;;) {
    const left = new Map<string, number>();
    let refused = 0;
    for (const pod of yield* api.list('/api/v1/pods')) {
      const node = textOf(objectOf(pod, 'spec'), 'nodeName') ?? '';
      if (!nodes.includes(node) || isLeft(pod)) continue;
      left.set(node, (left.get(node) ?? 0) + 1);
      const status = yield* evict(api, pod, disableEviction);
      if (status === 429) refused++;
    }
    if (left.size === 0) return;
    if (refused > 0 && process.now - told >= TELL) {
      told = process.now;
      for (const [node, count] of left)
        yield* log(process, 'warning', `${count} pods are unevictable from node ${node}`);
    }
    if (process.now - started > TIMEOUT)
      throw new EksctlError(`timed out (after 25m0s) waiting for nodegroup ${JSON.stringify(nodegroup)} to be drained`);
    yield* process.sleep(LOOK);
  }
}

/** Pods of DaemonSets, static Pods and finished ones stay. */
function isLeft(pod: JsonObject): boolean {
  const metadata = objectOf(pod, 'metadata');
  const owners = objectsOf(metadata, 'ownerReferences');
  const phase = textOf(objectOf(pod, 'status'), 'phase');
  return (
    owners.some((owner) => owner['kind'] === 'DaemonSet') ||
    (isObject(metadata['annotations']) && 'kubernetes.io/config.mirror' in metadata['annotations']) ||
    phase === 'Succeeded' ||
    phase === 'Failed'
  );
}

function* evict(api: KubeApi, pod: JsonObject, disableEviction: boolean): Task<number> {
  const metadata = objectOf(pod, 'metadata');
  if (metadata['deletionTimestamp'] !== undefined && metadata['deletionTimestamp'] !== null) return 200;
  const name = textOf(metadata, 'name') ?? '';
  const namespace = textOf(metadata, 'namespace') ?? '';
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  if (disableEviction) return (yield* api.request('DELETE', path))[0];
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  return (yield* api.request('POST', `${path}/eviction`, body))[0];
}
