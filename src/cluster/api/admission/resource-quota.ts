import { StatusError } from '../../apimachinery/errors.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import { addQuantities, subtractQuantities } from '../../apimachinery/quantity-sums.ts';
import { podUsage, quotaMatchesPod, usageOf } from '../../resources/quota-usage.ts';
import { at, isRecord, type Stored } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

/** Refuses what would go beyond a ResourceQuota, and counts what it admits. kubernetes: plugin/pkg/admission/resourcequota */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate(request) {
    const { operation, namespace, subresource, context, object } = request;
    if (subresource !== '' || operation === 'DELETE' || !object || namespace === '') return;
    const pods = qualifiedResource(request.resource) === 'pods';
    const quotas = context.server.store
      .list('resourcequotas', namespace)
      .filter((quota) => isRecord(at(quota, 'status', 'hard')) && (!pods || quotaMatchesPod(quota, object)));
    // What a quota asks every container to say comes before what any of them has left.
    if (pods && operation === 'CREATE') for (const quota of quotas) mustSpecify(request, quota);
    const changes = quotas.map((quota) => ({ quota, used: usedAfter(request, quota) }));
    if (!context.dryRun) for (const { quota, used } of changes) if (used) write(request, quota, used);
  },
};

const recordAt = (quota: Stored, field: 'hard' | 'used'): Record<string, unknown> => {
  const value = at(quota, 'status', field);
  return isRecord(value) ? value : {};
};

/** What of a quota is used when the request is admitted; undefined when that does not change. Raises Forbidden. */
function usedAfter(
  { resource, object, old, name }: AdmissionRequest,
  quota: Stored,
): Record<string, unknown> | undefined {
  const hard = recordAt(quota, 'hard');
  const used = recordAt(quota, 'used');
  const next = object ? usageOf(resource, object) : {};
  const before = old ? usageOf(resource, old) : {};
  const requested: Record<string, string> = {};
  for (const key of Object.keys(next)) {
    if (hard[key] === undefined) continue;
    const delta = subtractQuantities(next[key] ?? '0', before[key] ?? '0');
    if (compareQuantities(delta, '0') > 0) requested[key] = delta;
  }
  const keys = Object.keys(requested).sort();
  const usedOf = (key: string) => String(used[key] ?? '0');
  const over = keys.filter(
    (key) => compareQuantities(addQuantities(usedOf(key), requested[key] ?? '0'), String(hard[key])) > 0,
  );
  if (over.length > 0) {
    const list = (value: (key: string) => string) => over.map((key) => `${key}=${value(key)}`).join(',');
    throw StatusError.forbidden(
      resource,
      name,
      `exceeded quota: ${quota.metadata.name}, requested: ${list((key) => requested[key] ?? '')}, used: ${list(usedOf)}, limited: ${list((key) => String(hard[key]))}`,
    );
  }
  if (keys.length === 0) return undefined;
  return {
    ...used,
    ...Object.fromEntries(keys.map((key) => [key, addQuantities(usedOf(key), requested[key] ?? '0')])),
  };
}

function write({ context }: AdmissionRequest, quota: Stored, used: Record<string, unknown>): void {
  const status = at(quota, 'status');
  context.server.store.put(
    'resourcequotas',
    Object.assign({}, quota, { status: { ...(isRecord(status) ? status : {}), used } }),
  );
}

/** A quota on cpu or memory needs every container to say how much. kubernetes: quota/v1/evaluator/core/pods.go Constraints */
function mustSpecify(request: AdmissionRequest, quota: Stored): void {
  const containers = at(request.object, 'spec', 'containers');
  if (!Array.isArray(containers)) return;
  const missing: string[] = [];
  for (const key of Object.keys(recordAt(quota, 'hard')).sort()) {
    if (!/^((requests|limits)\.)?(cpu|memory)$/.test(key)) continue;
    const without = containers
      .filter(isRecord)
      .filter((container) => podUsage({ spec: { containers: [container] } })[key] === undefined);
    if (without.length > 0)
      missing.push(`${key} for: ${without.map((container) => String(container['name'])).join(',')}`);
  }
  if (missing.length === 0) return;
  throw StatusError.forbidden(
    request.resource,
    request.name,
    `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`,
  );
}
