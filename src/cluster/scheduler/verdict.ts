import type { NodeInfo } from './node-info.ts';
import type { Cycle, NodeFilter, Refusal } from './plugin.ts';
import { filterPlugins } from './plugins.ts';

/** A filter with the name of its plugin. */
export interface NamedFilter {
  readonly plugin: string;
  readonly filter: NodeFilter;
}

/** Why a Pod fits no node. */
export interface Misfit {
  /** What was said before any node was looked at. */
  readonly preFilter: string | undefined;
  readonly nodes: ReadonlyMap<string, Refusal>;
  /** The plugins that refused: what happens to them may help. */
  readonly plugins: ReadonlySet<string>;
}

/** What to check of each node for a Pod; the plugin and its reason when no node will do. */
export function prepare(cycle: Cycle): NamedFilter[] | { readonly plugin: string; readonly reason: string } {
  const filters: NamedFilter[] = [];
  for (const plugin of filterPlugins) {
    const result = plugin.preFilter(cycle);
    if (typeof result === 'string') return { plugin: plugin.name, reason: result };
    if (result) filters.push({ plugin: plugin.name, filter: result });
  }
  return filters;
}

/** The first filter that refuses a node. */
export function refusalOf(
  filters: readonly NamedFilter[],
  node: NodeInfo,
): { readonly plugin: string; readonly refusal: Refusal } | undefined {
  for (const { plugin, filter } of filters) {
    const refusal = filter(node);
    if (refusal) return { plugin, refusal };
  }
  return undefined;
}

/** `1 Insufficient cpu, 2 node(s) were unschedulable`. */
export function histogram(reasons: Iterable<string>): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}

/** kubernetes: pkg/scheduler/framework/types.go FitError.Error */
export function misfitMessage(total: number, misfit: Misfit, postFilter: string): string {
  const parts = [`0/${total} nodes are available:`];
  const reasons = [...misfit.nodes.values()].flatMap((refusal) => refusal.reasons);
  if (misfit.preFilter !== undefined) parts.push(`${misfit.preFilter}.`);
  else if (reasons.length > 0) parts.push(`${histogram(reasons)}.`);
  if (postFilter !== '') parts.push(postFilter);
  return parts.join(' ');
}
