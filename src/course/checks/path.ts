import { isRecord } from '../input.ts';

type Part =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'where'; readonly path: readonly Part[]; readonly value: string };

export class PathError extends Error {}

/**
 * A path into an object: `spec.replicas`, `metadata.labels['app.kubernetes.io/name']`, `spec.containers[0].image`,
 * `spec.containers[*].name`, `status.conditions[?(@.type=="Ready")].status`, `spec.containers[name=web].image`. Raises PathError.
 */
export function parsePath(text: string): readonly Part[] {
  const parts: Part[] = [];
  const rest = text.replace(/^\$?\.?/, '');
  const token =
    /\.?([A-Za-z0-9_$-]+)|\.?\[\s*(?:(-?\d+)|(\*)|'([^']*)'|"([^"]*)"|\?\(\s*@\.([^\s=!<>]+)\s*==\s*(?:'([^']*)'|"([^"]*)"|([^)\s]+))\s*\)|([A-Za-z0-9_.-]+)=([^\]]*))\s*\]/y;
  while (token.lastIndex < rest.length) {
    const at = token.lastIndex;
    const match = token.exec(rest);
    if (!match)
      throw new PathError(`cannot read the path ${JSON.stringify(text)} at ${JSON.stringify(rest.slice(at))}`);
    const [, name, index, all, single, double, field, value1, value2, value3, shortField, shortValue] = match;
    if (name !== undefined) parts.push({ kind: 'field', name });
    else if (index !== undefined) parts.push({ kind: 'index', index: Number(index) });
    else if (all !== undefined) parts.push({ kind: 'all' });
    else if (field !== undefined)
      parts.push({ kind: 'where', path: parsePath(field), value: value1 ?? value2 ?? value3 ?? '' });
    else if (shortField !== undefined)
      parts.push({ kind: 'where', path: parsePath(shortField), value: shortValue ?? '' });
    else parts.push({ kind: 'field', name: single ?? double ?? '' });
  }
  if (parts.length === 0) throw new PathError('the path is empty');
  return parts;
}

/** All values at a path; none when it leads nowhere. */
export function valuesAt(root: unknown, path: readonly Part[]): readonly unknown[] {
  let found: unknown[] = [root];
  for (const part of path) found = found.flatMap((value) => follow(value, part));
  return found.filter((value) => value !== undefined);
}

function follow(value: unknown, part: Part): unknown[] {
  if (part.kind === 'field') return isRecord(value) && Object.hasOwn(value, part.name) ? [value[part.name]] : [];
  if (part.kind === 'all') return Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
  if (!Array.isArray(value)) return [];
  if (part.kind === 'index') return [value.at(part.index)];
  return value.filter((item) => valuesAt(item, part.path).some((found) => String(found) === part.value));
}

/** Whether a path can give more than one value. */
export function isPlural(path: readonly Part[]): boolean {
  return path.some((part) => part.kind === 'all' || part.kind === 'where');
}

/** Paths below which strings are quantities: `500m` is `0.5`. */
export function isQuantityPath(path: readonly Part[]): boolean {
  const names = [
    'limits',
    'requests',
    'hard',
    'used',
    'capacity',
    'allocatable',
    'min',
    'max',
    'default',
    'defaultRequest',
  ];
  return path.some((part) => part.kind === 'field' && names.includes(part.name));
}
