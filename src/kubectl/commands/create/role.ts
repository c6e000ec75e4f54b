import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { KubectlError, NoResourceError } from '../../errors.ts';
import { flagOfType, stringArray, stringSlice } from '../../flags/index.ts';
import type { RestMapper } from '../../mapper.ts';
import { generatorCommand } from './generator.ts';

/** kubernetes: kubectl/pkg/cmd/create/create_role.go */
const RESOURCE_VERBS = [
  '*',
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
];
const NON_RESOURCE_VERBS = ['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options'];

/** Verbs that only some resources have, as `resource.group`. */
const SPECIAL_VERBS: Readonly<Record<string, readonly string[]>> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'],
  escalate: ['roles.rbac.authorization.k8s.io', 'clusterroles.rbac.authorization.k8s.io'],
  impersonate: ['users.', 'serviceaccounts.', 'groups.', 'userextras.authentication.k8s.io'],
};

const flags = [
  stringSlice('resource', 'Resource that the rule applies to'),
  stringArray(
    'resource-name',
    'Resource in the white list that the rule applies to, repeat this flag for multiple items',
  ),
  stringSlice('verb', 'Verb that applies to the resources contained in the rule'),
];

interface RuleResource {
  readonly resource: string;
  readonly group: string;
  readonly subresource: string;
}

/** `deployments.apps/scale`. */
function parseResource(text: string): RuleResource {
  const slash = text.indexOf('/');
  const name = slash < 0 ? text : text.slice(0, slash);
  const dot = name.indexOf('.');
  return {
    resource: dot < 0 ? name : name.slice(0, dot),
    group: dot < 0 ? '' : name.slice(dot + 1),
    subresource: slash < 0 ? '' : text.slice(slash + 1),
  };
}

function readResources(invocation: Invocation): RuleResource[] {
  const out: RuleResource[] = [];
  for (const text of invocation.flags.list('resource')) {
    const one = parseResource(text);
    if (text === '*') return [one];
    out.push(one);
  }
  return out;
}

function readVerbs(invocation: Invocation): string[] {
  const verbs = [...new Set(invocation.flags.list('verb'))];
  return verbs.includes('*') ? ['*'] : verbs;
}

/** What the server calls a resource; undefined when it has none of that name. */
function lookUp(mapper: RestMapper, one: RuleResource): { resource: string; group: string } | undefined {
  try {
    const mapping = mapper.mappingFor(one.group === '' ? one.resource : `${one.resource}.${one.group}`);
    return { resource: mapping.plural, group: mapping.group };
  } catch {
    return undefined;
  }
}

function* checkVerbs(invocation: Invocation, verbs: readonly string[]): Task<void> {
  for (const verb of verbs)
    if (!RESOURCE_VERBS.includes(verb))
      yield* invocation.process.printError(`Warning: '${verb}' is not a standard resource verb\n`);
}

function checkResources(mapper: RestMapper, resources: readonly RuleResource[], verbs: readonly string[]): void {
  for (const one of resources) {
    if (one.resource === '') throw new KubectlError('resource must be specified if apiGroup/subresource specified');
    if (one.resource === '*') return;
    const found = lookUp(mapper, one);
    const { resource, group } = found ?? one;
    let special = false;
    for (const verb of verbs) {
      const allowed = SPECIAL_VERBS[verb];
      if (!allowed) continue;
      if (!allowed.includes(`${resource}.${group}`))
        throw new KubectlError(`can not perform '${verb}' on '${resource}' in group '${group}'`);
      special = true;
    }
    if (!found && !special) throw new NoResourceError(noMatch(one));
  }
}

/** meta.NoResourceMatchError, as checkErr prints it. */
function noMatch(one: RuleResource): string {
  const group = one.group === '' ? '' : ` in group ${JSON.stringify(one.group)}`;
  return `the server doesn't have a resource type ${JSON.stringify(one.resource)}${group}`;
}

/** One rule for each API group. */
function makeRules(
  mapper: RestMapper,
  resources: readonly RuleResource[],
  verbs: readonly string[],
  names: readonly string[],
): Json[] {
  const groups = new Map<string, string[]>();
  for (const one of resources) {
    const { resource, group } = lookUp(mapper, one) ?? one;
    const name = one.subresource === '' ? resource : `${resource}/${one.subresource}`;
    const list = groups.get(group) ?? [];
    if (!list.includes(name)) list.push(name);
    groups.set(group, list);
  }
  return [...groups.keys()].sort().map((group) => ({
    verbs: [...verbs],
    apiGroups: [group],
    resources: groups.get(group) ?? [],
    ...(names.length > 0 ? { resourceNames: [...new Set(names)] } : {}),
  }));
}

export const createRole = generatorCommand({
  name: 'role',
  use: 'role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a role with single rule',
  examples: `# Reading pods
kubectl create role reader --verb=get,list,watch --resource=pods

# Scaling deployments
kubectl create role scaler --verb=update,patch --resource=deployments.apps/scale`,
  flags,
  plural: 'roles',
  namespaced: true,
  failure: '',
  *object(invocation, name): Task<JsonObject> {
    const verbs = readVerbs(invocation);
    const resources = readResources(invocation);
    const mapper = yield* invocation.factory.mapper();
    if (verbs.length === 0) throw new KubectlError('at least one verb must be specified');
    yield* checkVerbs(invocation, verbs);
    if (resources.length === 0) throw new KubectlError('at least one resource must be specified');
    checkResources(mapper, resources, verbs);
    const rules = makeRules(mapper, resources, verbs, invocation.flags.list('resource-name'));
    return { kind: 'Role', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name }, rules };
  },
});

export const createClusterRole = generatorCommand({
  name: 'clusterrole',
  use: 'clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a cluster role',
  examples: `# Reading nodes
kubectl create clusterrole node-reader --verb=get,list,watch --resource=nodes

# A path that is no resource
kubectl create clusterrole health --verb=get --non-resource-url=/healthz`,
  flags: [
    ...flags,
    flagOfType(
      'stringToString',
      'aggregation-rule',
      undefined,
      'An aggregation label selector for combining ClusterRoles.',
    ),
    stringSlice('non-resource-url', 'A partial url that user should have access to.'),
  ],
  plural: 'clusterroles',
  namespaced: false,
  failure: '',
  *object(invocation, name): Task<JsonObject> {
    const verbs = readVerbs(invocation);
    const resources = readResources(invocation);
    const urls = [...new Set(invocation.flags.list('non-resource-url'))];
    const mapper = yield* invocation.factory.mapper();
    const head = { kind: 'ClusterRole', apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name } };
    const aggregation = invocation.flags.map('aggregation-rule');
    if (aggregation.size > 0) {
      if (urls.length + verbs.length + resources.length + invocation.flags.list('resource-name').length > 0)
        throw new KubectlError(
          'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
        );
      const matchLabels = Object.fromEntries(aggregation);
      return { ...head, rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } };
    }
    if (verbs.length === 0) throw new KubectlError('at least one verb must be specified');
    if (resources.length === 0 && urls.length === 0)
      throw new KubectlError('one of resource or nonResourceURL must be specified');
    if (resources.length > 0) {
      yield* checkVerbs(invocation, verbs);
      checkResources(mapper, resources, verbs);
    }
    if (urls.length > 0) checkUrls(urls, verbs);
    const rules = makeRules(mapper, resources, verbs, invocation.flags.list('resource-name'));
    if (urls.length > 0) rules.push({ verbs, nonResourceURLs: urls });
    return { ...head, rules };
  },
});

function checkUrls(urls: readonly string[], verbs: readonly string[]): void {
  for (const verb of verbs)
    if (!NON_RESOURCE_VERBS.includes(verb)) throw new KubectlError(`invalid verb: '${verb}' for nonResourceURL`);
  for (const url of urls) {
    if (url === '*') continue;
    if (!url.startsWith('/')) throw new KubectlError('nonResourceURL should start with /');
    if (url.slice(0, -1).includes('*'))
      throw new KubectlError("nonResourceURL only supports wildcard matches when '*' is at the end");
  }
}
