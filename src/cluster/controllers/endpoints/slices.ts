import type { Client } from '../../api/client.ts';
import { ENDPOINT_SLICES } from '../../api/kinds.ts';
import { deepEqual, type OwnerReference, type Stored } from '../../api/object.ts';
import type { DiscoveryV1EndpointPort, Endpoint, EndpointSlice } from '../../api/types.generated.ts';
import { TRIGGER_TIME } from './pod-endpoints.ts';

/** --max-endpoints-per-slice */
const MAX_ENDPOINTS = 100;

/** Endpoints with the same ports. */
export interface SliceGroup {
  readonly addressType: EndpointSlice['addressType'];
  readonly ports: DiscoveryV1EndpointPort[];
  readonly endpoints: Endpoint[];
}

export interface SlicePlan {
  readonly owner: Stored;
  readonly managedBy: string;
  readonly labels: { readonly [key: string]: string };
  readonly annotations: { readonly [key: string]: string };
  readonly groups: readonly SliceGroup[];
  readonly existing: readonly Stored<EndpointSlice>[];
  readonly ownerReference: OwnerReference;
  /** How many endpoints a slice takes; 100 without. */
  readonly limit?: number;
}

/**
 * Makes the slices say what they should with as few writes as possible: endpoints stay in the slice where they are,
 * new ones fill up slices with room. kubernetes: staging/src/k8s.io/endpointslice/reconciler.go
 */
export function reconcileSlices(client: Client, plan: SlicePlan): void {
  const ours = plan.existing.filter(
    (slice) => slice.metadata.labels?.['endpointslice.kubernetes.io/managed-by'] === plan.managedBy,
  );
  // A Service without Pods has one empty slice.
  const groups = plan.groups.length > 0 ? plan.groups : [{ addressType: 'IPv4' as const, ports: [], endpoints: [] }];
  const kept = new Set<Stored<EndpointSlice>>();
  for (const group of groups) fillGroup(client, plan, group, ours, kept);
  for (const slice of ours) {
    if (!kept.has(slice)) client.delete(ENDPOINT_SLICES, slice.metadata.namespace ?? '', slice.metadata.name);
  }
}

function fillGroup(
  client: Client,
  plan: SlicePlan,
  group: SliceGroup,
  ours: readonly Stored<EndpointSlice>[],
  kept: Set<Stored<EndpointSlice>>,
): void {
  const wanted = new Map(group.endpoints.map((endpoint) => [identityOf(endpoint), endpoint]));
  const slices = ours.filter(
    (slice) => slice.addressType === group.addressType && deepEqual(slice.ports ?? [], group.ports),
  );
  const contents = slices.map((slice) => {
    const stay: Endpoint[] = [];
    for (const endpoint of slice.endpoints ?? []) {
      const next = wanted.get(identityOf(endpoint));
      if (!next) continue;
      wanted.delete(identityOf(endpoint));
      stay.push(next);
    }
    return { slice, endpoints: stay };
  });
  const rest = [...wanted.values()];
  for (const { endpoints } of contents) {
    while (endpoints.length < (plan.limit ?? MAX_ENDPOINTS) && rest.length > 0) {
      const next = rest.shift();
      if (next) endpoints.push(next);
    }
  }
  let filled = 0;
  for (const { slice, endpoints } of contents) {
    const isPlaceholder = endpoints.length === 0;
    if (isPlaceholder && (group.endpoints.length > 0 || filled > 0)) continue;
    filled++;
    kept.add(slice);
    update(client, plan, slice, endpoints);
  }
  while (rest.length > 0 || filled === 0) {
    const content = rest.splice(0, plan.limit ?? MAX_ENDPOINTS);
    // A slice that would go is used again under its name.
    const spare = ours.find((slice) => isSpare(slice, plan, group, kept));
    if (spare) kept.add(spare);
    if (spare) write(client, plan, spare, group.ports, content);
    else create(client, plan, group, content);
    filled++;
  }
}

/** Whether nobody else wants a slice. */
function isSpare(
  slice: Stored<EndpointSlice>,
  plan: SlicePlan,
  group: SliceGroup,
  kept: ReadonlySet<Stored<EndpointSlice>>,
): boolean {
  if (kept.has(slice) || slice.addressType !== group.addressType) return false;
  return plan.groups.every((other) => !deepEqual(slice.ports ?? [], other.ports));
}

function identityOf(endpoint: Endpoint): string {
  return `${endpoint.targetRef?.uid ?? ''} ${endpoint.addresses.join(' ')}`;
}

function update(client: Client, plan: SlicePlan, slice: Stored<EndpointSlice>, endpoints: Endpoint[]): void {
  const same = deepEqual(slice.endpoints ?? [], endpoints) && deepEqual(slice.metadata.labels ?? {}, plan.labels);
  if (!same) write(client, plan, slice, slice.ports ?? [], endpoints);
}

function write(
  client: Client,
  plan: SlicePlan,
  slice: Stored<EndpointSlice>,
  ports: DiscoveryV1EndpointPort[],
  endpoints: Endpoint[],
): void {
  const { [TRIGGER_TIME]: _, ...annotations } = slice.metadata.annotations ?? {};
  client.update(
    ENDPOINT_SLICES,
    withContent(
      {
        ...slice,
        metadata: {
          ...slice.metadata,
          labels: { ...plan.labels },
          annotations: { ...annotations, ...plan.annotations },
        },
      },
      ports,
      endpoints,
    ),
  );
}

function create(client: Client, plan: SlicePlan, group: SliceGroup, endpoints: Endpoint[]): void {
  const { namespace = '', name } = plan.owner.metadata;
  const slice: EndpointSlice = {
    metadata: {
      generateName: `${name}-`,
      labels: { ...plan.labels },
      annotations: { ...plan.annotations },
      ownerReferences: [plan.ownerReference],
    },
    addressType: group.addressType,
  };
  client.create(ENDPOINT_SLICES, namespace, withContent(slice, group.ports, endpoints));
}

/** The API shows empty lists of a slice as null. */
function withContent<T extends EndpointSlice>(slice: T, ports: DiscoveryV1EndpointPort[], endpoints: Endpoint[]): T {
  return Object.assign({ ...slice }, { endpoints: orNull(endpoints), ports: orNull(ports) });
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length > 0 ? list : null;
}
