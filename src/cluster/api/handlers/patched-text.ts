import { compareStrings } from '../../apimachinery/json-value.ts';
import { isRecord } from '../object.ts';

/**
 * The JSON of a patched object as the server's errors show it: maps that the patch looked into are written with their
 * keys sorted, all else as it was. kubernetes: gopkg.in/evanphx/json-patch.v4, which parses no more than it must
 */
export function patchedText(result: unknown, touched: ReadonlySet<string>): string {
  return JSON.stringify(inOrder(result, '', touched));
}

function inOrder(value: unknown, path: string, touched: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item, index) => inOrder(item, `${path}/${index}`, touched));
  if (!isRecord(value)) return value;
  const keys = Object.keys(value);
  if (touched.has(path)) keys.sort(compareStrings);
  return Object.fromEntries(keys.map((key) => [key, inOrder(value[key], `${path}/${key}`, touched)]));
}

/** Paths of the containers that a JSON patch goes through: '' is the object itself. */
export function touchedByOperations(patch: unknown): Set<string> {
  const touched = new Set(['']);
  for (const operation of Array.isArray(patch) ? patch : []) {
    for (const name of ['path', 'from']) {
      const path: unknown = isRecord(operation) ? operation[name] : undefined;
      if (typeof path !== 'string') continue;
      const parts = path.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
      for (let count = 1; count < parts.length; count++) touched.add(parts.slice(0, count).join('/'));
    }
  }
  return touched;
}

/** Paths of the maps that a merge patch goes into. */
export function touchedByMerge(patch: unknown, path = '', touched = new Set<string>()): Set<string> {
  touched.add(path);
  if (!isRecord(patch)) return touched;
  for (const [key, value] of Object.entries(patch))
    if (isRecord(value)) touchedByMerge(value, `${path}/${key}`, touched);
  return touched;
}
