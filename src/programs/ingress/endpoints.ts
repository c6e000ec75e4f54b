import type { Client } from '../../cluster/api/client.ts';
import { ENDPOINT_SLICES, SERVICES } from '../../cluster/api/kinds.ts';
import type { Stored } from '../../cluster/api/object.ts';
import type { Service, ServicePort } from '../../cluster/api/types.generated.ts';
import type { Endpoint } from '../proxy/forward.ts';

export interface ServiceTarget {
  /** Undefined: there is no such Service. */
  readonly service: Stored<Service> | undefined;
  /** Undefined: the Service has no such port. */
  readonly port: ServicePort | undefined;
  /** The endpoints that fulfil the condition, in the order of the slices. */
  readonly endpoints: readonly Endpoint[];
}

/** The endpoints behind a port of a Service, named or numbered; those that a condition is not false of. */
export function serviceTarget(
  client: Client,
  namespace: string,
  name: string,
  wanted: { readonly name?: string | undefined; readonly number?: number | undefined },
  condition: 'ready' | 'serving' = 'ready',
): ServiceTarget {
  const service = client.get(SERVICES, namespace, name);
  if (!service) return { service, port: undefined, endpoints: [] };
  const port = service.spec?.ports?.find((candidate) =>
    wanted.name ? candidate.name === wanted.name : candidate.port === wanted.number,
  );
  if (service.spec?.type === 'ExternalName') {
    const number = typeof port?.targetPort === 'number' ? port.targetPort : (port?.port ?? wanted.number ?? 80);
    return { service, port, endpoints: [{ address: service.spec.externalName ?? '', port: number }] };
  }
  return { service, port, endpoints: port ? endpointsOf(client, service, port, condition) : [] };
}

function endpointsOf(
  client: Client,
  service: Stored<Service>,
  port: ServicePort,
  condition: 'ready' | 'serving',
): Endpoint[] {
  const { namespace, name } = service.metadata;
  const found = new Map<string, Endpoint>();
  for (const slice of client.list(ENDPOINT_SLICES, namespace)) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue;
    const number = slice.ports?.find((candidate) => (candidate.name ?? '') === (port.name ?? ''))?.port;
    if (number === undefined) continue;
    for (const { addresses, conditions } of slice.endpoints ?? []) {
      if (conditions?.[condition] === false) continue;
      for (const address of addresses) found.set(`${address}:${number}`, { address, port: number });
    }
  }
  return [...found.values()];
}
