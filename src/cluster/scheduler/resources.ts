import type { Container, Pod, PodSpec } from '../api/types.generated.ts';
import { Quantity } from '../apimachinery/quantity.ts';

/** Amounts by resource: cpu in thousandths, all else in units. */
export type Amounts = Map<string, number>;

/** What scoring counts for a container that asks for nothing. kubernetes: pkg/scheduler/util/pod_resources.go */
export const DEFAULT_CPU = 100;
export const DEFAULT_MEMORY = 200 * 1024 * 1024;

export function amountsOf(list: { readonly [name: string]: string } | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const name in list) {
    const text = list[name];
    if (text !== undefined) amounts.set(name, amountOf(name, text));
  }
  return amounts;
}

const parsed = new Map<string, Quantity>();

function amountOf(name: string, text: string): number {
  let quantity = parsed.get(text);
  if (!quantity) {
    if (parsed.size > 5000) parsed.clear();
    quantity = Quantity.parse(String(text));
    parsed.set(text, quantity);
  }
  return name === 'cpu' ? quantity.milliValue() : quantity.value();
}

/**
 * What a Pod asks for: the sum of its containers and sidecars, or the largest init container with the sidecars before it.
 * `nonZero` counts a little for containers that ask for nothing. kubernetes: component-helpers/resource/helpers.go PodRequests
 */
export function podRequests(pod: Pod, nonZero = false): Amounts {
  const { spec } = pod;
  if (!spec) return new Map();
  const total: Amounts = new Map();
  for (const container of spec.containers) add(total, containerRequests(container, nonZero));
  const sidecars: Amounts = new Map();
  const largest: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const requests = containerRequests(container, nonZero);
    if (container.restartPolicy === 'Always') {
      add(sidecars, requests);
      add(total, requests);
      max(largest, sidecars);
    } else {
      const together = new Map(sidecars);
      add(together, requests);
      max(largest, together);
    }
  }
  max(total, largest);
  podLevel(total, spec);
  add(total, amountsOf(spec.overhead));
  return total;
}

function podLevel(total: Amounts, spec: PodSpec): void {
  for (const [name, amount] of amountsOf(spec.resources?.requests)) total.set(name, amount);
}

function containerRequests(container: Container, nonZero: boolean): Amounts {
  const amounts = amountsOf(container.resources?.requests);
  if (nonZero) {
    if (!amounts.has('cpu')) amounts.set('cpu', DEFAULT_CPU);
    if (!amounts.has('memory')) amounts.set('memory', DEFAULT_MEMORY);
  }
  return amounts;
}

export function add(total: Amounts, more: Amounts, sign: 1 | -1 = 1): void {
  for (const [name, amount] of more) total.set(name, (total.get(name) ?? 0) + sign * amount);
}

function max(total: Amounts, other: Amounts): void {
  for (const [name, amount] of other) if (amount > (total.get(name) ?? 0)) total.set(name, amount);
}
