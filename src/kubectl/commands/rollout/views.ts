import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { printFlags } from '../../common-flags.ts';
import { KubectlError } from '../../errors.ts';
import { bool, duration, int64 } from '../../flags/index.ts';
import { listAt, textAt } from '../../json.ts';
import { refuseCustomKind, resourcePath } from '../../mapper.ts';
import { TabWriter } from '../../printers/tabwriter.ts';
import { printerFor, printObject } from '../../printing.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { groupKind, requireHistory, revisionsOf } from './history.ts';
import { podTemplateText } from './pod-template-text.ts';
import { requireResource, rolloutFlags, rolloutResources } from './shared.ts';
import { STATUS_VIEWERS } from './status.ts';

export const history: Command = {
  name: 'history',
  use: 'history (TYPE NAME | TYPE/NAME) [flags]',
  short: 'View rollout history',
  long: 'View previous rollout revisions and configurations.',
  examples: `# The revisions of a deployment
kubectl rollout history deployment/web

# One of them in detail
kubectl rollout history deployment/web --revision=3`,
  flags: [
    ...rolloutFlags,
    ...printFlags(),
    int64('revision', 0, 'See the details, including podTemplate of the revision specified'),
  ],
  *run(invocation) {
    const { flags, factory } = invocation;
    requireResource(invocation);
    const revision = flags.number('revision');
    if (revision < 0) throw new KubectlError(`revision must be a positive integer: ${revision}`);
    const objects = flags.changed('output') ? printerFor(invocation, '') : undefined;
    const resources = yield* rolloutResources(invocation);
    yield* resources.visit(function* (info) {
      requireHistory(mappingOf(info), 'history viewer', 'history');
      const revisions = yield* revisionsOf(factory, objectOf(info), info.namespace);
      const chosen = revisions.find((one) => one.number === revision);
      if (revision > 0 && revisions.length > 0 && !chosen)
        throw new KubectlError('unable to find the specified revision');
      if (objects) {
        for (const one of revision > 0 ? (chosen ? [chosen] : []) : revisions)
          yield* printObject(invocation, objects, revisionObject(objectOf(info), one.keeper, one.template));
        return;
      }
      const text =
        revisions.length === 0
          ? 'No rollout history found.'
          : chosen
            ? podTemplateText(chosen.template)
            : overview(revisions);
      const head = revision > 0 ? `with revision #${revision}` : '';
      yield* printObject(invocation, printerFor(invocation, `${head}\n${text}`), objectOf(info));
    });
  },
};

/** A ReplicaSet as it is; a DaemonSet or StatefulSet as it was. */
function revisionObject(object: JsonObject, keeper: JsonObject, template: JsonObject): JsonObject {
  if (textAt(keeper, 'kind') === 'ReplicaSet') return keeper;
  const spec = object['spec'];
  return {
    ...object,
    spec: { ...(typeof spec === 'object' && spec !== null && !Array.isArray(spec) ? spec : {}), template },
  };
}

function overview(revisions: readonly { readonly number: number; readonly changeCause: string }[]): string {
  const out = new TabWriter(0, 2, false);
  out.write('REVISION\tCHANGE-CAUSE\n');
  for (const one of revisions) out.write(`${one.number}\t${one.changeCause || '<none>'}\n`);
  return out.flush();
}

export const status: Command = {
  name: 'status',
  use: 'status (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Show the status of the rollout',
  long: `Show the status of the rollout.

 By default the command watches the latest rollout until it is done; --watch=false looks once. --revision=N watches one revision and ends when another has begun.`,
  examples: '# Wait for a deployment\nkubectl rollout status deployment/web',
  flags: [
    ...rolloutFlags,
    int64('revision', 0, 'Pin to a specific revision for showing its status. Defaults to 0 (last revision).'),
    duration('timeout', 0, 'How long to watch; zero means never to end.'),
    bool('watch', true, "Watch the status of the rollout until it's done.", { shorthand: 'w' }),
  ],
  *run(invocation) {
    const { flags, factory, process } = invocation;
    requireResource(invocation);
    const revision = flags.number('revision');
    if (revision < 0) throw new KubectlError(`revision must be a positive integer: ${revision}`);
    const resources = yield* rolloutResources(invocation);
    let found = false;
    yield* resources.visit(function* (info) {
      found = true;
      yield* follow(invocation, info, revision);
    });
    if (!found) yield* process.printError(`No resources found in ${factory.namespace().name} namespace.\n`);
  },
};

function* follow(invocation: Invocation, info: Info, revision: number): Task<void> {
  const { flags, factory, process } = invocation;
  const mapping = mappingOf(info);
  const viewer = STATUS_VIEWERS[groupKind(mapping)];
  refuseCustomKind(mapping);
  if (!viewer) throw new KubectlError(`no status viewer has been implemented for ${groupKind(mapping)}`);
  const client = factory.client();
  const path = resourcePath(mapping, info.namespace);
  const field = ['fieldSelector', `metadata.name=${info.name}`] as const;
  const timeout = flags.number('timeout');
  const end = timeout > 0 ? process.now + timeout : Number.POSITIVE_INFINITY;
  let seen = '';
  const show = function* (object: JsonObject): Task<boolean> {
    seen = textAt(object, 'metadata', 'resourceVersion');
    const state = viewer(object, revision);
    yield* process.print(state.text);
    return state.done || !flags.bool('watch');
  };
  for (;;) {
    const list = yield* client.get(path, [field]);
    const live = listAt(list, 'items')[0];
    if (live && textAt(live, 'metadata', 'resourceVersion') !== seen && (yield* show(live))) return;
    if (!live && seen !== '') throw new KubectlError('object has been deleted');
    const version = textAt(list, 'metadata', 'resourceVersion');
    const watch = yield* client.watch(path, { query: [field, ['resourceVersion', version]] });
    try {
      for (;;) {
        const left = end - process.now;
        const event = yield* watch.next(Number.isFinite(left) ? Math.max(0, left) : undefined);
        if (event === 'timeout') throw new KubectlError('timed out waiting for the condition');
        if (event === undefined) break;
        if (event.type === 'DELETED') throw new KubectlError('object has been deleted');
        if (event.type !== 'ADDED' && event.type !== 'MODIFIED') break;
        if (yield* show(event.object)) return;
      }
    } finally {
      watch.close();
    }
  }
}
