import type { Resource } from '../resource.ts';
import { typeOfKind } from './schema.ts';
import { served } from './served.generated.ts';

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** A subresource, as discovery lists it. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  /** Where the kind is of another group: `autoscaling/v1` for Scale. */
  readonly groupVersion: string;
}

/** A resource without its strategy, and what only discovery tells of it. */
export interface ServedResource extends Omit<Resource, 'strategy'> {
  readonly subresourceDetails: readonly Subresource[];
  readonly storageVersionHash: string;
}

const verbsOf = (text: string) => (text === '*' ? ALL_VERBS : text.split(','));
const listOf = (text: string) => (text === '-' ? [] : text.split(','));

function parse(groupVersion: string, text: string): ServedResource[] {
  const slash = groupVersion.indexOf('/');
  const group = slash < 0 ? '' : groupVersion.slice(0, slash);
  const version = groupVersion.slice(slash + 1);
  const resources: ServedResource[] = [];
  let details: Subresource[] = [];
  let names: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('/')) {
      const [name = '', kind = '', verbs = '', of = ''] = line.slice(1).split(' ');
      names.push(name);
      details.push({ name, kind, verbs: verbsOf(verbs), groupVersion: of });
      continue;
    }
    const [plural = '', singular = '', kind = '', scope, verbs = '', shortNames = '', categories = '', hash = ''] =
      line.split(' ');
    details = [];
    names = [];
    resources.push({
      group,
      version,
      kind,
      plural,
      singular,
      shortNames: listOf(shortNames),
      categories: listOf(categories),
      namespaced: scope === 'n',
      verbs: verbsOf(verbs),
      subresources: names,
      get type() {
        return typeOfKind(group, version, kind)?.fullName;
      },
      subresourceDetails: details,
      storageVersionHash: hash === '-' ? '' : hash,
    });
  }
  return resources;
}

let resources: readonly ServedResource[] | undefined;

/** All resources that a v1.36 API server serves without extensions, in the order of discovery. */
export function servedResources(): readonly ServedResource[] {
  resources ??= served.flatMap(([groupVersion, text]) => parse(groupVersion, text));
  return resources;
}
