import type { ApiResource, GroupVersion } from './discovery.ts';
import { KubectlError, NoResourceError } from './errors.ts';

/** A kind and the resource that serves it. meta.RESTMapping */
export type Mapping = ApiResource;

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** `deployments.apps`, or `pods`. */
export function qualifiedPlural(mapping: Mapping): string {
  return mapping.group === '' ? mapping.plural : `${mapping.plural}.${mapping.group}`;
}

/** `deployment.apps`, or `pod`: how kubectl names kinds before names. */
export function qualifiedKind(mapping: Mapping): string {
  const kind = mapping.kind.toLowerCase();
  return mapping.group === '' ? kind : `${kind}.${mapping.group}`;
}

/** Path of a resource, of one object of it, of a subresource; not escaped: requests of the world carry decoded paths. */
export function resourcePath(mapping: Mapping, namespace: string, name = '', subresource = ''): string {
  const root = mapping.group === '' ? `/api/${mapping.version}` : `/apis/${mapping.group}/${mapping.version}`;
  const scope = mapping.namespaced && namespace !== '' ? `/namespaces/${namespace}` : '';
  const object = name === '' ? '' : `/${name}`;
  return `${root}${scope}/${mapping.plural}${object}${subresource === '' ? '' : `/${subresource}`}`;
}

/** No resource of the server serves a kind. meta.NoKindMatchError */
export class NoKindMatchError extends Error {
  constructor(kind: string, group: string, version: string) {
    const apiVersion = group === '' ? version : `${group}/${version}`;
    super(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
  }
}

/** Resources by the names that people type, in lower case as the server has them. */
class ResourceIndex {
  readonly byName = new Map<string, ApiResource[]>();
  readonly byShortName = new Map<string, ApiResource[]>();

  constructor(readonly resources: readonly ApiResource[]) {
    for (const one of resources) {
      for (const name of new Set([one.plural, one.singular])) enter(this.byName, name, one);
      for (const name of new Set(one.shortNames)) enter(this.byShortName, name, one);
    }
  }
}

function enter(index: Map<string, ApiResource[]>, name: string, resource: ApiResource): void {
  const list = index.get(name);
  if (list) list.push(resource);
  else index.set(name, [resource]);
}

/** A server's answer is the same for command after command, and so is its index. */
const indexes = new WeakMap<readonly GroupVersion[], ResourceIndex>();

/** Finds resources by what people type. client-go: restmapper (priority, shortcuts, discovery) */
export class RestMapper {
  private readonly index: ResourceIndex;

  constructor(readonly groupVersions: readonly GroupVersion[]) {
    let index = indexes.get(groupVersions);
    if (!index) {
      index = new ResourceIndex(groupVersions.flatMap((one) => one.resources));
      indexes.set(groupVersions, index);
    }
    this.index = index;
  }

  /** All resources, in the order of preference. */
  get resources(): readonly ApiResource[] {
    return this.index.resources;
  }

  /** What `deploy`, `deployments`, `Deployment`, `deployments.apps`, `deployments.v1.apps` names. Raises KubectlError. */
  mappingFor(argument: string): Mapping {
    const [resource, version, group] = splitArgument(argument);
    const rest = argument.includes('.') ? argument.slice(argument.indexOf('.') + 1) : '';
    const found =
      (group === undefined ? undefined : this.find(resource, group, version)) ??
      this.find(resource, rest, undefined) ??
      this.findKind(resource, group ?? '', version) ??
      this.findKind(resource, rest, undefined);
    if (!found) throw new KubectlError(`the server doesn't have a resource type ${JSON.stringify(resource)}`);
    return found;
  }

  /** As mappingFor, for commands that pass on what the mapper said as it stands. Raises NoResourceError. */
  typeFor(argument: string): Mapping {
    try {
      return this.mappingFor(argument);
    } catch (error) {
      throw error instanceof KubectlError ? new NoResourceError(error.message) : error;
    }
  }

  /** By plural, singular or short name, in lower case; the group may be a beginning of its name. */
  private find(word: string, group: string, version: string | undefined): ApiResource | undefined {
    const name = word.toLowerCase();
    const named = this.index.byName.get(name);
    // A short name stands for the resource without its version. client-go: restmapper/shortcut.go expandResourceShortcut
    const candidates =
      named?.filter((one) => version === undefined || one.version === version) ??
      this.index.byShortName.get(word) ??
      [];
    if (group === '') return candidates.find((one) => version === undefined || one.group === '');
    return candidates.find((one) => one.group === group) ?? candidates.find((one) => one.group.startsWith(group));
  }

  /** Other resources that a short name could mean too, as `events.events.k8s.io`. client-go: restmapper/shortcut.go */
  alsoMeant(argument: string): string[] {
    if (argument.includes('.') || this.index.byName.has(argument.toLowerCase())) return [];
    const names = (this.index.byShortName.get(argument) ?? []).map(qualifiedPlural);
    return [...new Set(names)].slice(1);
  }

  private findKind(kind: string, group: string, version: string | undefined): ApiResource | undefined {
    return this.resources.find(
      (one) => one.kind === kind && one.group === group && (version === undefined || one.version === version),
    );
  }

  /** The resource that serves a kind of a manifest. Raises NoKindMatchError. */
  mappingForKind(group: string, version: string, kind: string): Mapping {
    // Discovery registers each kind in lower case too.
    // No version is any version.
    const wanted = version === '' ? undefined : version;
    const exact =
      this.findKind(kind, group, wanted) ??
      this.resources.find(
        (one) =>
          one.kind.toLowerCase() === kind && one.group === group && (wanted === undefined || one.version === wanted),
      );
    if (!exact) throw new NoKindMatchError(kind, group, version);
    return exact;
  }

  /** Resources of a category such as `all`, as arguments; undefined when there is none. */
  expandCategory(name: string): string[] | undefined {
    const seen = new Set<string>();
    for (const one of this.resources)
      if (one.categories.includes(name)) seen.add(one.group === '' ? one.plural : `${one.plural}.${one.group}`);
    return seen.size === 0 ? undefined : [...seen];
  }
}

/** `deployments.v1.apps` → resource, version, group; fewer dots name no version. */
function splitArgument(argument: string): [string, string | undefined, string | undefined] {
  const parts = argument.split('.');
  if (parts.length < 3) return [parts[0] ?? '', undefined, undefined];
  return [parts[0] ?? '', parts[1], parts.slice(2).join('.')];
}

/** Raises KubectlError for kinds of CRDs, which kubectl has no types for, where it needs one. */
export function refuseCustomKind(mapping: Mapping): void {
  if (!mapping.group.includes('.') || mapping.group.endsWith('.k8s.io')) return;
  throw new KubectlError(
    `no kind ${JSON.stringify(mapping.kind)} is registered for version ${JSON.stringify(apiVersionOf(mapping))} in scheme "pkg/runtime/scheme.go:111"`,
  );
}
