import type { Environment } from '@marcbachmann/cel-js';
import { CelError } from './error.ts';

/** Lists as cel-js has them. */
type List = Iterable<unknown>;

function ordered(a: unknown, b: unknown): number {
  if ((typeof a === 'bigint' || typeof a === 'number') && (typeof b === 'bigint' || typeof b === 'number'))
    return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  throw new CelError('no such overload');
}

function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a === 'object' && typeof b === 'object') return textOf(a) === textOf(b);
  return a === b || ((typeof a === 'bigint' || typeof b === 'bigint') && Number(a) === Number(b));
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item));
}

function extreme(list: List, sign: number, name: string): unknown {
  const [first, ...rest] = list;
  if (first === undefined) throw new CelError(`${name} called on empty list`);
  return rest.reduce((best, one) => (ordered(one, best) * sign > 0 ? one : best), first);
}

function total(list: List): unknown {
  const items = [...list];
  const numbers = items.filter((item): item is number => typeof item === 'number');
  if (numbers.length > 0) return items.reduce<number>((sum, item) => sum + Number(item), 0);
  return items.reduce<bigint>((sum, item) => {
    if (typeof item !== 'bigint') throw new CelError('no such overload');
    return sum + item;
  }, 0n);
}

/** The word `sets`. */
class Sets {}

/** kubernetes: apiserver/pkg/cel/library/lists.go; cel-go: ext/sets.go, ext/lists.go */
export function addListLibrary(environment: Environment): void {
  const add = (signature: string, handler: (...args: never[]) => unknown) =>
    environment.registerFunction(signature, handler);
  add('list.isSorted(): bool', (list: List) => {
    const items = [...list];
    return items.every((item, i) => i === 0 || ordered(items[i - 1], item) <= 0);
  });
  for (const type of ['int', 'double', 'string', 'dyn']) {
    const of = type === 'dyn' ? 'list' : `list<${type}>`;
    add(`${of}.max(): ${type}`, (list: List) => extreme(list, 1, 'max'));
    add(`${of}.min(): ${type}`, (list: List) => extreme(list, -1, 'min'));
    if (type !== 'string') add(`${of}.sum(): ${type}`, total);
  }
  add('list.indexOf(dyn): int', (list: List, wanted: unknown) =>
    BigInt([...list].findIndex((item) => sameValue(item, wanted))),
  );
  add('list.lastIndexOf(dyn): int', (list: List, wanted: unknown) =>
    BigInt([...list].findLastIndex((item) => sameValue(item, wanted))),
  );
  add('list.reverse(): list', (list: List) => [...list].reverse());
  add('list.sort(): list', (list: List) => [...list].sort(ordered));
  add('list.distinct(): list', (list: List) => {
    const items = [...list];
    return items.filter((item, i) => items.findIndex((other) => sameValue(other, item)) === i);
  });
  add('list.flatten(): list', (list: List) => [...list].flat());
  add('list.slice(int, int): list', (list: List, from: bigint, to: bigint) =>
    [...list].slice(Number(from), Number(to)),
  );
  addSets(environment);
}

function addSets(environment: Environment): void {
  const type = 'kubernetes.Sets';
  environment.registerType(type, Sets);
  environment.registerConstant('sets', type, new Sets());
  const has = (list: List, item: unknown) => [...list].some((other) => sameValue(other, item));
  const covers = (a: List, b: List) => [...b].every((item) => has(a, item));
  environment.registerFunction(`${type}.contains(list, list): bool`, (_: Sets, a: List, b: List) => covers(a, b));
  environment.registerFunction(
    `${type}.equivalent(list, list): bool`,
    (_: Sets, a: List, b: List) => covers(a, b) && covers(b, a),
  );
  environment.registerFunction(`${type}.intersects(list, list): bool`, (_: Sets, a: List, b: List) =>
    [...b].some((item) => has(a, item)),
  );
}
