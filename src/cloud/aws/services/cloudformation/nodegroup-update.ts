import { isObject, type JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../../errors.ts';
import { objectOf } from '../../params.ts';
import type { Region } from '../../region.ts';
import type { EksCluster, Nodegroup } from '../../types/eks.ts';
import { scaleNodegroup } from '../eks/nodegroups.ts';
import { updateNodegroupVersion } from '../eks/rolling-update.ts';
import type { Begun } from './resource-types.ts';

const AT_ONCE = { after: 2000 };

/** What of a node group a stack may change. Raises AwsError. cloudformation-resource-providers: AWS::EKS::Nodegroup */
export function updateNodegroup(
  region: Region,
  cluster: EksCluster,
  group: Nodegroup,
  properties: JsonObject,
  before: JsonObject,
): Omit<Begun, 'id'> {
  const changed = [...new Set([...Object.keys(properties), ...Object.keys(before)])].filter(
    (key) => JSON.stringify(properties[key]) !== JSON.stringify(before[key]) && key !== 'ForceUpdateEnabled',
  );
  const isVersion = (key: string) => key === 'Version' || key === 'ReleaseVersion';
  if (changed.length === 0) return AT_ONCE;
  if (!changed.every(isVersion)) {
    if (changed.some(isVersion))
      throw new AwsError('InvalidRequest', 'Version and ReleaseVersion updates cannot be combined with other updates');
    if (changed.join() !== 'ScalingConfig')
      throw notModelled(`updates of ${changed.join(', ')} of a node group by a stack`);
    const { minSize, maxSize, desiredSize } = lowerKeys(objectOf(properties, 'ScalingConfig'));
    scaleNodegroup(region, group, { min: Number(minSize), max: Number(maxSize), desired: Number(desiredSize) });
    return AT_ONCE;
  }
  const update = updateNodegroupVersion(region, cluster, group, {
    ...lowerKeys(Object.fromEntries(Object.entries(properties).filter(([key]) => isVersion(key)))),
    force: properties['ForceUpdateEnabled'] === true,
  });
  return {
    after: 60_000,
    done() {
      const texts = update.errors.map(
        (error) =>
          `{ErrorCode: ${error.errorCode},ErrorMessage: ${error.errorMessage},ResourceIds: [${error.resourceIds.join(', ')}]}`,
      );
      if (update.status === 'Failed') throw new AwsError('NotStabilized', `Update failed due to [${texts.join(', ')}]`);
      return update.status === 'Successful';
    },
  };
}

/** CloudFormation writes `NodeRole` where EKS's API says `nodeRole`. */
export function lowerKeys(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      isObject(value) && key === 'RemoteAccess' ? lowerKeys(value) : value,
    ]),
  );
}
