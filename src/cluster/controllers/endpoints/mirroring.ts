import { ENDPOINT_SLICES, ENDPOINTS, SERVICES } from '../../api/kinds.ts';
import { keyOf, type Stored, splitKey } from '../../api/object.ts';
import type { Endpoint, EndpointAddress, Endpoints } from '../../api/types.generated.ts';
import type { Controller } from '../controller.ts';
import { controllerReference } from '../ownership.ts';
import { protocolOf } from './endpoint-slice.ts';
import { SKIP_MIRROR, selectorOf, TRIGGER_TIME } from './pod-endpoints.ts';
import { sortSlicePorts } from './port-order.ts';
import { reconcileSlices, type SliceGroup } from './slices.ts';

/** --mirroring-max-endpoints-per-subset, and how many go into one slice. */
const MAX_MIRRORED = 1000;
const MANAGED_BY = 'endpointslicemirroring-controller.k8s.io';

/** Copies Endpoints that people wrote by hand into EndpointSlices. kubernetes: pkg/controller/endpointslicemirroring */
export const endpointSliceMirroringController: Controller = {
  name: 'endpointslice-mirroring-controller',
  account: 'endpointslicemirroring-controller',
  start(context) {
    const { client } = context;
    const queue = context.queue((key) => {
      const { namespace, name } = splitKey(key);
      const endpoints = client.get(ENDPOINTS, namespace, name);
      const service = client.get(SERVICES, namespace, name);
      // The slices of Endpoints that are gone go with their owner.
      if (!endpoints) return;
      const existing = [...client.ownedBy(ENDPOINT_SLICES, endpoints.metadata.uid)];
      const mirrored = service && !selectorOf(service) && endpoints.metadata.labels?.[SKIP_MIRROR] !== 'true';
      if (!mirrored || endpoints.metadata.annotations?.['control-plane.alpha.kubernetes.io/leader'] !== undefined) {
        for (const slice of existing) client.delete(ENDPOINT_SLICES, namespace, slice.metadata.name);
        return;
      }
      const groups = groupsOf(endpoints);
      if (groups.length === 0) {
        for (const slice of existing) client.delete(ENDPOINT_SLICES, namespace, slice.metadata.name);
        return;
      }
      const {
        [TRIGGER_TIME]: _,
        'kubectl.kubernetes.io/last-applied-configuration': __,
        ...annotations
      } = endpoints.metadata.annotations ?? {};
      reconcileSlices(client, {
        owner: endpoints,
        managedBy: MANAGED_BY,
        labels: {
          ...endpoints.metadata.labels,
          'endpointslice.kubernetes.io/managed-by': MANAGED_BY,
          'kubernetes.io/service-name': name,
        },
        annotations,
        groups,
        existing,
        ownerReference: controllerReference(endpoints),
        limit: MAX_MIRRORED,
      });
    });
    context.enqueue(ENDPOINTS, queue, (endpoints) =>
      endpoints.metadata.labels?.['endpoints.kubernetes.io/managed-by'] ? undefined : keyOf(endpoints),
    );
    context.enqueue(SERVICES, queue);
  },
};

function groupsOf(endpoints: Stored<Endpoints>): SliceGroup[] {
  return (endpoints.subsets ?? []).flatMap((subset) => {
    const ports = (subset.ports ?? []).map((port) => ({
      name: port.name ?? '',
      port: port.port,
      protocol: protocolOf(port.protocol),
      appProtocol: port.appProtocol,
    }));
    const all = [
      ...(subset.addresses ?? []).map((address) => endpointOf(address, true)),
      ...(subset.notReadyAddresses ?? []).map((address) => endpointOf(address, false)),
    ];
    const families = (['IPv4', 'IPv6'] as const).map((addressType) => ({
      addressType,
      ports: sortSlicePorts(ports),
      endpoints: all.filter(({ addresses }) => (addresses[0] ?? '').includes(':') === (addressType === 'IPv6')),
    }));
    return families.filter((group) => group.endpoints.length > 0);
  });
}

function endpointOf(address: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [address.ip],
    conditions: { ready },
    hostname: address.hostname || undefined,
    nodeName: address.nodeName,
    targetRef: address.targetRef,
  };
}
