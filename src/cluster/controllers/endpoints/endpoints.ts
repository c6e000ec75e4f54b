import { ENDPOINTS, SERVICES } from '../../api/kinds.ts';
import { deepEqual, type Stored, splitKey } from '../../api/object.ts';
import type { EndpointAddress, EndpointPort, EndpointSubset, Pod, Service } from '../../api/types.generated.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { isPodReady } from '../pods.ts';
import type { WorkQueue } from '../work-queue.ts';
import { protocolOf } from './endpoint-slice.ts';
import {
  HEADLESS,
  hostnameOf,
  podsOf,
  portOf,
  selectorOf,
  TRIGGER_TIME,
  TriggerTimes,
  targetOf,
  watchPods,
} from './pod-endpoints.ts';

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

/** Keeps the old Endpoints of each Service. kubernetes: pkg/controller/endpoint */
export const endpointsController: Controller = {
  name: 'endpoint-controller',
  start: (context) => new EndpointsController(context).start(),
};

class EndpointsController {
  private readonly queue: WorkQueue;
  private readonly sizes = new Map<string, number>();
  private readonly triggers = new TriggerTimes();

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((key) => this.sync(key));
  }

  start(): void {
    watchPods(this.context, this.queue, this.sizes);
    this.context.informer(ENDPOINTS, ({ type, object }) => {
      if (type === 'DELETED') this.queue.add(`${object.metadata.namespace}/${object.metadata.name}`);
    });
  }

  private sync(key: string): void {
    const { namespace, name } = splitKey(key);
    const { client } = this.context;
    const service = client.get(SERVICES, namespace, name);
    const current = client.get(ENDPOINTS, namespace, name);
    if (!service) {
      this.triggers.forget(key);
      if (current) client.delete(ENDPOINTS, namespace, name);
      return;
    }
    if (!selectorOf(service)) return;
    const pods = podsOf(this.context, service);
    this.sizes.set(key, pods.length);
    const trigger = this.triggers.next(service, pods);
    const subsets = subsetsOf(
      service,
      pods.filter((pod) => !pod.metadata.deletionTimestamp),
    );
    const labels = labelsOf(service);
    if (current && deepEqual(current.subsets ?? [], subsets) && deepEqual(current.metadata.labels, labels)) return;
    const { [TRIGGER_TIME]: _, ...annotations } = current?.metadata.annotations ?? {};
    const changed = {
      labels,
      annotations: trigger ? { ...annotations, [TRIGGER_TIME]: trigger } : annotations,
    };
    const content = { subsets: subsets.length > 0 ? subsets : undefined };
    if (!current) client.create(ENDPOINTS, namespace, { metadata: { name, ...changed }, ...content });
    else client.update(ENDPOINTS, { ...current, metadata: { ...current.metadata, ...changed }, ...content });
  }
}

function labelsOf(service: Stored<Service>): { [key: string]: string } {
  const { [HEADLESS]: _, ...labels } = service.metadata.labels ?? {};
  return {
    ...labels,
    [MANAGED_BY]: 'endpoint-controller',
    ...(service.spec?.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
  };
}

/** Addresses grouped by their ports, sorted. kubernetes: pkg/api/v1/endpoints/util.go RepackSubsets */
function subsetsOf(service: Stored<Service>, pods: readonly Stored<Pod>[]): EndpointSubset[] {
  const subsets = new Map<string, { ports: EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  for (const pod of pods) {
    const ports: EndpointPort[] = [];
    for (const port of service.spec?.ports ?? []) {
      const number = portOf(pod, port);
      if (number === undefined) continue;
      ports.push({
        name: port.name || undefined,
        port: number,
        protocol: protocolOf(port.protocol),
        appProtocol: port.appProtocol,
      });
    }
    if (ports.length === 0 && (service.spec?.ports?.length ?? 0) > 0) continue;
    ports.sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
    const id = JSON.stringify(ports);
    const subset = subsets.get(id) ?? { ports, ready: [], notReady: [] };
    subsets.set(id, subset);
    const address: EndpointAddress = {
      ip: pod.status?.podIP ?? '',
      hostname: hostnameOf(pod, service),
      nodeName: pod.spec?.nodeName,
      targetRef: targetOf(pod),
    };
    (service.spec?.publishNotReadyAddresses || isPodReady(pod) ? subset.ready : subset.notReady).push(address);
  }
  return [...subsets.values()].map(({ ports, ready, notReady }) => ({
    addresses: ready.length > 0 ? ready.sort(byAddress) : undefined,
    notReadyAddresses: notReady.length > 0 ? notReady.sort(byAddress) : undefined,
    ports: ports.length > 0 ? ports : undefined,
  }));
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  const x = a.ip.split('.').map(Number);
  const y = b.ip.split('.').map(Number);
  for (let i = 0; i < 4; i++) if (x[i] !== y[i]) return (x[i] ?? 0) - (y[i] ?? 0);
  return 0;
}
