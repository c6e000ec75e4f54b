import { KubectlError } from '../errors.ts';
import type { RestMapper } from '../mapper.ts';

/** What the words of a command name. */
export type Arguments =
  | { readonly kind: 'none' }
  | { readonly kind: 'types'; readonly types: readonly string[] }
  | { readonly kind: 'names'; readonly types: readonly string[]; readonly names: readonly string[] }
  | { readonly kind: 'tuples'; readonly tuples: readonly { readonly type: string; readonly name: string }[] };

export function splitTypes(argument: string): string[] {
  const out = new Set<string>();
  for (const part of argument.split(',')) if (part !== '') out.add(part);
  return [...out];
}

/** Reads `TYPE[,TYPE] [NAME…]` and `TYPE/NAME…`. Raises KubectlError. kubernetes: cli-runtime/pkg/resource ResourceTypeOrNameArgs */
export function readArguments(given: readonly string[], mapper: RestMapper): Arguments {
  const words = severalTypes(given);
  const slashes = words.filter((word) => word.includes('/')).length;
  if (slashes > 0 && slashes !== words.length)
    throw new KubectlError(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    );
  if (slashes > 0) return { kind: 'tuples', tuples: words.map(readTuple) };
  const [first, ...names] = words;
  if (first === undefined) return { kind: 'none' };
  const types = splitTypes(expandCategories(first, mapper));
  return names.length === 0 ? { kind: 'types', types } : { kind: 'names', types, names };
}

/** `a,b x` means `a/x b/x`. */
function severalTypes(words: readonly string[]): readonly string[] {
  const types = words.length >= 2 ? splitTypes(words[0] ?? '') : [];
  if (types.length < 2) return words;
  return types.flatMap((type) => words.slice(1).map((name) => `${type}/${name}`));
}

function readTuple(word: string): { type: string; name: string } {
  const parts = word.split('/');
  if (parts.length !== 2) throw new KubectlError('arguments in resource/name form may not have more than one slash');
  const [type = '', name = ''] = parts;
  if (type === '' || name === '' || splitTypes(type).length !== 1)
    throw new KubectlError('arguments in resource/name form must have a single resource and name');
  return { type, name };
}

function expandCategories(argument: string, mapper: RestMapper): string {
  return argument
    .split(',')
    .map((word) => mapper.expandCategory(word)?.join(',') ?? word)
    .join(',');
}
