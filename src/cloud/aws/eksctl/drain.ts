import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { type Context, kubeApi } from './context.ts';
import { nodegroupStack } from './delete.ts';
import { EksctlError, log } from './log.ts';
import { drainNodegroups, uncordonNodegroup } from './nodes.ts';

/** `eksctl drain nodegroup`. Raises EksctlError. eksctl: pkg/ctl/drain/nodegroup.go */
export function* drainNodegroup(context: Context, cluster: JsonObject): Task<number> {
  const { process, flags } = context;
  const clusterName = String(cluster['name']);
  const name = flags.name();
  if (name === undefined) throw new EksctlError('--name must be set');
  const parallel = flags.number('parallel') ?? 1;
  if (parallel < 1 || parallel > 25) throw new EksctlError('--parallel value must be of range 1-25');
  yield* nodegroupStack(context, clusterName, name);
  yield* log(process, 'info', `1 nodegroup (${name}) was included (based on the include/exclude rules)`);
  const undo = flags.bool('undo');
  const verb = undo ? 'uncordon' : 'drain';
  yield* log(process, 'info', `will ${verb} 0 nodegroup(s) in cluster ${JSON.stringify(clusterName)}`);
  yield* log(process, 'info', `will ${verb} 1 managed nodegroup(s) in cluster ${JSON.stringify(clusterName)}`);
  const api = kubeApi(context, cluster);
  if (undo) yield* uncordonNodegroup(context, api, name, parallel);
  else yield* drainNodegroups(context, api, [name], flags.bool('disable-eviction'), parallel);
  return 0;
}
