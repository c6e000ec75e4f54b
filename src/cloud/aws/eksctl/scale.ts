import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { ClientError } from '../client/client.ts';
import { numberOf, objectsOf, textOf } from '../params.ts';
import { readConfig } from './config.ts';
import { type Context, sdkText } from './context.ts';
import { EksctlError, log } from './log.ts';

interface Sizes {
  readonly desired: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** Raises EksctlError. eksctl: pkg/ctl/cmdutils/scale.go, validateNumberOfNodesCLI */
function checkSizes({ desired, min, max }: Sizes): void {
  if (desired === undefined && min === undefined && max === undefined)
    throw new EksctlError('at least one of minimum, maximum and desired nodes must be set');
  if (desired !== undefined && desired < 0) throw new EksctlError('number of nodes must be 0 or greater');
  if (min !== undefined && min < 0) throw new EksctlError('minimum of nodes must be 0 or greater');
  if (max !== undefined && max < 0) throw new EksctlError('maximum of nodes must be 0 or greater');
  if (max !== undefined && min !== undefined && max < min)
    throw new EksctlError('maximum number of nodes must be greater than minimum number of nodes');
  if (max !== undefined && desired !== undefined && max < desired)
    throw new EksctlError('maximum number of nodes must be greater than or equal to number of nodes');
  if (min !== undefined && desired !== undefined && min > desired)
    throw new EksctlError('minimum number of nodes must be fewer than or equal to number of nodes');
}

/** `eksctl scale nodegroup`. Raises EksctlError. eksctl: pkg/actions/nodegroup/scale.go */
export function* scale(context: Context, cluster: string): Task<number> {
  const { process, flags } = context;
  const name = flags.name();
  const file = flags.text('config-file');
  if (file !== undefined) {
    for (const group of objectsOf(readConfig(process, file), 'managedNodeGroups'))
      yield* scaleOne(context, cluster, ofFile(group));
    return 0;
  }
  if (name === undefined)
    throw new EksctlError('a config file is required when --name is not set or when scaling multiple nodegroups');
  const desired = flags.number('nodes');
  yield* scaleOne(context, cluster, { name, desired, min: flags.number('nodes-min'), max: flags.number('nodes-max') });
  return 0;
}

function ofFile(group: JsonObject): Sizes & { readonly name: string } {
  return {
    name: textOf(group, 'name') ?? '',
    desired: numberOf(group, 'desiredCapacity'),
    min: numberOf(group, 'minSize'),
    max: numberOf(group, 'maxSize'),
  };
}

function* scaleOne(context: Context, cluster: string, wanted: Sizes & { readonly name: string }): Task {
  const { process } = context;
  const { name, ...sizes } = wanted;
  checkSizes(sizes);
  yield* log(process, 'info', `scaling nodegroup ${JSON.stringify(name)} in cluster ${cluster}`);
  const scalingConfig = {
    ...(sizes.desired === undefined ? {} : { desiredSize: sizes.desired }),
    ...(sizes.min === undefined ? {} : { minSize: sizes.min }),
    ...(sizes.max === undefined ? {} : { maxSize: sizes.max }),
  };
  try {
    yield* context.client.call('eks', 'UpdateNodegroupConfig', {
      clusterName: cluster,
      nodegroupName: name,
      scalingConfig,
    });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    throw new EksctlError(
      `failed to scale nodegroup for cluster ${JSON.stringify(cluster)}, error: ${sdkText('EKS', error)}`,
    );
  }
  yield* log(process, 'info', `initiated scaling of nodegroup`);
  yield* log(
    process,
    'info',
    `to see the status of the scaling run \`eksctl get nodegroup --cluster ${cluster} --region ${context.region} --name ${name}\``,
  );
}
