import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Command } from '../../command/command.ts';
import { allFlag, dryRunFlag, fieldManagerFlag, filenameFlags, localFlag, printFlags } from '../../common-flags.ts';
import { dryRunOf } from '../../dry-run.ts';
import { KubectlError } from '../../errors.ts';
import { string, stringArray } from '../../flags/index.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { printerFor } from '../../printing.ts';
import { recordFlag } from '../../record.ts';
import { objectOf, withMetadata } from '../../resource/info.ts';
import { selectorObject } from '../create/selector-object.ts';
import { podSpecOf, withPodSpec } from './pod-template.ts';
import { applyChanges, setFlags, setInfos } from './run.ts';

export const setServiceAccount: Command = {
  name: 'serviceaccount',
  aliases: ['sa'],
  use: 'serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  short: 'Update the service account of a resource',
  long: 'Update the service account of pod template resources.',
  examples: '# The service account of a deployment\nkubectl set serviceaccount deployment web robot',
  flags: [
    allFlag(),
    dryRunFlag,
    fieldManagerFlag('kubectl-set'),
    ...filenameFlags('Files that name the resources to change.'),
    localFlag('set serviceaccount'),
    ...printFlags(),
    recordFlag,
  ],
  *run(invocation) {
    const { args, flags } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    if (flags.bool('local') && dryRun === 'server')
      throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
    const printer = printerFor(invocation, 'serviceaccount updated', dryRun);
    const serviceAccountName = args.at(-1);
    if (serviceAccountName === undefined) throw new KubectlError('serviceaccount is required');
    const infos = yield* setInfos(invocation, args.slice(0, -1));
    yield* applyChanges(invocation, infos, {
      printer,
      dryRun,
      failure: 'failed to patch ServiceAccountName',
      always: true,
      change: (object) => withPodSpec(object, { ...podSpecOf(object), serviceAccountName }),
    });
  },
};

export const setSelector: Command = {
  name: 'selector',
  use: 'selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  short: 'Set the selector on a resource',
  long: 'Set the selector on a resource. The new selector replaces the old one; only services can have theirs set.',
  examples: `# Another selector for a service\nkubectl set selector service web 'app=web,tier=front'`,
  flags: [
    allFlag(),
    dryRunFlag,
    fieldManagerFlag('kubectl-set'),
    ...filenameFlags('identifying the resource.', true).filter((flag) => flag.name !== 'kustomize'),
    localFlag('set selector'),
    ...printFlags(),
    recordFlag,
    string('resource-version', '', 'The present resource version that is required; for a single resource only.'),
  ],
  *run(invocation) {
    const { args } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const printer = printerFor(invocation, 'selector updated', dryRun);
    const expression = args.at(-1);
    if (expression === undefined) throw new KubectlError('one selector is required');
    const selector = selectorObject(expression);
    const resourceVersion = invocation.flags.string('resource-version');
    const infos = yield* setInfos(invocation, args.slice(0, -1));
    for (const info of infos)
      if (textAt(objectOf(info), 'kind') !== 'Service')
        throw new KubectlError('setting a selector is only supported for Services');
    const expressions = listAt(selector, 'matchExpressions');
    if (infos.length > 0 && expressions.length > 0)
      throw new KubectlError(`match expression ${goExpressions(expressions)} not supported on this object`);
    yield* applyChanges(invocation, infos, {
      printer,
      dryRun,
      failure: '',
      always: true,
      change(object) {
        const changed = {
          ...object,
          spec: { ...objectAt(object, 'spec'), selector: objectAt(selector, 'matchLabels') },
        };
        return resourceVersion === '' ? changed : withMetadata(changed, { resourceVersion });
      },
    });
  },
};

/** `[{a In [b]}]`: how Go prints a selector's expressions. */
function goExpressions(expressions: readonly JsonObject[]): string {
  const texts = expressions.map((one) => {
    const values = Array.isArray(one['values']) ? one['values'] : [];
    return `{${textAt(one, 'key')} ${textAt(one, 'operator')} [${values.join(' ')}]}`;
  });
  return `[${texts.join(' ')}]`;
}

export const setSubject: Command = {
  name: 'subject',
  use: 'subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Update the user, group, or service account in a role binding or cluster role binding',
  long: 'Update the user, group, or service account in a role binding or cluster role binding.',
  examples: '# One more user\nkubectl set subject rolebinding readers --user=jane',
  flags: [
    ...setFlags('subject').filter((flag) => flag.name !== 'record'),
    stringArray('group', 'Groups to bind to the role'),
    stringArray('serviceaccount', 'Service accounts to bind to the role'),
    stringArray('user', 'Usernames to bind to the role'),
  ],
  *run(invocation) {
    const { args, flags, factory } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const printer = printerFor(invocation, 'subjects updated', dryRun);
    const infos = yield* setInfos(invocation, args);
    if (flags.bool('all') && flags.string('selector') !== '')
      throw new KubectlError('cannot set --all and --selector at the same time');
    const [users, groups, accounts] = ['user', 'group', 'serviceaccount'].map((name) =>
      [...new Set(flags.list(name))].sort(),
    );
    if (!users?.length && !groups?.length && !accounts?.length)
      throw new KubectlError('you must specify at least one value of user, group or serviceaccount');
    for (const account of accounts ?? []) {
      const parts = account.split(':');
      if (parts.length !== 2 || parts[1] === '') throw new KubectlError('serviceaccount must be <namespace>:<name>');
      if (parts[0] === '' && infos.some((info) => textAt(objectOf(info), 'kind') === 'ClusterRoleBinding'))
        throw new KubectlError('serviceaccount must be <namespace>:<name>, namespace must be specified');
    }
    const apiGroup = 'rbac.authorization.k8s.io';
    const subjects: JsonObject[] = [
      ...(users ?? []).map((name) => ({ kind: 'User', apiGroup, name })),
      ...(groups ?? []).map((name) => ({ kind: 'Group', apiGroup, name })),
      ...(accounts ?? []).map((account) => {
        const [namespace, name = ''] = account.split(':');
        return { kind: 'ServiceAccount', name, namespace: namespace || factory.namespace().name };
      }),
    ];
    yield* applyChanges(invocation, infos, {
      printer,
      dryRun,
      failure: 'failed to patch subjects to rolebinding:',
      records: false,
      change(object) {
        if (!['RoleBinding', 'ClusterRoleBinding'].includes(textAt(object, 'kind')))
          throw new KubectlError('setting subjects is only supported for RoleBinding/ClusterRoleBinding');
        const before = Array.isArray(object['subjects']) ? object['subjects'] : [];
        const added = subjects.filter((one) => !before.some((item) => sameSubject(item, one)));
        return added.length === 0 ? undefined : { ...object, subjects: [...before, ...added] };
      },
    });
  },
};

function sameSubject(a: Json, b: JsonObject): boolean {
  return (
    isObject(a) &&
    a['kind'] === b['kind'] &&
    a['name'] === b['name'] &&
    (a['namespace'] ?? '') === (b['namespace'] ?? '')
  );
}
