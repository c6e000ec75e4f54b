import { ipv4 } from '../../../world/network/address.ts';
import type { World } from '../../../world/world.ts';
import { at, listAt, type TraceObjects, textAt } from './objects.ts';
import type { TracePlace } from './trace.ts';

/** Where a request goes: an address, and the name that stands for it. */
export interface TraceTarget {
  /** As it was asked for. */
  readonly text: string;
  /** Undefined when the name leads nowhere. */
  readonly address: string | undefined;
  readonly port: number;
  /** The name that is looked up; undefined when an address was said. */
  readonly name: string | undefined;
}

/** What is asked for, before it is looked up. */
export type TraceGoal =
  | { readonly kind: 'service'; readonly namespace: string; readonly name: string; readonly port: number | undefined }
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string; readonly port: number | undefined }
  | { readonly kind: 'host'; readonly host: string; readonly port: number };

/** Finds the address of a goal, as the place that the request starts from would. */
export function findTarget(world: World, objects: TraceObjects, from: TracePlace, goal: TraceGoal): TraceTarget {
  if (goal.kind === 'pod') {
    const pod = objects.get('Pod', goal.namespace, goal.name);
    const port = goal.port ?? Number(at(pod, 'spec', 'containers', 0, 'ports', 0, 'containerPort') ?? 80);
    return target(`Pod ${goal.namespace}/${goal.name}`, textAt(pod, 'status', 'podIP'), port, undefined);
  }
  if (goal.kind === 'service') {
    const text = `Service ${goal.namespace}/${goal.name}`;
    const found = serviceAddress(objects, goal.namespace, goal.name, goal.port);
    const external = found.external === undefined ? found.address : hostAddress(world, found.external);
    return target(text, external, found.port, from.kind === 'pod' ? goal.name : undefined);
  }
  const { host, port } = goal;
  if (ipv4(host) !== undefined) return target(host, host, port, undefined);
  if (host === 'localhost') return target(host, '127.0.0.1', port, undefined);
  const service = from.kind === 'pod' ? serviceName(objects, from.namespace, host) : undefined;
  if (service) {
    const found = serviceAddress(objects, service.namespace, service.name, port);
    return target(host, found.external === undefined ? found.address : hostAddress(world, found.external), port, host);
  }
  return target(host, hostAddress(world, host), port, host);
}

function target(text: string, address: string | undefined, port: number, name: string | undefined): TraceTarget {
  return { text, address: address === '' ? undefined : address, port, name };
}

/** `web`, `web.default`, `web.default.svc`, `web.default.svc.cluster.local` of a Service that is there. */
function serviceName(
  objects: TraceObjects,
  namespace: string,
  host: string,
): { readonly namespace: string; readonly name: string } | undefined {
  const [name = '', other = namespace, ...rest] = host.replace(/\.$/, '').split('.');
  const tail = rest.join('.');
  if (!['', 'svc', 'svc.cluster', 'svc.cluster.local'].includes(tail)) return undefined;
  return objects.get('Service', other, name) ? { namespace: other, name } : undefined;
}

function serviceAddress(
  objects: TraceObjects,
  namespace: string,
  name: string,
  wanted: number | undefined,
): { readonly address: string; readonly port: number; readonly external?: string } {
  const service = objects.get('Service', namespace, name);
  const port = wanted ?? Number(at(service, 'spec', 'ports', 0, 'port') ?? 80);
  if (textAt(service, 'spec', 'type') === 'ExternalName')
    return { address: '', port, external: textAt(service, 'spec', 'externalName') };
  const address = textAt(service, 'spec', 'clusterIP');
  if (address !== 'None') return { address, port };
  // Headless: the name leads to the Pods themselves.
  const selector = `kubernetes.io/service-name=${name}`;
  for (const slice of objects.list('EndpointSlice', namespace, selector))
    for (const endpoint of listAt(slice, 'endpoints'))
      if (at(endpoint, 'conditions', 'ready') !== false) return { address: textAt(endpoint, 'addresses', 0), port };
  return { address: '', port };
}

function hostAddress(world: World, host: string): string | undefined {
  const known = world.network.names.get(host)?.[0];
  if (known !== undefined) return known;
  const { network } = world.machines.get(host) ?? {};
  return network?.primaryAddress;
}
