import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { Quantity } from '../../../cluster/apimachinery/quantity.ts';
import { listAt, objectAt } from '../../json.ts';

type Sums = Map<string, Quantity>;

/** What a Pod asks for and may have: containers added, init containers one after the other. kubernetes: component-helpers/resource PodRequests, PodLimits */
export function podRequests(pod: JsonObject): { requests: Sums; limits: Sums } {
  return { requests: sum(pod, 'requests'), limits: sum(pod, 'limits') };
}

function sum(pod: JsonObject, kind: 'requests' | 'limits'): Sums {
  const out: Sums = new Map();
  const amounts = (container: JsonObject) =>
    Object.entries(objectAt(container, 'resources', kind)).map(
      ([name, value]) => [name, Quantity.parse(String(value))] as const,
    );
  const add = (sums: Sums, container: JsonObject) => {
    for (const [name, amount] of amounts(container)) sums.set(name, (sums.get(name) ?? Quantity.zero).add(amount));
  };
  for (const container of listAt(pod, 'spec', 'containers')) add(out, container);
  const sidecars: Sums = new Map();
  const most: Sums = new Map();
  for (const container of listAt(pod, 'spec', 'initContainers')) {
    const now: Sums = new Map(sidecars);
    add(now, container);
    if (container['restartPolicy'] === 'Always') {
      add(sidecars, container);
      add(out, container);
    }
    for (const [name, amount] of now) if ((most.get(name) ?? Quantity.zero).compare(amount) < 0) most.set(name, amount);
  }
  for (const [name, amount] of most) if ((out.get(name) ?? Quantity.zero).compare(amount) < 0) out.set(name, amount);
  // What the Pod as a whole asks for goes before the sum.
  for (const [name, value] of Object.entries(objectAt(pod, 'spec', 'resources', kind)))
    out.set(name, Quantity.parse(String(value)));
  for (const [name, value] of Object.entries(objectAt(pod, 'spec', 'overhead')))
    if (kind === 'requests' || out.has(name))
      out.set(name, (out.get(name) ?? Quantity.zero).add(Quantity.parse(String(value))));
  return out;
}
