import type { EnvFromSource, EnvVar, ObjectFieldSelector, ResourceFieldSelector } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { validateDns1123Subdomain } from '../../apimachinery/names.ts';
import { Quantity } from '../../apimachinery/quantity.ts';
import { validateConfigMapKey, validateRelaxedEnvVarName } from '../../apimachinery/value-names.ts';
import { type Errors, invalid, qualifiedName } from './field.ts';

// kubernetes: pkg/apis/core/validation/validation.go ValidateEnv, ValidateEnvFrom

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const VOLUME_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
const ALL_FIELDS = new Set([
  ...ENV_FIELDS,
  ...VOLUME_FIELDS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
]);
const RESOURCE_FIELDS = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const SIZES = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

export function validateEnv(env: readonly EnvVar[] | undefined, path: string): Errors {
  return (env ?? []).flatMap((variable, i) => {
    const at = `${path}[${i}]`;
    const name = variable.name
      ? invalid(`${at}.name`, variable.name, validateRelaxedEnvVarName(variable.name))
      : [FieldError.required(`${at}.name`)];
    return [...name, ...validateValueFrom(variable, `${at}.valueFrom`)];
  });
}

function validateValueFrom(variable: EnvVar, path: string): Errors {
  const from = variable.valueFrom;
  if (!from) return [];
  const errors: Errors = [];
  let sources = 0;
  if (from.fieldRef) {
    sources++;
    errors.push(...validateFieldRef(from.fieldRef, `${path}.fieldRef`, ENV_FIELDS));
  }
  if (from.resourceFieldRef) {
    sources++;
    errors.push(...validateResourceFieldRef(from.resourceFieldRef, `${path}.resourceFieldRef`, false));
  }
  for (const source of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const given = from[source];
    if (!given) continue;
    sources++;
    errors.push(...invalid(`${path}.${source}.name`, given.name ?? '', validateDns1123Subdomain(given.name ?? '')));
    if (!given.key) errors.push(FieldError.required(`${path}.${source}.key`));
    else errors.push(...invalid(`${path}.${source}.key`, given.key, validateConfigMapKey(given.key)));
  }
  if (from.fileKeyRef) sources++;
  if (sources === 0) {
    const must =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(FieldError.invalid(path, '', must));
  } else if (variable.value)
    errors.push(FieldError.invalid(path, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1)
    errors.push(FieldError.invalid(path, '', 'may not have more than one field specified at a time'));
  return errors;
}

/** `supported`: what may be named; without it, what a downwardAPI volume may. */
export function validateFieldRef(
  ref: ObjectFieldSelector,
  path: string,
  supported: readonly string[] = VOLUME_FIELDS,
): Errors {
  if (!ref.apiVersion) return [FieldError.required(`${path}.apiVersion`)];
  const field = ref.fieldPath;
  if (!field) return [FieldError.required(`${path}.fieldPath`)];
  const subscript = /^(.*)\['(.*)'\]$/s.exec(field);
  if (ref.apiVersion !== 'v1') {
    const why = `error converting fieldPath: unsupported pod version: ${ref.apiVersion}`;
    return [FieldError.invalid(`${path}.fieldPath`, field, why)];
  }
  const name = subscript?.[1] ?? field;
  const unknown = () => {
    const why = `error converting fieldPath: field label not supported: ${field}`;
    return [FieldError.invalid(`${path}.fieldPath`, field, why)];
  };
  if (subscript) {
    const key = subscript[2] ?? '';
    if (name === 'metadata.annotations') return qualifiedName(key.toLowerCase(), path);
    if (name === 'metadata.labels') return qualifiedName(key, path);
    const why = `error converting fieldPath: field label does not support subscript: ${field}`;
    return [FieldError.invalid(`${path}.fieldPath`, field, why)];
  }
  if (!ALL_FIELDS.has(name)) return unknown();
  return supported.includes(name) ? [] : [FieldError.notSupported(`${path}.fieldPath`, name, supported)];
}

export function validateResourceFieldRef(ref: ResourceFieldSelector, path: string, forVolume: boolean): Errors {
  const errors: Errors = [];
  const { resource } = ref;
  if (forVolume && !ref.containerName) errors.push(FieldError.required(`${path}.containerName`));
  else if (!resource) errors.push(FieldError.required(`${path}.resource`));
  else if (!RESOURCE_FIELDS.includes(resource) && !/^(requests|limits)\.hugepages-/.test(resource)) {
    errors.push(FieldError.notSupported(`${path}.resource`, resource, RESOURCE_FIELDS));
  }
  const divisor = Quantity.tryFromJson(ref.divisor);
  if (!divisor || divisor.isZero) return errors;
  const wrong = (values: readonly string[], what: string) => {
    const list = values.length === 2 ? values.join(' and ') : values.join(', ');
    errors.push(
      FieldError.invalid(
        `${path}.divisor`,
        resource,
        `only divisor's values ${list} are supported with the ${what} resource`,
      ),
    );
  };
  if (/\.cpu$/.test(resource) && !['1m', '1'].includes(divisor.toString())) wrong(['1m', '1'], 'cpu');
  if (/\.memory$/.test(resource) && !SIZES.includes(divisor.toString())) wrong(SIZES, 'memory');
  if (/\.ephemeral-storage$/.test(resource) && !SIZES.includes(divisor.toString()))
    wrong(SIZES, 'local ephemeral storage');
  return errors;
}

export function validateEnvFrom(sources: readonly EnvFromSource[] | undefined, path: string): Errors {
  return (sources ?? []).flatMap((source, i) => {
    const errors: Errors = [];
    if (source.prefix)
      errors.push(...invalid(`${path}[${i}].prefix`, source.prefix, validateRelaxedEnvVarName(source.prefix)));
    let count = 0;
    for (const kind of ['configMapRef', 'secretRef'] as const) {
      const given = source[kind];
      if (!given) continue;
      count++;
      const at = `${path}[${i}].${kind}.name`;
      if (!given.name) errors.push(FieldError.required(at));
      else errors.push(...invalid(at, given.name, validateDns1123Subdomain(given.name)));
    }
    if (count === 0) errors.push(FieldError.invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (count > 1)
      errors.push(FieldError.invalid(path, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}
