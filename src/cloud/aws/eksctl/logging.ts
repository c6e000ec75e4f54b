import type { Task } from '../../../world/task.ts';
import { objectOf, objectsOf, textOf, textsOf } from '../params.ts';
import { LOG_TYPES } from '../services/eks/logging.ts';
import { type Context, call } from './context.ts';
import { EksctlError, log } from './log.ts';
import { describeCluster } from './stacks.ts';

/** ms between two looks at an update, the shortest and what chance adds. eksctl: pkg/utils/waiters */
const SHORTEST = 15_000;
const MORE = 5000;

const listOf = (text = '') => text.split(',').filter((word) => word !== '');

/** `eksctl utils update-cluster-logging`. Raises EksctlError. eksctl: pkg/ctl/utils/update_cluster_logging.go */
export function* updateLogging(context: Context, name: string): Task<number> {
  const { process, flags, region } = context;
  const [enable, disable] = [listOf(flags.text('enable-types')), listOf(flags.text('disable-types'))];
  checkTypes(enable, disable);
  const cluster = yield* describeCluster(context, name);
  const setups = objectsOf(objectOf(cluster, 'logging'), 'clusterLogging');
  const before = setups.flatMap((one) => (one['enabled'] === true ? textsOf(one, 'types') : []));
  const after = wanted(before, enable, disable);
  const off = LOG_TYPES.filter((type) => !after.includes(type));
  const where = `for cluster ${JSON.stringify(name)} in ${JSON.stringify(region)}`;
  if (before.join() === after.join()) {
    yield* log(process, 'success', `CloudWatch logging ${where} is already up-to-date`);
    return 0;
  }
  const intended = `update CloudWatch logging ${where} (${listed('enable types', after, 'no types to enable')} & ${listed('disable types', off, 'no types to disable')})`;
  if (!flags.bool('approve')) {
    yield* log(process, 'info', `(plan) would ${intended}`);
    yield* log(process, 'warning', "no changes were applied, run again with '--approve' to apply the changes");
    return 0;
  }
  yield* log(process, 'info', `will ${intended}`);
  const logging = {
    clusterLogging: [
      { types: after, enabled: true },
      { types: off, enabled: false },
    ],
  };
  const answer = yield* call(context, 'eks', 'UpdateClusterConfig', { name, logging });
  yield* waitForUpdate(context, name, textOf(objectOf(answer ?? {}, 'update'), 'id') ?? '');
  yield* log(
    process,
    'success',
    `configured CloudWatch logging ${where} (${listed('enabled types', after, 'no types enabled')} & ${listed('disabled types', off, 'no types disabled')})`,
  );
  return 0;
}

const listed = (title: string, types: readonly string[], none: string) =>
  types.length === 0 ? none : `${title}: ${types.join(', ')}`;

/** eksctl: validateLoggingFlags */
function checkTypes(enable: readonly string[], disable: readonly string[]): void {
  if (enable.length === 0 && disable.length === 0)
    throw new EksctlError('at least one flag has to be provided: --enable-types, --disable-types');
  if (enable.join() === 'all' && disable.join() === 'all')
    throw new EksctlError('cannot use `all` for both --enable-types and --disable-types at the same time');
  for (const types of [enable, disable]) {
    const unknown = types.join() === 'all' ? undefined : types.find((type) => !LOG_TYPES.includes(type));
    if (unknown !== undefined)
      throw new EksctlError(`unknown log type ${unknown}. Supported log types: all, ${LOG_TYPES.join(', ')}`);
  }
  if (enable.some((type) => disable.includes(type)))
    throw new EksctlError('log types cannot be part of --enable-types and --disable-types simultaneously');
}

/** eksctl: processTypesToEnable */
function wanted(before: readonly string[], enable: readonly string[], disable: readonly string[]): string[] {
  const chosen = (type: string) => {
    if (disable[0] === 'all') return enable.includes(type);
    if (enable[0] === 'all') return !disable.includes(type);
    return (before.includes(type) || enable.includes(type)) && !disable.includes(type);
  };
  return LOG_TYPES.filter(chosen);
}

/** eksctl: pkg/eks/update.go, waitForUpdateToSucceed */
function* waitForUpdate(context: Context, name: string, updateId: string): Task {
  const { process } = context;
  const random = process.machine.world.random.fork(`eksctl/update/${updateId}`);
  for (;;) {
    yield* log(process, 'info', `waiting for requested "LoggingUpdate" in cluster ${JSON.stringify(name)} to succeed`);
    const answer = yield* call(context, 'eks', 'DescribeUpdate', { name, updateId });
    if (textOf(objectOf(answer ?? {}, 'update'), 'status') === 'Successful') return;
    yield* process.sleep(SHORTEST + random.next() * MORE);
  }
}
