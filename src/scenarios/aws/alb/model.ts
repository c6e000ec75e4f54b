import type { ListenerRule } from '../../../cloud/aws/types/load-balancing.ts';
import type { Client } from '../../../cluster/api/client.ts';
import { NODES } from '../../../cluster/api/kinds.ts';
import { keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { HTTPIngressPath, Ingress, IngressBackend } from '../../../cluster/api/types.generated.ts';
import { serviceTarget } from '../../../programs/ingress/endpoints.ts';
import { digest } from '../../../world/describe.ts';
import { annotation, ModelError } from './annotations.ts';
import { type Discover, listenersOf, type WantedListener } from './listeners.ts';

/** A target group as it should be. */
export interface WantedGroup {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly servicePort: number | string;
  readonly port: number;
  readonly targetType: 'instance' | 'ip';
  readonly healthPath: string;
  readonly targets: readonly { readonly id: string; readonly port: number }[];
}

export type WantedRule = Pick<ListenerRule, 'hosts' | 'paths' | 'fixed' | 'redirect'> & {
  readonly group: string | undefined;
};

/** A listener with its rules; what none of them takes gets the last one, the fallback. */
export type WantedPort = WantedListener & { readonly rules: readonly WantedRule[] };

/** The load balancer that one Ingress, or a group of them, should have. */
export interface Wanted {
  readonly name: string;
  readonly scheme: 'internal' | 'internet-facing';
  readonly listeners: readonly WantedPort[];
  readonly groups: readonly WantedGroup[];
}

/** A stack: the Ingresses that share a load balancer. `key` is the group's name, or `namespace/name`. */
export interface Stack {
  readonly key: string;
  readonly members: readonly Stored<Ingress>[];
}

/** Letters and digits only. */
export const bare = (text: string) => text.replace(/[^A-Za-z0-9]/g, '');

/** `k8s-default-web-0123456789`. aws-load-balancer-controller: pkg/ingress/model_build_load_balancer.go buildLoadBalancerName */
export function balancerName(cluster: string, { key }: Stack, scheme: string): string {
  const [namespace = '', name] = key.split('/');
  const hash = digest([cluster, key, scheme]).slice(0, 10);
  if (name === undefined) return `k8s-${bare(namespace).slice(0, 17)}-${hash}`;
  return `k8s-${bare(namespace).slice(0, 8)}-${bare(name).slice(0, 8)}-${hash}`;
}

/** Raises ModelError. aws-load-balancer-controller: pkg/ingress/model_builder.go */
export function wantedOf(client: Client, cluster: string, stack: Stack, discover: Discover): Wanted {
  const listeners = listenersOf(stack.members, discover);
  const scheme = schemeOf(stack);
  const groups = new Map<string, WantedGroup>();
  return {
    name: balancerName(cluster, stack, scheme),
    scheme,
    listeners: listeners.map((listener) => ({ ...listener, rules: rulesOf(client, cluster, stack, listener, groups) })),
    groups: [...groups.values()],
  };
}

const anywhere = { hosts: [], paths: [], group: undefined };

/** Raises ModelError. aws-load-balancer-controller: pkg/ingress/model_build_listener_rules.go, buildListenerDefaultActions */
function rulesOf(
  client: Client,
  cluster: string,
  stack: Stack,
  { members, redirect }: WantedListener,
  groups: Map<string, WantedGroup>,
): WantedRule[] {
  if (redirect !== undefined) return [{ ...anywhere, redirect }];
  const rules: WantedRule[] = [];
  for (const ingress of members)
    for (const { host = '', http } of ingress.spec?.rules ?? [])
      for (const path of ordered(http?.paths ?? []))
        rules.push({
          hosts: host === '' ? [] : [host.toLowerCase()],
          paths: patternsOf(path),
          ...actionOf(client, cluster, stack, ingress, path.backend, groups),
        });
  const withDefault = members.filter(({ spec }) => spec?.defaultBackend);
  if (withDefault.length > 1)
    throw new ModelError(`multiple ingress defined default backend: [${withDefault.map(keyOf).join(' ')}]`);
  const [one] = withDefault;
  const backend = one?.spec?.defaultBackend;
  const fallback = one && backend ? actionOf(client, cluster, stack, one, backend, groups) : NOT_FOUND;
  return [...rules, { ...anywhere, ...fallback }];
}

const NOT_FOUND = { fixed: { status: 404, text: '' }, group: undefined };

export function schemeOf({ members }: Stack): Wanted['scheme'] {
  const found = new Set(members.flatMap((one) => annotation(one, 'scheme') ?? []));
  if (found.size > 1)
    throw new ModelError(`conflicting scheme: map[${[...found].map((one) => `${one}:{}`).join(' ')}]`);
  const [scheme = 'internal'] = found;
  if (scheme !== 'internal' && scheme !== 'internet-facing') throw new ModelError(`unknown scheme: ${scheme}`);
  return scheme;
}

/** Exact paths, then the longest prefixes, then the rest as it stands. aws-load-balancer-controller: rule_optimizer, sortIngressPaths */
function ordered(paths: readonly HTTPIngressPath[]): HTTPIngressPath[] {
  const rank = ({ pathType }: HTTPIngressPath) => (pathType === 'Exact' ? 0 : pathType === 'Prefix' ? 1 : 2);
  const length = ({ path = '', pathType }: HTTPIngressPath) => (pathType === 'Prefix' ? path.length : 0);
  return [...paths].sort((a, b) => rank(a) - rank(b) || length(b) - length(a));
}

function patternsOf({ path = '', pathType }: HTTPIngressPath): string[] {
  if (pathType === 'Exact') return [path];
  if (pathType === 'Prefix') {
    const stem = path.replace(/\/+$/, '');
    return stem === '' ? ['/*'] : [stem, `${stem}/*`];
  }
  return path === '' ? ['/*'] : [path];
}

function actionOf(
  client: Client,
  cluster: string,
  stack: Stack,
  ingress: Stored<Ingress>,
  { service: backend }: IngressBackend,
  groups: Map<string, WantedGroup>,
): Pick<WantedRule, 'fixed' | 'group'> {
  const { namespace = '' } = ingress.metadata;
  const unavailable = (text: string) => ({ fixed: { status: 503, text }, group: undefined });
  if (!backend) throw new ModelError(`ingress: ${keyOf(ingress)}: missing required "service" field`);
  const wanted = { name: backend.port?.name, number: backend.port?.number };
  const { service, port, endpoints } = serviceTarget(client, namespace, backend.name, wanted);
  if (!service) return unavailable('Backend service does not exist');
  const asked = wanted.name ?? wanted.number ?? 0;
  if (!port)
    throw new ModelError(
      `ingress: ${keyOf(ingress)}: unable to find port ${asked} on service ${namespace}/${backend.name}`,
    );
  const targetType = annotation(ingress, 'target-type') ?? 'instance';
  if (targetType !== 'instance' && targetType !== 'ip') throw new ModelError(`unknown targetType: ${targetType}`);
  const nodePort = port.nodePort ?? 0;
  if (targetType === 'instance' && nodePort === 0)
    throw new ModelError(
      "TargetGroup port is empty. When using Instance targets, your service must be of type 'NodePort' or 'LoadBalancer'",
    );
  const hash = digest([cluster, stack.key, keyOf(ingress), backend.name, asked, targetType]).slice(0, 10);
  const name = `k8s-${bare(namespace).slice(0, 8)}-${bare(backend.name).slice(0, 8)}-${hash}`;
  if (!groups.has(name))
    groups.set(name, {
      name,
      namespace,
      service: backend.name,
      servicePort: asked,
      port: targetType === 'ip' ? (endpoints[0]?.port ?? port.port) : nodePort,
      targetType,
      healthPath: annotation(ingress, 'healthcheck-path') ?? '/',
      targets:
        targetType === 'ip'
          ? endpoints.map(({ address, port: number }) => ({ id: address, port: number }))
          : readyInstances(client).map((id) => ({ id, port: nodePort })),
    });
  return { group: name };
}

/** The instances of nodes that are ready. */
export function readyInstances(client: Client): string[] {
  return client.list(NODES).flatMap((node) => {
    const ready = node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    return ready ? [node.spec?.providerID?.replace(/^.*\//, '') ?? ''] : [];
  });
}
