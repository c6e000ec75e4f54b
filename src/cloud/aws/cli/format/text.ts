import { isObject, type Json, type JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { pythonText } from './python.ts';

/** `--output text`. awscli: text.py */
export function formatText(item: Json, identifier?: string, scalarKeys?: readonly string[]): string {
  if (Array.isArray(item)) return formatList(item, identifier);
  if (isObject(item)) return formatDict(item, identifier, scalarKeys);
  return `${pythonText(item)}\n`;
}

function formatList(items: readonly Json[], identifier: string | undefined): string {
  if (items.length === 0) return '';
  if (items.some(isObject)) {
    const keys = allScalarKeys(items);
    return items.map((item) => formatText(item, identifier, keys)).join('');
  }
  if (!items.some(Array.isArray)) return formatScalars(items, identifier);
  const scalars = items.filter(isScalar);
  return (
    (scalars.length > 0 ? formatScalars(scalars, identifier) : '') +
    items
      .filter((item) => !isScalar(item))
      .map((item) => formatText(item, identifier))
      .join('')
  );
}

function formatScalars(items: readonly Json[], identifier: string | undefined): string {
  if (identifier !== undefined)
    return items.map((item) => `${identifier.toUpperCase()}\t${pythonText(item)}\n`).join('');
  return `${items.map(pythonText).join('\t')}\n`;
}

function formatDict(
  item: JsonObject,
  identifier: string | undefined,
  scalarKeys: readonly string[] | undefined,
): string {
  const keys = Object.keys(item).sort();
  const scalars = scalarKeys
    ? scalarKeys.map((key) => (key in item ? pythonText(item[key] ?? null) : ''))
    : keys.filter((key) => isScalar(item[key] ?? null)).map((key) => pythonText(item[key] ?? null));
  const rest = scalarKeys
    ? keys.filter((key) => !scalarKeys.includes(key))
    : keys.filter((key) => !isScalar(item[key] ?? null));
  const line =
    scalars.length > 0
      ? `${[...(identifier === undefined ? [] : [identifier.toUpperCase()]), ...scalars].join('\t')}\n`
      : '';
  return line + rest.map((key) => formatText(item[key] ?? null, key)).join('');
}

function allScalarKeys(items: readonly Json[]): string[] {
  const keys = new Set<string>();
  for (const item of items)
    if (isObject(item)) for (const [key, value] of Object.entries(item)) if (isScalar(value)) keys.add(key);
  return [...keys].sort();
}

export function isScalar(value: Json): boolean {
  return value === null || typeof value !== 'object';
}
