import { apiVersionOf, type Resource } from '../resource.ts';
import { openApiDocument } from './open-api.ts';
import { type Subresource, servedResources } from './served-resources.ts';

/** What `/version` answers, unless a server says another. */
export const VERSION_INFO = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.4',
  gitCommit: '$Format:%H$',
  gitTreeState: 'clean',
  buildDate: '2026-10-14T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/**
 * The document at a path that describes the API itself: /api, /apis, group and resource lists (aggregated where the
 * Accept header asks for it) and OpenAPI v3. undefined when the path is none of these.
 * kubernetes: apiserver/pkg/endpoints/discovery
 */
export function discoveryDocument(path: string, resources: readonly Resource[], accept: string): unknown {
  const aggregated = /g=apidiscovery\.k8s\.io;v=v2\b/.test(accept);
  let known = documents.get(resources);
  if (!known) {
    known = new Map();
    documents.set(resources, known);
  }
  const key = `${aggregated} ${path}`;
  if (known.has(key)) return known.get(key);
  const document = describeApi(path, resources, aggregated);
  if (document !== undefined) known.set(key, document);
  return document;
}

/** The documents of each set of resources, by Accept and path: every kubectl command asks for two of them. */
const documents = new WeakMap<readonly Resource[], Map<string, unknown>>();

function describeApi(path: string, resources: readonly Resource[], aggregated: boolean): unknown {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts[0] === 'openapi') return openApiDocument(parts.slice(1), resources);
  if (parts[0] === 'api') return coreDocument(parts.slice(1), resources, aggregated);
  if (parts[0] !== 'apis') return undefined;
  const [, name, version, ...more] = parts;
  if (name === undefined) return aggregated ? aggregatedList(groupsOf(resources), resources) : groupList(resources);
  const group = groupsOf(resources).find((candidate) => candidate.name === name);
  if (!group || more.length > 0) return undefined;
  if (version === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group) };
  return group.versions.includes(version) ? resourceList(group.name, version, resources) : undefined;
}

function coreDocument(rest: readonly string[], resources: readonly Resource[], aggregated: boolean): unknown {
  if (rest.length === 0) {
    if (aggregated) return aggregatedList([{ name: '', versions: ['v1'] }], resources);
    const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: '192.168.64.10:6443' }];
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
  }
  return rest.length === 1 && rest[0] === 'v1' ? resourceList('', 'v1', resources) : undefined;
}

interface Group {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly string[];
}

/** The groups in the order of discovery: built-in ones first, then those of custom resources by name. */
function groupsOf(resources: readonly Resource[]): Group[] {
  const groups = new Map<string, Set<string>>();
  const add = ({ group, version }: { group: string; version: string }) => {
    if (group === '') return;
    const versions = groups.get(group) ?? new Set();
    groups.set(group, versions.add(version));
  };
  for (const resource of servedResources()) add(resource);
  const built = new Set(groups.keys());
  const custom = resources.filter((resource) => !built.has(resource.group));
  for (const resource of [...custom].sort((a, b) =>
    a.group < b.group ? -1 : a.group > b.group ? 1 : byVersion(a.version, b.version),
  ))
    add(resource);
  return [...groups].map(([name, versions]) => ({ name, versions: [...versions] }));
}

/** Newest first, stable before beta before alpha. kubernetes: apimachinery/pkg/version CompareKubeAwareVersionStrings */
export function byVersion(a: string, b: string): number {
  const rank = (text: string): readonly number[] | undefined => {
    const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(text);
    if (!match) return undefined;
    return [match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1, Number(match[1]), Number(match[3] ?? 0)];
  };
  const x = rank(a);
  const y = rank(b);
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : a > b ? 1 : 0;
  for (const [i, value] of x.entries()) if (value !== y[i]) return (y[i] ?? 0) - value;
  return 0;
}

function groupDocument({ name, versions }: Group) {
  const documents = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: documents, preferredVersion: documents[0] };
}

function groupList(resources: readonly Resource[]) {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupsOf(resources).map(groupDocument) };
}

/** The subresources of a resource with their kinds; those of custom resources are status and scale only. */
function subresourcesOf(resource: Resource): readonly Subresource[] {
  if ('subresourceDetails' in resource && Array.isArray(resource.subresourceDetails))
    return resource.subresourceDetails;
  const verbs = ['get', 'patch', 'update'];
  return resource.subresources.map((name) =>
    name === 'scale'
      ? { name, kind: 'Scale', verbs, groupVersion: 'autoscaling/v1' }
      : { name, kind: resource.kind, verbs, groupVersion: '' },
  );
}

function storageHash(resource: Resource): string {
  return 'storageVersionHash' in resource && typeof resource.storageVersionHash === 'string'
    ? resource.storageVersionHash
    : '';
}

function filled(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).filter(
      ([, value]) => value !== '' && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

function ofVersion(group: string, version: string, resources: readonly Resource[]): Resource[] {
  const found = resources.filter((resource) => resource.group === group && resource.version === version);
  return found.sort((a, b) => (a.plural < b.plural ? -1 : 1));
}

function resourceList(group: string, version: string, resources: readonly Resource[]) {
  const list: Record<string, unknown>[] = [];
  for (const resource of ofVersion(group, version, resources)) {
    const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource;
    const hash = filled({ shortNames, categories, storageVersionHash: storageHash(resource) });
    list.push({ name: plural, singularName: singular, namespaced, kind, verbs, ...hash });
    for (const { name, kind: subKind, verbs: subVerbs, groupVersion } of subresourcesOf(resource)) {
      const slash = groupVersion.indexOf('/');
      const of =
        groupVersion === ''
          ? {}
          : filled({ group: groupVersion.slice(0, Math.max(slash, 0)), version: groupVersion.slice(slash + 1) });
      list.push({ name: `${plural}/${name}`, singularName: '', namespaced, ...of, kind: subKind, verbs: subVerbs });
    }
  }
  const groupVersion = apiVersionOf({ group, version });
  return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion, resources: list };
}

function aggregatedList(groups: readonly Group[], resources: readonly Resource[]) {
  const items = groups.map(({ name, versions }) => ({
    metadata: name === '' ? {} : { name },
    versions: versions.map((version) => ({
      version,
      resources: ofVersion(name, version, resources).map(aggregatedResource),
      freshness: 'Current',
    })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(resource: Resource) {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource;
  const subresources = subresourcesOf(resource).map(({ name, kind: subKind, verbs: subVerbs, groupVersion }) => {
    const slash = groupVersion.indexOf('/');
    const group = groupVersion === '' ? '' : groupVersion.slice(0, Math.max(slash, 0));
    const version = groupVersion.slice(slash + 1);
    return { subresource: name, responseKind: { group, version, kind: subKind }, verbs: subVerbs };
  });
  return {
    resource: plural,
    responseKind: { group: '', version: '', kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...filled({ shortNames, categories, subresources }),
  };
}

/** Where the API is, of what `/` lists. */
export function rootPaths(resources: readonly Resource[]): string[] {
  const groups = groupsOf(resources).flatMap(({ name, versions }) => [
    `/apis/${name}`,
    ...versions.map((version) => `/apis/${name}/${version}`),
  ]);
  return ['/api', '/api/v1', '/apis', '/apis/', ...groups];
}
