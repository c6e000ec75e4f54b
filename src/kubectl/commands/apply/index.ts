import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { dryRunFlag, filenameFlags, printFlags, selectorFlag, validateFlag } from '../../common-flags.ts';
import { dryRunOf, fieldValidationOf } from '../../dry-run.ts';
import { KubectlError, SeveralErrors, UsageError } from '../../errors.ts';
import { bool, duration, type FlagSet, int, string, stringArray } from '../../flags/index.ts';
import { textAt } from '../../json.ts';
import { printerFor, printObject } from '../../printing.ts';
import { recorded, recordFlag } from '../../record.ts';
import { findByFlags } from '../../resource/from-flags.ts';
import { type Info, objectOf } from '../../resource/info.ts';
import { validateDocument } from '../../resource/validate.ts';
import { cascadeOf } from '../delete.ts';
import { ApplySet, applySetsAreOn } from './applyset.ts';
import { applyClientSide } from './client-side.ts';
import { editLastApplied, setLastApplied, viewLastApplied } from './last-applied.ts';
import type { ApplyPlan } from './plan.ts';
import { prune, pruneMappings } from './prune.ts';
import { applyServerSide, CLIENT_SIDE_MANAGER, SERVER_SIDE_MANAGER } from './server-side.ts';

export const apply: Command = {
  name: 'apply',
  use: 'apply (-f FILENAME | -k DIRECTORY)',
  short: 'Apply a configuration to a resource by file name or stdin',
  long: `Make the objects of the cluster what files or stdin describe. What is missing is created.

 What was applied is remembered in an annotation, so that fields which are gone from the file are taken from the object too.`,
  examples: `# What a file describes
kubectl apply -f ./pod.yaml

# All files of a directory
kubectl apply -f manifests/

# Let the server merge
kubectl apply --server-side -f ./pod.yaml`,
  flags: [
    bool('all', false, 'Select all resources in the namespace of the specified resource types.'),
    string('cascade', 'background', 'Must be "background", "orphan", or "foreground": what happens to dependents.', {
      noOptDefVal: 'background',
    }),
    string('applyset', '', '[alpha] The parent of the set that the objects belong to, as RESOURCE/NAME.', {
      hidden: true,
    }),
    dryRunFlag,
    string('field-manager', CLIENT_SIDE_MANAGER, 'Name under which the server remembers who owns the fields.'),
    ...filenameFlags('The files that contain the configurations to apply.'),
    bool('force', false, 'If true, delete and create anew what cannot be changed.'),
    bool('force-conflicts', false, 'If true, server-side apply takes fields from other managers.'),
    int('grace-period', -1, 'Seconds that a deleted object gets; negative: its own.'),
    bool('openapi-patch', true, 'If true, use the schema of the server to calculate the difference.'),
    bool('overwrite', true, 'Resolve conflicts between the live object and the file by the values of the file.'),
    ...printFlags(),
    bool('prune', false, 'Delete objects that were applied once and are not among the given ones.'),
    stringArray('prune-allowlist', 'Resource types for --prune, as group/version/kind.'),
    recordFlag,
    selectorFlag(),
    bool('server-side', false, 'If true, apply runs in the server instead of the client.'),
    string(
      'subresource',
      '',
      'If specified, apply will operate on the subresource of the requested object. Only allowed with --server-side.',
    ),
    duration('timeout', 0, 'How long to wait for a deletion; zero means as long as it takes.'),
    validateFlag,
    bool('wait', false, 'If true, wait for resources to be gone before returning.'),
  ],
  subcommands: [editLastApplied, setLastApplied, viewLastApplied],
  *run(invocation) {
    const { args, flags, path } = invocation;
    if (flags.changed('applyset') && !applySetsAreOn(invocation))
      throw new KubectlError(`unknown flag: --applyset\nSee '${path} --help' for usage.`);
    if (args.length > 0) throw new UsageError(path, `Unexpected args: [${args.join(' ')}]`);
    const plan = yield* planOf(invocation);
    yield* check(invocation, plan);
    yield* applyAll(invocation, plan);
  },
};

function* planOf(invocation: Invocation): Task<ApplyPlan> {
  const { flags } = invocation;
  const dryRun = yield* dryRunOf(invocation);
  const serverSide = flags.bool('server-side');
  if (flags.list('filename').length === 0 && flags.string('kustomize') === '')
    throw new KubectlError('must specify one of -f and -k');
  const reference = flags.string('applyset');
  const applySet = reference === '' ? undefined : yield* ApplySet.named(invocation, reference);
  if (flags.bool('prune')) yield* pruneMappings(invocation);
  return {
    applySet,
    dryRun,
    validation: fieldValidationOf(invocation),
    fieldManager: serverSide && !flags.changed('field-manager') ? SERVER_SIDE_MANAGER : flags.string('field-manager'),
    serverSide,
    forceConflicts: flags.bool('force-conflicts'),
    overwrite: flags.bool('overwrite'),
    force: flags.bool('force'),
    cascade: yield* cascadeOf(invocation),
    grace: flags.number('grace-period'),
    timeout: flags.number('timeout') || 168 * 3_600_000,
  };
}

/** kubernetes: kubectl/pkg/cmd/apply/apply.go Validate */
function* check({ flags }: Invocation, plan: ApplyPlan): Task<void> {
  if (plan.forceConflicts && !plan.serverSide)
    throw new KubectlError('--force-conflicts only works with --server-side');
  if (plan.dryRun === 'client' && plan.serverSide)
    throw new KubectlError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  if (plan.serverSide && plan.force) throw new KubectlError('--force cannot be used with --server-side');
  if (plan.dryRun === 'server' && plan.force) throw new KubectlError('--dry-run=server cannot be used with --force');
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlError('cannot set --all and --selector at the same time');
  if (plan.applySet) {
    if (!flags.bool('prune')) throw new KubectlError('--applyset requires --prune');
    yield* plan.applySet.validate();
  }
  if (flags.bool('prune') && plan.force) throw new KubectlError('--force cannot be used with --prune');
  if (plan.applySet) checkApplySet(flags);
  else checkPrune(flags, plan);
  if (flags.string('subresource') !== '' && !plan.serverSide)
    throw new KubectlError('--subresource can only be specified for --server-side');
}

function checkApplySet(flags: FlagSet): void {
  const given = {
    all: flags.bool('all'),
    selector: flags.string('selector') !== '',
    'prune-allowlist': flags.list('prune-allowlist').length > 0,
  };
  for (const [name, isGiven] of Object.entries(given))
    if (isGiven) throw new KubectlError(`--${name} is incompatible with --applyset`);
}

function checkPrune(flags: FlagSet, plan: ApplyPlan): void {
  if (flags.bool('prune') && !flags.bool('all') && flags.string('selector') === '')
    throw new KubectlError(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    );
  if (flags.bool('prune') && plan.serverSide)
    throw new KubectlError("--prune is in alpha and doesn't currently work on objects created by server-side apply");
}

function* applyAll(invocation: Invocation, plan: ApplyPlan): Task<void> {
  const { flags, factory } = invocation;
  const namespace = factory.namespace();
  const errors: Error[] = [];
  const infos: Info[] = [];
  const resources = yield* findByFlags(factory, flags, {
    selector: flags.string('selector') || undefined,
    subresource: flags.string('subresource'),
    continueOnError: true,
    flatten: true,
    ...(plan.validation === 'Ignore' ? {} : { validate: validateDocument }),
  });
  try {
    yield* resources.visit(function* (info) {
      infos.push(plan.applySet?.labelled(info) ?? info);
    });
  } catch (error) {
    collect(errors, error);
  }
  if (infos.length === 0 && errors.length === 0) throw new KubectlError('no objects passed to apply');
  if (plan.applySet) yield* plan.applySet.beforeApply(infos, plan.dryRun);
  const output = flags.string('output');
  const prints = output !== '' && output !== 'name';
  if (prints) printerFor(invocation, '');
  const applied: JsonObject[] = [];
  for (const info of infos) {
    try {
      const result = yield* applyOne(invocation, { ...info, object: recorded(invocation, objectOf(info)) }, plan);
      applied.push(result.object);
      if (!prints) yield* printObject(invocation, printerFor(invocation, result.operation, plan.dryRun), result.object);
    } catch (error) {
      collect(errors, error);
    }
  }
  if (errors.length === 1 && errors[0]) throw errors[0];
  if (errors.length > 1) throw new SeveralErrors(errors);
  if (flags.bool('prune')) {
    const visited = infos.map((info) => info.namespace).filter((name) => name !== '');
    if (namespace.enforced) visited.push(namespace.name);
    const uids = new Set(applied.map((object) => textAt(object, 'metadata', 'uid')));
    if (plan.applySet) yield* plan.applySet.prune(infos, uids, plan.dryRun);
    else yield* prune(invocation, plan.dryRun, uids, new Set(visited));
  }
  if (!prints) return;
  const only = applied.length === 1 ? applied[0] : undefined;
  const list = { kind: 'List', apiVersion: 'v1', metadata: {}, items: applied };
  const printer = printerFor(invocation, '', 'none', { keepOrder: only === undefined });
  yield* printObject(invocation, printer, only ?? list);
}

function* applyOne(invocation: Invocation, info: Info, plan: ApplyPlan) {
  const generated = textAt(objectOf(info), 'metadata', 'generateName');
  if (info.name === '' && generated !== '')
    throw new KubectlError(`from ${generated}: cannot use generate name with apply`);
  if (!plan.serverSide) return yield* applyClientSide(invocation, info, plan);
  return yield* applyServerSide(invocation, { ...info, subresource: invocation.flags.string('subresource') }, plan);
}

function collect(errors: Error[], error: unknown): void {
  if (!(error instanceof Error)) throw error;
  errors.push(...(error instanceof SeveralErrors ? error.errors : [error]));
}
