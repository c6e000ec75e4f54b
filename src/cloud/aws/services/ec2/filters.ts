import { isObject, type Json, type JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError } from '../../errors.ts';
import { objectsOf, type Params, tagsOf, textOf, textsOf } from '../../params.ts';

/** Paths of filters whose name is not simply the field's: `instance-state-name` → `State.Name`. */
export type FilterPaths = Readonly<Record<string, string>>;

/** `Filters` of a Describe call: all must match, each by any of its values, which may have `*` and `?`. Raises InvalidParameterValue. */
export function filtered(items: readonly JsonObject[], params: Params, paths: FilterPaths, known: ReadonlySet<string>) {
  let left = [...items];
  for (const filter of objectsOf(params, 'Filters')) {
    const name = textOf(filter, 'Name') ?? '';
    const wanted = textsOf(filter, 'Values').map(pattern);
    const find = finder(name, paths, known);
    left = left.filter((item) => find(item).some((value) => wanted.some((one) => one.test(value))));
  }
  return left;
}

function finder(name: string, paths: FilterPaths, known: ReadonlySet<string>): (item: JsonObject) => string[] {
  if (name.startsWith('tag:')) {
    const key = name.slice(4);
    return (item) => tagsOf(item['Tags'] ?? item['TagSet']).flatMap((tag) => (tag.Key === key ? [tag.Value] : []));
  }
  if (name === 'tag-key') return (item) => tagsOf(item['Tags'] ?? item['TagSet']).map((tag) => tag.Key);
  const path = paths[name] ?? pascal(name);
  const first = path.split('.')[0] ?? '';
  if (!known.has(first)) throw new AwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return (item) => valuesAt(item, path.split('.')).map(String);
}

/** `vpc-id` → `VpcId` */
function pascal(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, _dash: string, letter: string) => letter.toUpperCase());
}

function valuesAt(value: Json | undefined, path: readonly string[]): (string | number | boolean)[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [first, ...rest] = path;
  if (first !== undefined) return isObject(value) ? valuesAt(value[first], rest) : [];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [value] : [];
}

function pattern(text: string): RegExp {
  const escaped = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${escaped}$`, 's');
}
