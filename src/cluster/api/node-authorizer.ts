import { type AccessAnswer, type AccessQuestion, policyRule, ruleAllows } from './access-rules.ts';
import type { User } from './authentication.ts';
import { at, isRecord, type Stored } from './object.ts';
import type { Store } from './store.ts';

/** The node that a user is the kubelet of. kubernetes: pkg/auth/nodeidentifier/default.go */
export function nodeOf(user: User): string | undefined {
  const name = /^system:node:(.+)$/.exec(user.name)?.[1];
  return name !== undefined && user.groups.includes('system:nodes') ? name : undefined;
}

const NO_OPINION: AccessAnswer = { allowed: false, reason: '' };
const ALLOWED: AccessAnswer = { allowed: true, reason: '' };

function refused(reason: string): AccessAnswer {
  return { allowed: false, reason };
}

/**
 * What kubelets may do: their own node, and what their Pods name. Others get no opinion.
 * kubernetes: plugin/pkg/auth/authorizer/node/node_authorizer.go
 */
export function authorizeNode(store: Store, user: User, question: AccessQuestion): AccessAnswer {
  const node = nodeOf(user);
  if (node === undefined) return NO_OPINION;
  const { group, resource } = question;
  const subdivided =
    question.path === undefined ? SUBDIVIDED[group === '' ? resource : `${resource}.${group}`] : undefined;
  if (subdivided) return subdivided(store, node, question);
  const rules = at(store.get('clusterroles.rbac.authorization.k8s.io', 'system:node'), 'rules');
  const allowed = Array.isArray(rules) && rules.some((rule) => ruleAllows(policyRule(rule), question));
  return allowed ? ALLOWED : NO_OPINION;
}

type Subdivision = (store: Store, node: string, question: AccessQuestion) => AccessAnswer;

const SUBDIVIDED: Readonly<Record<string, Subdivision>> = {
  secrets: readNamespaced('secrets'),
  configmaps: readNamespaced('configmaps'),
  persistentvolumeclaims: (store, node, question) =>
    question.subresource === 'status'
      ? updateStatus(store, node, question)
      : getOnly('persistentvolumeclaims')(store, node, question),
  persistentvolumes: getOnly('persistentvolumes'),
  'resourceclaims.resource.k8s.io': getOnly('resourceclaims'),
  'volumeattachments.storage.k8s.io': getOnly('volumeattachments'),
  serviceaccounts: createToken,
  'leases.coordination.k8s.io': ownLease,
  'csinodes.storage.k8s.io': ownCsiNode,
  nodes: ownNode,
  pods: ownPods,
};

function related(store: Store, node: string, type: string, { namespace, name }: AccessQuestion): AccessAnswer {
  if (name === '') return refused('No Object name found');
  return namedBy(store, node, type, namespace, name)
    ? ALLOWED
    : refused(`no relationship found between node '${node}' and this object`);
}

function readNamespaced(type: string): Subdivision {
  return (store, node, question) => {
    if (!['get', 'list', 'watch'].includes(question.verb)) return refused('can only read resources of this type');
    if (question.subresource !== '') return refused('cannot read subresource');
    if (question.namespace === '') return refused('can only read namespaced object of this type');
    return related(store, node, type, question);
  };
}

function getOnly(type: string): Subdivision {
  return (store, node, question) => {
    if (question.verb !== 'get') return refused('can only get individual resources of this type');
    if (question.subresource !== '') return refused('cannot get subresource');
    return related(store, node, type, question);
  };
}

function updateStatus(store: Store, node: string, question: AccessQuestion): AccessAnswer {
  if (!['update', 'patch'].includes(question.verb)) return refused('can only get/update/patch this type');
  return related(store, node, 'persistentvolumeclaims', question);
}

function createToken(store: Store, node: string, question: AccessQuestion): AccessAnswer {
  if (question.verb !== 'create' || question.name === '')
    return refused('can only create tokens for individual service accounts');
  if (question.subresource !== 'token') return refused('can only create token subresource of service account');
  return related(store, node, 'serviceaccounts', question);
}

const OWN_VERBS = ['get', 'create', 'update', 'patch', 'delete'];
const LEASES = 'kube-node-lease';

function ownLease(_store: Store, node: string, { verb, namespace, name }: AccessQuestion): AccessAnswer {
  if (!OWN_VERBS.includes(verb)) return refused('can only get, create, update, patch, or delete a node lease');
  if (namespace !== LEASES) return refused(`can only access leases in the "${LEASES}" system namespace`);
  if (verb !== 'create' && name !== node)
    return refused('can only access node lease with the same name as the requesting node');
  return ALLOWED;
}

function ownCsiNode(_store: Store, node: string, { verb, subresource, name }: AccessQuestion): AccessAnswer {
  if (!OWN_VERBS.includes(verb)) return refused('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return refused('cannot authorize CSINode subresources');
  if (verb !== 'create' && name !== node)
    return refused('can only access CSINode with the same name as the requesting node');
  return ALLOWED;
}

/** Writes are narrowed by the admission plugin NodeRestriction. */
function ownNode(_store: Store, node: string, { verb, subresource, name }: AccessQuestion): AccessAnswer {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOWED : NO_OPINION;
  if (subresource !== '') return NO_OPINION;
  if (['create', 'update', 'patch'].includes(verb)) return ALLOWED;
  if (!['get', 'list', 'watch'].includes(verb)) return NO_OPINION;
  if (name === node) return ALLOWED;
  return refused(
    name === ''
      ? `node '${node}' cannot read all nodes, only its own Node object`
      : `node '${node}' cannot read '${name}', only its own Node object`,
  );
}

function ownPods(store: Store, node: string, question: AccessQuestion): AccessAnswer {
  const { verb, subresource } = question;
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOWED : NO_OPINION;
  if (subresource === 'eviction') return verb === 'create' ? ALLOWED : NO_OPINION;
  if (subresource !== '') return NO_OPINION;
  if (verb === 'get') return related(store, node, 'pods', question);
  if (verb === 'create' || verb === 'delete') return ALLOWED;
  if (verb !== 'list' && verb !== 'watch') return NO_OPINION;
  const selected = (question.fieldSelector ?? '')
    .split(',')
    .some((term) => /^spec\.nodeName==?/.test(term) && term.endsWith(`=${node}`));
  return selected ? ALLOWED : refused('can only list/watch pods with spec.nodeName field selector');
}

/** Whether a Pod on a node names an object, or is it. kubernetes: plugin/pkg/auth/authorizer/node/graph.go */
function namedBy(store: Store, node: string, type: string, namespace: string, name: string): boolean {
  if (type === 'volumeattachments')
    return at(store.get('volumeattachments.storage.k8s.io', name), 'spec', 'nodeName') === node;
  for (const pod of store.onNode('pods', node)) {
    if (type !== 'persistentvolumes' && pod.metadata.namespace !== namespace) continue;
    if (type === 'pods' ? pod.metadata.name === name : namesOf(store, pod, type).has(name)) return true;
  }
  return false;
}

function namesOf(store: Store, pod: Stored, type: string): Set<string> {
  const spec = at(pod, 'spec');
  const claims = records(at(spec, 'volumes')).map((volume) => claimOf(pod, volume));
  switch (type) {
    case 'serviceaccounts':
      return new Set([String(at(spec, 'serviceAccountName') ?? 'default')]);
    case 'persistentvolumeclaims':
      return texts(claims);
    case 'persistentvolumes':
      return texts(
        claims.map((claim) =>
          at(store.get('persistentvolumeclaims', `${pod.metadata.namespace}/${claim}`), 'spec', 'volumeName'),
        ),
      );
    case 'resourceclaims':
      return texts(records(at(pod, 'status', 'resourceClaimStatuses')).map((one) => one['resourceClaimName']));
    default:
      return type === 'secrets' ? references(spec, 'secret') : references(spec, 'configMap');
  }
}

function claimOf(pod: Stored, volume: Readonly<Record<string, unknown>>): unknown {
  if (volume['ephemeral'] !== undefined) return `${pod.metadata.name}-${volume['name']}`;
  return at(volume, 'persistentVolumeClaim', 'claimName');
}

function references(spec: unknown, kind: 'secret' | 'configMap'): Set<string> {
  const found: unknown[] = [];
  for (const volume of records(at(spec, 'volumes'))) {
    found.push(kind === 'secret' ? at(volume, 'secret', 'secretName') : at(volume, 'configMap', 'name'));
    for (const source of records(at(volume, 'projected', 'sources'))) found.push(at(source, kind, 'name'));
  }
  if (kind === 'secret') for (const pull of records(at(spec, 'imagePullSecrets'))) found.push(pull['name']);
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) =>
    records(at(spec, field)),
  );
  for (const container of containers) {
    for (const source of records(container['envFrom'])) found.push(at(source, `${kind}Ref`, 'name'));
    for (const env of records(container['env'])) found.push(at(env, 'valueFrom', `${kind}KeyRef`, 'name'));
  }
  return texts(found);
}

function records(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function texts(values: readonly unknown[]): Set<string> {
  return new Set(values.filter((value): value is string => typeof value === 'string'));
}
