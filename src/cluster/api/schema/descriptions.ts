import { descriptions } from './descriptions.generated.ts';
import { typeNamed } from './schema.ts';

interface Texts {
  readonly texts: readonly string[];
  /** Short name → the number of the type's own text, then those of its fields in the order of the alphabet. */
  readonly types: Readonly<Record<string, readonly number[]>>;
}

let parsed: Texts | undefined;

/** The texts of a type and its fields, for `kubectl explain`. They are read when first asked for: half a megabyte, 15 ms. */
export function descriptionsOf(short: string): { readonly type: string; readonly field: (name: string) => string } {
  parsed ??= JSON.parse(descriptions()) as Texts;
  const { texts, types } = parsed;
  const numbers = types[short] ?? [];
  const names = [...typeNamed(short).fields.keys()].sort();
  return {
    type: texts[numbers[0] ?? 0] ?? '',
    field: (name) => texts[numbers[names.indexOf(name) + 1] ?? 0] ?? '',
  };
}
