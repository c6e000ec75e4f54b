import { patchSchemaOf } from '../../../cluster/api/schema/patch-schema.ts';
import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { strategicMergePatch } from '../../../cluster/apimachinery/strategic-merge-patch.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { KubectlError } from '../../errors.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { containerNames } from '../../resource/containers.ts';
import { applyProfile, type DebugStyle, type Keep, withContainer } from './profiles.ts';

/** What the flags of debug ask for. */
export interface DebugPlan {
  readonly command: readonly string[];
  readonly keep: Keep;
  /** A partial container that is merged into the debug container. */
  readonly custom: JsonObject | undefined;
}

/** A Pod as it is sent, and its debug container; no container: only images were changed. */
export interface DebugPod {
  readonly pod: JsonObject;
  readonly container: string;
}

/** The Pod with one more ephemeral container. kubernetes: kubectl/pkg/cmd/debug/debug.go generateDebugContainer */
export function* withEphemeral(invocation: Invocation, pod: JsonObject, plan: DebugPlan): Task<DebugPod> {
  const name = yield* containerName(invocation, pod);
  const target = invocation.flags.string('target');
  const container: JsonObject = {
    ...newContainer(invocation, name, plan),
    ...(target === '' ? {} : { targetContainerName: target }),
  };
  const spec = objectAt(pod, 'spec');
  const added = { ...pod, spec: { ...spec, ephemeralContainers: [...listAt(spec, 'ephemeralContainers'), container] } };
  return { pod: finished(invocation, added, name, 'ephemeral', plan), container: name };
}

/** A Pod on a node that sees the node's file system and processes. */
export function* nodePod(invocation: Invocation, node: JsonObject, plan: DebugPlan): Task<DebugPod> {
  const { flags, process, factory } = invocation;
  const container = flags.string('container') || 'debugger';
  const nodeName = textAt(node, 'metadata', 'name');
  const name = `node-debugger-${nodeName}-${suffix(invocation)}`;
  if (!flags.bool('quiet'))
    yield* process.print(`Creating debugging pod ${name} with container ${container} on node ${nodeName}.\n`);
  const pod: JsonObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: factory.namespace().name,
      labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' },
    },
    spec: {
      containers: [newContainer(invocation, container, plan)],
      nodeName,
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists' }],
    },
  };
  return { pod: finished(invocation, pod, container, 'node', plan), container };
}

/** A copy of a Pod with a changed or a further container. kubernetes: generatePodCopyWithDebugContainer */
export function* copyOf(invocation: Invocation, pod: JsonObject, plan: DebugPlan): Task<DebugPod> {
  const { flags } = invocation;
  const { ephemeralContainers: _, nodeName, ...spec } = objectAt(pod, 'spec');
  const metadata: JsonObject = { name: flags.string('copy-to'), namespace: textAt(pod, 'metadata', 'namespace') };
  for (const field of ['annotations', 'labels'])
    if (Object.keys(objectAt(pod, 'metadata', field)).length > 0) metadata[field] = objectAt(pod, 'metadata', field);
  if (flags.bool('same-node') && nodeName !== undefined) spec['nodeName'] = nodeName;
  if (flags.changed('share-processes')) spec['shareProcessNamespace'] = flags.bool('share-processes');
  const images = flags.map('set-image');
  spec['containers'] = listAt(spec, 'containers').map((one) => {
    const image = images.get(textAt(one, 'name')) ?? images.get('*');
    return image === undefined ? one : { ...one, image };
  });
  let copied: JsonObject = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
  let name = flags.string('container');
  const image = flags.string('image');
  if (!allNames(copied).includes(name)) {
    if (image === '' && images.size > 0) return { pod: copied, container: '' };
    if (image === '') throw new KubectlError('you must specify image when creating new container');
    name = yield* containerName(invocation, copied);
    const fresh: JsonObject = { name, terminationMessagePolicy: 'File' };
    copied = { ...copied, spec: { ...spec, containers: [...listAt(spec, 'containers'), fresh] } };
  }
  copied = withContainer(copied, name, (one) => changedContainer(invocation, one, plan));
  return { pod: finished(invocation, copied, name, 'copy', plan), container: name };
}

function changedContainer({ flags }: Invocation, given: JsonObject, { command }: DebugPlan): JsonObject {
  const { command: old, args, stdin: _, tty: __, ...rest } = given;
  const words: JsonObject = {};
  if (command.length === 0) {
    if (old !== undefined) words['command'] = old;
    if (args !== undefined) words['args'] = args;
  } else if (flags.bool('arguments-only')) {
    words['args'] = [...command];
    if (old !== undefined) words['command'] = old;
  } else words['command'] = [...command];
  const env = environment(flags);
  return {
    ...rest,
    ...words,
    ...(env.length > 0 ? { env } : {}),
    ...(flags.string('image') === '' ? {} : { image: flags.string('image') }),
    ...(flags.string('image-pull-policy') === '' ? {} : { imagePullPolicy: flags.string('image-pull-policy') }),
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
  };
}

function newContainer(invocation: Invocation, name: string, plan: DebugPlan): JsonObject {
  return changedContainer(invocation, { name, resources: {}, terminationMessagePolicy: 'File' }, plan);
}

function environment(flags: Invocation['flags']): Json[] {
  return [...flags.map('env')].map(([name, value]) => ({ name, value }));
}

/** The Pod after the profile and the custom profile. */
function finished(
  { flags }: Invocation,
  pod: JsonObject,
  container: string,
  style: DebugStyle,
  { keep, custom }: DebugPlan,
): JsonObject {
  const profiled = applyProfile(flags.string('profile'), pod, container, style, keep);
  const schema = patchSchemaOf({ group: '', version: 'v1', kind: 'Pod' })
    ?.field('spec')
    ?.schema?.field('containers')?.schema;
  if (!custom || !schema) return profiled;
  return withContainer(profiled, container, (one) => {
    const merged = strategicMergePatch(one, { ...custom, name: container }, schema);
    return isObject(merged) ? merged : one;
  });
}

function* containerName(invocation: Invocation, pod: JsonObject): Task<string> {
  const { flags, process } = invocation;
  if (flags.string('container') !== '') return flags.string('container');
  const taken = allNames(pod);
  let name = `debugger-${suffix(invocation)}`;
  while (taken.includes(name)) name = `debugger-${suffix(invocation)}`;
  if (!flags.bool('quiet')) yield* process.print(`Defaulting debug container name to ${name}.\n`);
  return name;
}

function suffix({ process }: Invocation): string {
  return process.machine.world.random.suffix(5);
}

function allNames(pod: JsonObject): string[] {
  return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) => containerNames(pod, field));
}
