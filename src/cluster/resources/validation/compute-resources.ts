import type { PodSpec, ResourceRequirements } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { validateQualifiedName } from '../../apimachinery/names.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { type Errors, invalid, nonNegativeQuantity } from './field.ts';

const CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);
const STANDARD_RESOURCES = new Set([
  ...CONTAINER_RESOURCES,
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
  'storage',
  'requests.storage',
]);
const INTEGER_RESOURCES = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

const isHugePages = (name: string) => name.startsWith('hugepages-');
const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/');
const isExtended = (name: string) =>
  !isNative(name) && !name.startsWith('requests.') && validateQualifiedName(`requests.${name}`).length === 0;

/** kubernetes: pkg/apis/core/helper IsStandardResourceName */
export function isStandardResource(name: string): boolean {
  return STANDARD_RESOURCES.has(name) || isHugePages(name);
}

/** kubernetes: validateResourceName */
export function validateResourceName(name: string, path: string): Errors {
  const errors = invalid(path, name, validateQualifiedName(name));
  if (errors.length > 0 || name.includes('/') || isStandardResource(name)) return errors;
  return [FieldError.invalid(path, name, 'must be a standard resource type or fully qualified')];
}

/** kubernetes: validateContainerResourceName */
export function validateContainerResourceName(name: string, path: string): Errors {
  const errors = validateResourceName(name, path);
  if (!name.includes('/')) {
    if (!CONTAINER_RESOURCES.has(name) && !isHugePages(name)) {
      errors.push(FieldError.invalid(path, name, 'must be a standard resource for containers'));
    }
  } else if (!isNative(name) && !isExtended(name)) {
    errors.push(FieldError.invalid(path, name, "doesn't follow extended resource name standard"));
  }
  return errors;
}

/** Amounts are not negative; those of things that one counts are whole. kubernetes: ValidateResourceQuantityValue */
export function validateAmount(name: string, amount: string, path: string): Errors {
  const errors = nonNegativeQuantity(amount, path);
  const counted = INTEGER_RESOURCES.has(name) || isExtended(name);
  const milli = Quantity.tryFromJson(amount)?.milliValue() ?? 0;
  if (counted && milli % 1000 !== 0) errors.push(FieldError.invalid(path, amount, 'must be an integer'));
  return errors;
}

/** kubernetes: pkg/apis/core/validation/validation.go ValidateContainerResourceRequirements */
export function validateResources(resources: ResourceRequirements | undefined, path: string): Errors {
  const errors: Errors = [];
  const { limits = {}, requests = {} } = resources ?? {};
  for (const name of Object.keys(limits).sort()) {
    const at = `${path}.limits[${name}]`;
    const amount = limits[name] ?? '0';
    errors.push(...validateContainerResourceName(name, at), ...validateAmount(name, amount, at));
    errors.push(...validateHugePages(name, amount, at));
  }
  for (const name of Object.keys(requests).sort()) {
    const at = `${path}.requests[${name}]`;
    const amount = requests[name] ?? '0';
    errors.push(...validateContainerResourceName(name, at), ...validateAmount(name, amount, at));
    errors.push(...validateHugePages(name, amount, at));
    errors.push(...validateAgainstLimit(name, amount, Object.hasOwn(limits, name) ? limits[name] : undefined, path));
  }
  const named = [...Object.keys(limits), ...Object.keys(requests)];
  if (named.some(isHugePages) && !named.includes('cpu') && !named.includes('memory')) {
    errors.push(FieldError.forbidden(path, 'HugePages require cpu or memory'));
  }
  return errors;
}

/** Whole pages only. kubernetes: validateResourceQuantityHugePageValue */
function validateHugePages(name: string, amount: string, path: string): Errors {
  if (!isHugePages(name)) return [];
  const page = Quantity.tryFromJson(name.slice('hugepages-'.length))?.milliValue() ?? 0;
  const whole = (Quantity.tryFromJson(amount)?.milliValue() ?? 0) / page;
  if (page > 0 && Number.isInteger(whole)) return [];
  return [FieldError.invalid(path, amount, `${amount} is not positive integer multiple of ${name}`)];
}

function validateAgainstLimit(name: string, amount: string, limit: string | undefined, path: string): Errors {
  const overcommit = isNative(name) && !isHugePages(name);
  if (limit === undefined) {
    return overcommit
      ? []
      : [FieldError.required(`${path}.limits`, 'Limit must be set for non overcommitable resources')];
  }
  const order = Quantity.fromJson(amount).compare(Quantity.fromJson(limit));
  const must = (what: string) => [
    FieldError.invalid(`${path}.requests`, amount, `must be ${what} ${name} limit of ${limit}`),
  ];
  if (order !== 0 && !overcommit) return must('equal to');
  return order > 0 ? must('less than or equal to') : [];
}

const POD_RESOURCES = ['cpu', 'hugepages-', 'memory'];

/** What a Pod asks for as a whole. kubernetes: validatePodResources, validatePodResourceConsistency */
export function validatePodResources(spec: PodSpec, path: string): Errors {
  if (!spec.resources) return [];
  const { limits = {}, requests = {} } = spec.resources;
  const errors: Errors = [];
  const known = (name: string, at: string) =>
    name === 'cpu' || name === 'memory' || isHugePages(name)
      ? []
      : [FieldError.notSupported(`${at}[${name}]`, name, POD_RESOURCES)];
  for (const name of Object.keys(limits).sort())
    errors.push(
      ...known(name, `${path}.limits`),
      ...validateAmount(name, limits[name] ?? '0', `${path}.limits[${name}]`),
    );
  for (const name of Object.keys(requests).sort()) {
    const amount = requests[name] ?? '0';
    errors.push(...known(name, `${path}.requests`), ...validateAmount(name, amount, `${path}.requests[${name}]`));
    if (known(name, path).length === 0 && Object.hasOwn(limits, name))
      errors.push(...validateAgainstLimit(name, amount, limits[name], path));
  }
  for (const [name, total] of aggregateRequests(spec)) {
    const amount = requests[name];
    if (amount === undefined || Quantity.fromJson(amount).compare(total) >= 0) continue;
    const must = `must be greater than or equal to aggregate container requests of ${total}`;
    errors.push(FieldError.invalid(`${path}.requests[${name}]`, amount, must));
  }
  for (const [i, container] of (spec.containers ?? []).entries())
    for (const [name, amount] of Object.entries(container.resources?.limits ?? {})) {
      const limit = limits[name];
      if (limit === undefined || Quantity.fromJson(amount).compare(Quantity.fromJson(limit)) <= 0) continue;
      const at = `${path.replace(/resources$/, '')}containers[${i}].resources.limits[${name}]`;
      errors.push(FieldError.invalid(at, amount, `must be less than or equal to pod limits of ${limit}`));
    }
  return errors;
}

/** kubernetes: component-helpers/resource AggregateContainerRequests, without init containers that end */
function aggregateRequests(spec: PodSpec): Map<string, Quantity> {
  const sums = new Map<string, Quantity>();
  const sidecars = (spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  for (const { resources } of [...(spec.containers ?? []), ...sidecars])
    for (const [name, amount] of Object.entries(resources?.requests ?? {}))
      sums.set(name, (sums.get(name) ?? Quantity.zero).add(Quantity.fromJson(amount)));
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
