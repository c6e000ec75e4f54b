import type { JsonObject } from '../cluster/apimachinery/json-value.ts';
import type { Machine } from '../world/machine.ts';
import type { Task } from '../world/task.ts';
import type { Client } from './client.ts';
import { ConnectionError, StatusError } from './errors.ts';
import { listAt, objectAt, textAt, textsAt } from './json.ts';
import { klogLine } from './klog.ts';

/** A resource that the server offers. meta/v1 APIResource */
export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** `scale`, `status`, `log` … */
  readonly subresources: readonly string[];
}

/** A group version and its resources without subresources. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly ApiResource[];
}

const ACCEPT =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

/** What documents that a server gave say: it gives the same ones until a kind comes or goes. */
const understood = new WeakMap<JsonObject, { readonly core: JsonObject; readonly versions: readonly GroupVersion[] }>();

/** How often kubectl asks before it gives up: each of its layers tries anew. */
const ATTEMPTS = 5;
/**
 * Servers that a machine's kubectl knows the groups of. kubectl keeps them in ~/.kube/cache for 6 h and asks nothing
 * more; ours asks each time, and only fails as if it had not asked.
 */
const cached = new WeakMap<Machine, Map<string, number>>();
const CACHE_TIME = 6 * 3_600_000;

/** What the server offers, groups in its order and the preferred version of each first. Raises ConnectionError, StatusError. */
export function* discover(client: Client): Task<readonly GroupVersion[]> {
  const { machine } = client.process;
  const known = cached.get(machine) ?? new Map<string, number>();
  cached.set(machine, known);
  const isKnown = client.process.now < (known.get(client.host) ?? 0) + CACHE_TIME;
  for (let attempt = 1; ; attempt++) {
    try {
      const found = yield* discoverOnce(client);
      if (!isKnown) known.set(client.host, client.process.now);
      return found;
    } catch (given) {
      const refused = given instanceof StatusError && given.status.code === 401;
      if (isKnown || !(refused || given instanceof ConnectionError)) throw given;
      const error = refused ? unauthorized() : given;
      yield* client.process.printError(klogLine(client.process, 'E', 'memcache.go:265', unhandled(error)));
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** Discovery does not read the answer's Status. client-go: rest/request.go newUnstructuredResponseError */
function unauthorized(): StatusError {
  const message = 'the server has asked for the client to provide credentials';
  return new StatusError({ code: 401, reason: 'Unauthorized', message });
}

/** A value of several lines is written as a block. k8s.io/klog: internal/serialize */
function unhandled(error: Error): string {
  const text = `couldn't get current server API group list: ${error.message}`;
  return text.includes('\n')
    ? `"Unhandled Error" err=<\n${text
        .split('\n')
        .map((line) => `\t${line}\n`)
        .join('')} >`
    : `"Unhandled Error" err="${text.replaceAll('"', '\\"')}"`;
}

function* discoverOnce(client: Client): Task<readonly GroupVersion[]> {
  const query = [['timeout', '32s']] as const;
  const core = yield* client.request('GET', '/api', { query, accept: ACCEPT });
  const groups = yield* client.request('GET', '/apis', { query, accept: ACCEPT });
  const known = understood.get(groups);
  if (known?.core === core) return known.versions;
  const versions: GroupVersion[] = [];
  for (const document of [core, groups]) {
    if (textAt(document, 'kind') === 'APIGroupDiscoveryList') versions.push(...aggregated(document));
    else versions.push(...(yield* oneByOne(client, document)));
  }
  understood.set(groups, { core, versions });
  return versions;
}

function aggregated(document: JsonObject): GroupVersion[] {
  return listAt(document, 'items').flatMap((item) => {
    const group = textAt(item, 'metadata', 'name');
    return listAt(item, 'versions').map((entry) => {
      const version = textAt(entry, 'version');
      const resources = listAt(entry, 'resources').map((one) => ({
        group,
        version,
        kind: textAt(one, 'responseKind', 'kind'),
        plural: textAt(one, 'resource'),
        singular: textAt(one, 'singularResource'),
        namespaced: textAt(one, 'scope') === 'Namespaced',
        shortNames: textsAt(one, 'shortNames'),
        categories: textsAt(one, 'categories'),
        verbs: textsAt(one, 'verbs'),
        subresources: listAt(one, 'subresources').map((sub) => textAt(sub, 'subresource')),
      }));
      return { group, version, resources };
    });
  });
}

/** Discovery without aggregation: one request for each group version. */
function* oneByOne(client: Client, document: JsonObject): Task<GroupVersion[]> {
  const out: GroupVersion[] = [];
  for (const version of textsAt(document, 'versions')) out.push(yield* groupVersion(client, '', version));
  for (const group of listAt(document, 'groups')) {
    const name = textAt(group, 'name');
    const preferred = textAt(objectAt(group, 'preferredVersion'), 'version');
    const versions = listAt(group, 'versions').map((version) => textAt(version, 'version'));
    const ordered = [...versions.filter((one) => one === preferred), ...versions.filter((one) => one !== preferred)];
    for (const version of ordered) out.push(yield* groupVersion(client, name, version));
  }
  return out;
}

function* groupVersion(client: Client, group: string, version: string): Task<GroupVersion> {
  const document = yield* client.get(group === '' ? `/api/${version}` : `/apis/${group}/${version}`, [
    ['timeout', '32s'],
  ]);
  const all = listAt(document, 'resources');
  const resources = all
    .filter((one) => !textAt(one, 'name').includes('/'))
    .map((one) => ({
      group: textAt(one, 'group') || group,
      version: textAt(one, 'version') || version,
      kind: textAt(one, 'kind'),
      plural: textAt(one, 'name'),
      singular: textAt(one, 'singularName') || textAt(one, 'kind').toLowerCase(),
      namespaced: one['namespaced'] === true,
      shortNames: textsAt(one, 'shortNames'),
      categories: textsAt(one, 'categories'),
      verbs: textsAt(one, 'verbs'),
      subresources: all
        .map((sub) => textAt(sub, 'name'))
        .filter((name) => name.startsWith(`${textAt(one, 'name')}/`))
        .map((name) => name.slice(name.indexOf('/') + 1)),
    }));
  return { group, version, resources };
}
