import type { HttpResponse } from '../../world/network/http.ts';
import { at, type Stored } from '../api/object.ts';
import type { Resource } from '../api/resource.ts';
import { jsonResponse } from '../api/response.ts';
import type { ApiRequest, ApiServer } from '../api/server.ts';
import { StatusError } from '../apimachinery/errors.ts';
import { parseLabelSelector } from '../apimachinery/labels.ts';
import { toSeconds } from '../apimachinery/time.ts';

export interface ContainerUsage {
  readonly name: string;
  /** Thousandths of a core. */
  readonly cpu: number;
  /** bytes */
  readonly memory: number;
}

export interface PodUsage {
  readonly namespace: string;
  readonly name: string;
  readonly time: number;
  readonly containers: readonly ContainerUsage[];
}

export interface NodeUsage {
  readonly name: string;
  readonly time: number;
  readonly cpu: number;
  readonly memory: number;
}

/** What metrics-server has measured. */
export interface MetricsSource {
  readonly pods: () => readonly PodUsage[];
  readonly nodes: () => readonly NodeUsage[];
}

const GROUP = 'metrics.k8s.io';
const API_SERVICE = `v1beta1.${GROUP}`;
const WINDOW = '15.020s';

/**
 * Serves metrics.k8s.io as long as its APIService is stored; `source` says whether the server behind it answers.
 * kubernetes: kube-aggregator; sigs.k8s.io/metrics-server pkg/api
 */
export function serveMetricsApi(server: ApiServer, source: () => MetricsSource | undefined): void {
  const resources = [resourceOf('nodes', 'NodeMetrics', false, source), resourceOf('pods', 'PodMetrics', true, source)];
  server.store.subscribe('apiservices.apiregistration.k8s.io', ({ type, object }) => {
    if (object.metadata.name !== API_SERVICE) return;
    for (const resource of resources) {
      if (type === 'DELETED') server.resources.remove(resource);
      else if (!server.resources.find(GROUP, 'v1beta1', resource.plural)) server.resources.add(resource);
    }
  });
}

function resourceOf(
  plural: string,
  kind: string,
  namespaced: boolean,
  source: () => MetricsSource | undefined,
): Resource {
  return {
    group: GROUP,
    version: 'v1beta1',
    kind,
    plural,
    singular: '',
    shortNames: [],
    categories: [],
    namespaced,
    verbs: ['get', 'list'],
    subresources: [],
    type: undefined,
    strategy: {},
    aggregated: (server, request) => {
      const measured = source();
      if (!measured)
        throw StatusError.serviceUnavailable(
          `the server is currently unable to handle the request (get ${plural}.${GROUP})`,
        );
      return answer(request, plural === 'nodes' ? nodes(server, measured) : pods(server, measured), kind);
    },
  };
}

interface Item {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: { [key: string]: string };
  };
}

function answer({ http, info }: ApiRequest, all: readonly Item[], kind: string): HttpResponse {
  const typed = { kind, apiVersion: `${GROUP}/v1beta1` };
  const here = all.filter((item) => info.namespace === '' || item.metadata.namespace === info.namespace);
  if (info.verb === 'get') {
    const found = here.find((item) => item.metadata.name === info.name);
    if (found) return jsonResponse(200, { ...typed, ...found });
    const name = info.namespace === '' ? info.name : `${info.namespace}/${info.name}`;
    throw StatusError.notFound({ group: GROUP, plural: kind.toLowerCase() }, name);
  }
  const text = http.query.find(([key]) => key === 'labelSelector')?.[1] ?? '';
  const selector = parseLabelSelector(text);
  const items = here.filter((item) => selector.matches(item.metadata.labels ?? {}));
  return jsonResponse(200, { ...typed, kind: `${kind}List`, metadata: {}, items });
}

/** `1234567n` and `20480Ki`, as metrics-server says them. */
const quantities = (cpu: number, memory: number) => ({
  cpu: `${Math.round(cpu * 1_000_000)}n`,
  memory: `${Math.round(memory / 1024)}Ki`,
});

function labelsOf(object: Stored | undefined): { [key: string]: string } {
  return object?.metadata.labels ?? {};
}

function nodes(server: ApiServer, measured: MetricsSource) {
  return measured.nodes().flatMap(({ name, time, cpu, memory }) => {
    const node = server.store.get('nodes', name);
    if (!node) return [];
    return {
      metadata: { name, creationTimestamp: toSeconds(server.world.now), labels: labelsOf(node) },
      timestamp: toSeconds(time),
      window: WINDOW,
      usage: quantities(cpu, memory),
    };
  });
}

function pods(server: ApiServer, measured: MetricsSource) {
  return measured.pods().flatMap(({ namespace, name, time, containers }) => {
    const pod = server.store.get('pods', `${namespace}/${name}`);
    if (!pod || at(pod, 'status', 'phase') !== 'Running') return [];
    return {
      metadata: { name, namespace, creationTimestamp: toSeconds(server.world.now), labels: labelsOf(pod) },
      timestamp: toSeconds(time),
      window: WINDOW,
      containers: containers.map((one) => ({ name: one.name, usage: quantities(one.cpu, one.memory) })),
    };
  });
}
