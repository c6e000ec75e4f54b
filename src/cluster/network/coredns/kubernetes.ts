import { ipv4 } from '../../../world/network/address.ts';
import type { DnsRecord } from '../../../world/network/dns-message.ts';
import type { Client } from '../../api/client.ts';
import { ENDPOINT_SLICES, NAMESPACES, PODS, SERVICES } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { EndpointSlice, Service } from '../../api/types.generated.ts';
import type { PodsMode } from './config.ts';

/** What CoreDNS' kubernetes plugin answers from. coredns: plugin/kubernetes/kubernetes.go */
export interface DnsZone {
  readonly client: Client;
  /** `cluster.local` */
  readonly domain: string;
  readonly pods: PodsMode;
  /** Of its records, seconds. */
  readonly ttl: number;
  /** The server's own address: the Services in front of it are the name servers of the zone. */
  readonly self: string | undefined;
}

/** The version of the DNS specification that CoreDNS keeps to. */
const DNS_SCHEMA_VERSION = '1.1.0';

export function soa(domain: string, now: number): DnsRecord {
  const serial = Math.floor(now / 1000);
  const value = `ns.dns.${domain} hostmaster.${domain} ${serial} 7200 1800 86400 30`;
  return { name: domain, type: 'SOA', ttl: 30, value };
}

/** Every record of a name; undefined when there is no such name. Aliases are followed by the caller. */
export function recordsOf(zone: DnsZone, name: string): readonly DnsRecord[] | undefined {
  if (name === zone.domain) return nameServers(zone);
  const labels = name.slice(0, -zone.domain.length - 1).split('.');
  const kind = labels.pop();
  if (kind === 'dns-version' && labels.length === 0)
    return [{ name, type: 'TXT', ttl: zone.ttl, value: DNS_SCHEMA_VERSION }];
  if (kind === 'pod') return podRecords(zone, name, labels);
  if (kind !== 'svc') return undefined;
  const namespace = labels.pop();
  if (namespace === undefined) return [];
  const serviceName = labels.pop();
  if (serviceName === undefined) return zone.client.get(NAMESPACES, '', namespace) ? [] : undefined;
  const service = zone.client.get(SERVICES, namespace, serviceName);
  if (!service || labels.length > 2) return undefined;
  if (service.spec?.type === 'ExternalName') {
    // No ports and endpoints below it, and an address is no name. coredns: plugin/kubernetes/kubernetes.go findServices
    const value = service.spec.externalName ?? '';
    const isName = labels.length === 0 && ipv4(value) === undefined && !value.includes(':');
    return isName ? [{ name, type: 'CNAME', ttl: zone.ttl, value }] : undefined;
  }
  return serviceRecords(zone, service, name, labels);
}

/** The Services that lead to this server. coredns: plugin/kubernetes/ns.go */
function nameServers(zone: DnsZone): DnsRecord[] {
  const { self, domain, ttl } = zone;
  if (self === undefined) return [];
  const records: DnsRecord[] = [];
  for (const slice of zone.client.list(ENDPOINT_SLICES)) {
    if (!(slice.endpoints ?? []).some(({ addresses }) => addresses.includes(self))) continue;
    const value = `${slice.metadata.labels?.[SERVICE_NAME]}.${slice.metadata.namespace}.svc.${domain}`;
    if (!records.some((record) => record.value === value)) records.push({ name: domain, type: 'NS', ttl, value });
  }
  return records;
}

const SERVICE_NAME = 'kubernetes.io/service-name';

function podRecords(zone: DnsZone, name: string, labels: readonly string[]): DnsRecord[] | undefined {
  const namespace = labels.at(-1);
  if (zone.pods === 'disabled') return undefined;
  if (namespace === undefined) return [];
  if (!zone.client.get(NAMESPACES, '', namespace)) return undefined;
  if (labels.length === 1) return [];
  const dashed = labels.at(-2) ?? '';
  const isFour = dashed.split('-').length === 4 && !dashed.includes('--');
  const address = dashed.replaceAll('-', isFour ? '.' : ':');
  const isAddress = isFour
    ? address.split('.').every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
    : /^[0-9a-f:]*::[0-9a-f:]*$|^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$/.test(address);
  if (labels.length > 2 || !isAddress) return undefined;
  if (zone.pods === 'verified' && !hasPod(zone, namespace, address)) return undefined;
  return [addressRecord(zone, name, address)];
}

function hasPod(zone: DnsZone, namespace: string, address: string): boolean {
  return zone.client.list(PODS, namespace).some(({ status }) => status?.podIP === address);
}

function addressRecord(zone: DnsZone, name: string, value: string): DnsRecord {
  return { name, type: value.includes(':') ? 'AAAA' : 'A', ttl: zone.ttl, value };
}

interface EndpointPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

interface Endpoint {
  readonly address: string;
  readonly hostname: string;
  readonly ports: readonly EndpointPort[];
}

function slicesOf(zone: DnsZone, { metadata }: Stored<Service>): Stored<EndpointSlice>[] {
  return zone.client
    .list(ENDPOINT_SLICES, metadata.namespace)
    .filter((slice) => slice.metadata.labels?.[SERVICE_NAME] === metadata.name);
}

function endpointsOf(zone: DnsZone, service: Stored<Service>): Endpoint[] {
  const endpoints = new Map<string, Endpoint>();
  for (const slice of slicesOf(zone, service)) {
    const ports = (slice.ports ?? []).map(({ name, protocol, port }) => ({
      name: name ?? '',
      protocol: (protocol ?? 'TCP').toLowerCase(),
      port: port ?? 0,
    }));
    for (const { conditions, addresses, hostname } of slice.endpoints ?? []) {
      if (conditions?.ready === false) continue;
      for (const address of addresses) {
        const known = endpoints.get(address)?.ports ?? [];
        endpoints.set(address, { address, hostname: hostname ?? dashedName(address), ports: [...known, ...ports] });
      }
    }
  }
  return [...endpoints.values()];
}

function dashedName(address: string): string {
  return address.replace(/[.:]/g, '-');
}

function baseName(zone: DnsZone, { metadata }: Stored<Service>): string {
  return `${metadata.name}.${metadata.namespace}.svc.${zone.domain}`;
}

/** `labels` are what stands before the Service's name: an endpoint, or `_port _protocol`. */
function serviceRecords(
  zone: DnsZone,
  service: Stored<Service>,
  name: string,
  labels: readonly string[],
): DnsRecord[] | undefined {
  const [endpoint] = labels.length === 1 ? labels : [];
  const [port = '', protocol = ''] = labels.length === 2 ? labels.map((label) => label.replace(/^_/, '')) : [];
  const fits = (one: EndpointPort) =>
    (port === '' || port === one.name) && (protocol === '' || protocol === one.protocol);
  const base = baseName(zone, service);
  const addresses: string[] = [];
  const targets: { readonly port: number; readonly host: string }[] = [];
  if (service.spec?.clusterIP === 'None' || endpoint !== undefined) {
    for (const found of endpointsOf(zone, service)) {
      if (endpoint !== undefined && endpoint !== found.hostname) continue;
      const ports = found.ports.filter(fits);
      if (ports.length === 0 && (port !== '' || found.ports.length > 0)) continue;
      addresses.push(found.address);
      for (const one of ports) targets.push({ port: one.port, host: `${found.hostname}.${base}` });
    }
  } else {
    const ports = (service.spec?.ports ?? []).map((one) => ({
      name: one.name ?? '',
      protocol: (one.protocol ?? 'TCP').toLowerCase(),
      port: one.port,
    }));
    const matching = ports.filter(fits);
    if (matching.length > 0) addresses.push(...(service.spec?.clusterIPs ?? []));
    for (const one of matching) targets.push({ port: one.port, host: base });
  }
  if (addresses.length === 0) return undefined;
  const weight = Math.floor(100 / Math.max(1, targets.length));
  return [
    ...addresses.map((address) => addressRecord(zone, name, address)),
    ...targets.map(
      ({ port: number, host }): DnsRecord => ({
        name,
        type: 'SRV',
        ttl: zone.ttl,
        value: `0 ${weight} ${number} ${host}`,
      }),
    ),
  ];
}

/** PTR records of `10.0.96.10.in-addr.arpa`. coredns: plugin/kubernetes/reverse.go */
export function reverseRecords(zone: DnsZone, name: string): DnsRecord[] {
  const address = name
    .replace(/\.in-addr\.arpa$/i, '')
    .split('.')
    .reverse()
    .join('.');
  const pointer = (value: string): DnsRecord => ({ name, type: 'PTR', ttl: zone.ttl, value });
  for (const service of zone.client.list(SERVICES))
    if (service.spec?.clusterIPs?.includes(address)) return [pointer(baseName(zone, service))];
  const found: DnsRecord[] = [];
  for (const slice of zone.client.list(ENDPOINT_SLICES)) {
    const { labels, namespace } = slice.metadata;
    const endpoint = (slice.endpoints ?? []).find(({ addresses }) => addresses.includes(address));
    if (!endpoint || endpoint.conditions?.ready === false || !labels?.[SERVICE_NAME]) continue;
    const host = endpoint.hostname ?? dashedName(address);
    found.push(pointer(`${host}.${labels[SERVICE_NAME]}.${namespace}.svc.${zone.domain}`));
  }
  return found;
}
