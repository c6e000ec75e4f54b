import { StatusError } from '../apimachinery/errors.ts';
import { apiVersionOf, qualifiedResource, type Resource } from './resource.ts';

/** What names a resource. */
interface Named {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** Every kind that is served, found by path or by kind. CRDs add to it while the cluster runs. */
export class ResourceTable {
  private readonly byPath = new Map<string, Resource>();
  private readonly byKind = new Map<string, Resource>();
  private readonly stored = new Map<string, Resource>();
  private listed: readonly Resource[] | undefined;
  private known = new WeakMap<Named, Resource>();

  add(resource: Resource): void {
    const apiVersion = apiVersionOf(resource);
    this.listed = undefined;
    this.known = new WeakMap();
    this.byPath.set(`${apiVersion}/${resource.plural}`, resource);
    this.byKind.set(`${apiVersion}/${resource.kind}`, resource);
    if (!this.stored.has(qualifiedResource(resource))) this.stored.set(qualifiedResource(resource), resource);
  }

  remove(resource: Resource): void {
    const apiVersion = apiVersionOf(resource);
    this.listed = undefined;
    this.known = new WeakMap();
    this.byPath.delete(`${apiVersion}/${resource.plural}`);
    this.byKind.delete(`${apiVersion}/${resource.kind}`);
    this.stored.delete(qualifiedResource(resource));
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.byPath.get(`${group === '' ? version : `${group}/${version}`}/${plural}`);
  }

  ofKind(apiVersion: string, kind: string): Resource | undefined {
    return this.byKind.get(`${apiVersion}/${kind}`);
  }

  /** By `plural.group`, whatever the version. */
  ofName(name: string): Resource | undefined {
    return this.stored.get(name);
  }

  need(group: string, version: string, plural: string): Resource {
    const resource = this.find(group, version, plural);
    if (!resource) throw StatusError.noSuchPath();
    return resource;
  }

  /** As `need`, for those that ask with the same object again and again. */
  needKind(kind: Named): Resource {
    let resource = this.known.get(kind);
    if (!resource) {
      resource = this.need(kind.group, kind.version, kind.plural);
      this.known.set(kind, resource);
    }
    return resource;
  }

  /** The same array as long as no kind comes or goes. */
  all(): readonly Resource[] {
    this.listed ??= [...this.byPath.values()];
    return this.listed;
  }
}
