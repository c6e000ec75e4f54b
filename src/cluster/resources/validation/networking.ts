import type { Stored } from '../../api/object.ts';
import { deepEqual } from '../../api/object.ts';
import type {
  EndpointSlice,
  Ingress,
  IngressBackend,
  IngressClass,
  IngressSpec,
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { parseCidr, parseIp } from '../../apimachinery/ip.ts';
import {
  validateDns1123Label,
  validateDns1123Subdomain,
  validateWildcardDns1123Subdomain,
} from '../../apimachinery/names.ts';
import { validatePortName, validatePortNumber } from '../../apimachinery/value-names.ts';
import {
  dnsLabel,
  dnsSubdomain,
  domainPrefixedPath,
  type Errors,
  immutable,
  invalid,
  oneOf,
  optionalOneOf,
} from './field.ts';
import { endpointIp, legacyCidr, legacyIp, strictIp } from './ip.ts';
import { validateLabelSelector } from './selectors.ts';

// kubernetes: pkg/apis/networking/validation/validation.go, pkg/apis/discovery/validation/validation.go

export function validateIngress(ingress: Ingress, context?: unknown): Errors {
  const spec = ingress.spec ?? {};
  const errors = validateIngressSpec(spec);
  const annotation = ingress.metadata?.annotations?.['kubernetes.io/ingress.class'];
  const creating = context === undefined || !isStored(context);
  if (
    creating &&
    annotation !== undefined &&
    spec.ingressClassName !== undefined &&
    annotation !== spec.ingressClassName
  ) {
    const must = 'must match `ingressClassName` when both are specified';
    errors.push(FieldError.invalid('annotations.kubernetes.io/ingress.class', annotation, must));
  }
  return errors;
}

function isStored(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'metadata' in value;
}

function validateIngressSpec(spec: IngressSpec): Errors {
  const errors: Errors = [];
  const rules = spec.rules ?? [];
  if (rules.length === 0 && !spec.defaultBackend) {
    errors.push(FieldError.invalid('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (spec.defaultBackend) errors.push(...validateBackend(spec.defaultBackend, 'spec.defaultBackend'));
  for (const [i, rule] of rules.entries()) {
    const path = `spec.rules[${i}]`;
    const host = rule.host ?? '';
    if (host !== '') {
      if (parseIp(host)) errors.push(FieldError.invalid(`${path}.host`, host, 'must be a DNS name, not an IP address'));
      const check = host.includes('*') ? validateWildcardDns1123Subdomain : validateDns1123Subdomain;
      errors.push(...invalid(`${path}.host`, host, check(host)));
    }
    if (!rule.http) continue;
    const paths = rule.http.paths ?? [];
    if (paths.length === 0) errors.push(FieldError.required(`${path}.http.paths`));
    for (const [j, given] of paths.entries()) errors.push(...validatePath(given, `${path}.http.paths[${j}]`));
  }
  for (const [i, tls] of (spec.tls ?? []).entries()) {
    for (const [j, host] of (tls.hosts ?? []).entries()) {
      const check = host.includes('*') ? validateWildcardDns1123Subdomain : validateDns1123Subdomain;
      errors.push(...invalid(`spec.tls[${i}].hosts[${j}]`, host, check(host)));
    }
    if (tls.secretName) errors.push(...dnsSubdomain(tls.secretName, `spec.tls[${i}].secretName`));
  }
  if (spec.ingressClassName !== undefined) errors.push(...dnsSubdomain(spec.ingressClassName, 'spec.ingressClassName'));
  return errors;
}

type HttpPath = NonNullable<NonNullable<IngressSpec['rules']>[number]['http']>['paths'][number];

function validatePath({ path = '', pathType, backend }: HttpPath, at: string): Errors {
  if (!pathType) return [FieldError.required(`${at}.pathType`, 'pathType must be specified')];
  const errors: Errors = [];
  const absolute = () => {
    if (!path.startsWith('/')) errors.push(FieldError.invalid(`${at}.path`, path, 'must be an absolute path'));
  };
  if (pathType === 'Exact' || pathType === 'Prefix') {
    absolute();
    for (const part of ['//', '/./', '/../', '%2f', '%2F']) {
      if (path.includes(part)) errors.push(FieldError.invalid(`${at}.path`, path, `must not contain '${part}'`));
    }
    for (const end of ['/..', '/.'])
      if (path.endsWith(end)) errors.push(FieldError.invalid(`${at}.path`, path, `cannot end with '${end}'`));
  } else if (pathType === 'ImplementationSpecific') {
    if (path !== '') absolute();
  } else
    errors.push(FieldError.notSupported(`${at}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
  return [...errors, ...validateBackend(backend ?? {}, `${at}.backend`)];
}

function validateBackend({ resource, service }: IngressBackend, path: string): Errors {
  if (resource && service) return [FieldError.invalid(path, '', 'cannot set both resource and service backends')];
  if (resource) {
    return [
      ...(resource.kind ? [] : [FieldError.required(`${path}.resource.kind`)]),
      ...(resource.name ? [] : [FieldError.required(`${path}.resource.name`)]),
    ];
  }
  if (!service) return [FieldError.invalid(path, '', 'resource or service backend is required')];
  const errors: Errors = service.name
    ? invalid(`${path}.service.name`, service.name, validateDns1123Label(service.name))
    : [FieldError.required(`${path}.service.name`)];
  const { name, number } = service.port ?? {};
  if (name && number) errors.push(FieldError.invalid(path, '', 'cannot set both port name & port number'));
  else if (name) errors.push(...invalid(`${path}.service.port.name`, name, validatePortName(name)));
  else if (number) errors.push(...invalid(`${path}.service.port.number`, number, validatePortNumber(number)));
  else errors.push(FieldError.required(path, 'port name or number is required'));
  return errors;
}

export function validateIngressClass(ingressClass: IngressClass): Errors {
  const controller = ingressClass.spec?.controller ?? '';
  return controller === ''
    ? [FieldError.required('spec.controller')]
    : domainPrefixedPath(controller, 'spec.controller');
}

export function validateIngressClassUpdate(ingressClass: IngressClass, old: Stored<IngressClass>): Errors {
  return [
    ...immutable(ingressClass.spec?.controller, old.spec?.controller, 'spec.controller'),
    ...validateIngressClass(ingressClass),
  ];
}

export function validateNetworkPolicy(policy: NetworkPolicy): Errors {
  const spec = policy.spec;
  const errors = validateLabelSelector(spec?.podSelector, 'spec.podSelector');
  for (const [i, rule] of (spec?.ingress ?? []).entries()) {
    const path = `spec.ingress[${i}]`;
    errors.push(...(rule.ports ?? []).flatMap((port, j) => validatePolicyPort(port, `${path}.ports[${j}]`)));
    errors.push(...(rule.from ?? []).flatMap((peer, j) => validatePeer(peer, `${path}.from[${j}]`)));
  }
  for (const [i, rule] of (spec?.egress ?? []).entries()) {
    const path = `spec.egress[${i}]`;
    errors.push(...(rule.ports ?? []).flatMap((port, j) => validatePolicyPort(port, `${path}.ports[${j}]`)));
    errors.push(...(rule.to ?? []).flatMap((peer, j) => validatePeer(peer, `${path}.to[${j}]`)));
  }
  const types = spec?.policyTypes ?? [];
  if (types.length > 2)
    return [...errors, FieldError.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes')];
  return [
    ...errors,
    ...types.flatMap((type, i) => optionalOneOf(type, ['Ingress', 'Egress'], `spec.policyTypes[${i}]`)),
  ];
}

function validatePolicyPort({ protocol, port, endPort }: NetworkPolicyPort, path: string): Errors {
  const errors = optionalOneOf(protocol, ['TCP', 'UDP', 'SCTP'], `${path}.protocol`);
  const end = `${path}.endPort`;
  if (typeof port === 'number') {
    errors.push(...invalid(`${path}.port`, port, validatePortNumber(port)));
    if (endPort === undefined) return errors;
    if (endPort < port) errors.push(FieldError.invalid(end, port, 'must be greater than or equal to `port`'));
    return [...errors, ...invalid(end, endPort, validatePortNumber(endPort))];
  }
  if (endPort !== undefined) {
    const what = port === undefined ? 'not specified' : 'non-numeric';
    errors.push(FieldError.invalid(end, endPort, `may not be specified when \`port\` is ${what}`));
  }
  return port === undefined ? errors : [...errors, ...invalid(`${path}.port`, port, validatePortName(port))];
}

function validatePeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, path: string): Errors {
  const errors = [
    ...validateLabelSelector(podSelector, `${path}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`),
  ];
  if (ipBlock) errors.push(...validateIpBlock(ipBlock, `${path}.ipBlock`));
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(FieldError.required(path, 'must specify a peer'));
  else if (ipBlock && (podSelector || namespaceSelector)) {
    errors.push(FieldError.forbidden(path, 'may not specify both ipBlock and another peer'));
  }
  return errors;
}

function validateIpBlock({ cidr, except }: IPBlock, path: string): Errors {
  if (!cidr) return [FieldError.required(`${path}.cidr`)];
  const errors = legacyCidr(cidr, `${path}.cidr`);
  const outer = parseCidr(cidr);
  if (!outer) return errors;
  for (const [i, text] of (except ?? []).entries()) {
    errors.push(...legacyCidr(text, `${path}.except[${i}]`));
    const inner = parseCidr(text);
    if (!inner) continue;
    const shift = BigInt((outer.family === 'IPv4' ? 32 : 128) - outer.length);
    const inside = inner.family === outer.family && inner.bits >> shift === outer.bits >> shift;
    if (!inside || outer.length >= inner.length) {
      errors.push(FieldError.invalid(`${path}.except[${i}]`, text, 'must be a strict subset of `cidr`'));
    }
  }
  return errors;
}

const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;

export function validateEndpointSlice(slice: EndpointSlice): Errors {
  return [
    ...oneOf(slice.addressType, ['FQDN', 'IPv4', 'IPv6'], 'addressType'),
    ...validateSlicePorts(slice),
    ...validateEndpoints(slice),
  ];
}

export function validateEndpointSliceUpdate(slice: EndpointSlice, old: Stored<EndpointSlice>): Errors {
  const errors = [...oneOf(slice.addressType, ['FQDN', 'IPv4', 'IPv6'], 'addressType'), ...validateSlicePorts(slice)];
  if (!deepEqual(slice.endpoints, old.endpoints)) errors.push(...validateEndpoints(slice));
  return [...errors, ...immutable(slice.addressType, old.addressType, 'addressType')];
}

function validateSlicePorts(slice: EndpointSlice): Errors {
  const ports = slice.ports ?? [];
  if (ports.length > MAX_PORTS) return [FieldError.tooMany('ports', ports.length, MAX_PORTS)];
  const names = new Set<string>();
  return ports.flatMap((port, i) => {
    const name = port.name ?? '';
    const errors = name === '' ? [] : dnsLabel(name, `ports[${i}].name`);
    if (names.has(name)) errors.push(FieldError.duplicate(`ports[${i}].name`, name));
    names.add(name);
    return [...errors, ...oneOf(port.protocol, ['SCTP', 'TCP', 'UDP'], `ports[${i}].protocol`)];
  });
}

function validateEndpoints(slice: EndpointSlice): Errors {
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > MAX_ENDPOINTS) return [FieldError.tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)];
  return endpoints.flatMap((endpoint, i) => {
    const path = `endpoints[${i}]`;
    const addresses = endpoint.addresses ?? [];
    const errors: Errors = [];
    if (addresses.length === 0)
      errors.push(FieldError.required(`${path}.addresses`, 'must contain at least 1 address'));
    else if (addresses.length > MAX_ADDRESSES)
      errors.push(FieldError.tooMany(`${path}.addresses`, addresses.length, MAX_ADDRESSES));
    for (const [j, address] of addresses.entries())
      errors.push(...validateAddress(slice, address, `${path}.addresses`, j));
    if (endpoint.nodeName !== undefined) errors.push(...dnsSubdomain(endpoint.nodeName, `${path}.nodeName`));
    if (endpoint.hostname !== undefined) errors.push(...dnsLabel(endpoint.hostname, `${path}.hostname`));
    return errors;
  });
}

function validateAddress(slice: EndpointSlice, address: string, path: string, position: number): Errors {
  const at = `${path}[${position}]`;
  const family = slice.addressType;
  if (family === 'FQDN') return dnsSubdomain(address, at);
  if (family !== 'IPv4' && family !== 'IPv6') return [];
  const wrong = family === 'IPv4' ? legacyIp(address, at) : strictIp(address, at);
  if (wrong.length > 0) return wrong;
  const errors: Errors = [];
  if (parseIp(address)?.family !== family) {
    errors.push(FieldError.invalid(path, address, `must be an ${family} address`));
  }
  return [...errors, ...endpointIp(address, at)];
}
