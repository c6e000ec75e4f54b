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
    const quotas = context.server.store.list('resourcequotas', namespace);
    for (const quota of quotas) check(request, quota);
  },
};

function check(request: AdmissionRequest, quota: Stored): void {
  const { resource, object, old, name, context } = request;
  const pods = qualifiedResource(resource) === 'pods';
  if (pods && !quotaMatchesPod(quota, object)) return;
  const hard = at(quota, 'status', 'hard');
  if (!isRecord(hard)) return;
  if (pods && request.operation === 'CREATE') mustSpecify(request, quota, hard);
  const next = usageOf(resource, object);
  const before = old ? usageOf(resource, old) : {};
  const used = at(quota, 'status', 'used');
  const requested: Record<string, string> = {};
  for (const key of Object.keys(next)) {
    if (hard[key] === undefined) continue;
    const delta = subtractQuantities(next[key] ?? '0', before[key] ?? '0');
    if (compareQuantities(delta, '0') > 0) requested[key] = delta;
  }
  const keys = Object.keys(requested).sort();
  const usedOf = (key: string) => String((isRecord(used) ? used[key] : undefined) ?? '0');
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
  if (keys.length === 0 || context.dryRun) return;
  const sums: Record<string, unknown> = { ...(isRecord(used) ? used : {}) };
  for (const key of keys) sums[key] = addQuantities(usedOf(key), requested[key] ?? '0');
  const status = at(quota, 'status');
  context.server.store.put(
    'resourcequotas',
    Object.assign({}, quota, { status: { ...(isRecord(status) ? status : {}), used: sums } }),
  );
}

/** A quota on cpu or memory needs every container to say how much. kubernetes: quota/v1/evaluator/core/pods.go Constraints */
function mustSpecify(request: AdmissionRequest, quota: Stored, hard: Record<string, unknown>): void {
  const containers = at(request.object, 'spec', 'containers');
  if (!Array.isArray(containers)) return;
  const missing: string[] = [];
  for (const key of Object.keys(hard).sort()) {
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
