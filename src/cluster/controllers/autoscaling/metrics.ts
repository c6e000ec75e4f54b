import type { Stored } from '../../api/object.ts';
import type { ApiServer } from '../../api/server.ts';
import type { MetricSpec, MetricStatus, Pod } from '../../api/types.generated.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { isPodReady, isPodTerminal } from '../pods.ts';

/** What a metrics server measures: cpu in thousandths, memory in bytes; undefined when it knows nothing of a Pod yet. */
export interface PodMetrics {
  readonly usage: (pod: Stored<Pod>, resource: string) => number | undefined;
}

const sources = new WeakMap<ApiServer, PodMetrics>();

/**
 * Registers the metrics API of a cluster; without it autoscalers say that it is missing.
 * @public for worlds with a metrics server
 */
export function servePodMetrics(server: ApiServer, source: PodMetrics | undefined): void {
  if (source) sources.set(server, source);
  else sources.delete(server);
}

const NO_API =
  'unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
const NO_METRICS = 'no metrics returned from resource metrics API';
/** Usage may differ from the target by a tenth before anything is scaled. */
const TOLERANCE = 0.1;

/** How many Pods a metric asks for, or why that cannot be said. */
export type Proposal =
  | { readonly replicas: number; readonly name: string; readonly status: MetricStatus }
  | { readonly reason: string; readonly problem: string; readonly error: string };

/** kubernetes: pkg/controller/podautoscaler/horizontal.go computeReplicasForMetric, replica_calculator.go */
export function propose(
  server: ApiServer,
  metric: MetricSpec,
  pods: readonly Stored<Pod>[],
  current: number,
): Proposal {
  const resource = metric.resource?.name ?? metric.containerResource?.name;
  const target = metric.resource?.target ?? metric.containerResource?.target;
  if (!resource || !target) {
    const kind = metric.type;
    const problem = `unable to get metric ${metric.pods?.metric.name ?? metric.object?.metric.name ?? metric.external?.metric.name ?? ''}: no custom metrics API is registered`;
    return {
      reason: `FailedGet${kind}Metric`,
      problem,
      error: `failed to get ${kind.toLowerCase()} metric value: ${problem}`,
    };
  }
  const what = target.averageUtilization === undefined ? 'resource metric value' : `${resource} utilization`;
  const failed = (why: string): Proposal => {
    const problem = `failed to get ${what}: ${why}`;
    return {
      reason: 'FailedGetResourceMetric',
      problem,
      error: `failed to get ${resource} resource metric value: ${problem}`,
    };
  };
  const source = sources.get(server);
  if (!source) return failed(`unable to get metrics for resource ${resource}: ${NO_API}`);
  const measured: { used: number; requested: number }[] = [];
  for (const pod of pods) {
    if (isPodTerminal(pod) || pod.metadata.deletionTimestamp) continue;
    const used = source.usage(pod, resource);
    if (used === undefined || !isPodReady(pod)) continue;
    const requested = requestOf(pod, resource);
    if (requested === undefined && target.averageUtilization !== undefined) {
      const container = pod.spec?.containers[0]?.name;
      return failed(`missing request for ${resource} in container ${container} of Pod ${pod.metadata.name}`);
    }
    measured.push({ used, requested: requested ?? 0 });
  }
  if (measured.length === 0) return failed(`unable to get metrics for resource ${resource}: ${NO_METRICS}`);
  const used = measured.reduce((sum, each) => sum + each.used, 0);
  const requested = measured.reduce((sum, each) => sum + each.requested, 0);
  const average = Math.ceil(used / measured.length);
  const averageValue = resource === 'cpu' ? `${average}m` : String(average);
  const utilization = requested > 0 ? Math.floor((used * 100) / requested) : undefined;
  const ratio =
    target.averageUtilization !== undefined
      ? (utilization ?? 0) / target.averageUtilization
      : average / amountOf(resource, target.averageValue ?? target.value ?? '1');
  const replicas = Math.abs(ratio - 1) <= TOLERANCE ? current : Math.ceil(ratio * measured.length);
  const now =
    target.averageUtilization === undefined ? { averageValue } : { averageUtilization: utilization, averageValue };
  const name =
    target.averageUtilization === undefined
      ? `${resource} resource`
      : `${resource} resource utilization (percentage of request)`;
  return { replicas, name, status: { type: metric.type, resource: { name: resource, current: now } } };
}

function amountOf(resource: string, text: string): number {
  const quantity = Quantity.parse(text);
  return resource === 'cpu' ? quantity.milliValue() : quantity.value();
}

function requestOf(pod: Pod, resource: string): number | undefined {
  let total = 0;
  for (const container of pod.spec?.containers ?? []) {
    const text = container.resources?.requests?.[resource];
    if (text === undefined) return undefined;
    total += amountOf(resource, text);
  }
  return total;
}
