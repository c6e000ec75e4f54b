import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { fieldManagerFlag, printFlags } from '../../common-flags.ts';
import { asError, KubectlError, SeveralErrors } from '../../errors.ts';
import { objectAt, textAt } from '../../json.ts';
import { qualifiedPlural } from '../../mapper.ts';
import { printerFor, printObject } from '../../printing.ts';
import { patchObject, STRATEGIC_PATCH } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { groupKind } from './history.ts';
import { requireResource, rolloutFlags, rolloutResources } from './shared.ts';

interface Change {
  readonly name: string;
  readonly short: string;
  readonly long: string;
  readonly examples: string;
  /** `paused`. */
  readonly done: string;
  /** The patch. Raises KubectlError. */
  readonly patch: (object: JsonObject, info: Info, invocation: Invocation) => JsonObject;
}

function changeCommand(change: Change): Command {
  return {
    name: change.name,
    use: `${change.name} RESOURCE`,
    short: change.short,
    long: change.long,
    examples: change.examples,
    flags: [...rolloutFlags, ...printFlags(), fieldManagerFlag('kubectl-rollout')],
    run: (invocation) => runChange(change, invocation),
  };
}

function* runChange(change: Change, invocation: Invocation): Task<void> {
  const { factory, flags, process } = invocation;
  requireResource(invocation);
  const printer = printerFor(invocation, change.done);
  const resources = yield* rolloutResources(invocation);
  const errors: Error[] = [];
  const infos: Info[] = [];
  try {
    yield* resources.visit(function* (info) {
      infos.push(info);
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    errors.push(...(error instanceof SeveralErrors ? error.errors : [error]));
  }
  if (infos.length === 0 && errors.length === 0) {
    yield* process.printError(`No resources found in ${factory.namespace().name} namespace.\n`);
    return;
  }
  for (const info of infos) {
    const mapping = mappingOf(info);
    let patch: JsonObject;
    try {
      patch = change.patch(objectOf(info), info, invocation);
    } catch (error) {
      errors.push(
        new KubectlError(`error: ${qualifiedPlural(mapping)} ${JSON.stringify(info.name)} ${asError(error).message}`),
      );
      continue;
    }
    if (Object.keys(patch).length === 0) {
      errors.push(
        new KubectlError(
          `failed to create patch for ${info.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
        ),
      );
      continue;
    }
    try {
      const query = [['fieldManager', flags.string('field-manager')]] as const;
      const client = factory.client();
      const object = yield* patchObject(client, mapping, info.namespace, info.name, STRATEGIC_PATCH, patch, query);
      yield* printObject(invocation, printer, object);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      errors.push(new KubectlError(`failed to patch: ${error.message}`));
    }
  }
  if (errors.length === 1 && errors[0]) throw errors[0];
  if (errors.length > 1) throw new SeveralErrors(errors);
}

function paused(object: JsonObject): boolean {
  return objectAt(object, 'spec')['paused'] === true;
}

function requireDeployment(info: Info, what: string): void {
  if (groupKind(mappingOf(info)) !== 'Deployment.apps') throw new KubectlError(`${what} is not supported`);
}

export const pause = changeCommand({
  name: 'pause',
  short: 'Mark the provided resource as paused',
  long: `Mark the provided resource as paused.

 A paused resource is not reconciled by its controller. "kubectl rollout resume" goes on with it. Only deployments can be paused.`,
  examples: '# Changes to the deployment wait until it is resumed\nkubectl rollout pause deployment/web',
  done: 'paused',
  patch(object, info) {
    requireDeployment(info, 'pausing');
    if (paused(object)) throw new KubectlError('is already paused');
    return { spec: { paused: true } };
  },
});

export const resume = changeCommand({
  name: 'resume',
  short: 'Resume a paused resource',
  long: `Resume a paused resource.

 Its controller reconciles it again. Only deployments can be resumed.`,
  examples: '# Go on with a paused deployment\nkubectl rollout resume deployment/web',
  done: 'resumed',
  patch(object, info) {
    requireDeployment(info, 'resuming');
    if (!paused(object)) throw new KubectlError('is not paused');
    return { spec: { paused: null } };
  },
});

const RESTARTED = 'kubectl.kubernetes.io/restartedAt';

export const restart = changeCommand({
  name: 'restart',
  short: 'Restart a resource',
  long: 'Restart a resource.\n\n All of its pods are replaced, as in a rollout.',
  examples: '# New pods for a deployment\nkubectl rollout restart deployment/web',
  done: 'restarted',
  patch(object, info, { process }) {
    if (!['Deployment.apps', 'DaemonSet.apps', 'StatefulSet.apps'].includes(groupKind(mappingOf(info))))
      throw new KubectlError('restarting is not supported');
    if (textAt(object, 'kind') === 'Deployment' && paused(object))
      throw new KubectlError("can't restart paused deployment (run rollout resume first)");
    const now = new Date(process.now).toISOString().replace(/\.\d+Z$/, 'Z');
    if (textAt(object, 'spec', 'template', 'metadata', 'annotations', RESTARTED) === now) return {};
    return { spec: { template: { metadata: { annotations: { [RESTARTED]: now } } } } };
  },
});
