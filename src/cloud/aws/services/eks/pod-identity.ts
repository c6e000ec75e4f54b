import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import type { Account } from '../../account.ts';
import { AwsError, notModelled } from '../../errors.ts';
import { objectsOf, tagMap, textOf, toJsonObject } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { Addon, EksCluster, PodIdentityAssociation } from '../../types/eks.ts';
import type { Call, Service } from '../call.ts';
import { clusterOf } from './find.ts';

/** Where the add-ons are whose Pods want to do something in AWS. */
const ADDON_NAMESPACE = 'kube-system';

/** The association of a ServiceAccount. */
export function associationOf(
  cluster: EksCluster,
  namespace: string,
  serviceAccount: string,
): PodIdentityAssociation | undefined {
  return [...cluster.associations.values()].find(
    (one) => one.namespace === namespace && one.serviceAccount === serviceAccount,
  );
}

/** Raises ResourceNotFoundException. */
function found({ region, params }: Call): { cluster: EksCluster; association: PodIdentityAssociation } {
  const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
  const id = textOf(params, 'associationId') ?? '';
  const association = cluster.associations.get(id);
  if (!association) throw new AwsError('ResourceNotFoundException', `No association found with ID: ${id}`, 404);
  return { cluster, association };
}

/** Raises InvalidParameterException. */
function checkRole(account: Account, params: JsonObject): string | undefined {
  for (const field of ['targetRoleArn', 'policy'])
    if (params[field] !== undefined) throw notModelled(`${field} of pod identity associations`);
  const arn = textOf(params, 'roleArn');
  if (arn !== undefined && ![...account.iam.roles.values()].some((role) => role.Arn === arn))
    throw new AwsError('InvalidParameterException', 'Role provided in the request does not exist.');
  return arn;
}

/** Raises ResourceInUseException for a ServiceAccount that has one: it need not be there itself. */
function create(region: Region, cluster: EksCluster, params: JsonObject): PodIdentityAssociation {
  const { account } = region;
  const [namespace = '', serviceAccount = ''] = [textOf(params, 'namespace'), textOf(params, 'serviceAccount')];
  const known = associationOf(cluster, namespace, serviceAccount);
  if (known) throw new AwsError('ResourceInUseException', `Association already exists: ${known.associationId}`, 409);
  const roleArn = checkRole(account, params) ?? '';
  const associationId = `a-${account.random.suffix(17)}`;
  const association: PodIdentityAssociation = {
    clusterName: cluster.name,
    namespace,
    serviceAccount,
    roleArn,
    associationArn: region.arn('eks', `podidentityassociation/${cluster.name}/${associationId}`),
    associationId,
    tags: tagMap(params['tags']),
    createdAt: account.now,
    modifiedAt: account.now,
    disableSessionTags: params['disableSessionTags'] === true,
  };
  cluster.associations.set(associationId, association);
  return association;
}

/**
 * The associations that an add-on is given take the place of those that it had; none given, it keeps them.
 * Raises ResourceInUseException, InvalidParameterException.
 */
export function associateAddon(region: Region, cluster: EksCluster, addon: Addon, params: JsonObject): void {
  if (params['podIdentityAssociations'] === undefined) return;
  forgetAddon(cluster, addon);
  const made = objectsOf(params, 'podIdentityAssociations').map((one) =>
    create(region, cluster, { ...one, namespace: ADDON_NAMESPACE }),
  );
  for (const association of made) association.ownerArn = addon.addonArn;
  addon.podIdentityAssociations = made.map((association) => association.associationArn);
}

/** With an add-on its associations go. */
export function forgetAddon(cluster: EksCluster, addon: Addon): void {
  for (const { associationId, ownerArn } of cluster.associations.values())
    if (ownerArn === addon.addonArn) cluster.associations.delete(associationId);
}

function list({ region, params }: Call): JsonObject[] {
  const namespace = textOf(params, 'namespace');
  const account = textOf(params, 'serviceAccount');
  return [...clusterOf(region, textOf(params, 'clusterName') ?? '').associations.values()]
    .filter((one) => namespace === undefined || one.namespace === namespace)
    .filter((one) => account === undefined || one.serviceAccount === account)
    .map(({ clusterName, associationArn, associationId, ...one }) => ({
      clusterName,
      namespace: one.namespace,
      serviceAccount: one.serviceAccount,
      associationArn,
      associationId,
      ...(one.ownerArn === undefined ? {} : { ownerArn: one.ownerArn }),
    }));
}

export const podIdentityOperations: Service = {
  CreatePodIdentityAssociation: ({ region, params }) => ({
    association: toJsonObject(create(region, clusterOf(region, textOf(params, 'clusterName') ?? ''), params)),
  }),
  DescribePodIdentityAssociation: (call) => ({ association: toJsonObject(found(call).association) }),
  ListPodIdentityAssociations: (call) => ({ associations: list(call) }),
  UpdatePodIdentityAssociation: (call) => {
    const { association } = found(call);
    association.roleArn = checkRole(call.account, call.params) ?? association.roleArn;
    association.modifiedAt = call.account.now;
    return { association: toJsonObject(association) };
  },
  DeletePodIdentityAssociation: (call) => {
    const { cluster, association } = found(call);
    cluster.associations.delete(association.associationId);
    return { association: toJsonObject(association) };
  },
};
