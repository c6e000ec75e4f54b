type Schema = { readonly [key: string]: unknown };

function isMap(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Plain data as CEL has it: whole numbers are int unless the schema says `number`. */
export function celValue(value: unknown, schema?: unknown): unknown {
  const of: Schema = isMap(schema) ? schema : {};
  if (typeof value === 'number') return Number.isInteger(value) && of['type'] !== 'number' ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item) => celValue(item, of['items']));
  if (!isMap(value)) return value ?? null;
  const properties: Schema = isMap(of['properties']) ? of['properties'] : {};
  const result: { [key: string]: unknown } = {};
  for (const [key, item] of Object.entries(value))
    if (item !== undefined) result[key] = celValue(item, properties[key] ?? of['additionalProperties']);
  return result;
}
