import type { Cluster } from '../../cluster/cluster.ts';
import { servePodMetrics } from '../../cluster/controllers/autoscaling/metrics.ts';
import {
  type ContainerUsage,
  type MetricsSource,
  type PodUsage,
  serveMetricsApi,
} from '../../cluster/metrics/metrics-api.ts';
import { type Usage, usageOf } from '../../cluster/metrics/usage.ts';
import type { Kubelet } from '../../cluster/node/kubelet/kubelet.ts';
import type { Machine } from '../../world/machine.ts';
import { textResponse } from '../../world/network/http.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';
import { servePages } from '../components/health.ts';
import { klogLine } from '../components/klog.ts';
import { untilStopped } from '../control-plane.ts';

/** --metric-resolution, ms. */
const RESOLUTION = 15_000;
/** What a node takes for itself: the kubelet, the runtime, the system; thousandths of a core and bytes. */
const NODE_CPU = 38;
const NODE_MEMORY = 520 * 1024 * 1024;
const API_SERVICES = 'apiservices.apiregistration.k8s.io';

/** A node as metrics-server finds it. */
export interface MeasuredNode {
  readonly name: string;
  readonly address: string;
  readonly machine: Machine;
  readonly kubelet: Kubelet;
}

interface Sample extends Usage {
  readonly time: number;
}

/** Measures the containers of all nodes at each scrape; rates are those between the last two. */
class Scraper implements MetricsSource {
  private readonly last = new Map<Machine, Sample>();
  private measuredPods: readonly PodUsage[] = [];
  private measuredNodes: { name: string; time: number; cpu: number; memory: number }[] = [];

  constructor(private readonly find: () => readonly MeasuredNode[]) {}

  readonly pods = () => this.measuredPods;
  readonly nodes = () => this.measuredNodes;

  scrape(now: number): void {
    const pods: PodUsage[] = [];
    const seen = new Set<Machine>();
    this.measuredNodes = [];
    for (const node of this.find()) {
      if (!node.kubelet.running) continue;
      let cpu = NODE_CPU;
      let memory = NODE_MEMORY;
      for (const worker of node.kubelet.workers.values()) {
        const containers: ContainerUsage[] = [];
        for (const state of worker.containers) {
          const machine = state.running ? state.current?.machine : undefined;
          if (!machine) continue;
          seen.add(machine);
          const usage = this.rate(machine, now);
          if (usage && (state.role === 'app' || state.role === 'sidecar'))
            containers.push({ name: state.name, cpu: usage.cpu, memory: usage.memory });
        }
        for (const container of containers) {
          cpu += container.cpu;
          memory += container.memory;
        }
        const { namespace = '', name } = worker.pod.metadata;
        if (containers.length > 0) pods.push({ namespace, name, time: now, containers });
      }
      const own = this.rate(node.machine, now);
      seen.add(node.machine);
      if (own) this.measuredNodes.push({ name: node.name, time: now, cpu: cpu + own.cpu, memory });
    }
    for (const machine of this.last.keys()) if (!seen.has(machine)) this.last.delete(machine);
    this.measuredPods = pods;
  }

  private rate(machine: Machine, now: number): { cpu: number; memory: number } | undefined {
    const before = this.last.get(machine);
    const usage = usageOf(machine);
    this.last.set(machine, { cpu: usage.cpu, memory: usage.memory, time: now });
    if (!before || now <= before.time) return undefined;
    return { cpu: Math.max(0, ((usage.cpu - before.cpu) * 1000) / (now - before.time)), memory: usage.memory };
  }
}

/**
 * metrics-server: asks the kubelets every 15 s what their containers use, and answers for metrics.k8s.io.
 * sigs.k8s.io/metrics-server: pkg/server, pkg/scraper
 */
export function metricsServerProgram(cluster: Cluster, nodes: () => readonly MeasuredNode[]): Program {
  let serving: MetricsSource | undefined;
  serveMetricsApi(cluster.server, () => serving);
  return {
    name: 'images/metrics-server',
    *main(process) {
      const scraper = new Scraper(nodes);
      const trusts = process.argv.includes('--kubelet-insecure-tls');
      const port = Number(/--secure-port=(\d+)/.exec(process.argv.join(' '))?.[1] ?? '443');
      let scraped = false;
      const close = servePages(
        process,
        port,
        (path) =>
          path === '/readyz' && !scraped
            ? textResponse(500, '[+]ping ok\n[-]metric-storage-ready failed: reason withheld\nreadyz check failed\n')
            : /^\/(livez|readyz|healthz)$/.test(path)
              ? textResponse(200, 'ok')
              : undefined,
        '::',
        'metrics-server',
      );
      const log = (severity: 'I' | 'E', place: string, text: string) =>
        process.printError(klogLine(severity, process.now, process.pid, place, text));
      yield* log('I', 'serving.go:380', 'Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)');
      yield* log('I', 'secure_serving.go:211', `Serving securely on [::]:${port}`);
      const scrape = function* (): Task {
        if (trusts) return scraper.scrape(process.now);
        for (const node of nodes())
          yield* log(
            'E',
            'scraper.go:149',
            `"Failed to scrape node" err="Get \\"https://${node.address}:10250/metrics/resource\\": tls: failed to verify certificate: x509: cannot validate certificate for ${node.address} because it doesn't contain any IP SANs" node="${node.name}"`,
          );
      };
      const work = process.spawn({
        argv: ['scraper'],
        *main(child: Process) {
          yield* scrape();
          for (;;) {
            yield* child.sleep(RESOLUTION);
            yield* scrape();
            if (scraped || !trusts || scraper.nodes().length === 0) continue;
            scraped = true;
            serving = scraper;
            servePodMetrics(cluster.server, { usage: (pod, resource) => usageIn(scraper, pod.metadata, resource) });
            report(cluster, true);
          }
        },
      });
      try {
        return yield* untilStopped(process);
      } finally {
        work.destroy();
        close?.();
        if (serving === scraper) {
          serving = undefined;
          servePodMetrics(cluster.server, undefined);
          report(cluster, false);
        }
      }
    },
  };
}

function usageIn(
  scraper: MetricsSource,
  pod: { readonly namespace?: string | undefined; readonly name: string },
  resource: string,
): number | undefined {
  const found = scraper.pods().find((one) => one.name === pod.name && one.namespace === pod.namespace);
  return found?.containers.reduce((sum, one) => sum + (resource === 'cpu' ? one.cpu : one.memory), 0);
}

/** What the aggregator says of the APIService. kubernetes: kube-aggregator available_controller.go */
function report(cluster: Cluster, available: boolean): void {
  const { store } = cluster.server;
  const found = store.get(API_SERVICES, 'v1beta1.metrics.k8s.io');
  if (!found) return;
  const condition = available
    ? { type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MissingEndpoints',
        message: 'endpoints for service/metrics-server in "kube-system" have no addresses with port name "https"',
      };
  const lastTransitionTime = `${new Date(cluster.world.now).toISOString().slice(0, 19)}Z`;
  const status = { conditions: [{ lastTransitionTime, ...condition }] };
  store.put(API_SERVICES, Object.assign({}, found, { status }));
}
