import { ENDPOINT_SLICES, NODES, SERVICES } from '../../api/kinds.ts';
import { deepEqual, type Stored, splitKey } from '../../api/object.ts';
import type { DiscoveryV1EndpointPort, Endpoint, EndpointHints, Pod, Service } from '../../api/types.generated.ts';
import type { Controller, ControllerContext } from '../controller.ts';
import { controllerReference } from '../ownership.ts';
import { isPodReady } from '../pods.ts';
import type { WorkQueue } from '../work-queue.ts';
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
import { sortSlicePorts } from './port-order.ts';
import { reconcileSlices, type SliceGroup } from './slices.ts';

const MANAGED_BY = 'endpointslice-controller.k8s.io';

/** Lists the Pods of each Service in EndpointSlices. kubernetes: pkg/controller/endpointslice, staging/endpointslice */
export const endpointSliceController: Controller = {
  name: 'endpointslice-controller',
  start: (context) => new EndpointSliceController(context).start(),
};

class EndpointSliceController {
  private readonly queue: WorkQueue;
  private readonly triggers = new TriggerTimes();
  private readonly pods: ServicePods;

  constructor(private readonly context: ControllerContext) {
    this.queue = context.queue((key) => this.sync(key));
    this.pods = new ServicePods(context, this.queue);
  }

  start(): void {
    this.context.informer(ENDPOINT_SLICES, ({ type, object, old }) => {
      const { labels, namespace } = object.metadata;
      if (labels?.['endpointslice.kubernetes.io/managed-by'] !== MANAGED_BY) return;
      // Only what others did to a slice needs a look.
      const service = labels['kubernetes.io/service-name'];
      if (service && (type === 'DELETED' || (old && !deepEqual(old.metadata.labels, labels)))) {
        this.queue.add(`${namespace}/${service}`);
      }
    });
  }

  private sync(key: string): void {
    const { namespace, name } = splitKey(key);
    const { client } = this.context;
    const service = client.get(SERVICES, namespace, name);
    if (!service) {
      this.triggers.forget(key);
      return;
    }
    if (service.metadata.deletionTimestamp || !selectorOf(service)) return;
    const pods = this.pods.of(service);
    const trigger = this.triggers.next(service, pods);
    reconcileSlices(client, {
      owner: service,
      managedBy: MANAGED_BY,
      labels: sliceLabels(service),
      annotations: trigger === undefined ? {} : { [TRIGGER_TIME]: trigger },
      groups: this.groups(service, pods),
      existing: [...client.ownedBy(ENDPOINT_SLICES, service.metadata.uid)],
      ownerReference: controllerReference(service),
    });
  }

  private groups(service: Stored<Service>, pods: readonly Stored<Pod>[]): SliceGroup[] {
    const groups = new Map<string, SliceGroup>();
    for (const addressType of service.spec?.ipFamilies ?? ['IPv4']) {
      const type = addressType === 'IPv6' ? 'IPv6' : 'IPv4';
      for (const pod of pods) {
        const address =
          pod.status?.podIPs?.find(({ ip }) => (ip ?? '').includes(':') === (type === 'IPv6'))?.ip ?? pod.status?.podIP;
        if (!address || address.includes(':') !== (type === 'IPv6')) continue;
        const ports = portsOf(service, pod);
        const id = `${type} ${JSON.stringify(ports)}`;
        const group = groups.get(id) ?? { addressType: type, ports: sortSlicePorts(ports), endpoints: [] };
        groups.set(id, group);
        group.endpoints.push(this.endpoint(service, pod, address));
      }
    }
    return [...groups.values()];
  }

  private endpoint(service: Stored<Service>, pod: Stored<Pod>, address: string): Endpoint {
    const serving = isPodReady(pod);
    const terminating = pod.metadata.deletionTimestamp !== undefined;
    const node = this.context.client.get(NODES, '', pod.spec?.nodeName ?? '');
    const zone = node?.metadata.labels?.['topology.kubernetes.io/zone'];
    return {
      addresses: [address],
      conditions: {
        ready: service.spec?.publishNotReadyAddresses === true || (serving && !terminating),
        serving,
        terminating,
      },
      hostname: hostnameOf(pod, service),
      nodeName: pod.spec?.nodeName,
      targetRef: targetOf(pod),
      zone,
      hints: hintsOf(service, serving && !terminating, pod.spec?.nodeName, zone),
    };
  }
}

/** Who should use an endpoint. kubernetes: staging/src/k8s.io/endpointslice/trafficdist/trafficdist.go */
function hintsOf(
  service: Stored<Service>,
  ready: boolean,
  node: string | undefined,
  zone: string | undefined,
): EndpointHints | undefined {
  const wish = service.spec?.trafficDistribution;
  if (!ready || wish === undefined) return undefined;
  const forNodes = wish === 'PreferSameNode' && node ? { forNodes: [{ name: node }] } : {};
  const forZones = zone ? { forZones: [{ name: zone }] } : {};
  const hints = { ...forNodes, ...forZones };
  return Object.keys(hints).length > 0 ? hints : undefined;
}

function portsOf(service: Stored<Service>, pod: Stored<Pod>): DiscoveryV1EndpointPort[] {
  const ports: DiscoveryV1EndpointPort[] = [];
  for (const port of service.spec?.ports ?? []) {
    const number = portOf(pod, port);
    if (number === undefined) continue;
    ports.push({
      name: port.name ?? '',
      port: number,
      protocol: protocolOf(port.protocol),
      appProtocol: port.appProtocol,
    });
  }
  return ports;
}

export function protocolOf(name: string | undefined): 'SCTP' | 'TCP' | 'UDP' {
  return name === 'UDP' || name === 'SCTP' ? name : 'TCP';
}

function sliceLabels(service: Stored<Service>): { [key: string]: string } {
  const headless = service.spec?.clusterIP === 'None';
  const { [HEADLESS]: _, ...labels } = service.metadata.labels ?? {};
  return {
    ...labels,
    ...(headless ? { [HEADLESS]: '' } : {}),
    'endpointslice.kubernetes.io/managed-by': MANAGED_BY,
    'kubernetes.io/service-name': service.metadata.name,
  };
}
