import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import type { DryRun } from '../../dry-run.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { qualifiedPlural, resourcePath } from '../../mapper.ts';
import { printerFor, printObject } from '../../printing.ts';
import { deleteObject } from '../../resource/helper.ts';
import { LAST_APPLIED } from '../../resource/last-applied.ts';

/** Resources that --prune looks through. kubernetes: kubectl/pkg/util/prune/prune.go defaultNamespacedPruneResources, … */
const NAMESPACED = [
  'configmaps',
  'endpoints',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'secrets',
  'services',
  'jobs.batch',
  'cronjobs.batch',
  'ingresses.networking.k8s.io',
  'daemonsets.apps',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
];
const CLUSTER = ['namespaces', 'persistentvolumes'];

/** Deletes what was once applied, is selected and was not applied now. Raises StatusError. */
export function* prune(
  invocation: Invocation,
  dryRun: DryRun,
  kept: ReadonlySet<string>,
  namespaces: ReadonlySet<string>,
): Task<void> {
  const { flags, factory } = invocation;
  const { resources } = yield* factory.mapper();
  const printer = printerFor(invocation, 'pruned', dryRun);
  const selector = flags.string('selector');
  const query: [string, string][] = selector === '' ? [] : [['labelSelector', selector]];
  const scopes = [...namespaces].flatMap((namespace) => NAMESPACED.map((name) => ({ namespace, name })));
  for (const { namespace, name } of [...scopes, ...CLUSTER.map((plural) => ({ namespace: '', name: plural }))]) {
    const mapping = resources.find((one) => qualifiedPlural(one) === name);
    if (!mapping) continue;
    const list = yield* factory.client().get(resourcePath(mapping, namespace), query);
    for (const item of listAt(list, 'items')) {
      const object = { apiVersion: textAt(list, 'apiVersion'), kind: mapping.kind, ...item };
      if (objectAt(object, 'metadata', 'annotations')[LAST_APPLIED] === undefined) continue;
      if (kept.has(textAt(object, 'metadata', 'uid'))) continue;
      if (dryRun !== 'client')
        yield* deleteObject(factory.client(), mapping, namespace, textAt(object, 'metadata', 'name'), {
          propagationPolicy: 'Background',
          ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
        });
      yield* printObject(invocation, printer, object);
    }
  }
}
