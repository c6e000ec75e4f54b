import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import {
  allFlag,
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  localFlag,
  printFlags,
  selectorFlag,
} from '../../common-flags.ts';
import { type DryRun, writeQuery } from '../../dry-run.ts';
import { asError, KubectlError, SeveralErrors } from '../../errors.ts';
import type { Flag } from '../../flags/index.ts';
import { refuseCustomKind } from '../../mapper.ts';
import type { Printer } from '../../printers/printer.ts';
import { printObject } from '../../printing.ts';
import { recorded, recordFlag } from '../../record.ts';
import { findResources } from '../../resource/builder.ts';
import { patchObject, STRATEGIC_PATCH } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { strategicPatch, typed } from './pod-template.ts';

/** The flags that most `set` commands share. */
export function setFlags(what: string): Flag[] {
  return [
    allFlag(),
    dryRunFlag,
    fieldManagerFlag('kubectl-set'),
    ...filenameFlags('Files that name the resources to change.'),
    localFlag(`set ${what}`),
    ...printFlags(),
    recordFlag,
    selectorFlag(),
  ];
}

const LOCAL_RESOURCE = `error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

/** The objects that a `set` command changes. Raises. */
export function* setInfos({ flags, factory }: Invocation, resources: readonly string[]): Task<Info[]> {
  const local = flags.bool('local');
  if (local && resources.length > 0) throw new KubectlError(LOCAL_RESOURCE);
  const namespace = factory.namespace();
  const found = yield* findResources(factory, {
    args: resources,
    filenames: flags.list('filename'),
    kustomize: flags.has('kustomize') ? flags.string('kustomize') : '',
    recursive: flags.bool('recursive'),
    namespace: namespace.name,
    requireNamespace: namespace.enforced,
    ...(flags.has('selector') && flags.string('selector') !== '' && !local
      ? { selector: flags.string('selector') }
      : {}),
    allowEmptySelector: flags.bool('all'),
    continueOnError: true,
    flatten: true,
    latest: !local,
    local,
  });
  return yield* found.infos();
}

export interface SetPlan {
  readonly printer: Printer;
  readonly dryRun: DryRun;
  /** What stands before the text of a failed request. */
  readonly failure: string;
  /** The object with the change; undefined leaves it alone. Raises KubectlError. */
  readonly change: (object: JsonObject, info: Info) => JsonObject | undefined;
  /** Objects without a change are sent and printed too. */
  readonly always?: boolean;
  readonly records?: boolean;
  /** Errors that `change` noted beside its result. */
  readonly errors?: Error[];
}

/** Changes, sends and prints one after the other; errors are reported at the end. kubernetes: kubectl/pkg/cmd/set CalculatePatches */
export function* applyChanges(invocation: Invocation, infos: readonly Info[], plan: SetPlan): Task<void> {
  const { flags, factory } = invocation;
  const errors = plan.errors ?? [];
  for (const info of infos) {
    const before = objectOf(info);
    if (info.mapping) refuseCustomKind(info.mapping);
    let after: JsonObject | undefined;
    try {
      after = plan.change(before, info);
    } catch (error) {
      const name = info.mapping ? info.mapping.plural : String(before['kind']).toLowerCase();
      errors.push(new KubectlError(`error: ${name}/${info.name} ${asError(error).message}\n`));
      continue;
    }
    if (!after) continue;
    if (plan.records ?? true) after = recorded(invocation, after);
    const patch = strategicPatch(before, after);
    if (!patch && !plan.always) continue;
    if (flags.bool('local') || plan.dryRun === 'client') {
      yield* printObject(invocation, plan.printer, typed(after));
      continue;
    }
    try {
      const query = writeQuery(plan.dryRun, flags.string('field-manager'));
      const mapping = mappingOf(info);
      const client = factory.client();
      after = yield* patchObject(client, mapping, info.namespace, info.name, STRATEGIC_PATCH, patch ?? {}, query);
    } catch (error) {
      errors.push(plan.failure === '' ? asError(error) : new KubectlError(`${plan.failure} ${asError(error).message}`));
      continue;
    }
    yield* printObject(invocation, plan.printer, after);
  }
  if (errors.length === 1 && errors[0]) throw errors[0];
  if (errors.length > 1) throw new SeveralErrors(errors);
}
