import { patchSchemaOf } from '../../../cluster/api/schema/patch-schema.ts';
import { isObject, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { createTwoWayPatch } from '../../../cluster/apimachinery/strategic-merge-patch.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { CodeError, KubectlError } from '../../errors.ts';
import { readText } from '../../files.ts';
import { bool, string, stringSlice, stringToString } from '../../flags/index.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { findResources } from '../../resource/builder.ts';
import { createObject, deleteObject, patchObject, STRATEGIC_PATCH } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { parseYaml } from '../../yaml.ts';
import { runRemote } from '../exec.ts';
import { copyOf, type DebugPlan, type DebugPod, nodePod, withEphemeral } from './pods.ts';
import { PROFILES } from './profiles.ts';

const KEEPS: readonly (readonly [name: string, fallback: boolean, what: string])[] = [
  ['annotations', false, 'the annotations'],
  ['init-containers', true, 'the init containers'],
  ['labels', false, 'the labels'],
  ['liveness', false, 'the liveness probes'],
  ['readiness', false, 'the readiness probes'],
  ['startup', false, 'the startup probes'],
];

/** kubernetes: kubectl/pkg/cmd/debug/debug.go */
export const debug: Command = {
  name: 'debug',
  use: 'debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  short: 'Create debugging sessions for troubleshooting workloads and nodes',
  long: `Look into Pods and nodes with containers that are made for it.

 A Pod gets an ephemeral container, or with --copy-to a copy that may have other images and commands. A node gets a Pod in its
 own namespaces, with the node's files below /host.`,
  examples: `# A shell beside the containers of a Pod, which sees the processes of one of them
kubectl debug mypod -it --image=busybox --target=app

# A copy of a Pod with another image
kubectl debug mypod --copy-to=my-debugger --set-image=*=busybox

# A shell on a node
kubectl debug node/mynode -it --image=busybox`,
  flags: [
    bool('arguments-only', false, 'What stands after -- is the arguments of the container and not its command.'),
    bool('attach', false, 'Wait for the container and attach to it. True with -i unless it is set.'),
    string('container', '', 'Container name to use for debug container.', { shorthand: 'c' }),
    string('copy-to', '', 'Create a copy of the target Pod with this name.'),
    string('custom', '', 'A file with a partial container, as JSON or YAML, that changes the profile.'),
    stringToString('env', 'Environment variables to set in the container.'),
    stringSlice('filename', 'Files that identify the resource to debug', { shorthand: 'f' }),
    string('image', '', 'Container image to use for debug container.'),
    string('image-pull-policy', '', 'The image pull policy for the container; empty: what the server chooses.'),
    ...KEEPS.map(([name, fallback, what]) =>
      bool(`keep-${name}`, fallback, `If true, the copy keeps ${what} of the Pod. Only with --copy-to.`),
    ),
    string('profile', 'general', 'Options are "general", "baseline", "restricted", "netadmin" or "sysadmin".'),
    bool('quiet', false, 'If true, suppress informational messages.', { shorthand: 'q' }),
    bool('replace', false, "When used with '--copy-to', delete the original Pod."),
    bool('same-node', false, "When used with '--copy-to', the copy runs on the same node."),
    stringToString(
      'set-image',
      "When used with '--copy-to', images by container names, as kubectl set image takes them.",
    ),
    bool('share-processes', true, "When used with '--copy-to', the containers of the copy see each other's processes."),
    bool('stdin', false, 'Keep stdin open on the container(s) in the pod, even if nothing is attached.', {
      shorthand: 'i',
    }),
    string('target', '', 'When using an ephemeral container, target processes in this container name.'),
    bool('tty', false, 'Allocate a TTY for the debugging container.', { shorthand: 't' }),
  ],
  *run(invocation) {
    const { flags, args, factory, process } = invocation;
    const dash = flags.argsBeforeDash ?? args.length;
    const targets = args.slice(0, dash);
    const plan = planOf(invocation, args.slice(dash));
    check(invocation, targets, plan);
    if (flags.string('target') !== '' && !flags.bool('quiet'))
      yield* process.print(
        `Targeting container ${JSON.stringify(flags.string('target'))}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
      );
    if (flags.string('profile') === 'legacy')
      yield* process.printError(
        '--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other profile, for example "--profile=general".\n',
      );
    const namespace = factory.namespace();
    const filenames = flags.list('filename');
    const bare = targets.every((one) => !one.includes('/'));
    const resources = yield* findResources(factory, {
      args:
        targets.length === 0
          ? []
          : bare
            ? ['pods', ...targets]
            : targets.map((one) => (one.includes('/') ? one : `pods/${one}`)),
      filenames,
      namespace: namespace.name,
      requireNamespace: namespace.enforced,
      latest: true,
    });
    let status = 0;
    yield* resources.visit(function* (info) {
      const made = yield* makeFor(invocation, info, plan);
      const attaches = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin');
      if (attaches && made.container !== '') status = yield* attach(invocation, made);
    });
    return status;
  },
};

function planOf({ flags, process }: Invocation, command: readonly string[]): DebugPlan {
  if (!PROFILES.includes(flags.string('profile')))
    throw new KubectlError(`unknown profile: ${flags.string('profile')}`);
  const keep = (name: string) => flags.bool(`keep-${name}`);
  let custom: JsonObject | undefined;
  const file = flags.string('custom');
  if (file !== '') {
    let text: string;
    try {
      text = readText(process, file);
    } catch {
      throw new KubectlError(
        `must pass a container spec json file for custom profile: open ${file}: no such file or directory`,
      );
    }
    const value = parseYaml(text);
    if (!isObject(value)) throw new KubectlError(`${file} does not contain a valid container spec: not an object`);
    custom = value;
  }
  return {
    command,
    custom,
    keep: {
      labels: keep('labels'),
      annotations: keep('annotations'),
      liveness: keep('liveness'),
      readiness: keep('readiness'),
      startup: keep('startup'),
      initContainers: keep('init-containers'),
    },
  };
}

const IMAGE = /^[a-zA-Z0-9][\w.:\-/]*(@sha256:[0-9a-f]{64})?$/;

/** kubernetes: kubectl/pkg/cmd/debug/debug.go Validate */
function check({ flags }: Invocation, targets: readonly string[], { command, custom }: DebugPlan): void {
  const fail = (text: string) => new KubectlError(text);
  const image = flags.string('image');
  const images = flags.map('set-image');
  const container = flags.string('container');
  if (flags.changed('attach') && flags.bool('attach') && image === '' && container === '')
    throw fail('you must specify --container or create a new container using --image in order to attach.');
  if (flags.string('copy-to') !== '') {
    if (image === '' && images.size === 0 && command.length === 0)
      throw fail('you must specify --image, --set-image or command arguments.');
    if (command.length > 0 && container === '' && image === '')
      throw fail('you must specify an existing container or a new image when specifying args.');
    if (flags.string('target') !== '')
      throw fail('--target is incompatible with --copy-to. Use --share-processes instead.');
  } else {
    if (flags.bool('replace')) throw fail('--replace may only be used with --copy-to.');
    if (flags.bool('same-node')) throw fail('--same-node may only be used with --copy-to.');
    if (images.size > 0) throw fail('--set-image may only be used with --copy-to.');
    if (image === '') throw fail('you must specify --image when not using --copy-to.');
  }
  if (image !== '' && !IMAGE.test(image))
    throw fail(`invalid image name ${JSON.stringify(image)}: invalid reference format`);
  if (targets.length === 0 && flags.list('filename').length === 0) throw fail('NAME or filename is required for debug');
  const policy = flags.string('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(policy)) throw fail(`invalid image pull policy: ${policy}`);
  if (flags.bool('tty') && !flags.bool('stdin')) throw fail('-i/--stdin is required for containers with -t/--tty=true');
  const fixed = ['name', 'command', 'image', 'lifecycle', 'volumeDevices'];
  if (custom && fixed.some((field) => custom[field] !== undefined))
    throw fail('name, command, image, lifecycle and volume devices are not modifiable via custom profile');
}

/** Makes the container or the Pod; the Pod as the server has it. Raises StatusError, KubectlError. */
function* makeFor(invocation: Invocation, info: Info, plan: DebugPlan): Task<DebugPod> {
  const { flags, factory } = invocation;
  const object = objectOf(info);
  const kind = textAt(object, 'kind');
  const client = factory.client();
  const pods = (yield* factory.mapper()).mappingFor('pods');
  if (kind === 'Node') {
    const made = yield* nodePod(invocation, object, plan);
    const namespace = factory.namespace().name;
    return { ...made, pod: yield* createObject(client, pods, namespace, made.pod) };
  }
  if (kind !== 'Pod') {
    const { group, version } = mappingOf(info);
    throw new KubectlError(`"${group === '' ? '' : group}/${version}, Kind=${kind}" not supported by debug`);
  }
  if (flags.string('copy-to') !== '') {
    const made = yield* copyOf(invocation, object, plan);
    yield* warnOfUser(invocation, made);
    const pod = yield* createObject(client, pods, info.namespace, made.pod);
    if (flags.bool('replace')) yield* deleteObject(client, pods, info.namespace, info.name, { gracePeriodSeconds: 0 });
    return { ...made, pod };
  }
  const made = yield* withEphemeral(invocation, object, plan);
  yield* warnOfUser(invocation, made);
  const schema = patchSchemaOf(pods);
  if (!schema) throw new KubectlError('error creating patch to add debug container');
  const patch = createTwoWayPatch(object, made.pod, schema);
  const path = 'ephemeralcontainers';
  const pod = yield* patchObject(client, pods, info.namespace, info.name, STRATEGIC_PATCH, patch, [], path);
  return { ...made, pod };
}

/** kubernetes: kubectl/pkg/cmd/debug/debug.go displayWarning */
function* warnOfUser({ process }: Invocation, { pod, container }: DebugPod): Task<void> {
  const made = ['containers', 'ephemeralContainers']
    .flatMap((field) => listAt(pod, 'spec', field))
    .find((one) => one['name'] === container);
  const user = objectAt(pod, 'spec', 'securityContext')['runAsUser'];
  const security = objectAt(made ?? {}, 'securityContext');
  if (typeof user !== 'number' || user === 0 || security['runAsUser'] === 0) return;
  if (security['privileged'] !== true && objectAt(security, 'capabilities')['add'] === undefined) return;
  yield* process.printError(
    'Warning: Non-root user is configured for the entire target Pod, and some capabilities granted by debug profile may not work. Please consider using "--custom" with a custom profile that specifies "securityContext.runAsUser: 0".\n',
  );
}

/** Waits for the container and joins it; what has ended already is shown from its log. kubernetes: handleAttachPod */
function* attach(invocation: Invocation, { pod, container }: DebugPod): Task<number> {
  const { factory, process, flags } = invocation;
  const path = `/api/v1/namespaces/${textAt(pod, 'metadata', 'namespace')}/pods`;
  const name = textAt(pod, 'metadata', 'name');
  const running = yield* waitForContainer(invocation, path, name, container);
  const client = factory.client();
  const log = () => client.text('GET', `${path}/${name}/log`, { query: [['container', container]] });
  if (objectAt(statusOf(running, container) ?? {}, 'state')['terminated'] !== undefined) {
    yield* process.print(yield* log());
    return 0;
  }
  if (flags.bool('tty') && flags.bool('stdin') && process.tty && !flags.bool('quiet'))
    yield* process.printError(
      "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
    );
  try {
    return yield* runRemote(invocation, running, 'attach', [['container', container]]);
  } catch (error) {
    if (!(error instanceof KubectlError) || error instanceof CodeError) throw error;
    yield* process.printError(
      `warning: couldn't attach to pod/${name}, falling back to streaming logs: ${error.message}\n`,
    );
    yield* process.print(yield* log());
    return 0;
  }
}

function* waitForContainer(
  { factory, process, flags }: Invocation,
  path: string,
  name: string,
  container: string,
): Task<JsonObject> {
  const client = factory.client();
  const field = ['fieldSelector', `metadata.name=${name}`] as const;
  let said = '';
  for (;;) {
    const watch = yield* client.watch(path, { query: [field] });
    try {
      for (let event = yield* watch.next(); event && event !== 'timeout'; event = yield* watch.next()) {
        if (event.type === 'DELETED') throw new KubectlError('pods "" not found');
        const state = objectAt(statusOf(event.object, container) ?? {}, 'state');
        if (state['running'] !== undefined || state['terminated'] !== undefined) return event.object;
        const message = textAt(state, 'waiting', 'message');
        if (message === '' || message === said || flags.bool('quiet')) continue;
        said = message;
        yield* process.printError(`Warning: container ${container}: ${message}\n`);
      }
    } finally {
      watch.close();
    }
  }
}

function statusOf(pod: JsonObject, container: string): JsonObject | undefined {
  return ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses']
    .flatMap((field) => listAt(pod, 'status', field))
    .find((one) => one['name'] === container);
}
