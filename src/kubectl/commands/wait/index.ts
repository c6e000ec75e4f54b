import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import {
  allFlag,
  allNamespacesFlag,
  fieldSelectorFlag,
  filenameFlags,
  localFlag,
  printFlags,
  selectorFlag,
} from '../../common-flags.ts';
import { KubectlError, SeveralErrors, StatusError } from '../../errors.ts';
import { duration, stringArray } from '../../flags/index.ts';
import { listAt, textAt } from '../../json.ts';
import { resourcePath } from '../../mapper.ts';
import { printerFor, printObject } from '../../printing.ts';
import { readObject } from '../../resource/builder.ts';
import { findByFlags } from '../../resource/from-flags.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { waitDeleted } from '../../resource/wait-deleted.ts';
import { type Goal, goalOf } from './condition.ts';

/** `--timeout` below zero, in ms: a week. */
const WEEK = 168 * 3_600_000;

/** kubernetes: kubectl/pkg/cmd/wait/wait.go */
export const waitCommand: Command = {
  name: 'wait',
  use: "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  short: 'Wait for a specific condition on one or many resources',
  long: 'Wait for a condition of one or many resources, for their creation or their end.\n\n The command takes several resources and waits until the condition holds for every one of them.',
  examples: `# A Pod that is ready
kubectl wait --for=condition=Ready pod/web

# A Pod that has run
kubectl wait --for=jsonpath='{.status.phase}'=Succeeded pod/once

# A Pod that is gone
kubectl wait --for=delete pod/web --timeout=60s`,
  flags: [
    allFlag(),
    allNamespacesFlag,
    fieldSelectorFlag,
    ...filenameFlags('Files that name the resources.', true).filter((flag) => flag.name !== 'kustomize'),
    stringArray(
      'for',
      "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]].",
    ),
    localFlag('wait'),
    ...printFlags(),
    selectorFlag(),
    duration('timeout', 30_000, 'How long to wait before giving up. Zero means check once, negative means a week.'),
  ],
  *run(invocation) {
    const { flags } = invocation;
    const given = flags.list('for');
    if (given.length === 0) throw new KubectlError('unrecognized condition: []');
    const goals = given.map(goalOf);
    const timeout = flags.number('timeout');
    const end = invocation.process.now + (timeout < 0 ? WEEK : timeout);
    if (goals.some((goal) => goal.kind === 'create')) yield* waitForAll(invocation, end);
    for (const goal of goals) yield* reach(invocation, goal, end, timeout === 0);
  },
};

function* resourcesOf({ flags, factory, args }: Invocation) {
  return yield* findByFlags(factory, flags, {
    args,
    allNamespaces: flags.bool('all-namespaces'),
    selector: flags.string('selector') || undefined,
    fieldSelector: flags.string('field-selector') || undefined,
    all: flags.bool('all'),
    local: flags.bool('local'),
    latest: true,
    flatten: true,
    continueOnError: true,
  });
}

/** --for=create: looks twice a second until everything named is there. */
function* waitForAll(invocation: Invocation, end: number): Task<void> {
  const { process } = invocation;
  for (;;) {
    let found = 0;
    try {
      const resources = yield* resourcesOf(invocation);
      yield* resources.visit(function* () {
        found++;
      });
      if (found > 0) return;
    } catch (error) {
      if (!(error instanceof StatusError && error.notFound)) throw error;
    }
    if (process.now >= end) throw new KubectlError('timed out waiting for the condition');
    yield* process.sleep(Math.min(500, Math.max(1, end - process.now)));
  }
}

function* reach(invocation: Invocation, goal: Goal, end: number, once: boolean): Task<void> {
  const errors: Error[] = [];
  const infos: Info[] = [];
  try {
    const resources = yield* resourcesOf(invocation);
    yield* resources.visit(function* (info) {
      infos.push(info);
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const all = error instanceof SeveralErrors ? error.errors : [error];
    const gone = goal.kind === 'delete' ? all.filter((one) => !(one instanceof StatusError && one.notFound)) : all;
    errors.push(...gone);
    if (infos.length === 0 && gone.length > 0) throw error;
  }
  if (infos.length === 0 && errors.length === 0) {
    if (goal.kind === 'delete') return;
    throw new KubectlError('no matching resources found');
  }
  for (const info of infos) {
    try {
      let object: JsonObject = objectOf(info);
      if (goal.kind === 'delete') yield* waitGone(invocation, info, end, once);
      else if (goal.kind === 'test') object = yield* waitUntil(invocation, info, goal.holds, end, once);
      yield* printObject(invocation, printerFor(invocation, 'condition met'), object);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      errors.push(error);
    }
  }
  if (errors.length === 1 && errors[0]) throw errors[0];
  if (errors.length > 1) throw new SeveralErrors(errors);
}

function* waitGone({ factory, process }: Invocation, info: Info, end: number, once: boolean): Task<void> {
  if (info.name === '') throw new KubectlError('resource name must be provided');
  const uid = textAt(objectOf(info), 'metadata', 'uid');
  if (!once) return yield* waitDeleted(factory, info, uid, Math.max(0, end - process.now));
  try {
    const live = yield* readObject(factory, info);
    if (textAt(live, 'metadata', 'uid') !== uid) return;
  } catch (error) {
    if (error instanceof StatusError && error.notFound) return;
    throw error;
  }
  throw new KubectlError(`condition not met for ${mappingOf(info).plural}/${info.name}`);
}

/** Watches one object until the test holds; the object as it was then. */
function* waitUntil(
  { factory, process }: Invocation,
  info: Info,
  holds: (object: JsonObject) => boolean,
  end: number,
  once: boolean,
): Task<JsonObject> {
  if (info.name === '') throw new KubectlError('resource name must be provided');
  const mapping = mappingOf(info);
  const named = `${mapping.plural}/${info.name}`;
  const expired = () => new KubectlError(`timed out waiting for the condition on ${named}`);
  if (once) {
    const object = yield* readObject(factory, info);
    if (holds(object)) return object;
    throw new KubectlError(`condition not met for ${named}`);
  }
  const path = resourcePath(mapping, info.namespace);
  const field = ['fieldSelector', `metadata.name=${info.name}`] as const;
  const client = factory.client();
  for (;;) {
    const list = yield* client.get(path, [field]);
    const live = listAt(list, 'items')[0];
    if (live) {
      const object = { apiVersion: textAt(list, 'apiVersion'), kind: mapping.kind, ...live };
      if (holds(object)) return object;
    }
    if (process.now >= end) throw expired();
    const watch = yield* client.watch(path, {
      query: [field, ['resourceVersion', textAt(list, 'metadata', 'resourceVersion')]],
    });
    try {
      for (;;) {
        const event = yield* watch.next(Math.max(0, end - process.now));
        if (event === 'timeout') throw expired();
        if (event === undefined) break;
        if (event.type === 'ERROR') throw new StatusError(event.object);
        if (event.type !== 'DELETED' && holds(event.object)) return event.object;
      }
    } finally {
      watch.close();
    }
  }
}
