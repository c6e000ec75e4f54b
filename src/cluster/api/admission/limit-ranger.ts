import { StatusError } from '../../apimachinery/errors.ts';
import { compareQuantities, Quantity } from '../../apimachinery/quantity.ts';
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

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** What a limit says goes where a container says nothing; an annotation tells what was set. */
function setDefaults({ object }: AdmissionRequest, limit: Record<string, unknown>): void {
  if (!object) return;
  const notes: string[] = [];
  for (const field of ['containers', 'initContainers']) {
    const list = at(object, 'spec', field);
    for (const container of Array.isArray(list) ? list.filter(isRecord) : []) {
      const resources = { ...amounts(container['resources']) };
      const what = field === 'containers' ? 'container' : 'init container';
      const name = String(container['name']);
      // A limit that the learner gave is also the request, which the API's defaults have already said.
      for (const [kind, source, noun] of [
        ['requests', 'defaultRequest', 'request'],
        ['limits', 'default', 'limit'],
      ] as const) {
        const given = amounts(resources[kind]);
        const missing = Object.keys(amounts(limit[source])).filter((key) => given[key] === undefined);
        if (missing.length === 0) continue;
        resources[kind] = { ...amounts(limit[source]), ...given };
        notes.push(`${missing.sort().join(', ')} ${noun} for ${what} ${name}`);
      }
      container['resources'] = resources;
    }
  }
  if (notes.length === 0) return;
  const annotations = { ...object.metadata?.annotations };
  annotations[ANNOTATION] = `LimitRanger plugin set: ${notes.join('; ')}`;
  object.metadata = { ...object.metadata, annotations };
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
  const requests = amounts(resources['requests']);
  const limits = amounts(resources['limits']);
  const of = (bounds: unknown, test: (name: string, bound: string) => string | undefined) =>
    Object.entries(amounts(bounds))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, bound]) => test(name, String(bound)) ?? []);
  return [
    ...of(limit['min'], (name, bound) => minError(type, name, bound, requests[name], limits[name])),
    ...of(limit['max'], (name, bound) =>
      type === 'PersistentVolumeClaim'
        ? aboveError(`maximum ${name} usage per ${type} is ${bound}`, bound, requests[name], 'request')
        : maxError(type, name, bound, requests[name], limits[name]),
    ),
    ...of(limit['maxLimitRequestRatio'], (name, bound) => ratioError(type, name, bound, requests[name], limits[name])),
  ];
}

// kubernetes: plugin/pkg/admission/limitranger/admission.go minConstraint, maxConstraint, limitRequestRatioConstraint

function minError(type: string, name: string, bound: string, request: unknown, most: unknown): string | undefined {
  const text = `minimum ${name} usage per ${type} is ${bound}`;
  if (request === undefined) return `${text}.  No request is specified`;
  if (compareQuantities(String(request), bound) < 0) return `${text}, but request is ${request}`;
  return most !== undefined && compareQuantities(String(most), bound) < 0 ? `${text}, but limit is ${most}` : undefined;
}

function maxError(type: string, name: string, bound: string, request: unknown, most: unknown): string | undefined {
  const text = `maximum ${name} usage per ${type} is ${bound}`;
  if (most === undefined) return `${text}.  No limit is specified`;
  return aboveError(text, bound, most, 'limit') ?? aboveError(text, bound, request, 'request');
}

function aboveError(text: string, bound: string, amount: unknown, what: string): string | undefined {
  if (amount === undefined || compareQuantities(String(amount), bound) <= 0) return undefined;
  return `${text}, but ${what} is ${amount}`;
}

function ratioError(type: string, name: string, bound: string, request: unknown, most: unknown): string | undefined {
  const text = `${name} max limit to request ratio per ${type} is ${bound}`;
  const requested = numberOf(request);
  const limit = numberOf(most);
  if (requested === 0) return `${text}, but no request is specified or request is 0`;
  if (limit === 0) return `${text}, but no limit is specified or limit is 0`;
  const ratio = limit / requested;
  return ratio > numberOf(bound) ? `${text}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}

function numberOf(amount: unknown): number {
  return (
    Quantity.tryFromJson(typeof amount === 'string' || typeof amount === 'number' ? amount : undefined)?.toNumber() ?? 0
  );
}
