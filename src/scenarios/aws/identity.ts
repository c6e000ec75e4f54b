import type { Account } from '../../cloud/aws/account.ts';
import { tokenIdentity } from '../../cloud/aws/authentication.ts';
import type { AccessEntry, EksCluster } from '../../cloud/aws/types/eks.ts';
import type { Identity } from '../../cloud/aws/types/iam.ts';
import type { User } from '../../cluster/api/authentication.ts';
import { at } from '../../cluster/api/object.ts';
import { isObject } from '../../cluster/apimachinery/json-value.ts';
import { yamlToJson } from '../../cluster/apimachinery/yaml.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { PlaneLogs } from './plane-logs.ts';

/** ClusterRoles that do what the access policies allow. EKS decides by the policies themselves, with the same rules. */
const ROLES: Readonly<Record<string, string>> = {
  AmazonEKSClusterAdminPolicy: 'cluster-admin',
  AmazonEKSAdminPolicy: 'admin',
  AmazonEKSAdminViewPolicy: 'view',
  AmazonEKSEditPolicy: 'edit',
  AmazonEKSViewPolicy: 'view',
};

/** The Kubernetes user that a token of `aws eks get-token` stands for; undefined when it is not let in. */
export function iamUser(
  account: Account,
  eks: EksCluster,
  cluster: Cluster,
  token: string,
  logs: PlaneLogs,
): User | undefined {
  const identity = tokenIdentity(account, token, eks.name);
  const principal = identity ? principalArn(identity) : '';
  const user = identity && userOf(eks, cluster, identity, principal);
  logs.authenticated(token, identity, principal, user);
  return user;
}

function userOf(eks: EksCluster, cluster: Cluster, identity: Identity, principal: string): User | undefined {
  const entry = eks.accessEntries.get(principal);
  const extra = {
    accessKeyId: [identity.userId],
    arn: [identity.arn],
    canonicalArn: [principal],
    principalId: [identity.userId.split(':')[0] ?? ''],
    sessionName: [identity.userId.split(':')[1] ?? ''],
  };
  if (entry) return { ...entryUser(entry, identity), extra };
  const mapped = eks.authenticationMode === 'API' ? undefined : mappedUser(cluster, principal, identity);
  return mapped && { ...mapped, extra };
}

function principalArn({ arn, account, name, role }: Identity): string {
  return role ? `arn:aws:iam::${account}:role/${name}` : arn;
}

function entryUser(entry: AccessEntry, identity: Identity): User {
  return {
    name: entry.username.replace('{{SessionName}}', identity.userId.split(':')[1] ?? ''),
    groups: entry.kubernetesGroups,
    grants: entry.policies.flatMap(({ policyArn, accessScope }) => {
      const role = ROLES[policyArn.slice(policyArn.lastIndexOf('/') + 1)];
      if (role === undefined) return [];
      return [accessScope.type === 'namespace' ? { role, namespaces: accessScope.namespaces } : { role }];
    }),
  };
}

/** kube-system/aws-auth: mapUsers and mapRoles. aws-iam-authenticator: pkg/mapper/configmap */
function mappedUser(cluster: Cluster, principal: string, identity: Identity): User | undefined {
  const map = cluster.server.store.get('configmaps', 'kube-system/aws-auth');
  const [field, key] = identity.role ? ['mapRoles', 'rolearn'] : ['mapUsers', 'userarn'];
  const text = at(map, 'data', field ?? '');
  if (typeof text !== 'string') return undefined;
  let entries: unknown;
  try {
    entries = yamlToJson(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(entries)) return undefined;
  const found = entries.find((entry) => isObject(entry) && entry[key ?? ''] === principal);
  if (!isObject(found)) return undefined;
  const groups = Array.isArray(found['groups']) ? found['groups'].map(String) : [];
  return { name: typeof found['username'] === 'string' ? found['username'] : principal, groups };
}
