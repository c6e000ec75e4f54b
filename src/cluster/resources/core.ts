import { at, isRecord, type Stored } from '../api/object.ts';
import type { Column, Strategy } from '../api/resource.ts';
import { ageColumn, ageSince, nameColumn } from '../api/table.ts';
import type {
  ConfigMap,
  Endpoints,
  Event,
  Lease,
  LimitRange,
  Namespace,
  Node,
  ResourceQuota,
  Secret,
  ServiceAccount,
} from '../api/types.generated.ts';
import { formatLabelSelector } from '../apimachinery/labels.ts';
import { setEndpointsDefaults, setLimitRangeDefaults, setSecretDefaults } from './defaults/core.ts';
import {
  validateConfigMap,
  validateConfigMapUpdate,
  validateEndpoints,
  validateEvent,
  validateLease,
  validateLimitRange,
  validateNode,
  validateNodeUpdate,
  validateResourceQuota,
  validateSecret,
  validateSecretUpdate,
} from './validation/core.ts';

export const configMapStrategy: Strategy<ConfigMap> = {
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
  columns: [
    nameColumn,
    {
      name: 'Data',
      type: 'integer',
      value: (c) => Object.keys(c.data ?? {}).length + Object.keys(c.binaryData ?? {}).length,
    },
    ageColumn,
  ],
};

export const secretStrategy: Strategy<Secret> = {
  setDefaults(secret) {
    mergeStringData(secret);
    setSecretDefaults(secret);
  },
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  selectableFields: (secret) => ({ type: secret.type ?? '' }),
  columns: [
    nameColumn,
    { name: 'Type', value: (s) => s.type ?? '' },
    { name: 'Data', type: 'integer', value: (s) => Object.keys(s.data ?? {}).length },
    ageColumn,
  ],
};

/** stringData is written over data. kubernetes: pkg/apis/core/v1/conversion.go */
function mergeStringData(secret: Secret): void {
  if (!secret.stringData) return;
  secret.data = { ...secret.data };
  for (const [key, value] of Object.entries(secret.stringData)) secret.data[key] = toBase64(value);
  secret.stringData = undefined;
}

function toBase64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

export const serviceAccountStrategy: Strategy<ServiceAccount> = {
  columns: [nameColumn, ageColumn],
};

export const namespaceStrategy: Strategy<Namespace> = {
  nameRule: 'label',
  prepareForCreate(namespace) {
    namespace.status = { phase: 'Active' };
    namespace.spec = { finalizers: ['kubernetes'] };
    namespace.metadata = {
      ...namespace.metadata,
      labels: { ...namespace.metadata?.labels, 'kubernetes.io/metadata.name': namespace.metadata?.name ?? '' },
    };
  },
  prepareForUpdate(namespace, old) {
    // Only the finalize subresource changes the finalizers; the name label cannot be taken away.
    namespace.spec = old.spec;
    namespace.metadata = {
      ...namespace.metadata,
      labels: { ...namespace.metadata?.labels, 'kubernetes.io/metadata.name': old.metadata.name },
    };
  },
  selectableFields: (namespace) => ({ 'status.phase': namespace.status?.phase ?? '', name: namespace.metadata.name }),
  holdsDeletion: (namespace) => (namespace.spec?.finalizers?.length ?? 0) > 0,
  // Namespaces have no grace period, not even of nought.
  markDeleted: (namespace) => ({
    ...namespace,
    metadata: { ...namespace.metadata, deletionGracePeriodSeconds: undefined },
    status: { ...namespace.status, phase: 'Terminating' },
  }),
  columns: [nameColumn, { name: 'Status', value: (n) => n.status?.phase ?? '' }, ageColumn],
};

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function nodeStatus(node: Stored<Node>): string {
  const texts: string[] = [];
  const ready = (node.status?.conditions ?? []).find((condition) => condition.type === 'Ready');
  texts.push(ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown');
  if (node.spec?.unschedulable) texts.push('SchedulingDisabled');
  return texts.join(',');
}

function nodeRoles(node: Stored<Node>): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return roles.size === 0 ? '<none>' : [...roles].sort().join(',');
}

function nodeAddress(node: Stored<Node>, type: string): string {
  return node.status?.addresses?.find((address) => address.type === type)?.address ?? '<none>';
}

/** The first of the ranges is also the old field. kubernetes: pkg/apis/core/v1/conversion.go */
function sameRanges(node: Node): void {
  const { spec } = node;
  if (!spec) return;
  if (spec.podCIDR && spec.podCIDR !== spec.podCIDRs?.[0]) spec.podCIDRs = [spec.podCIDR];
  else if (!spec.podCIDR && spec.podCIDRs?.[0]) spec.podCIDR = spec.podCIDRs[0];
}

export const nodeStrategy: Strategy<Node> = {
  setDefaults: sameRanges,
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  selectableFields: (node) => ({ 'spec.unschedulable': String(node.spec?.unschedulable ?? false) }),
  columns: [
    nameColumn,
    { name: 'Status', value: nodeStatus },
    { name: 'Roles', value: nodeRoles },
    ageColumn,
    { name: 'Version', value: (n) => n.status?.nodeInfo?.kubeletVersion ?? '' },
    { name: 'Internal-IP', priority: 1, value: (n) => nodeAddress(n, 'InternalIP') },
    { name: 'External-IP', priority: 1, value: (n) => nodeAddress(n, 'ExternalIP') },
    { name: 'OS-Image', priority: 1, value: (n) => n.status?.nodeInfo?.osImage || '<unknown>' },
    { name: 'Kernel-Version', priority: 1, value: kernelText },
    {
      name: 'Container-Runtime',
      priority: 1,
      value: (n) => n.status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
    },
  ],
};

function kernelText(node: Stored<Node>): string {
  const version = node.status?.nodeInfo?.kernelVersion;
  if (!version) return '<unknown>';
  const architecture = node.status?.nodeInfo?.architecture;
  return architecture ? `${version} (${architecture})` : version;
}

export const endpointsStrategy: Strategy<Endpoints> = {
  setDefaults: setEndpointsDefaults,
  validate: validateEndpoints,
  validateUpdate: validateEndpoints,
  warnings: () => ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  columns: [nameColumn, { name: 'Endpoints', value: endpointsText }, ageColumn],
};

/** kubernetes: printers.go formatEndpoints: at most three, then how many more. */
function endpointsText(endpoints: Stored<Endpoints>): string {
  const all: string[] = [];
  for (const subset of endpoints.subsets ?? []) {
    if (!subset.ports?.length) all.push(...(subset.addresses ?? []).map((address) => address.ip));
    for (const port of subset.ports ?? []) {
      for (const address of subset.addresses ?? []) all.push(`${address.ip}:${port.port}`);
    }
  }
  if (!endpoints.subsets?.length) return '<none>';
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',');
}

function eventObject(event: Stored<Event>): string {
  const { kind = '', name = '' } = event.involvedObject ?? {};
  return kind === '' ? name : `${kind.toLowerCase()}/${name}`;
}

export const eventStrategy: Strategy<Event> = {
  validate: validateEvent,
  selectableFields: (event) => ({
    'involvedObject.kind': event.involvedObject?.kind ?? '',
    'involvedObject.namespace': event.involvedObject?.namespace ?? '',
    'involvedObject.name': event.involvedObject?.name ?? '',
    'involvedObject.uid': event.involvedObject?.uid ?? '',
    'involvedObject.apiVersion': event.involvedObject?.apiVersion ?? '',
    'involvedObject.resourceVersion': event.involvedObject?.resourceVersion ?? '',
    'involvedObject.fieldPath': event.involvedObject?.fieldPath ?? '',
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent ?? '',
    source: event.source?.component ?? '',
    type: event.type ?? '',
  }),
  columns: [
    {
      name: 'Last Seen',
      value: (e, now) =>
        e.lastTimestamp
          ? ageSince(e.lastTimestamp, now)
          : e.eventTime
            ? ageSince(e.eventTime, now)
            : ageSince(e.firstTimestamp, now),
    },
    { name: 'Type', value: (e) => e.type ?? '' },
    { name: 'Reason', value: (e) => e.reason ?? '' },
    { name: 'Object', value: eventObject },
    { name: 'Subobject', priority: 1, value: (e) => e.involvedObject?.fieldPath ?? '' },
    {
      name: 'Source',
      priority: 1,
      value: (e) => [e.source?.component, e.source?.host].filter(Boolean).join(', ') || e.reportingComponent || '',
    },
    { name: 'Message', value: (e) => (e.message ?? '').trim() },
    {
      name: 'First Seen',
      priority: 1,
      value: (e, now) => (e.firstTimestamp ? ageSince(e.firstTimestamp, now) : ageSince(e.eventTime ?? undefined, now)),
    },
    { name: 'Count', priority: 1, type: 'integer', value: (e) => e.count ?? e.series?.count ?? 1 },
    { ...nameColumn, priority: 1 } as Column<Event>,
  ],
};

export const leaseStrategy: Strategy<Lease> = {
  validate: validateLease,
  validateUpdate: validateLease,
  columns: [nameColumn, { name: 'Holder', value: (l) => l.spec?.holderIdentity ?? '' }, ageColumn],
};

export const limitRangeStrategy: Strategy<LimitRange> = {
  setDefaults: setLimitRangeDefaults,
  validate: validateLimitRange,
  validateUpdate: validateLimitRange,
  columns: [nameColumn, { name: 'Created At', format: 'date-time', value: (l) => l.metadata.creationTimestamp }],
};

/** Names of a quota with used and hard amounts: those that begin with `limits` apart from the others. */
function quotaText(quota: Stored<ResourceQuota>, limits: boolean): string {
  const hard = quota.status?.hard ?? {};
  const used = quota.status?.used ?? {};
  return Object.keys(hard)
    .sort()
    .filter((name) => name.startsWith('limits') === limits)
    .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name] ?? ''}`)
    .join(', ');
}

export const resourceQuotaStrategy: Strategy<ResourceQuota> = {
  validate: validateResourceQuota,
  validateUpdate: validateResourceQuota,
  prepareForCreate(quota) {
    quota.status = {};
  },
  columns: [
    nameColumn,
    { name: 'Request', value: (q) => quotaText(q, false) },
    { name: 'Limit', value: (q) => quotaText(q, true) },
    ageColumn,
  ],
};

export function selectorColumn(object: Stored): string {
  const selector = at(object, 'spec', 'podSelector');
  const text = isRecord(selector) ? formatLabelSelector(selector) : '';
  return text === '' ? '<none>' : text;
}
