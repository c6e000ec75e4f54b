import { at, isRecord } from '../api/object.ts';
import { qualifiedResource, type Resource } from '../api/resource.ts';
import { addQuantities, maxQuantity } from '../apimachinery/quantity-sums.ts';

type Usage = Record<string, string>;

/** What an object counts for, by the names that quotas use. kubernetes: pkg/quota/v1/evaluator/core */
export function usageOf(resource: Pick<Resource, 'group' | 'plural'>, object: unknown): Usage {
  const name = qualifiedResource(resource);
  const count: Usage = { [`count/${name}`]: '1' };
  switch (name) {
    case 'pods':
      return finished(object) ? count : { ...count, pods: '1', ...podUsage(object) };
    case 'services':
      return { ...count, services: '1', ...serviceUsage(object) };
    case 'persistentvolumeclaims':
      return { ...count, persistentvolumeclaims: '1', ...claimUsage(object) };
    case 'configmaps':
    case 'secrets':
    case 'replicationcontrollers':
    case 'resourcequotas':
      return { ...count, [name]: '1' };
    default:
      return count;
  }
}

function finished(pod: unknown): boolean {
  const phase = at(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
}

function serviceUsage(service: unknown): Usage {
  const type = at(service, 'spec', 'type');
  const ports = at(service, 'spec', 'ports');
  const count = String(Array.isArray(ports) ? ports.length : 0);
  if (type === 'NodePort') return { 'services.nodeports': count };
  return type === 'LoadBalancer' ? { 'services.nodeports': count, 'services.loadbalancers': '1' } : {};
}

function claimUsage(claim: unknown): Usage {
  const storage = at(claim, 'spec', 'resources', 'requests', 'storage');
  const className = at(claim, 'spec', 'storageClassName');
  const usage: Usage = typeof storage === 'string' ? { 'requests.storage': storage } : {};
  if (typeof className !== 'string' || className === '') return usage;
  const prefix = `${className}.storageclass.storage.k8s.io`;
  return {
    ...usage,
    [`${prefix}/persistentvolumeclaims`]: '1',
    ...(typeof storage === 'string' ? { [`${prefix}/requests.storage`]: storage } : {}),
  };
}

/** Requests and limits of a Pod: the sum of its containers, or the largest init container. */
export function podUsage(pod: unknown): Usage {
  const sum = sumOf(at(pod, 'spec', 'containers'));
  const init = at(pod, 'spec', 'initContainers');
  for (const container of Array.isArray(init) ? init : []) {
    for (const [key, value] of Object.entries(sumOf([container]))) sum[key] = maxQuantity(sum[key] ?? '0', value);
  }
  const level = sumOf([at(pod, 'spec')]);
  for (const [key, value] of Object.entries(level)) sum[key] = value;
  const overhead = at(pod, 'spec', 'overhead');
  for (const [name, value] of Object.entries(isRecord(overhead) ? overhead : {}))
    for (const key of [`requests.${name}`, `limits.${name}`])
      if (key.startsWith('requests') || sum[key] !== undefined)
        sum[key] = addQuantities(sum[key] ?? '0', String(value));
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const request = sum[`requests.${name}`];
    if (request !== undefined) sum[name] = request;
  }
  return sum;
}

function sumOf(containers: unknown): Usage {
  const sum: Usage = {};
  for (const container of Array.isArray(containers) ? containers : []) {
    for (const kind of ['requests', 'limits'] as const) {
      const amounts = at(container, 'resources', kind);
      if (!isRecord(amounts)) continue;
      for (const [name, value] of Object.entries(amounts)) {
        const key = `${kind}.${name}`;
        sum[key] = addQuantities(sum[key] ?? '0', String(value));
      }
    }
  }
  return sum;
}

/** Whether a quota's scopes select a Pod. */
export function quotaMatchesPod(quota: unknown, pod: unknown): boolean {
  const scopes = at(quota, 'spec', 'scopes');
  const expressions = at(quota, 'spec', 'scopeSelector', 'matchExpressions');
  const all = [
    ...(Array.isArray(scopes)
      ? scopes.map((scopeName: unknown) => ({ scopeName, operator: 'Exists', values: [] }))
      : []),
    ...(Array.isArray(expressions) ? expressions : []),
  ];
  return all.every((scope) => scopeMatches(scope, pod));
}

function scopeMatches(scope: unknown, pod: unknown): boolean {
  const terminating = at(pod, 'spec', 'activeDeadlineSeconds') !== undefined;
  const bestEffort = Object.keys(podUsage(pod)).length === 0;
  switch (at(scope, 'scopeName')) {
    case 'Terminating':
      return terminating;
    case 'NotTerminating':
      return !terminating;
    case 'BestEffort':
      return bestEffort;
    case 'NotBestEffort':
      return !bestEffort;
    case 'PriorityClass':
      return priorityMatches(scope, at(pod, 'spec', 'priorityClassName'));
    default:
      return false;
  }
}

function priorityMatches(scope: unknown, className: unknown): boolean {
  const values = at(scope, 'values');
  const listed = Array.isArray(values) && values.includes(className);
  switch (at(scope, 'operator')) {
    case 'In':
      return listed;
    case 'NotIn':
      return !listed;
    case 'Exists':
      return typeof className === 'string' && className !== '';
    default:
      return typeof className !== 'string' || className === '';
  }
}
