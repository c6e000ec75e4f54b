import type { Stored } from '../../api/object.ts';
import type { Service, ServicePort, ServiceSpec } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { parseIp } from '../../apimachinery/ip.ts';
import { validatePortNumber } from '../../apimachinery/value-names.ts';
import { dnsLabel, dnsSubdomain, type Errors, invalid, labels, oneOf, optionalOneOf, qualifiedName } from './field.ts';
import { endpointIp, legacyCidr, legacyIp } from './ip.ts';
import { validatePort } from './probes.ts';

// kubernetes: pkg/apis/core/validation/validation.go validateService

const MAX_AFFINITY_SECONDS = 86_400;
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

const isHeadless = (spec: ServiceSpec) => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';
const isExternal = ({ type, externalIPs }: ServiceSpec) =>
  type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && (externalIPs ?? []).length > 0);
const needsHealthCheck = ({ type, externalTrafficPolicy }: ServiceSpec) =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

export function validateService(service: Service): Errors {
  const spec = service.spec ?? {};
  const ports = spec.ports ?? [];
  const errors: Errors = [];
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName')
    errors.push(FieldError.required('spec.ports'));
  errors.push(...validateType(spec));
  const names = new Set<string>();
  for (const [i, port] of ports.entries())
    errors.push(...validateServicePort(port, ports.length > 1, names, `spec.ports[${i}]`));
  errors.push(...labels(spec.selector, 'spec.selector'), ...validateSessionAffinity(spec), ...validateClusterIps(spec));
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    const wrong = legacyIp(ip, `spec.externalIPs[${i}]`);
    errors.push(...(wrong.length > 0 ? wrong : endpointIp(ip, `spec.externalIPs[${i}]`)));
  }
  errors.push(...oneOf(spec.type, TYPES, 'spec.type'), ...validatePortNumbers(spec), ...validateLoadBalancer(spec));
  return [...errors, ...validateTraffic(spec)];
}

function validateType(spec: ServiceSpec): Errors {
  const errors: Errors = [];
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec)) {
    errors.push(FieldError.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  if (spec.type !== 'ExternalName') return errors;
  const not = 'may not be set for ExternalName services';
  if ((spec.clusterIPs ?? []).length > 0) errors.push(FieldError.forbidden('spec.clusterIPs', not));
  if ((spec.ipFamilies ?? []).length > 0) errors.push(FieldError.forbidden('spec.ipFamilies', not));
  if (spec.ipFamilyPolicy !== undefined) errors.push(FieldError.forbidden('spec.ipFamilyPolicy', not));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.push(FieldError.required('spec.externalName'));
  else errors.push(...dnsSubdomain(name, 'spec.externalName'));
  return errors;
}

function validateServicePort(port: ServicePort, needsName: boolean, names: Set<string>, path: string): Errors {
  const errors: Errors = [];
  const name = port.name ?? '';
  if (needsName && name === '') errors.push(FieldError.required(`${path}.name`));
  else if (name !== '') {
    errors.push(...dnsLabel(name, `${path}.name`));
    if (names.has(name)) errors.push(FieldError.duplicate(`${path}.name`, name));
    names.add(name);
  }
  errors.push(
    ...invalid(`${path}.port`, port.port ?? 0, validatePortNumber(port.port ?? 0)),
    ...oneOf(port.protocol, ['SCTP', 'TCP', 'UDP'], `${path}.protocol`),
    ...validatePort(port.targetPort ?? 0, `${path}.targetPort`),
  );
  if (port.appProtocol !== undefined) errors.push(...qualifiedName(port.appProtocol, `${path}.appProtocol`));
  return errors;
}

function validateSessionAffinity(spec: ServiceSpec): Errors {
  const errors = oneOf(spec.sessionAffinity, ['ClientIP', 'None'], 'spec.sessionAffinity');
  const path = 'spec.sessionAffinityConfig';
  const config = spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'None' && config) {
    errors.push(FieldError.forbidden(path, 'must not be set when session affinity is None'));
  }
  if (spec.sessionAffinity !== 'ClientIP') return errors;
  const when = 'when session affinity type is ClientIP';
  const seconds = config?.clientIP?.timeoutSeconds;
  if (!config) errors.push(FieldError.required(path, when));
  else if (!config.clientIP) errors.push(FieldError.required(`${path}.clientIP`, when));
  else if (seconds === undefined) errors.push(FieldError.required(`${path}.clientIP.timeoutSeconds`, when));
  else if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) {
    const must = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
    errors.push(FieldError.invalid(`${path}.clientIP.timeoutSeconds`, seconds, must));
  }
  return errors;
}

/** kubernetes: ValidateServiceClusterIPsRelatedFields */
export function validateClusterIps(spec: ServiceSpec): Errors {
  if (spec.type === 'ExternalName') return [];
  const errors: Errors = [];
  const ips = spec.clusterIPs ?? [];
  if (spec.clusterIP) {
    if (ips.length === 0) errors.push(FieldError.required('spec.clusterIPs'));
    else if (ips[0] !== spec.clusterIP)
      errors.push(FieldError.invalid('spec.clusterIPs', ips, 'first value must match `clusterIP`'));
  } else if (ips.length > 0) {
    errors.push(FieldError.invalid('spec.clusterIPs', ips, 'must be empty when `clusterIP` is not specified'));
  }
  const seen = new Set<string>();
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    errors.push(...optionalOneOf(family, ['IPv4', 'IPv6'], `spec.ipFamilies[${i}]`));
    if (seen.has(family)) errors.push(FieldError.duplicate(`spec.ipFamilies[${i}]`, family));
    seen.add(family);
  }
  errors.push(
    ...optionalOneOf(
      spec.ipFamilyPolicy,
      ['PreferDualStack', 'RequireDualStack', 'SingleStack'],
      'spec.ipFamilyPolicy',
    ),
  );
  let wrong = false;
  for (const [i, ip] of ips.entries()) {
    if (i === 0 && ip === 'None') {
      if (ips.length > 1)
        errors.push(FieldError.invalid('spec.clusterIPs', ips, "'None' must be the first and only value"));
      wrong ||= ips.length > 1;
      continue;
    }
    const own = legacyIp(ip, `spec.clusterIPs[${i}]`);
    wrong ||= own.length > 0;
    errors.push(...own);
  }
  if (ips.length > 2) errors.push(FieldError.invalid('spec.clusterIPs', ips, 'may only hold up to 2 values'));
  if (wrong || ips.length < 2) return errors;
  if (new Set(ips.map((ip) => parseIp(ip)?.family)).size < ips.length) {
    errors.push(FieldError.invalid('spec.clusterIPs', ips, 'may specify no more than one IP for each IP family'));
  }
  return errors;
}

function validatePortNumbers(spec: ServiceSpec): Errors {
  const errors: Errors = [];
  const ports = spec.ports ?? [];
  if (spec.type === 'ClusterIP') {
    for (const [i, port] of ports.entries()) {
      if (port.nodePort)
        errors.push(FieldError.forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
    }
  }
  const nodePorts = new Set<string>();
  for (const [i, port] of ports.entries()) {
    if (!port.nodePort) continue;
    const key = `${port.protocol}/${port.nodePort}`;
    if (nodePorts.has(key)) errors.push(FieldError.duplicate(`spec.ports[${i}].nodePort`, port.nodePort));
    nodePorts.add(key);
  }
  const numbers = new Set<string>();
  for (const [i, { protocol, port }] of ports.entries()) {
    const key = `${protocol}/${port}`;
    // The server shows its own struct, not the manifest's.
    const shown = { Name: '', Protocol: protocol ?? '', AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    if (numbers.has(key)) errors.push(FieldError.duplicate(`spec.ports[${i}]`, shown));
    numbers.add(key);
  }
  return errors;
}

function validateLoadBalancer(spec: ServiceSpec): Errors {
  const errors: Errors = [];
  const only = "may only be used when `type` is 'LoadBalancer'";
  const ranges = spec.loadBalancerSourceRanges ?? [];
  if (ranges.length > 0 && spec.type !== 'LoadBalancer')
    errors.push(FieldError.forbidden('spec.LoadBalancerSourceRanges', only));
  for (const [i, range] of ranges.entries())
    errors.push(...legacyCidr(range.trim(), `spec.LoadBalancerSourceRanges[${i}]`));
  if (spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== 'LoadBalancer') {
    errors.push(FieldError.forbidden('spec.allocateLoadBalancerNodePorts', only));
  }
  if (spec.loadBalancerClass === undefined) return errors;
  if (spec.type !== 'LoadBalancer') return [...errors, FieldError.forbidden('spec.loadBalancerClass', only)];
  return [...errors, ...qualifiedName(spec.loadBalancerClass, 'spec.loadBalancerClass')];
}

function validateTraffic(spec: ServiceSpec): Errors {
  const errors: Errors = [];
  const external = spec.externalTrafficPolicy;
  const path = 'spec.externalTrafficPolicy';
  if (isExternal(spec)) errors.push(...oneOf(external, ['Cluster', 'Local'], path));
  else if (external)
    errors.push(FieldError.invalid(path, external, 'may only be set for externally-accessible services'));
  const check = spec.healthCheckNodePort ?? 0;
  if (!needsHealthCheck(spec) && check !== 0) {
    const only = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(FieldError.invalid('spec.healthCheckNodePort', check, only));
  }
  if (needsHealthCheck(spec) && check !== 0)
    errors.push(...invalid('spec.healthCheckNodePort', check, validatePortNumber(check)));
  return [
    ...errors,
    ...optionalOneOf(spec.internalTrafficPolicy, ['Cluster', 'Local'], 'spec.internalTrafficPolicy'),
    ...optionalOneOf(
      spec.trafficDistribution,
      ['PreferClose', 'PreferSameZone', 'PreferSameNode'],
      'spec.trafficDistribution',
    ),
  ];
}

/** kubernetes: pkg/apis/core/validation/validation.go ValidateLoadBalancerStatus */
export function validateServiceStatus(service: Service): Errors {
  const path = 'status.loadBalancer.ingress';
  return validateIngressPoints(service.status?.loadBalancer?.ingress ?? [], path, true);
}

/** Where a load balancer can be reached. */
export function validateIngressPoints(
  points: readonly { ip?: string | undefined; hostname?: string | undefined; ipMode?: string | undefined }[],
  path: string,
  withMode: boolean,
): Errors {
  const errors: Errors = [];
  for (const [i, { ip, hostname, ipMode }] of points.entries()) {
    if (ip) {
      errors.push(...legacyIp(ip, `${path}[${i}].ip`));
      if (withMode && ipMode !== undefined) errors.push(...oneOf(ipMode, ['Proxy', 'VIP'], `${path}[${i}].ipMode`));
    } else if (withMode && ipMode !== undefined) {
      errors.push(FieldError.forbidden(`${path}[${i}].ipMode`, 'may not be specified when `ip` is not set'));
    }
    if (!hostname) continue;
    errors.push(...dnsSubdomain(hostname, `${path}[${i}].hostname`));
    if (parseIp(hostname)) {
      const text = 'must be a DNS name, not an IP address';
      errors.push(FieldError.invalid(`${path}[${i}].hostname`, hostname, text));
    }
  }
  return errors;
}

export function validateServiceUpdate(service: Service, old: Stored<Service>): Errors {
  const spec = service.spec ?? {};
  const before = old.spec ?? {};
  const errors = validateClusterIpChange(spec, before);
  if (
    before.type === 'LoadBalancer' &&
    spec.type === 'LoadBalancer' &&
    before.loadBalancerClass !== spec.loadBalancerClass
  ) {
    errors.push(
      FieldError.invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, 'may not change once set'),
    );
  }
  if (needsHealthCheck(before) && needsHealthCheck(spec) && before.healthCheckNodePort !== spec.healthCheckNodePort) {
    errors.push(FieldError.forbidden('spec.healthCheckNodePort', 'field is immutable'));
  }
  return [...errors, ...validateService(service)];
}

// kubernetes: validateUpgradeDowngradeClusterIPs
function validateClusterIpChange(spec: ServiceSpec, before: ServiceSpec): Errors {
  if (spec.type === 'ExternalName' || before.type === 'ExternalName') return [];
  if (isHeadless(spec) && isHeadless(before)) return [];
  const was = before.clusterIPs ?? [];
  const now = spec.clusterIPs ?? [];
  const changed = (i: number) =>
    FieldError.invalid(`spec.clusterIPs[${i}]`, now.length > 0 ? now : null, 'may not change once set');
  if (was.length === now.length) return was.flatMap((ip, i) => (ip === now[i] ? [] : [changed(i)]));
  const errors: Errors = [];
  if (was.length > now.length && now.length === 0) {
    errors.push(FieldError.invalid('spec.clusterIPs[0]', null, 'primary clusterIP can not be unset'));
  }
  if (was.length > 0 && now.length > 0 && now[0] !== was[0]) errors.push(changed(0));
  return errors;
}
