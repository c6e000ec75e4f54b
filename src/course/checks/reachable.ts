import type { NetworkNamespace } from '../../world/network/namespace.ts';
import { isRecord } from '../input.ts';
import { plain } from '../text.ts';
import { type CheckContext, clusterOf, type Evaluate } from './context.ts';
import { type Selection, select } from './selection.ts';
import { undecided, verdict } from './verdict.ts';

/** Whether a TCP (UDP) connection would be accepted. */
export interface ReachableCheck {
  /** Where it starts: a machine by its host name, or a Pod. Default: the workstation. */
  readonly from?: { readonly machine: string } | { readonly pod: Omit<Selection, 'kind'> };
  /** Where it goes: an address, or a Service by name. */
  readonly to: { readonly address: string } | { readonly service: string; readonly namespace?: string };
  readonly port: number;
  readonly protocol?: 'tcp' | 'udp';
  /** false: it must not be reachable. Default true. */
  readonly reachable?: boolean;
}

export const evaluateReachable: Evaluate<ReachableCheck> = function* (check, context) {
  const wanted = check.reachable ?? true;
  const target = 'address' in check.to ? check.to.address : `Service ${check.to.service}`;
  const expected = wanted
    ? { en: `${target}:${check.port} is reachable`, ko: `${target}:${check.port} 연결 가능` }
    : { en: `${target}:${check.port} is not reachable`, ko: `${target}:${check.port} 연결 불가` };
  const from = startOf(check, context);
  if (!from) return undecided(expected, { en: 'the place to start from is not there', ko: '출발지가 없습니다' });
  const address = 'address' in check.to ? check.to.address : serviceAddress(check.to, context);
  if (address === undefined)
    return undecided(expected, { en: 'the Service has no address', ko: 'Service에 주소가 없습니다' });
  const protocol = check.protocol ?? 'tcp';
  const way = context.built.world.network.route({ from, protocol, address, port: check.port });
  const listener = way.kind === 'delivered' ? way.namespace.listenerAt(protocol, way.address, way.port) : undefined;
  const actual = way.kind !== 'delivered' ? way.kind : listener ? 'accepted' : 'refused';
  return verdict((actual === 'accepted') === wanted, expected, plain(actual));
};

function startOf(check: ReachableCheck, context: CheckContext): NetworkNamespace | undefined {
  const { built } = context;
  if (!check.from) return built.workstation.network;
  if ('machine' in check.from) return built.world.machines.get(check.from.machine)?.network;
  const view = clusterOf(context, undefined);
  const pod = view && select(view, { ...check.from.pod, kind: 'Pod' })[0];
  const status = pod?.['status'];
  const address = isRecord(status) ? status['podIP'] : undefined;
  return typeof address === 'string' ? built.world.network.namespaceOf(address) : undefined;
}

function serviceAddress(to: { service: string; namespace?: string }, context: CheckContext): string | undefined {
  const service = clusterOf(context, undefined)?.get('Service', to.namespace ?? 'default', to.service);
  const spec = service?.['spec'];
  const address = isRecord(spec) ? spec['clusterIP'] : undefined;
  return typeof address === 'string' && address !== '' && address !== 'None' ? address : undefined;
}
