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
  portOf,
  ServicePods,
  selectorOf,
  TRIGGER_TIME,
  TriggerTimes,
  targetOf,
} from './pod-endpoints.ts';
import { sortEndpointPorts } from './port-order.ts';

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';

/** Keeps the old Endpoints of each Service. kubernetes: pkg/controller/endpoint */
export const endpointsController: Controller = {
  name: 'endpoint-controller',
  start: (context) => new EndpointsController(context).start(),
};

class EndpointsController {
  private readonly queue: WorkQueue;
  private readonly triggers = new TriggerTimes();
  private readonly pods: ServicePods;

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((key) => this.sync(key));
    this.pods = new ServicePods(context, this.queue);
  }

  start(): void {
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
    const pods = this.pods.of(service);
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

interface PortAddresses {
  readonly port: EndpointPort | undefined;
  readonly ready: EndpointAddress[];
  readonly notReady: EndpointAddress[];
}

/** Ports that lead to the same addresses stand together. kubernetes: pkg/api/v1/endpoints/util.go RepackSubsets */
function subsetsOf(service: Stored<Service>, pods: readonly Stored<Pod>[]): EndpointSubset[] {
  const byPort = new Map<string, PortAddresses>();
  const servicePorts = service.spec?.ports ?? [];
  for (const pod of pods) {
    const ports = servicePorts.length === 0 ? [undefined] : portsOf(service, pod);
    const address: EndpointAddress = {
      ip: pod.status?.podIP ?? '',
      hostname: hostnameOf(pod, service),
      nodeName: pod.spec?.nodeName,
      targetRef: targetOf(pod),
    };
    const ready = service.spec?.publishNotReadyAddresses || isPodReady(pod);
    for (const port of ports) {
      const id = JSON.stringify(port ?? null);
      const entry = byPort.get(id) ?? { port, ready: [], notReady: [] };
      byPort.set(id, entry);
      (ready ? entry.ready : entry.notReady).push(address);
    }
  }
  const byAddresses = new Map<string, { entry: PortAddresses; ports: EndpointPort[] }>();
  for (const entry of byPort.values()) {
    const key = [entry.ready, entry.notReady].map((list) => list.map(({ ip }) => ip).join(' ')).join('|');
    const group = byAddresses.get(key) ?? { entry, ports: [] };
    byAddresses.set(key, group);
    if (entry.port) group.ports.push(entry.port);
  }
  return [...byAddresses.values()].map(({ entry: { ready, notReady }, ports }) => ({
    addresses: ready.length > 0 ? ready.sort(byAddress) : undefined,
    notReadyAddresses: notReady.length > 0 ? notReady.sort(byAddress) : undefined,
    ports: ports.length > 0 ? sortEndpointPorts(ports) : undefined,
  }));
}

function portsOf(service: Stored<Service>, pod: Stored<Pod>): EndpointPort[] {
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
  return ports;
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  const x = a.ip.split('.').map(Number);
  const y = b.ip.split('.').map(Number);
  for (let i = 0; i < 4; i++) if (x[i] !== y[i]) return (x[i] ?? 0) - (y[i] ?? 0);
  return 0;
}
