import { StatusError } from '../../apimachinery/errors.ts';
import { nodeOf } from '../node-authorizer.ts';
import { at, isRecord } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

/** Kubelets change their own node and their own Pods only. kubernetes: plugin/pkg/admission/noderestriction/admission.go */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  validate(request) {
    const node = request.options.trusted ? undefined : nodeOf(request.options.user);
    if (node === undefined) return;
    const resource = qualifiedResource(request.resource);
    const why =
      resource === 'pods' ? podRefusal(request, node) : resource === 'nodes' ? nodeRefusal(request, node) : '';
    if (why) throw StatusError.forbidden(request.resource, request.name, why);
  },
};

const MIRROR = 'kubernetes.io/config.mirror';

function podRefusal({ operation, subresource, object, old }: AdmissionRequest, node: string): string | undefined {
  const mine = at(old ?? object, 'spec', 'nodeName') === node;
  if (subresource === 'eviction')
    return mine ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`;
  if (subresource === 'status')
    return mine ? undefined : `node "${node}" can only update pod status for pods with spec.nodeName set to itself`;
  if (operation === 'DELETE')
    return mine ? undefined : `node "${node}" can only delete pods with spec.nodeName set to itself`;
  if (operation !== 'CREATE') return undefined;
  const annotations = at(object, 'metadata', 'annotations');
  if (!isRecord(annotations) || annotations[MIRROR] === undefined)
    return `pod does not have "${MIRROR}" annotation, node "${node}" can only create mirror pods`;
  return mine ? undefined : `node "${node}" can only create pods with spec.nodeName set to itself`;
}

function nodeRefusal({ operation, name, object, old }: AdmissionRequest, node: string): string | undefined {
  const labels = forbiddenLabels(at(object, 'metadata', 'labels'), at(old, 'metadata', 'labels'));
  if (operation === 'CREATE' && labels.length > 0)
    return `is not allowed to set the following labels: ${labels.join(', ')}`;
  if (name !== node) return `node "${node}" is not allowed to modify node "${name}"`;
  if (operation !== 'UPDATE') return undefined;
  if (JSON.stringify(at(object, 'spec', 'taints') ?? []) !== JSON.stringify(at(old, 'spec', 'taints') ?? []))
    return `node "${node}" is not allowed to modify taints`;
  return labels.length > 0 ? `is not allowed to modify labels: ${labels.join(', ')}` : undefined;
}

const KUBELET_LABELS = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
]);

function forbiddenLabels(now: unknown, before: unknown): string[] {
  const labels = isRecord(now) ? now : {};
  const old = isRecord(before) ? before : {};
  return Object.keys({ ...old, ...labels })
    .filter((label) => labels[label] !== old[label] && isForbidden(label))
    .sort();
}

function isForbidden(label: string): boolean {
  const space = label.includes('/') ? label.slice(0, label.indexOf('/')) : '';
  const within = (domain: string) => space === domain || space.endsWith(`.${domain}`);
  if (within('node-restriction.kubernetes.io')) return true;
  if (!within('kubernetes.io') && !within('k8s.io')) return false;
  return !KUBELET_LABELS.has(label) && !within('kubelet.kubernetes.io') && !within('node.kubernetes.io');
}
