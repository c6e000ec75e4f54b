import { equal, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { dryRunFlag, printFlags } from '../../common-flags.ts';
import { type DryRun, dryRunOf, writeQuery } from '../../dry-run.ts';
import { asError, KubectlError } from '../../errors.ts';
import { int64 } from '../../flags/index.ts';
import { objectAt, textAt } from '../../json.ts';
import { printerFor, printObject } from '../../printing.ts';
import { JSON_PATCH, patchObject, STRATEGIC_PATCH } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { LAST_APPLIED } from '../../resource/last-applied.ts';
import { REVISION, type Revision, requireHistory, revisionsOf } from './history.ts';
import { podTemplateText } from './pod-template-text.ts';
import { requireResource, rolloutFlags, rolloutResources } from './shared.ts';

const HASH = 'pod-template-hash';

/** Annotations that a Deployment keeps when it is rolled back. */
const KEPT = [
  LAST_APPLIED,
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
];

export const undo: Command = {
  name: 'undo',
  use: 'undo (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Undo a previous rollout',
  long: 'Roll back to a previous rollout.',
  examples: `# The revision before this one
kubectl rollout undo deployment/web

# Revision 3
kubectl rollout undo deployment/web --to-revision=3`,
  flags: [
    dryRunFlag,
    ...rolloutFlags,
    ...printFlags(),
    int64('to-revision', 0, 'The revision to rollback to. Default to 0 (last revision).'),
  ],
  *run(invocation) {
    const dryRun = yield* dryRunOf(invocation);
    requireResource(invocation);
    const resources = yield* rolloutResources(invocation);
    yield* resources.visit(function* (info) {
      const object = objectOf(info);
      if (objectAt(object, 'metadata', 'annotations')[LAST_APPLIED] !== undefined)
        yield* invocation.process.printError(
          `Warning: resource ${mappingOf(info).plural}/${info.name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
        );
      requireHistory(mappingOf(info), 'rollbacker', 'rollbacker');
      const result = yield* rollBack(invocation, info, dryRun);
      yield* printObject(invocation, printerFor(invocation, result, dryRun), object);
    });
  },
};

/** What was done. kubernetes: kubectl/pkg/polymorphichelpers/rollback.go */
function* rollBack(invocation: Invocation, info: Info, dryRun: DryRun): Task<string> {
  const { flags, factory } = invocation;
  const wanted = flags.number('to-revision');
  const notFound = () => new KubectlError(`unable to find specified revision ${wanted} in history`);
  if (wanted < 0) throw notFound();
  const object = objectOf(info);
  const revisions = yield* revisionsOf(factory, object, info.namespace);
  const deployment = textAt(object, 'kind') === 'Deployment';
  const target = wanted === 0 ? revisions.at(-2) : revisions.find((one) => one.number === wanted);
  if (!target) {
    if (wanted !== 0) throw notFound();
    throw new KubectlError(
      deployment
        ? `no rollout history found for deployment ${JSON.stringify(info.name)}`
        : 'no last revision to roll back to',
    );
  }
  if (dryRun === 'client') {
    const text = podTemplateText(deployment ? objectAt(target.keeper, 'spec', 'template') : target.template);
    return deployment ? text : `will roll back to ${text}`;
  }
  if (deployment && objectAt(object, 'spec')['paused'] === true)
    throw new KubectlError(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  const raw = deployment ? objectAt(target.keeper, 'spec', 'template') : target.template;
  if (equal(withoutHash(raw), withoutHash(objectAt(object, 'spec', 'template'))))
    return `skipped rollback (current template already matches revision ${wanted})`;
  const query = writeQuery(dryRun, '');
  const client = factory.client();
  const patch: Json = deployment ? deploymentPatch(object, target) : objectAt(target.keeper, 'data');
  const type = deployment ? JSON_PATCH : STRATEGIC_PATCH;
  try {
    yield* patchObject(client, mappingOf(info), info.namespace, info.name, type, patch, query);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new KubectlError(`failed restoring revision ${wanted}: ${asError(error).message}`);
  }
  return 'rolled back';
}

function withoutHash(template: JsonObject): JsonObject {
  const { [HASH]: _, ...labels } = objectAt(template, 'metadata', 'labels');
  const { creationTimestamp: __, ...metadata } = objectAt(template, 'metadata');
  return { ...template, metadata: { ...metadata, labels } };
}

function deploymentPatch(object: JsonObject, target: Revision): Json {
  const now = objectAt(object, 'metadata', 'annotations');
  const then = objectAt(target.keeper, 'metadata', 'annotations');
  const annotations: JsonObject = {};
  for (const [key, value] of Object.entries(now)) if (KEPT.includes(key)) annotations[key] = value;
  for (const [key, value] of Object.entries(then)) if (!KEPT.includes(key)) annotations[key] = value;
  return [
    { op: 'replace', path: '/spec/template', value: withoutHash(objectAt(target.keeper, 'spec', 'template')) },
    { op: 'replace', path: '/metadata/annotations', value: annotations },
  ];
}
