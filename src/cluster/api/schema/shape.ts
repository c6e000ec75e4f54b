import type { TypeSchema } from './schema.ts';

/** How a value looks in JSON, and what the API server decodes it into. */
export type Shape =
  | { readonly form: 'string' | 'bool' | 'int32' | 'int64' | 'float64' | 'bytes'; readonly goType: string }
  /** Anything: `short` names the type (`RawExtension`), `any` where it has none. */
  | { readonly form: 'any'; readonly goType: string; readonly short: string }
  | { readonly form: 'quantity' | 'int-or-string' | 'time' | 'micro-time'; readonly goType: string }
  | { readonly form: 'struct'; readonly goType: string; readonly type: TypeSchema }
  | { readonly form: 'list'; readonly goType: string; readonly items: Shape }
  | { readonly form: 'map'; readonly goType: string; readonly values: Shape };

/** Types of Go that read and write JSON in a way of their own. */
const SPECIAL: Readonly<
  Record<string, Shape['form'] & ('quantity' | 'int-or-string' | 'time' | 'micro-time' | 'any')>
> = {
  Quantity: 'quantity',
  IntOrString: 'int-or-string',
  Time: 'time',
  MicroTime: 'micro-time',
  RawExtension: 'any',
  FieldsV1: 'any',
  JSON: 'any',
  JSONSchemaPropsOrArray: 'any',
  JSONSchemaPropsOrBool: 'any',
  JSONSchemaPropsOrStringArray: 'any',
  CustomResourceSubresourceStatus: 'any',
  Patch: 'any',
  any: 'any',
};

/**
 * Reads the notation of structure.generated.ts: `string`, `[]Container`, `{}Quantity`, with the Go type beside it where
 * they differ (`v1.PullPolicy`, `[]v1.Container`).
 */
export function parseShape(text: string, goType: string, typeOf: (name: string) => TypeSchema): Shape {
  if (text.startsWith('[]')) {
    const itemType = goType.startsWith('[]') ? goType.slice(2) : text.slice(2);
    return { form: 'list', goType, items: parseShape(text.slice(2), itemType, typeOf) };
  }
  if (text.startsWith('{}')) {
    const valueType = /^map\[[^\]]*\](.*)$/.exec(goType)?.[1] ?? text.slice(2);
    return { form: 'map', goType, values: parseShape(text.slice(2), valueType, typeOf) };
  }
  const special = SPECIAL[text];
  if (special) return special === 'any' ? { form: special, goType, short: text } : { form: special, goType };
  switch (text) {
    case 'string':
    case 'bool':
    case 'int32':
    case 'int64':
    case 'float64':
      return { form: text, goType };
    case 'bytes':
      return { form: 'bytes', goType: goType === 'bytes' ? '[]uint8' : goType };
    default:
      return {
        form: 'struct',
        goType,
        get type() {
          return typeOf(text);
        },
      };
  }
}
