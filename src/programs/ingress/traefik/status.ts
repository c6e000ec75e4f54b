import type { Client } from '../../../cluster/api/client.ts';
import { INGRESSES, NODES, SERVICES } from '../../../cluster/api/kinds.ts';
import type { Stored } from '../../../cluster/api/object.ts';
import type { Ingress, IngressLoadBalancerIngress } from '../../../cluster/api/types.generated.ts';
import { StatusError } from '../../../cluster/apimachinery/errors.ts';
import type { Flags } from './flags.ts';

/** What became of an Ingress's status. */
export interface StatusUpdate {
  readonly updated: boolean;
  readonly problem?: string;
}

/** Copies the addresses in front of Traefik into an Ingress. traefik: pkg/provider/kubernetes/ingress/kubernetes.go updateIngressStatus */
export function updateStatus(client: Client, flags: Flags, ingress: Stored<Ingress>): StatusUpdate {
  const { publishedService, endpointIp, endpointHostname } = flags;
  if (publishedService === '' && endpointIp === '' && endpointHostname === '') return { updated: false };
  const given = publishedService === '' ? undefined : publishedAddresses(client, publishedService);
  if (typeof given === 'string') return { updated: false, problem: given };
  const own = {
    ...(endpointIp === '' ? {} : { ip: endpointIp }),
    ...(endpointHostname === '' ? {} : { hostname: endpointHostname }),
  };
  const wanted = publishedService === '' ? [own] : given;
  if (!wanted || sameAddresses(ingress.status?.loadBalancer?.ingress ?? [], wanted)) return { updated: false };
  const { namespace = '', name } = ingress.metadata;
  const loadBalancer = wanted.length > 0 ? { ingress: wanted } : {};
  try {
    client.modify(INGRESSES, namespace, name, (old) => ({ ...old, status: { loadBalancer } }), 'status');
    return { updated: true };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return { updated: false, problem: `failed to update ingress status ${namespace}/${name}: ${error.message}` };
  }
}

/** The addresses of a Service, why there are none, or undefined while they are not known. */
function publishedAddresses(client: Client, key: string): IngressLoadBalancerIngress[] | string | undefined {
  const [namespace = '', name = '', more] = key.split('/');
  if (name === '' || more !== undefined)
    return `invalid publishedService format (expected 'namespace/service' format): ${key}`;
  const service = client.get(SERVICES, namespace, name);
  if (!service) return `missing service: ${key}`;
  const { type = 'ClusterIP', externalIPs = [], externalName = '', ports: servicePorts = [] } = service.spec ?? {};
  const ports = (number: 'port' | 'nodePort') =>
    servicePorts.map((port) => ({ port: port[number] ?? 0, protocol: port.protocol ?? 'TCP' }));
  switch (type) {
    case 'LoadBalancer':
      return service.status?.loadBalancer?.ingress?.map(({ ip, hostname }) =>
        ip ? { ip } : { hostname: hostname ?? '' },
      );
    case 'NodePort':
      return client
        .list(NODES)
        .flatMap(({ status }) => status?.addresses ?? [])
        .filter((address) => address.type === 'ExternalIP')
        .map(({ address }) => ({ ip: address, ports: ports('nodePort') }));
    case 'ExternalName':
      return [{ hostname: externalName }];
    default:
      return externalIPs.map((ip) => ({ ip, ports: ports('port') }));
  }
}

/** By address and name alone. */
function sameAddresses(a: readonly IngressLoadBalancerIngress[], b: readonly IngressLoadBalancerIngress[]): boolean {
  const key = ({ ip = '', hostname = '' }: IngressLoadBalancerIngress) => hostname + ip;
  const known = new Set(a.map(key));
  return a.length === b.length && b.every((one) => known.has(key(one)));
}
