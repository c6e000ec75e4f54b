import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { dryRunFlag, fieldManagerFlag, filenameFlags, printFlags, saveConfigFlag } from '../../common-flags.ts';
import { type DryRun, dryRunOf, writeQuery } from '../../dry-run.ts';
import { KubectlError, SeveralErrors, StatusError, UsageError } from '../../errors.ts';
import { bool, duration, int, string, stringArray } from '../../flags/index.ts';
import { overridden, overrideFlags } from '../../overrides.ts';
import { printerFor, printObject } from '../../printing.ts';
import { recorded, recordFlag } from '../../record.ts';
import { createObject, deleteObject } from '../../resource/helper.ts';
import { withMetadata } from '../../resource/info.ts';
import { updateLastApplied } from '../../resource/last-applied.ts';
import { attachAfterStart } from './attach.ts';
import { podObject, podService } from './pod.ts';

/** github.com/distribution/reference ReferenceRegexp */
const NAME = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const DOMAIN =
  '(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?';
const IMAGE = new RegExp(
  `^(?:${DOMAIN}/)?${NAME}(?:/${NAME})*(?::[\\w][\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
);

export const run: Command = {
  name: 'run',
  use: 'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  short: 'Run a particular image on the cluster',
  long: 'Create and run a particular image in a pod.',
  examples: `# A pod
kubectl run web --image=nginx

# With a port and an environment variable
kubectl run web --image=nginx --port=80 --env="MODE=test"

# What would be sent, and nothing sent
kubectl run web --image=nginx --dry-run=client -o yaml

# A shell in a pod that goes when the shell ends
kubectl run -i -t --rm shell --image=busybox --restart=Never -- sh

# Another command for the image
kubectl run clock --image=busybox --command -- sh -c 'date; sleep 60'`,
  flags: [
    stringArray('annotations', 'Annotations to apply to the pod.'),
    bool(
      'attach',
      false,
      'Wait for the pod to run and attach to it. With -i/--stdin that is the default. With --restart=Never the exit status of the container is returned.',
    ),
    string(
      'cascade',
      'background',
      'Must be "background", "orphan", or "foreground": what becomes of the objects that the object owns.',
      { noOptDefVal: 'background' },
    ),
    bool('command', false, "Take the words after -- for the 'command' of the container, not for its 'args'."),
    string('detach-keys', 'ctrl-p,ctrl-q', 'The keys that detach from the container.'),
    dryRunFlag,
    stringArray('env', 'Environment variables to set in the container.'),
    bool('expose', false, 'Create a ClusterIP service for the pod too. Needs --port.'),
    fieldManagerFlag('kubectl-run'),
    ...filenameFlags('to use to replace the resource.'),
    bool('force', false, 'Remove the object from the API at once, without a grace period.'),
    int('grace-period', -1, 'Seconds given to the resource to end.'),
    string('image', '', 'The image for the container to run.', { required: true }),
    string(
      'image-pull-policy',
      '',
      'The image pull policy for the container; the server decides when it is not given.',
    ),
    string('labels', '', 'Labels for the pod, separated by commas.', { shorthand: 'l' }),
    bool('leave-stdin-open', false, 'Leave standard input open after the first attach.'),
    ...overrideFlags,
    duration('pod-running-timeout', 60_000, 'How long to wait until a pod runs (like 5s, 2m, or 3h).'),
    string('port', '', 'The port that this container exposes.'),
    ...printFlags(),
    bool('privileged', false, 'If true, run the container in privileged mode.'),
    bool('quiet', false, 'If true, suppress prompt messages.', { shorthand: 'q' }),
    recordFlag,
    string('restart', 'Always', 'The restart policy for this Pod.  Legal values [Always, OnFailure, Never].'),
    bool('rm', false, 'Delete the pod after it has ended. Only with --attach or -i/--stdin.'),
    saveConfigFlag,
    bool('stdin', false, 'Keep standard input open on the container in the pod.', { shorthand: 'i' }),
    duration('timeout', 0, 'How long to wait for a deletion.'),
    bool('tty', false, 'Allocate a TTY for the container in the pod.', { shorthand: 't' }),
    bool('wait', false, 'Wait for resources to be gone before returning.'),
  ],
  *run(invocation) {
    const { flags, factory } = invocation;
    const dryRun = yield* dryRunOf(invocation);
    const attach = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin');
    const printer = printerFor(invocation, 'created', dryRun, { keepOrder: true });
    const name = checkArguments(invocation, attach, dryRun);
    const namespace = factory.namespace();
    const restart = flags.string('restart') || (flags.bool('stdin') ? 'OnFailure' : 'Always');
    const mapper = yield* factory.mapper();
    const put = function* (kind: 'Pod' | 'Service', object: JsonObject): Task<JsonObject> {
      const prepared = recorded(invocation, object);
      if (dryRun === 'client')
        return namespace.enforced ? withMetadata(prepared, { namespace: namespace.name }) : prepared;
      const sent = updateLastApplied(prepared, flags.bool('save-config'), true);
      const query = writeQuery(dryRun, flags.string('field-manager'), 'Ignore');
      return yield* createObject(factory.client(), mapper.mappingForKind('', 'v1', kind), namespace.name, sent, query);
    };
    const pod = yield* put('Pod', overridden(flags, podObject(invocation, name, restart), 'Pod'));
    const errors: Error[] = [];
    let exposed = false;
    if (flags.bool('expose')) {
      try {
        const service = yield* put('Service', podService(invocation, name));
        yield* printObject(invocation, printer, service);
        // A separator of its own, before the one that the printer sets. kubernetes: kubectl/pkg/cmd/run generateService
        if (flags.string('output') === 'yaml') yield* invocation.process.print('---\n');
        exposed = true;
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        errors.push(error);
      }
    }
    if (attach) {
      try {
        return yield* attachAfterStart(invocation, pod, restart);
      } finally {
        if (flags.bool('rm')) yield* remove(invocation, name, exposed);
      }
    }
    yield* printObject(invocation, printer, pod);
    if (errors.length > 0) throw new SeveralErrors(errors);
    return 0;
  },
};

function checkArguments(invocation: Invocation, attach: boolean, dryRun: DryRun): string {
  const { flags, args, path } = invocation;
  const name = args[0];
  if (name === undefined || flags.argsBeforeDash === 0) throw new UsageError(path, 'NAME is required for run');
  if (flags.number('pod-running-timeout') <= 0)
    throw new UsageError(path, '--pod-running-timeout must be higher than zero');
  const image = flags.string('image');
  if (image === '') throw new KubectlError('--image is required');
  if (!IMAGE.test(image))
    throw new KubectlError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw new UsageError(path, '-i/--stdin is required for containers with -t/--tty=true');
  if (flags.bool('expose') && flags.string('port') === '')
    throw new UsageError(path, '--port must be set when exposing a service');
  const restart = flags.string('restart');
  if (!['', 'Always', 'OnFailure', 'Never'].includes(restart))
    throw new UsageError(path, `invalid restart policy: ${restart}`);
  if (!attach && flags.bool('rm')) throw new UsageError(path, '--rm should only be used for attached containers');
  if (attach && dryRun !== 'none')
    throw new UsageError(
      path,
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  const pull = flags.string('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(pull))
    throw new UsageError(path, `invalid image pull policy: ${pull}`);
  return name;
}

function* remove({ factory, flags, process }: Invocation, name: string, service: boolean): Task<void> {
  const mapper = yield* factory.mapper();
  const namespace = factory.namespace().name;
  for (const kind of service ? ['Pod', 'Service'] : ['Pod']) {
    try {
      const mapping = mapper.mappingForKind('', 'v1', kind);
      yield* deleteObject(factory.client(), mapping, namespace, name, { propagationPolicy: 'Background' });
    } catch (error) {
      if (error instanceof StatusError && error.notFound) continue;
      throw error;
    }
    if (!flags.bool('quiet'))
      yield* process.print(`${kind.toLowerCase()} ${JSON.stringify(name)} deleted from ${namespace} namespace\n`);
  }
}
