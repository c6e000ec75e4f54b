import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import type { DryRun } from '../../dry-run.ts';
import { KubectlError } from '../../errors.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { klogLine } from '../../klog.ts';
import { type Mapping, qualifiedPlural, resourcePath } from '../../mapper.ts';
import { printerFor, printObject } from '../../printing.ts';
import { deleteObject } from '../../resource/helper.ts';
import { LAST_APPLIED } from '../../resource/last-applied.ts';

/** Resources that --prune looks through. kubernetes: kubectl/pkg/util/prune/prune.go defaultNamespacedPruneResources, … */
const DEFAULTS = [
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
  'namespaces',
  'persistentvolumes',
];

const DEPRECATION =
  'Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.';

/** What --prune-allowlist names, or nothing. Raises KubectlError. kubernetes: kubectl/pkg/util/prune/prune.go ParseResources */
export function* pruneMappings({ flags, factory }: Invocation): Task<Mapping[]> {
  const allowed = flags.list('prune-allowlist');
  if (allowed.length === 0) return [];
  const mapper = yield* factory.mapper();
  return allowed.map((text) => {
    const [group = '', version, kind, ...more] = text.split('/');
    if (version === undefined || kind === undefined || more.length > 0)
      throw new KubectlError(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
    try {
      return mapper.mappingForKind(group === 'core' ? '' : group, version, kind);
    } catch (error) {
      throw new KubectlError(error instanceof Error ? error.message : '');
    }
  });
}

/** One object that was once applied, is selected and is not among those of now. */
export interface Prunable {
  readonly mapping: Mapping;
  readonly object: JsonObject;
}

/** What --prune would delete, of the namespaces visited and of none. `kept`: uids of what was applied now. Raises StatusError. */
export function* prunable(
  invocation: Invocation,
  kept: ReadonlySet<string>,
  namespaces: ReadonlySet<string>,
): Task<Prunable[]> {
  const { flags, factory, process } = invocation;
  const { resources } = yield* factory.mapper();
  let mappings = yield* pruneMappings(invocation);
  if (mappings.length === 0) {
    mappings = DEFAULTS.flatMap((name) => resources.find((one) => qualifiedPlural(one) === name) ?? []);
    // It is said whether -n was given or not: there is always a namespace in force.
    yield* process.printError(klogLine(process, 'W', 'prune.go:71', DEPRECATION));
  }
  const selector = flags.string('selector');
  const query: [string, string][] = selector === '' ? [] : [['labelSelector', selector]];
  const inNamespaces = mappings.filter((one) => one.namespaced);
  const scopes = [...namespaces].flatMap((namespace) => inNamespaces.map((mapping) => ({ namespace, mapping })));
  const out: Prunable[] = [];
  for (const mapping of mappings) if (!mapping.namespaced) scopes.push({ namespace: '', mapping });
  for (const { namespace, mapping } of scopes) {
    const list = yield* factory.client().get(resourcePath(mapping, namespace), query);
    for (const item of listAt(list, 'items')) {
      const object = { apiVersion: textAt(list, 'apiVersion'), kind: mapping.kind, ...item };
      if (objectAt(object, 'metadata', 'annotations')[LAST_APPLIED] === undefined) continue;
      if (!kept.has(textAt(object, 'metadata', 'uid'))) out.push({ mapping, object });
    }
  }
  return out;
}

/** Deletes what was once applied, is selected and was not applied now. Raises StatusError. */
export function* prune(
  invocation: Invocation,
  dryRun: DryRun,
  kept: ReadonlySet<string>,
  namespaces: ReadonlySet<string>,
): Task<void> {
  const client = invocation.factory.client();
  const printer = printerFor(invocation, 'pruned', dryRun);
  for (const { mapping, object } of yield* prunable(invocation, kept, namespaces)) {
    const { name, namespace } = {
      name: textAt(object, 'metadata', 'name'),
      namespace: textAt(object, 'metadata', 'namespace'),
    };
    if (dryRun !== 'client')
      yield* deleteObject(client, mapping, namespace, name, {
        propagationPolicy: 'Background',
        ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
      });
    yield* printObject(invocation, printer, object);
  }
}
