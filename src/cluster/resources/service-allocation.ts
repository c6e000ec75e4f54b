import { deepEqual, type Stored } from '../api/object.ts';
import type { StrategyContext } from '../api/resource.ts';
import type { Service, ServiceCIDR, ServicePort, ServiceSpec } from '../api/types.generated.ts';
import { FieldError, StatusError } from '../apimachinery/errors.ts';
import { validateClusterIps } from './validation/service.ts';

const NODE_PORT_FIRST = 30000;
const NODE_PORT_LAST = 32767;
const HEADLESS = 'None';
const SERVICE_CIDRS = 'servicecidrs.networking.k8s.io';

const SERVICE_RESOURCE = { group: '', kind: 'Service', plural: 'services' };

function servicesOf(context: StrategyContext): Stored<Service>[] {
  return context.server.store.list('services') as Stored<Service>[];
}

function usedAddresses(context: StrategyContext): Set<string> {
  const used = new Set<string>();
  for (const service of servicesOf(context)) {
    for (const ip of service.spec?.clusterIPs ?? []) if (ip !== HEADLESS) used.add(ip);
  }
  return used;
}

function usedNodePorts(context: StrategyContext): Set<string> {
  const used = new Set<string>();
  for (const service of servicesOf(context)) {
    for (const port of service.spec?.ports ?? [])
      if (port.nodePort) used.add(`${port.protocol ?? 'TCP'}/${port.nodePort}`);
    if (service.spec?.healthCheckNodePort) used.add(`TCP/${service.spec.healthCheckNodePort}`);
  }
  return used;
}

export function needsClusterIp(service: Service): boolean {
  return service.spec?.type !== 'ExternalName';
}

function needsNodePorts(service: Service): boolean {
  const type = service.spec?.type;
  return type === 'NodePort' || (type === 'LoadBalancer' && service.spec?.allocateLoadBalancerNodePorts !== false);
}

/** Gives a new Service its addresses and ports. kubernetes: pkg/registry/core/service/storage/alloc.go */
export function allocateService(service: Service, context: StrategyContext): void {
  const spec = service.spec;
  if (!spec) return;
  if (needsClusterIp(service)) allocateClusterIp(service, context);
  else if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  if (needsNodePorts(service)) allocateNodePorts(service, context, undefined);
  allocateHealthCheck(service, undefined, context);
}

const needsHealthCheck = ({ spec }: Service) => spec?.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/** kubernetes: pkg/registry/core/service/storage/alloc.go allocHealthCheckNodePort; a port that nobody needs goes. */
function allocateHealthCheck(service: Service, old: Stored<Service> | undefined, context: StrategyContext): void {
  const { spec } = service;
  if (!spec) return;
  const before = old && needsHealthCheck(old) ? old.spec?.healthCheckNodePort : undefined;
  if (!needsHealthCheck(service)) {
    if (before && spec.healthCheckNodePort === before) spec.healthCheckNodePort = undefined;
    return;
  }
  spec.healthCheckNodePort ||= before ?? freeNodePort(usedNodePorts(context), 'TCP', context);
}

function allocateClusterIp(service: Service, context: StrategyContext): void {
  const spec = service.spec;
  if (!spec) return;
  const wanted = spec.clusterIPs?.[0] ?? spec.clusterIP ?? '';
  spec.ipFamilyPolicy ??= 'SingleStack';
  spec.ipFamilies ??= ['IPv4'];
  if (wanted === HEADLESS) {
    spec.clusterIP = HEADLESS;
    spec.clusterIPs = [HEADLESS];
    return;
  }
  if (wanted !== '') checkForm(service);
  const used = usedAddresses(context);
  checkFamilies(service, wanted);
  const address = wanted === '' ? freeAddress(used, context) : wanted;
  if (wanted !== '') checkWanted(service, wanted, used, context);
  spec.clusterIP = address;
  spec.clusterIPs = [address];
}

/** Addresses that are none are refused before anything else is looked at. kubernetes: alloc.go validateClusterIPs */
function checkForm(service: Service): void {
  const spec: ServiceSpec = { ...service.spec };
  spec.clusterIPs ??= spec.clusterIP ? [spec.clusterIP] : undefined;
  const errors = validateClusterIps(spec);
  if (errors.length > 0) throw StatusError.invalid(SERVICE_RESOURCE, service.metadata?.name ?? '', errors);
}

/** The cluster has IPv4 and nothing else. kubernetes: pkg/registry/core/service/storage/alloc.go initIPFamilyFields */
function checkFamilies(service: Service, wanted: string): void {
  const { ipFamilies = [], ipFamilyPolicy, clusterIPs = [] } = service.spec ?? {};
  // On creation the families follow the addresses.
  const first = wanted === '' ? (clusterIPs[0] ?? '') : '';
  const errors: FieldError[] = [];
  const refuse = () => {
    if (errors.length > 0) throw StatusError.invalid(SERVICE_RESOURCE, service.metadata?.name ?? '', errors);
  };
  if (first !== '' && first !== 'None' && ipFamilies[0] && first.includes(':') !== (ipFamilies[0] === 'IPv6')) {
    const text = `expected an ${ipFamilies[0]} value as indicated by \`ipFamilies[0]\``;
    errors.push(FieldError.invalid('spec.clusterIPs[0]', first, text));
  }
  if (ipFamilyPolicy === 'SingleStack' && new Set(ipFamilies).size > 1) {
    const text = "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified";
    errors.push(FieldError.invalid('spec.ipFamilyPolicy', ipFamilyPolicy, text));
  }
  refuse();
  if (ipFamilyPolicy === 'RequireDualStack') {
    const text = 'this cluster is not configured for dual-stack services';
    errors.push(FieldError.invalid('spec.ipFamilyPolicy', ipFamilyPolicy, text));
  }
  if (wanted.includes(':')) {
    const given = clusterIPs.length > 0 ? clusterIPs : [wanted];
    errors.push(FieldError.invalid('spec.clusterIPs[0]', given, 'IPv6 is not configured on this cluster'));
  } else if (ipFamilies.includes('IPv6')) {
    const at = ipFamilies.indexOf('IPv6');
    errors.push(FieldError.invalid(`spec.ipFamilies[${at}]`, 'IPv6', 'not configured on this cluster'));
  }
  refuse();
}

function checkWanted(service: Service, wanted: string, used: Set<string>, context: StrategyContext): void {
  const refuse = (detail: string) => {
    throw StatusError.invalid(SERVICE_RESOURCE, service.metadata?.name ?? '', [
      FieldError.invalid('spec.clusterIPs', [wanted], detail),
    ]);
  };
  const number = addressNumber(wanted);
  if (number === undefined) return;
  if (!ranges(context).some(({ first, last }) => number >= first && number <= last)) {
    refuse(`failed to allocate IP ${wanted}: the provided network does not match the current range`);
  }
  if (used.has(wanted)) refuse(`failed to allocate IP ${wanted}: provided IP is already allocated`);
}

/** Where addresses may come from: the cluster's own range first, then other ServiceCIDRs that are ready. kubernetes: ipallocator/cidrallocator.go */
function ranges({ server }: StrategyContext): { first: number; last: number }[] {
  const objects = server.store.list(SERVICE_CIDRS) as Stored<ServiceCIDR>[];
  const others = objects.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status?.conditions?.some(({ type, status: ready }) => type === 'Ready' && ready === 'True'),
  );
  const texts = others.flatMap(({ spec }) => spec?.cidrs ?? []).filter((text) => !text.includes(':'));
  return [...new Set([server.serviceCidr, ...texts])].map(range);
}

function range(cidr: string): { first: number; last: number } {
  const [base = '', bits = '32'] = cidr.split('/');
  const start = addressNumber(base) ?? 0;
  const size = 2 ** (32 - Number(bits));
  return { first: start + 1, last: start + size - 2 };
}

function addressNumber(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

/** Dynamic addresses come from the upper band, so that chosen ones seldom clash. kubernetes: ipallocator calculateRangeOffset */
function freeAddress(used: Set<string>, context: StrategyContext): string {
  for (const { first, last } of ranges(context)) {
    const size = last - first + 1;
    const offset = size < 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 16)), 256);
    for (let attempt = 0; size > offset && attempt < 1000; attempt++) {
      const address = addressText(first + offset + context.server.world.random.integer(size - offset));
      if (!used.has(address)) return address;
    }
    for (let number = first; number <= Math.min(last, first + 65_535); number++) {
      if (!used.has(addressText(number))) return addressText(number);
    }
  }
  throw StatusError.internal('failed to allocate a serviceIP: range is full');
}

function allocateNodePorts(service: Service, context: StrategyContext, old: Stored<Service> | undefined): void {
  const used = usedNodePorts(context);
  for (const port of old?.spec?.ports ?? [])
    if (port.nodePort) used.delete(`${port.protocol ?? 'TCP'}/${port.nodePort}`);
  const ports = service.spec?.ports ?? [];
  for (const [index, port] of ports.entries()) {
    if (!port.nodePort) continue;
    checkNodePort(service, port, index, used);
    used.add(`${port.protocol ?? 'TCP'}/${port.nodePort}`);
  }
  for (const port of ports) {
    if (port.nodePort) continue;
    // The same port over TCP and UDP gets the same node port.
    const twin = ports.find((other) => other.port === port.port && other.nodePort && other.protocol !== port.protocol);
    const protocol = port.protocol ?? 'TCP';
    port.nodePort =
      twin?.nodePort && !used.has(`${protocol}/${twin.nodePort}`)
        ? twin.nodePort
        : freeNodePort(used, protocol, context);
    used.add(`${protocol}/${port.nodePort}`);
  }
}

function checkNodePort(service: Service, port: ServicePort, index: number, used: Set<string>): void {
  const nodePort = port.nodePort ?? 0;
  const path = `spec.ports[${index}].nodePort`;
  const refuse = (detail: string) => {
    throw StatusError.invalid(SERVICE_RESOURCE, service.metadata?.name ?? '', [
      FieldError.invalid(path, nodePort, detail),
    ]);
  };
  if (nodePort < NODE_PORT_FIRST || nodePort > NODE_PORT_LAST) {
    refuse(`provided port is not in the valid range. The range of valid ports is ${NODE_PORT_FIRST}-${NODE_PORT_LAST}`);
  }
  if (used.has(`${port.protocol ?? 'TCP'}/${nodePort}`)) refuse('provided port is already allocated');
}

function freeNodePort(used: Set<string>, protocol: string, context: StrategyContext): number {
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const port = NODE_PORT_FIRST + 86 + context.server.world.random.integer(NODE_PORT_LAST - NODE_PORT_FIRST - 85);
    if (!used.has(`${protocol}/${port}`)) return port;
  }
  throw StatusError.internal('failed to allocate a nodePort: range is full');
}

const isExternal = ({ spec }: Service) =>
  spec?.type === 'LoadBalancer' ||
  spec?.type === 'NodePort' ||
  (spec?.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);

/** What only the old type had goes, unless the request changed it. kubernetes: pkg/registry/core/service/strategy.go dropTypeDependentFields */
function dropDependent(service: Service, old: Stored<Service>): void {
  const { spec } = service;
  const before = old.spec;
  if (!spec || !before) return;
  if (needsClusterIp(old) && !needsClusterIp(service)) {
    if (spec.clusterIP === before.clusterIP && deepEqual(spec.clusterIPs, before.clusterIPs)) {
      spec.clusterIP = undefined;
      spec.clusterIPs = undefined;
    }
    if (deepEqual(spec.ipFamilies, before.ipFamilies)) spec.ipFamilies = undefined;
    if (spec.ipFamilyPolicy === before.ipFamilyPolicy) spec.ipFamilyPolicy = undefined;
  }
  if (needsClusterIp(old) && !needsClusterIp(service) && spec.internalTrafficPolicy === before.internalTrafficPolicy) {
    spec.internalTrafficPolicy = undefined;
  }
  if (isExternal(old) && !isExternal(service) && spec.externalTrafficPolicy === before.externalTrafficPolicy) {
    spec.externalTrafficPolicy = undefined;
  }
  if (before.type !== 'LoadBalancer' || spec.type === 'LoadBalancer') return;
  if (spec.allocateLoadBalancerNodePorts === before.allocateLoadBalancerNodePorts) {
    spec.allocateLoadBalancerNodePorts = undefined;
  }
  if (spec.loadBalancerClass === before.loadBalancerClass) spec.loadBalancerClass = undefined;
}

/** Keeps, gives or takes back addresses and ports as the type changes. kubernetes: pkg/registry/core/service/storage patchAllocatedValues */
export function updateServiceAllocations(service: Service, old: Stored<Service>, context: StrategyContext): void {
  const spec = service.spec;
  const before = old.spec;
  if (!spec || !before) return;
  dropDependent(service, old);
  // Who changes clusterIP alone means clusterIPs too. kubernetes: pkg/registry/core/service/strategy.go NormalizeClusterIPs
  if (spec.clusterIP !== before.clusterIP && deepEqual(spec.clusterIPs, before.clusterIPs)) {
    spec.clusterIPs = spec.clusterIP ? [spec.clusterIP] : undefined;
  }
  if (needsClusterIp(old) && needsClusterIp(service)) {
    if (!spec.clusterIP && !spec.clusterIPs?.length) {
      if (before.clusterIP !== undefined) spec.clusterIP = before.clusterIP;
      if (before.clusterIPs !== undefined) spec.clusterIPs = before.clusterIPs;
    } else if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    spec.ipFamilies ??= before.ipFamilies;
    spec.ipFamilyPolicy ??= before.ipFamilyPolicy;
    if (spec.ipFamilyPolicy !== before.ipFamilyPolicy || !deepEqual(spec.ipFamilies, before.ipFamilies)) {
      checkFamilies(service, '');
    }
  } else if (needsClusterIp(service)) allocateClusterIp(service, context);
  allocateHealthCheck(service, old, context);
  if (!needsNodePorts(service)) {
    // Ports that were given by the server go when the type no longer has any.
    for (const port of spec.ports ?? []) {
      const same = before.ports?.find((other) => other.port === port.port && other.protocol === port.protocol);
      const given = needsNodePorts(old) && spec.type !== 'LoadBalancer' && same?.nodePort === port.nodePort;
      if (given) port.nodePort = undefined;
    }
    return;
  }
  keepNodePorts(spec.ports ?? [], before.ports ?? []);
  allocateNodePorts(service, context, old);
}

/** A port keeps its node port as long as it has its name. kubernetes: pkg/registry/core/service/storage/storage.go patchAllocatedValues */
function keepNodePorts(ports: readonly ServicePort[], before: readonly ServicePort[]): void {
  const given = new Set(ports.map(({ nodePort }) => nodePort));
  const byName = new Map(before.map(({ name = '', nodePort }) => [name, nodePort]));
  for (const port of ports) {
    const known = byName.get(port.name ?? '');
    if (port.nodePort || !known || given.has(known)) continue;
    port.nodePort = known;
    given.add(known);
  }
}
