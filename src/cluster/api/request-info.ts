/** What a request path means. kubernetes: apiserver/pkg/endpoints/request/requestinfo.go */
export interface RequestInfo {
  readonly isResourceRequest: boolean;
  readonly path: string;
  /** get, list, watch, create, update, patch, delete, deletecollection; for other paths the method in lower case. */
  readonly verb: string;
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
  /** Path segments after the subresource: proxy paths. */
  readonly rest: readonly string[];
  readonly fieldSelector: string;
}

/** The object that is asked for: of a list, the one that its field selector names. */
export function nameOf({ name, verb, fieldSelector }: RequestInfo): string {
  if (name !== '' || (verb !== 'list' && verb !== 'watch')) return name;
  return /(?:^|,)metadata\.name==?([^,=]+)(?:,|$)/.exec(fieldSelector)?.[1] ?? '';
}

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Names below a namespace's own path that are subresources of the namespace. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

export function parseRequestInfo(
  method: string,
  path: string,
  query: readonly (readonly [string, string])[],
): RequestInfo {
  const none: RequestInfo = {
    isResourceRequest: false,
    path,
    verb: method.toLowerCase(),
    group: '',
    version: '',
    namespace: '',
    resource: '',
    name: '',
    subresource: '',
    rest: [],
    fieldSelector: query.find(([key]) => key === 'fieldSelector')?.[1] ?? '',
  };
  const parts = path.split('/').filter((part) => part !== '');
  const [prefix] = parts;
  if (prefix !== 'api' && prefix !== 'apis') return none;
  const groupParts = prefix === 'api' ? 2 : 3;
  if (parts.length <= groupParts) return none;
  const group = prefix === 'api' ? '' : (parts[1] ?? '');
  const version = parts[groupParts - 1] ?? '';
  let rest = parts.slice(groupParts);
  let watchPath = false;
  if (rest[0] === 'watch' && rest.length > 1) {
    watchPath = true;
    rest = rest.slice(1);
  }
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1] ?? '';
    if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? '')) rest = rest.slice(2);
  }
  const [resource = '', name = '', subresource = '', ...further] = rest;
  const verb = verbOf(VERBS[method] ?? '', name, watchPath || isTrue(query));
  return {
    ...none,
    isResourceRequest: true,
    verb,
    group,
    version,
    namespace,
    resource,
    name,
    subresource,
    rest: further,
  };
}

function isTrue(query: readonly (readonly [string, string])[]): boolean {
  const watch = query.find(([key]) => key === 'watch')?.[1];
  return watch !== undefined && watch !== 'false' && watch !== '0';
}

function verbOf(verb: string, name: string, watch: boolean): string {
  if (verb === 'get' && watch) return 'watch';
  if (name !== '') return verb;
  if (verb === 'get') return 'list';
  return verb === 'delete' ? 'deletecollection' : verb;
}
