import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../world/task.ts';
import type { Command, Invocation } from '../command/command.ts';
import { allNamespacesFlag, dryRunFlag, fieldSelectorFlag, filenameFlags, selectorFlag } from '../common-flags.ts';
import { type DryRun, dryRunOf } from '../dry-run.ts';
import { KubectlError, SeveralErrors, StatusError, withSource } from '../errors.ts';
import { bool, duration, int, string } from '../flags/index.ts';
import { objectAt, textAt } from '../json.ts';
import { qualifiedKind } from '../mapper.ts';
import { checkRawPath, splitRawPath } from '../raw.ts';
import type { Resources } from '../resource/builder.ts';
import { findByFlags } from '../resource/from-flags.ts';
import { deleteObject } from '../resource/helper.ts';
import { type Info, mappingOf } from '../resource/info.ts';
import { waitDeleted } from '../resource/wait-deleted.ts';

export const deleteCommand: Command = {
  name: 'delete',
  suggestFor: ['rm', 'remove'],
  use: 'delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  long: `Delete resources by file names, stdin, resources and names, or by resources and label selector.

 Pods get time to end: the grace period. --grace-period sets it, --now makes it one second, and --force takes the object away without waiting for the node. Whatever of the pod still runs then goes on running.`,
  examples: `# What a file describes
kubectl delete -f pod.yaml

# One pod
kubectl delete pod web

# All pods and services with a label
kubectl delete pods,services -l app=web

# At once
kubectl delete pod web --now

# Every pod of the namespace
kubectl delete pods --all`,
  flags: [
    bool('all', false, 'Delete all resources of the given types in the namespace.'),
    { ...allNamespacesFlag },
    string(
      'cascade',
      'background',
      'Must be "background", "orphan", or "foreground": what becomes of the objects that the object owns.',
      { noOptDefVal: 'background' },
    ),
    dryRunFlag,
    fieldSelectorFlag,
    ...filenameFlags('Files that describe the resources to delete.'),
    bool(
      'force',
      false,
      'Remove the object from the API at once, without a grace period. Some resources may be left inconsistent.',
    ),
    int(
      'grace-period',
      -1,
      'Seconds given to the resource to end. Negative: what the resource says itself. 0 only together with --force.',
    ),
    bool(
      'ignore-not-found',
      false,
      'Treat "resource not found" as a successful delete. Defaults to "true" when --all is specified.',
    ),
    bool('interactive', false, 'If true, delete resource only when user confirms.', { shorthand: 'i' }),
    bool('now', false, 'The same as --grace-period=1.'),
    string('output', '', 'Output mode. Use "-o name" for shorter output (resource/name).', { shorthand: 'o' }),
    string('raw', '', 'Path to DELETE on the server as it stands.'),
    selectorFlag(),
    duration('timeout', 0, 'How long to wait for the end; zero means as long as it takes.'),
    bool('wait', true, 'If true, wait for resources to be gone before returning. This waits for finalizers.'),
  ],
  *run(invocation) {
    const { flags, factory, process } = invocation;
    const grace = gracePeriod(invocation);
    const cascade = yield* cascadeOf(invocation);
    const dryRun = yield* dryRunOf(invocation);
    const raw = flags.string('raw');
    const resources = raw === '' ? yield* find(invocation) : undefined;
    yield* validate(invocation, grace);
    if (!resources) {
      const target = splitRawPath(checkRawPath(raw));
      yield* process.print(yield* factory.client().text('DELETE', target.path, { query: target.query }));
      return;
    }
    if (flags.bool('interactive') && !(yield* confirmed(invocation))) return;
    yield* remove(invocation, resources, { grace, cascade, dryRun });
  },
};

interface Plan {
  readonly grace: number;
  readonly cascade: string;
  readonly dryRun: DryRun;
}

function gracePeriod({ flags }: Invocation): number {
  let grace = flags.number('grace-period');
  if (flags.bool('now')) {
    if (grace !== -1) throw new KubectlError('--now and --grace-period cannot be specified together');
    grace = 1;
  }
  if (grace === 0 && !flags.bool('force')) grace = 1;
  return flags.bool('force') && grace < 0 ? 0 : grace;
}

/** kubernetes: kubectl/pkg/cmd/util GetCascadingStrategy */
export function* cascadeOf({ flags, process }: Invocation): Task<string> {
  const text = flags.string('cascade');
  const known: Readonly<Record<string, string>> = {
    background: 'Background',
    foreground: 'Foreground',
    orphan: 'Orphan',
  };
  const strategy = known[text];
  if (strategy !== undefined) return strategy;
  const yes = ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text);
  if (!yes && !['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text))
    throw new KubectlError(`invalid cascade value (${text}). Must be "background", "foreground", or "orphan"`);
  const instead = yes ? 'background' : 'orphan';
  yield* process.printError(
    `warning: --cascade=${text} is deprecated (boolean value) and can be replaced with --cascade=${instead}.\n`,
  );
  return yes ? 'Background' : 'Orphan';
}

function* find({ flags, factory, args }: Invocation): Task<Resources> {
  return yield* findByFlags(factory, flags, {
    args,
    allNamespaces: flags.bool('all-namespaces'),
    selector: flags.string('selector') || undefined,
    fieldSelector: flags.string('field-selector') || undefined,
    all: flags.bool('all'),
    selectAll: true,
    continueOnError: true,
    flatten: true,
    requireObject: false,
  });
}

function* validate({ flags, process }: Invocation, grace: number): Task<void> {
  const output = flags.string('output');
  if (output !== '' && output !== 'name')
    throw new KubectlError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  if (!flags.bool('force')) return;
  if (grace > 0) throw new KubectlError('--force and --grace-period greater than 0 cannot be specified together');
  yield* process.printError(
    'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
  );
}

function* confirmed(invocation: Invocation): Task<boolean> {
  const { process } = invocation;
  const infos = yield* (yield* find(invocation)).infos();
  if (infos.length === 0) {
    yield* process.print('No resources found\n');
    return false;
  }
  const names = infos.map((info) => `${qualifiedKind(mappingOf(info))}/${info.name}\n`).join('');
  yield* process.print(
    `You are about to delete the following ${infos.length} resource(s):\n${names}Do you want to continue? (y/N): `,
  );
  const answer = new TextDecoder().decode(yield* process.read(0, 256)).split(/\s/)[0] ?? '';
  if (answer.toLowerCase() === 'y') return true;
  yield* process.print('deletion is cancelled\n');
  return false;
}

function* remove(invocation: Invocation, resources: Resources, plan: Plan): Task<void> {
  const { flags, factory, process } = invocation;
  const many = flags.bool('all') || flags.string('selector') !== '' || flags.string('field-selector') !== '';
  const ignore = flags.changed('ignore-not-found') ? flags.bool('ignore-not-found') : many;
  let warn = factory.namespace().enforced && !flags.bool('all-namespaces');
  const deleted: { info: Info; uid: string }[] = [];
  let found = 0;
  const visit = resources.visit(function* (info) {
    found++;
    if (warn && !mappingOf(info).namespaced) {
      yield* process.printError('Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n');
      warn = false;
    }
    if (plan.dryRun !== 'client') {
      try {
        const answer = yield* deleteObject(factory.client(), mappingOf(info), info.namespace, info.name, options(plan));
        deleted.push({ info, uid: textAt(answer, 'details', 'uid') || textAt(objectAt(answer, 'metadata'), 'uid') });
      } catch (error) {
        if (ignore && error instanceof StatusError && error.notFound) return;
        throw withSource('deleting', info.source, error);
      }
    }
    yield* process.print(line(invocation, info, plan));
  });
  try {
    yield* visit;
  } catch (error) {
    const all = error instanceof SeveralErrors ? error.errors : [error];
    const kept = all.filter((one) => !(ignore && one instanceof StatusError && one.notFound));
    if (kept.length > 0) throw error;
  }
  if (found === 0) yield* process.print('No resources found\n');
  if (!flags.bool('wait') || plan.dryRun !== 'none') return;
  const timeout = flags.number('timeout') || 168 * 3_600_000;
  for (const { info, uid } of deleted) {
    try {
      yield* waitDeleted(factory, info, uid, timeout);
    } catch (error) {
      // Who may delete but not look does not wait.
      if (error instanceof StatusError && ['Forbidden', 'MethodNotAllowed'].includes(error.reason)) return;
      throw error;
    }
  }
}

function options(plan: Plan): JsonObject {
  return {
    ...(plan.grace >= 0 ? { gracePeriodSeconds: plan.grace } : {}),
    propagationPolicy: plan.cascade,
    ...(plan.dryRun === 'server' ? { dryRun: ['All'] } : {}),
  };
}

function line({ flags }: Invocation, info: Info, plan: Plan): string {
  const mapping = mappingOf(info);
  if (flags.string('output') === 'name') return `${qualifiedKind(mapping)}/${info.name}\n`;
  const operation = plan.grace === 0 ? 'force deleted' : 'deleted';
  const from = mapping.namespaced ? ` from ${info.namespace} namespace` : '';
  const dry = { none: '', client: ' (dry run)', server: ' (server dry run)' }[plan.dryRun];
  return `${qualifiedKind(mapping)} ${JSON.stringify(info.name)} ${operation}${from}${dry}\n`;
}
