import { StatusError } from '../../apimachinery/errors.ts';
import { compareQuantities } from '../../apimachinery/quantity.ts';
import { addQuantities } from '../../apimachinery/quantity-sums.ts';
import { at, isRecord } from '../object.ts';
import { qualifiedResource } from '../resource.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

type Amounts = Record<string, unknown>;

/** Defaults and bounds of LimitRanges. kubernetes: plugin/pkg/admission/limitranger/admission.go */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  admit(request) {
    if (!isPodCreation(request)) return;
    for (const limit of limitsOf(request)) if (limit['type'] === 'Container') setDefaults(request, limit);
  },
  validate(request) {
    const errors: string[] = [];
    if (isPodCreation(request)) for (const limit of limitsOf(request)) errors.push(...podErrors(request, limit));
    if (qualifiedResource(request.resource) === 'persistentvolumeclaims' && request.operation === 'CREATE') {
      for (const limit of limitsOf(request)) errors.push(...claimErrors(request, limit));
    }
    if (errors.length === 0) return;
    const text = errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`;
    throw StatusError.forbidden(request.resource, request.name, text);
  },
};

function isPodCreation({ resource, operation, subresource, object }: AdmissionRequest): boolean {
  return qualifiedResource(resource) === 'pods' && operation === 'CREATE' && subresource === '' && object !== undefined;
}

function limitsOf({ context, namespace }: AdmissionRequest): Record<string, unknown>[] {
  return context.server.store.list('limitranges', namespace).flatMap((range) => {
    const limits = at(range, 'spec', 'limits');
    return Array.isArray(limits) ? limits.filter(isRecord) : [];
  });
}

function containersOf(object: unknown): Record<string, unknown>[] {
  return ['containers', 'initContainers'].flatMap((field) => {
    const list = at(object, 'spec', field);
    return Array.isArray(list) ? list.filter(isRecord) : [];
  });
}

function amounts(value: unknown): Amounts {
  return isRecord(value) ? value : {};
}

function setDefaults({ object }: AdmissionRequest, limit: Record<string, unknown>): void {
  for (const container of containersOf(object)) {
    const resources = { ...amounts(container['resources']) };
    const limits = { ...amounts(limit['default']), ...amounts(resources['limits']) };
    const requests = { ...amounts(limit['defaultRequest']), ...amounts(resources['requests']) };
    // A limit that the learner gave is also the request, which the API's defaults have already said.
    if (Object.keys(limits).length > 0) resources['limits'] = limits;
    if (Object.keys(requests).length > 0) resources['requests'] = requests;
    container['resources'] = resources;
  }
}

function podErrors({ object }: AdmissionRequest, limit: Record<string, unknown>): string[] {
  const type = String(limit['type']);
  if (type === 'Container')
    return containersOf(object).flatMap((container) => boundErrors(type, limit, amounts(container['resources'])));
  return type === 'Pod' ? boundErrors(type, limit, podResources(object)) : [];
}

function podResources(object: unknown): Amounts {
  const sum: Record<string, Record<string, string>> = { requests: {}, limits: {} };
  const containers = at(object, 'spec', 'containers');
  for (const container of Array.isArray(containers) ? containers : []) {
    for (const kind of ['requests', 'limits'] as const) {
      const totals = sum[kind] ?? {};
      for (const [name, value] of Object.entries(amounts(at(container, 'resources', kind)))) {
        totals[name] = addQuantities(totals[name] ?? '0', String(value));
      }
    }
  }
  return sum;
}

function claimErrors({ object }: AdmissionRequest, limit: Record<string, unknown>): string[] {
  return limit['type'] === 'PersistentVolumeClaim'
    ? boundErrors('PersistentVolumeClaim', limit, amounts(at(object, 'spec', 'resources')))
    : [];
}

function boundErrors(type: string, limit: Record<string, unknown>, resources: Amounts): string[] {
  const errors: string[] = [];
  const requests = amounts(resources['requests']);
  const limits = amounts(resources['limits']);
  for (const [name, bound] of Object.entries(amounts(limit['min']))) {
    const request = requests[name];
    const most = limits[name];
    if (request === undefined) errors.push(`minimum ${name} usage per ${type} is ${bound}.  No request is specified`);
    else if (compareQuantities(String(request), String(bound)) < 0)
      errors.push(`minimum ${name} usage per ${type} is ${bound}, but request is ${request}`);
    if (most !== undefined && compareQuantities(String(most), String(bound)) < 0)
      errors.push(`minimum ${name} usage per ${type} is ${bound}, but limit is ${most}`);
  }
  for (const [name, bound] of Object.entries(amounts(limit['max']))) {
    const request = requests[name];
    const most = limits[name];
    if (type === 'PersistentVolumeClaim') {
      if (request !== undefined && compareQuantities(String(request), String(bound)) > 0)
        errors.push(`maximum ${name} usage per ${type} is ${bound}, but request is ${request}`);
      continue;
    }
    if (most === undefined) errors.push(`maximum ${name} usage per ${type} is ${bound}.  No limit is specified`);
    else if (compareQuantities(String(most), String(bound)) > 0)
      errors.push(`maximum ${name} usage per ${type} is ${bound}, but limit is ${most}`);
    if (request !== undefined && compareQuantities(String(request), String(bound)) > 0)
      errors.push(`maximum ${name} usage per ${type} is ${bound}, but request is ${request}`);
  }
  return errors;
}
