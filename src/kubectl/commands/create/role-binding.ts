import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { KubectlError } from '../../errors.ts';
import { type FlagSet, string, stringArray } from '../../flags/index.ts';
import { generatorCommand } from './generator.ts';

const API_GROUP = 'rbac.authorization.k8s.io';

const subjectFlags = (what: string) => [
  stringArray('group', `Groups to bind to the ${what}. The flag can be repeated to add multiple groups.`),
  stringArray(
    'serviceaccount',
    `Service accounts to bind to the ${what}, in the format <namespace>:<name>. The flag can be repeated.`,
  ),
  stringArray('user', `Usernames to bind to the ${what}. The flag can be repeated to add multiple users.`),
];

function subjects(flags: FlagSet): Json[] {
  return [
    ...flags.list('user').map((name): Json => ({ kind: 'User', apiGroup: API_GROUP, name })),
    ...flags.list('group').map((name): Json => ({ kind: 'Group', apiGroup: API_GROUP, name })),
    ...flags.list('serviceaccount').map((text): Json => {
      const [namespace, name, ...more] = text.split(':');
      if (!namespace || !name || more.length > 0) throw new KubectlError('serviceaccount must be <namespace>:<name>');
      return { kind: 'ServiceAccount', name, namespace };
    }),
  ];
}

function binding(kind: string, name: string, flags: FlagSet, role: { kind: string; name: string }): JsonObject {
  const list = subjects(flags);
  return {
    kind,
    apiVersion: `${API_GROUP}/v1`,
    metadata: { name },
    ...(list.length > 0 ? { subjects: list } : {}),
    roleRef: { apiGroup: API_GROUP, ...role },
  };
}

export const createRoleBinding = generatorCommand({
  name: 'rolebinding',
  use: 'rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a role binding for a particular role or cluster role',
  examples: `# A role for a user
kubectl create rolebinding jane-reads --role=reader --user=jane

# A cluster role for a service account, in this namespace only
kubectl create rolebinding robot-views --clusterrole=view --serviceaccount=default:robot`,
  flags: [
    string('clusterrole', '', 'ClusterRole this RoleBinding should reference'),
    ...subjectFlags('role'),
    string('role', '', 'Role this RoleBinding should reference'),
  ],
  plural: 'rolebindings',
  namespaced: true,
  failure: 'failed to create rolebinding:',
  object({ flags }, name) {
    const [role, clusterRole] = [flags.string('role'), flags.string('clusterrole')];
    if ((role === '') === (clusterRole === ''))
      throw new KubectlError('exactly one of clusterrole or role must be specified');
    return binding(
      'RoleBinding',
      name,
      flags,
      role !== '' ? { kind: 'Role', name: role } : { kind: 'ClusterRole', name: clusterRole },
    );
  },
});

export const createClusterRoleBinding = generatorCommand({
  name: 'clusterrolebinding',
  use: 'clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a cluster role binding for a particular cluster role',
  examples: `# A cluster role for a user, everywhere
kubectl create clusterrolebinding jane-admin --clusterrole=cluster-admin --user=jane`,
  flags: [
    string('clusterrole', '', 'ClusterRole this ClusterRoleBinding should reference', { required: true }),
    ...subjectFlags('clusterrole'),
  ],
  plural: 'clusterrolebindings',
  namespaced: false,
  failure: 'failed to create clusterrolebinding:',
  object: ({ flags }, name) =>
    binding('ClusterRoleBinding', name, flags, { kind: 'ClusterRole', name: flags.string('clusterrole') }),
});
