import { deepEqual, type Stored } from '../../api/object.ts';
import type {
  ConfigMap,
  EndpointAddress,
  Endpoints,
  Event,
  Lease,
  LimitRange,
  Node,
  ResourceQuota,
  Secret,
  Taint,
} from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { FormatError } from '../../apimachinery/format-error.ts';
import { goJsonKind } from '../../apimachinery/go-format.ts';
import { parseJson } from '../../apimachinery/go-json.ts';
import { byteLength, isObject } from '../../apimachinery/json-value.ts';
import { validateLabelValue } from '../../apimachinery/names.ts';
import { validateConfigMapKey, validatePortNumber } from '../../apimachinery/value-names.ts';
import { validateAmount, validateResourceName } from './compute-resources.ts';
import { dnsLabel, dnsSubdomain, type Errors, immutable, invalid, oneOf, qualifiedName } from './field.ts';
import { endpointIp, legacyCidr, legacyIp } from './ip.ts';
import { validateLimit } from './limits.ts';
import { TAINT_EFFECTS } from './scheduling.ts';

// kubernetes: pkg/apis/core/validation/validation.go

/** Data of one ConfigMap or Secret, bytes. */
const MAX_DATA = 1024 * 1024;
const SET = 'field is immutable when `immutable` is set';

export function validateConfigMap(map: ConfigMap): Errors {
  const errors: Errors = [];
  let size = 0;
  for (const key of Object.keys(map.data ?? {}).sort()) {
    errors.push(...invalid(`data[${key}]`, key, validateConfigMapKey(key)));
    if (map.binaryData?.[key] !== undefined)
      errors.push(FieldError.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    size += byteLength(map.data?.[key] ?? '');
  }
  for (const key of Object.keys(map.binaryData ?? {}).sort()) {
    errors.push(...invalid(`binaryData[${key}]`, key, validateConfigMapKey(key)));
    size += decodedLength(map.binaryData?.[key] ?? '');
  }
  if (size > MAX_DATA) errors.push(FieldError.tooLong('[]', '', MAX_DATA));
  return errors;
}

/** Bytes that base64 text stands for. */
function decodedLength(text: string): number {
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4);
}

export function validateConfigMapUpdate(map: ConfigMap, old: Stored<ConfigMap>): Errors {
  const errors: Errors = [];
  if (old.immutable) {
    if (!map.immutable) errors.push(FieldError.forbidden('immutable', SET));
    if (!deepEqual(map.data ?? {}, old.data ?? {})) errors.push(FieldError.forbidden('data', SET));
    if (!deepEqual(map.binaryData ?? {}, old.binaryData ?? {})) errors.push(FieldError.forbidden('binaryData', SET));
  }
  return [...errors, ...validateConfigMap(map)];
}

export function validateSecret(secret: Secret): Errors {
  const errors: Errors = [];
  const data = secret.data ?? {};
  let size = 0;
  for (const key of Object.keys(data).sort()) {
    errors.push(...invalid(`data[${key}]`, key, validateConfigMapKey(key)));
    size += decodedLength(data[key] ?? '');
  }
  if (size > MAX_DATA) errors.push(FieldError.tooLong('data', '', MAX_DATA));
  return [...errors, ...validateSecretType(secret, data)];
}

function validateSecretType(secret: Secret, data: { [key: string]: string }): Errors {
  const missing = (key: string) => (data[key] === undefined ? [FieldError.required(`data[${key}]`)] : []);
  switch (secret.type) {
    case 'kubernetes.io/service-account-token': {
      const key = 'kubernetes.io/service-account.name';
      return secret.metadata?.annotations?.[key] ? [] : [FieldError.required(`metadata.annotations[${key}]`)];
    }
    case 'kubernetes.io/dockercfg':
      return [...missing('.dockercfg'), ...validateJson(data, '.dockercfg')];
    case 'kubernetes.io/dockerconfigjson':
      return [...missing('.dockerconfigjson'), ...validateJson(data, '.dockerconfigjson')];
    case 'kubernetes.io/basic-auth':
      if (data['username'] !== undefined || data['password'] !== undefined) return [];
      return [...missing('username'), ...missing('password')];
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [FieldError.required('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return [...missing('tls.crt'), ...missing('tls.key')];
    default:
      return [];
  }
}

function validateJson(data: { [key: string]: string }, key: string): Errors {
  const encoded = data[key];
  if (encoded === undefined) return [];
  const text = new TextDecoder().decode(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)));
  const wrong = jsonError(text);
  return wrong === undefined ? [] : [FieldError.invalid(`data[${key}]`, '<secret contents redacted>', wrong)];
}

/** The first complaint of Go's json.Unmarshal into a map. */
function jsonError(text: string): string | undefined {
  try {
    const value = parseJson(text);
    if (value === null || isObject(value)) return undefined;
    return `json: cannot unmarshal ${goJsonKind(value)} into Go value of type map[string]interface {}`;
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

export function validateSecretUpdate(secret: Secret, old: Stored<Secret>): Errors {
  const errors = immutable(secret.type, old.type, 'type');
  if (old.immutable) {
    if (!secret.immutable) errors.push(FieldError.forbidden('immutable', SET));
    if (!deepEqual(secret.data ?? {}, old.data ?? {})) errors.push(FieldError.forbidden('data', SET));
  }
  return [...errors, ...validateSecret(secret)];
}

/** kubernetes: pkg/apis/core/validation/events.go legacyValidateEvent */
export function validateEvent(event: Event): Errors {
  const involved = event.involvedObject?.namespace ?? '';
  const namespace = event.metadata?.namespace ?? '';
  const path = 'involvedObject.namespace';
  // Objects without a namespace are told of in the default one.
  const clusterWide = involved === '' && (namespace === 'default' || namespace === 'kube-system');
  const errors: Errors =
    involved === namespace || clusterWide ? [] : [FieldError.invalid(path, involved, 'does not match event.namespace')];
  return event.eventTime ? [...errors, ...validateNewEvent(event)] : errors;
}

const LONGEST_NAME = 128;
const LONGEST_NOTE = 1024;

/** What events with an eventTime need beside. */
function validateNewEvent(event: Event): Errors {
  const errors: Errors = [];
  const controller = event.reportingComponent ?? '';
  if (controller === '') errors.push(FieldError.required('reportingController'));
  else errors.push(...qualifiedName(controller, 'reportingController'));
  for (const name of ['reportingInstance', 'action', 'reason'] as const) {
    const value = event[name] ?? '';
    if (value === '') errors.push(FieldError.required(name));
    else if (value.length > LONGEST_NAME) {
      errors.push(FieldError.invalid(name, '', `can have at most ${LONGEST_NAME} characters`));
    }
  }
  if ((event.message ?? '').length > LONGEST_NOTE) {
    errors.push(FieldError.invalid('message', '', `can have at most ${LONGEST_NOTE} characters`));
  }
  return errors;
}

/** kubernetes: pkg/apis/core/validation/events.go ValidateEventCreate, for events.k8s.io/v1 */
export function validateEventsEvent(event: Event): Errors {
  const errors = validateEvent(event);
  if (!event.eventTime) errors.push(FieldError.required('eventTime'));
  if (event.type !== 'Normal' && event.type !== 'Warning') {
    errors.push(FieldError.invalid('type', '', `has invalid value: ${event.type ?? ''}`));
  }
  return errors;
}

export function validateEndpoints(endpoints: Endpoints, old?: unknown): Errors {
  if (isEndpoints(old) && deepEqual(old.subsets, endpoints.subsets)) return [];
  return (endpoints.subsets ?? []).flatMap((subset, i) => {
    const path = `subsets[${i}]`;
    const errors: Errors = [];
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.push(FieldError.required(path, 'must specify `addresses` or `notReadyAddresses`'));
    }
    for (const [j, address] of addresses.entries())
      errors.push(...validateEndpointAddress(address, `${path}.addresses[${j}]`));
    for (const [j, address] of notReadyAddresses.entries()) {
      errors.push(...validateEndpointAddress(address, `${path}.notReadyAddresses[${j}]`));
    }
    for (const [j, port] of ports.entries()) {
      const at = `${path}.ports[${j}]`;
      if (ports.length > 1 && !port.name) errors.push(FieldError.required(`${at}.name`));
      else if (port.name) errors.push(...dnsLabel(port.name, `${at}.name`));
      errors.push(...invalid(`${at}.port`, port.port ?? 0, validatePortNumber(port.port ?? 0)));
      errors.push(...oneOf(port.protocol, ['SCTP', 'TCP', 'UDP'], `${at}.protocol`));
    }
    return errors;
  });
}

function isEndpoints(value: unknown): value is Endpoints {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Endpoints';
}

function validateEndpointAddress(address: EndpointAddress, path: string): Errors {
  const errors = legacyIp(address.ip, `${path}.ip`);
  if (address.hostname) errors.push(...dnsLabel(address.hostname, `${path}.hostname`));
  if (address.nodeName !== undefined) errors.push(...dnsSubdomain(address.nodeName, `${path}.nodeName`));
  return [...errors, ...endpointIp(address.ip, `${path}.ip`)];
}

const LIMIT_TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];

export function validateLimitRange(range: LimitRange): Errors {
  const seen = new Set<string>();
  return (range.spec?.limits ?? []).flatMap((limit, i) => {
    const path = `spec.limits[${i}]`;
    const { type } = limit;
    const errors = qualifiedName(type, `${path}.type`);
    if (errors.length === 0 && !type.includes('/') && !LIMIT_TYPES.includes(type)) {
      errors.push(FieldError.invalid(`${path}.type`, type, 'must be a standard limit type or fully qualified'));
    }
    if (seen.has(type)) errors.push(FieldError.duplicate(`${path}.type`, type));
    seen.add(type);
    return [...errors, ...validateLimit(limit, path)];
  });
}

const QUOTA_SCOPES = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
];
const QUOTA_RESOURCES =
  /^(cpu|memory|ephemeral-storage|pods|resourcequotas|services|replicationcontrollers|secrets|configmaps|persistentvolumeclaims|services\.(nodeports|loadbalancers)|(requests|limits)\.(cpu|memory|ephemeral-storage)|requests\.storage|(requests\.)?hugepages-.+)$/;

const EXISTS_SCOPES = QUOTA_SCOPES.slice(0, 4).concat('CrossNamespacePodAffinity');

/** kubernetes: pkg/apis/core/validation/validation.go validateScopedResourceSelectorRequirement */
function validateScopeSelector({ spec }: ResourceQuota): Errors {
  const expressions = spec?.scopeSelector?.matchExpressions ?? [];
  const path = 'spec.scopeSelector.matchExpressions';
  const errors: Errors = [];
  const whole = () => ({
    MatchExpressions: expressions.map((one) => ({
      ScopeName: one.scopeName,
      Operator: one.operator,
      Values: one.values ?? null,
    })),
  });
  for (const { scopeName: scope, operator, values = [] } of expressions) {
    if (!QUOTA_SCOPES.includes(scope)) errors.push(FieldError.invalid(`${path}.scopeName`, scope, 'unsupported scope'));
    for (const name of Object.keys(spec?.hard ?? {}).sort())
      if (QUOTA_RESOURCES.test(name) && !scopeApplies(scope, name))
        errors.push(FieldError.invalid(path, whole(), 'unsupported scope applied to resource'));
    if (EXISTS_SCOPES.includes(scope) && operator !== 'Exists') {
      const must =
        "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
      errors.push(FieldError.invalid(`${path}.operator`, operator, must));
    }
    const text = (count: string, which: string) =>
      `must be ${count} value when \`operator\` is ${which} for scope selector`;
    if (['In', 'NotIn'].includes(operator)) {
      if (values.length === 0)
        errors.push(FieldError.required(`${path}.values`, text('at least one', "'In' or 'NotIn'")));
    } else if (['Exists', 'DoesNotExist'].includes(operator)) {
      if (values.length > 0)
        errors.push(FieldError.invalid(`${path}.values`, values, text('no', "'Exist' or 'DoesNotExist'")));
    } else errors.push(FieldError.invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  const named = new Set<string>(expressions.map((one) => one.scopeName));
  for (const scope of ['BestEffort', 'Terminating'])
    if (named.has(scope) && named.has(`Not${scope}`))
      errors.push(FieldError.invalid(path, whole(), 'conflicting scopes'));
  return errors;
}

/** kubernetes: pkg/apis/core/helper IsResourceQuotaScopeValidForResource */
function scopeApplies(scope: string, resource: string): boolean {
  if (!QUOTA_SCOPES.includes(scope)) return true;
  if (scope === 'BestEffort') return resource === 'pods';
  return /^(pods|cpu|memory|(requests|limits)\.(cpu|memory))$/.test(resource);
}

export function validateResourceQuota(quota: ResourceQuota, old?: unknown): Errors {
  const { hard = {}, scopes = [] } = quota.spec ?? {};
  const errors: Errors = [];
  for (const name of Object.keys(hard).sort()) {
    const path = `spec.hard[${name}]`;
    errors.push(...validateResourceName(name, path));
    if (!name.includes('/') && !QUOTA_RESOURCES.test(name)) {
      errors.push(FieldError.invalid(path, name, 'must be a standard resource for quota'));
    }
    errors.push(...validateAmount(name, hard[name] ?? '0', path));
  }
  for (const scope of scopes) {
    if (!QUOTA_SCOPES.includes(scope)) errors.push(FieldError.invalid('spec.scopes', scopes, 'unsupported scope'));
    for (const name of Object.keys(hard).sort())
      if (QUOTA_RESOURCES.test(name) && !scopeApplies(scope, name))
        errors.push(FieldError.invalid('spec.scopes', scopes, 'unsupported scope applied to resource'));
  }
  for (const scope of ['BestEffort', 'Terminating'] as const) {
    if (scopes.includes(scope) && scopes.includes(`Not${scope}`))
      errors.push(FieldError.invalid('spec.scopes', scopes, 'conflicting scopes'));
  }
  errors.push(...validateScopeSelector(quota));
  if (isQuota(old) && !deepEqual([...(old.spec?.scopes ?? [])].sort(), [...scopes].sort())) {
    errors.push(FieldError.invalid('spec.scopes', scopes.length > 0 ? scopes : null, 'field is immutable'));
  }
  return errors;
}

function isQuota(value: unknown): value is ResourceQuota {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'ResourceQuota';
}

function validateTaints(taints: readonly Taint[] | undefined): Errors {
  const seen = new Set<string>();
  return (taints ?? []).flatMap((taint, i) => {
    // Upstream's path lacks `spec`.
    const path = `metadata.taints[${i}]`;
    const errors = qualifiedName(taint.key, `${path}.key`);
    const wrong = validateLabelValue(taint.value ?? '');
    if (wrong.length > 0) errors.push(FieldError.invalid(`${path}.value`, taint.value ?? '', wrong.join(';')));
    errors.push(...oneOf(taint.effect, TAINT_EFFECTS, `${path}.effect`));
    const pair = `${taint.effect}/${taint.key}`;
    if (seen.has(pair)) {
      const shown = { Key: taint.key, Value: taint.value ?? '', Effect: taint.effect, TimeAdded: null };
      errors.push(new FieldError('FieldValueDuplicate', path, shown, 'taints must be unique by key and effect pair'));
    }
    seen.add(pair);
    return errors;
  });
}

export function validateNode(node: Node): Errors {
  const errors = validateTaints(node.spec?.taints);
  for (const [i, cidr] of (node.spec?.podCIDRs ?? []).entries())
    errors.push(...legacyCidr(cidr, `spec.podCIDRs[${i}]`));
  return errors;
}

export function validateNodeUpdate(node: Node, old: Stored<Node>): Errors {
  const errors: Errors = [];
  const before = old.spec?.podCIDRs ?? [];
  if (before.length > 0 && !deepEqual(before, node.spec?.podCIDRs)) {
    errors.push(FieldError.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if (old.spec?.providerID && old.spec.providerID !== node.spec?.providerID) {
    errors.push(
      FieldError.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'),
    );
  }
  return [...errors, ...validateTaints(node.spec?.taints)];
}

/** kubernetes: pkg/apis/coordination/validation/validation.go ValidateLeaseSpec */
export function validateLease({ spec }: Lease): Errors {
  const errors: Errors = [];
  if (spec?.leaseDurationSeconds !== undefined && spec.leaseDurationSeconds <= 0)
    errors.push(FieldError.invalid('spec.leaseDurationSeconds', spec.leaseDurationSeconds, 'must be greater than 0'));
  if (spec?.leaseTransitions !== undefined && spec.leaseTransitions < 0)
    errors.push(
      FieldError.invalid('spec.leaseTransitions', spec.leaseTransitions, 'must be greater than or equal to 0'),
    );
  return errors;
}
