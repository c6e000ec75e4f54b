import { traceRequest } from '../../cluster/network/trace/compute.ts';
import type { TraceGoal } from '../../cluster/network/trace/target.ts';
import type { NetworkNamespace } from '../../world/network/namespace.ts';
import { plain } from '../text.ts';
import { parseHost, podNetwork, traceText } from '../trace-command.ts';
import { type CheckContext, clusterOf, type Evaluate } from './context.ts';
import { type Selection, select } from './selection.ts';
import { NO_TEXT, undecided, verdict } from './verdict.ts';

/** Whether a TCP (UDP) connection would be accepted. */
export interface ReachableCheck {
  /** Where it starts: a machine by its host name, or a Pod. Default: the workstation. */
  readonly from?: { readonly machine: string } | { readonly pod: Omit<Selection, 'kind'> };
  /** Where it goes: an address, a Service by name, or an URL. */
  readonly to:
    | { readonly address: string }
    | { readonly service: string; readonly namespace?: string }
    | { readonly url: string };
  /** Of the URL, or the Service's first, when it is not said. */
  readonly port?: number;
  readonly protocol?: 'tcp' | 'udp';
  /** false: it must not be reachable. Default true. */
  readonly reachable?: boolean;
}

export const evaluateReachable: Evaluate<ReachableCheck> = function* (check, context) {
  const wanted = check.reachable ?? true;
  const target = targetText(check);
  const expected = wanted
    ? { en: `${target} is reachable`, ko: `${target} 연결 가능` }
    : { en: `${target} is not reachable`, ko: `${target} 연결 불가` };
  const from = startOf(check, context);
  if (!from) return undecided(expected, { en: 'the place to start from is not there', ko: '출발지가 없습니다' });
  const view = clusterOf(context, undefined);
  const goal = goalOf(check);
  if (goal.kind === 'service' && !view?.get('Service', goal.namespace, goal.name))
    return undecided(expected, { en: 'the Service is not there', ko: 'Service가 없습니다' });
  const trace = traceRequest(context.built.world, view ?? NO_OBJECTS, from, goal, {
    protocol: check.protocol ?? 'tcp',
  });
  const { result } = trace.end;
  const ok = (result === 'accepted') === wanted;
  return verdict(ok, expected, plain(result), ok ? NO_TEXT : traceText(trace));
};

const NO_OBJECTS = { get: () => undefined, list: () => [] };

function targetText({ to, port }: ReachableCheck): string {
  if ('url' in to) return to.url;
  return `${'address' in to ? to.address : `Service ${to.service}`}${port === undefined ? '' : `:${port}`}`;
}

function goalOf({ to, port }: ReachableCheck): TraceGoal {
  if ('service' in to) return { kind: 'service', namespace: to.namespace ?? 'default', name: to.service, port };
  if ('address' in to) return { kind: 'host', host: to.address, port: port ?? 80 };
  const { scheme, host = to.url, port: said } = parseHost(to.url) ?? {};
  return { kind: 'host', host, port: port ?? said ?? (scheme === 'https' ? 443 : 80) };
}

function startOf(check: ReachableCheck, context: CheckContext): NetworkNamespace | undefined {
  const { built } = context;
  if (!check.from) return built.workstation.network;
  if ('machine' in check.from) return built.world.machines.get(check.from.machine)?.network;
  const view = clusterOf(context, undefined);
  const pod = view && select(view, { ...check.from.pod, kind: 'Pod' })[0];
  return pod && podNetwork(built, view, pod.metadata.namespace ?? 'default', pod.metadata.name);
}
