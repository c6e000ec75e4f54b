import { type DnsMessage, type DnsRecord, decodeDns, encodeDns } from '../../world/network/dns-message.ts';
import type { Client } from '../api/client.ts';
import { ENDPOINT_SLICES, NAMESPACES, SERVICES } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import type { EndpointSlice, Service } from '../api/types.generated.ts';

/** CoreDNS' kubernetes plugin: TTL of its records, seconds. */
const TTL = 30;

export interface DnsZone {
  readonly client: Client;
  /** `cluster.local` */
  readonly domain: string;
  /** Names outside the cluster: addresses by name. */
  readonly outside: (name: string) => readonly string[] | undefined;
}

/** Answers a query as CoreDNS does with kubeadm's Corefile. Undefined for bytes that are no query. */
export function answerDns(zone: DnsZone, bytes: Uint8Array): Uint8Array | undefined {
  const query = decodeDns(bytes);
  if (!query?.question) return undefined;
  const { name, type } = query.question;
  const lower = name.toLowerCase();
  const inside = lower === zone.domain || lower.endsWith(`.${zone.domain}`);
  const reverse = lower.endsWith('.in-addr.arpa');
  const reply = (code: DnsMessage['code'], answers: readonly DnsRecord[]): Uint8Array =>
    encodeDns({
      ...query,
      response: true,
      code,
      authoritative: inside,
      recursionAvailable: true,
      answers,
      authority: answers.length === 0 && inside ? [soa(zone.domain)] : [],
    });
  if (reverse) {
    const found = reverseRecord(zone, name);
    return found ? reply('NOERROR', [found]) : reply('NXDOMAIN', []);
  }
  if (!inside) {
    const addresses = zone.outside(lower);
    if (!addresses) return reply('NXDOMAIN', []);
    return reply('NOERROR', type === 'A' ? addresses.map((value) => ({ name, type: 'A', ttl: TTL, value })) : []);
  }
  const records = recordsOf(zone, lower);
  if (!records) return reply('NXDOMAIN', []);
  const wanted = records.filter((record) => record.type === type || record.type === 'CNAME');
  return reply(
    'NOERROR',
    // An alias is answered together with what it leads to, each under its own name.
    wanted.map((record) => (record.name.toLowerCase() === lower ? { ...record, name } : record)),
  );
}

function soa(domain: string): DnsRecord {
  return {
    name: domain,
    type: 'SOA',
    ttl: TTL,
    value: `ns.dns.${domain} hostmaster.${domain} 1788253200 7200 1800 86400 30`,
  };
}

/** Every record of a name; undefined when there is no such name. kubernetes: the DNS specification 1.1.0 */
function recordsOf(zone: DnsZone, name: string, depth = 0): DnsRecord[] | undefined {
  const labels = name
    .slice(0, -zone.domain.length - 1)
    .split('.')
    .filter((label) => label !== '');
  const kind = labels.pop();
  if (kind === undefined) return [];
  if (kind === 'pod') return podRecords(zone, labels);
  if (kind !== 'svc') return undefined;
  const namespace = labels.pop();
  if (namespace === undefined) return [];
  const serviceName = labels.pop();
  if (serviceName === undefined) return zone.client.get(NAMESPACES, '', namespace) ? [] : undefined;
  const service = zone.client.get(SERVICES, namespace, serviceName);
  if (!service) return undefined;
  if (service.spec?.type === 'ExternalName') {
    const target = service.spec.externalName ?? '';
    // A chain of aliases is followed within the zone, a circle only so far.
    const follows = target.toLowerCase().endsWith(`.${zone.domain}`) && depth < 7;
    const inside = follows ? recordsOf(zone, target.toLowerCase(), depth + 1) : undefined;
    const addresses = zone.outside(target) ?? [];
    return [
      { name, type: 'CNAME', ttl: TTL, value: target },
      ...(inside ?? []).filter((record) => record.type !== 'SRV'),
      ...addresses.map((value): DnsRecord => ({ name: target, type: 'A', ttl: TTL, value })),
    ];
  }
  if (labels.length === 2) return srvRecords(zone, service, name, labels);
  if (labels.length === 1) return endpointRecords(zone, service, name, labels[0] ?? '');
  return labels.length === 0 ? serviceRecords(zone, service, name) : undefined;
}

function podRecords(zone: DnsZone, labels: readonly string[]): DnsRecord[] | undefined {
  const [dashed = '', namespace] = labels;
  const address = dashed.replace(/-/g, '.');
  // `pods insecure`: any address in an existing namespace is answered.
  if (!namespace || !/^\d+\.\d+\.\d+\.\d+$/.test(address) || !zone.client.get(NAMESPACES, '', namespace))
    return undefined;
  return [{ name: `${dashed}.${namespace}.pod.${zone.domain}`, type: 'A', ttl: TTL, value: address }];
}

function slicesOf(zone: DnsZone, service: Stored<Service>): Stored<EndpointSlice>[] {
  return zone.client
    .list(ENDPOINT_SLICES, service.metadata.namespace)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name);
}

interface Endpoint {
  readonly address: string;
  readonly hostname: string;
}

function endpointsOf(zone: DnsZone, service: Stored<Service>): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const slice of slicesOf(zone, service)) {
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false && !service.spec?.publishNotReadyAddresses) continue;
      for (const address of endpoint.addresses)
        endpoints.push({ address, hostname: endpoint.hostname ?? address.replace(/\./g, '-') });
    }
  }
  return endpoints;
}

function headless(service: Stored<Service>): boolean {
  return service.spec?.clusterIP === 'None';
}

function serviceRecords(zone: DnsZone, service: Stored<Service>, name: string): DnsRecord[] | undefined {
  if (!headless(service)) return [{ name, type: 'A', ttl: TTL, value: service.spec?.clusterIP ?? '' }];
  const endpoints = endpointsOf(zone, service);
  if (endpoints.length === 0) return undefined;
  return endpoints.map(({ address }) => ({ name, type: 'A', ttl: TTL, value: address }));
}

function endpointRecords(
  zone: DnsZone,
  service: Stored<Service>,
  name: string,
  hostname: string,
): DnsRecord[] | undefined {
  if (!headless(service)) return undefined;
  const found = endpointsOf(zone, service).filter((endpoint) => endpoint.hostname === hostname);
  return found.length === 0 ? undefined : found.map(({ address }) => ({ name, type: 'A', ttl: TTL, value: address }));
}

function srvRecords(
  zone: DnsZone,
  service: Stored<Service>,
  name: string,
  labels: readonly string[],
): DnsRecord[] | undefined {
  const [port = '', protocol = ''] = labels.map((label) => label.replace(/^_/, ''));
  const found = service.spec?.ports?.find(
    (candidate) => candidate.name === port && (candidate.protocol ?? 'TCP').toLowerCase() === protocol,
  );
  if (!found) return undefined;
  const base = `${service.metadata.name}.${service.metadata.namespace}.svc.${zone.domain}`;
  if (!headless(service)) return [{ name, type: 'SRV', ttl: TTL, value: `0 100 ${found.port} ${base}` }];
  const endpoints = endpointsOf(zone, service);
  const weight = Math.max(1, Math.floor(100 / Math.max(1, endpoints.length)));
  return endpoints.map(({ hostname }) => ({
    name,
    type: 'SRV',
    ttl: TTL,
    value: `0 ${weight} ${found.port} ${hostname}.${base}`,
  }));
}

function reverseRecord(zone: DnsZone, name: string): DnsRecord | undefined {
  const address = name
    .replace(/\.in-addr\.arpa$/i, '')
    .split('.')
    .reverse()
    .join('.');
  for (const service of zone.client.list(SERVICES)) {
    const base = `${service.metadata.name}.${service.metadata.namespace}.svc.${zone.domain}`;
    if (service.spec?.clusterIPs?.includes(address)) return { name, type: 'PTR', ttl: TTL, value: base };
    if (!headless(service)) continue;
    const endpoint = endpointsOf(zone, service).find((candidate) => candidate.address === address);
    if (endpoint) return { name, type: 'PTR', ttl: TTL, value: `${endpoint.hostname}.${base}` };
  }
  return undefined;
}
