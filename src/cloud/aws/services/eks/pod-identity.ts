import type { JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../../errors.ts';
import { tagMap, textOf, toJsonObject } from '../../params.ts';
import type { EksCluster, PodIdentityAssociation } from '../../types/eks.ts';
import type { Call, Service } from '../call.ts';
import { clusterOf } from './find.ts';

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
function checkRole({ account, params }: Call): string | undefined {
  for (const field of ['targetRoleArn', 'policy'])
    if (params[field] !== undefined) throw notModelled(`${field} of pod identity associations`);
  const arn = textOf(params, 'roleArn');
  if (arn !== undefined && ![...account.iam.roles.values()].some((role) => role.Arn === arn))
    throw new AwsError('InvalidParameterException', 'Role provided in the request does not exist.');
  return arn;
}

/** Raises ResourceInUseException for a ServiceAccount that has one: it need not be there itself. */
function create(call: Call): PodIdentityAssociation {
  const { account, region, params } = call;
  const cluster = clusterOf(region, textOf(params, 'clusterName') ?? '');
  const [namespace = '', serviceAccount = ''] = [textOf(params, 'namespace'), textOf(params, 'serviceAccount')];
  const known = associationOf(cluster, namespace, serviceAccount);
  if (known) throw new AwsError('ResourceInUseException', `Association already exists: ${known.associationId}`, 409);
  const roleArn = checkRole(call) ?? '';
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
    }));
}

export const podIdentityOperations: Service = {
  CreatePodIdentityAssociation: (call) => ({ association: toJsonObject(create(call)) }),
  DescribePodIdentityAssociation: (call) => ({ association: toJsonObject(found(call).association) }),
  ListPodIdentityAssociations: (call) => ({ associations: list(call) }),
  UpdatePodIdentityAssociation: (call) => {
    const { association } = found(call);
    association.roleArn = checkRole(call) ?? association.roleArn;
    association.modifiedAt = call.account.now;
    return { association: toJsonObject(association) };
  },
  DeletePodIdentityAssociation: (call) => {
    const { cluster, association } = found(call);
    cluster.associations.delete(association.associationId);
    return { association: toJsonObject(association) };
  },
};
