import { isObject, type Json, type JsonObject, own, put } from '../json-value.ts';
import { sameForm } from './compare.ts';
import { itemsByElement } from './list-items.ts';
import type { PathElement } from './path.ts';
import { type FieldType, type Form, formOf, type ListType, type MapType, memberType } from './types.ts';

/** A configuration laid over a live value: what it says wins, what it does not say stays. structured-merge-diff: typed/merge.go */
export function mergeFields(
  live: Json | undefined,
  config: Json | undefined,
  type: FieldType | undefined,
): Json | undefined {
  if (!type) return config ?? live;
  if (live === undefined && config === undefined) return undefined;
  const left = formOf(type, live);
  const right = formOf(type, config);
  if (config === undefined) return byForm(left, live, config);
  if (live === undefined || sameForm(left, right)) return byForm(right, live, config);
  return byForm(right, live, config) ?? byForm(left, live, config);
}

function byForm(form: Form, live: Json | undefined, config: Json | undefined): Json | undefined {
  const whole = config === undefined ? live : config;
  if (!form || 'scalar' in form) return whole;
  if ('list' in form) {
    const left = Array.isArray(live) ? live : [];
    const right = Array.isArray(config) ? config : [];
    if (form.list.atomic || left.length + right.length === 0) return whole;
    const merged = mergeLists(form.list, left, right);
    return merged.length > 0 ? merged : undefined;
  }
  const left = isObject(live) ? live : {};
  const right = isObject(config) ? config : {};
  if (form.map.atomic || Object.keys(left).length + Object.keys(right).length === 0) return whole;
  const merged = mergeMaps(form.map, left, right);
  return Object.keys(merged).length > 0 ? merged : undefined;
}

function mergeMaps(map: MapType, live: JsonObject, config: JsonObject): JsonObject {
  const merged: JsonObject = {};
  for (const name of new Set([...Object.keys(live), ...Object.keys(config)])) {
    const value = mergeFields(own(live, name), own(config, name), memberType(map, name));
    if (value !== undefined) put(merged, name, value);
  }
  return merged;
}

// The order of the configuration rules among the items it names; others keep their place before the next that is named.
function mergeLists(list: ListType, live: Json[], config: Json[]): Json[] {
  const liveByElement = itemsByElement(list, live);
  const configByElement = itemsByElement(list, config);
  const left = elementsInOrder(list, live);
  const right = elementsInOrder(list, config);
  const shared = right.filter((element) => liveByElement.has(element));
  let nextShared = shared.shift();
  const done = new Set<PathElement>();
  const out: Json[] = [];
  const push = (old: Json | undefined, wanted: Json | undefined) => {
    const value = mergeFields(old, wanted, list.element);
    if (value !== undefined) out.push(value);
  };
  // Of items that come several times in the live list, none is merged with.
  const liveOf = (element: PathElement) => {
    const items = liveByElement.get(element);
    return items && items.length > 1 ? null : items?.[0];
  };
  const configOf = (element: PathElement) => configByElement.get(element)?.[0];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const l = left[i];
    const r = right[j];
    if (l !== undefined && r !== undefined) {
      if (l === r) {
        done.add(l);
        push(liveOf(l), configOf(l));
        i++;
        j++;
        nextShared = shared.shift();
        continue;
      }
      if (configByElement.has(l) && nextShared !== undefined && nextShared !== l) {
        i++;
        continue;
      }
    }
    if (l !== undefined) {
      if (!configByElement.has(l)) {
        push(live[i], undefined);
        i++;
        continue;
      }
      if (done.has(l)) i++;
    }
    if (r !== undefined) {
      done.add(r);
      push(liveOf(r), configOf(r));
      j++;
      if (nextShared === r) nextShared = shared.shift();
    }
  }
  return out;
}

function elementsInOrder(list: ListType, items: Json[]): PathElement[] {
  return items.flatMap((item) => [...itemsByElement(list, [item]).keys()]);
}
