import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { dryRunFlag, selectorFlag } from '../../common-flags.ts';
import { type DryRun, dryRunOf, writeQuery } from '../../dry-run.ts';
import { KubectlError, UsageError } from '../../errors.ts';
import { objectAt } from '../../json.ts';
import { findResources } from '../../resource/builder.ts';
import { patchObject, STRATEGIC_PATCH } from '../../resource/helper.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';

/** kubernetes: kubectl/pkg/cmd/drain/drain.go NewCmdCordon */
export const cordon = schedulingCommand('cordon', 'Mark node as unschedulable', true);
export const uncordon = schedulingCommand('uncordon', 'Mark node as schedulable', false);

function schedulingCommand(name: string, short: string, unschedulable: boolean): Command {
  return {
    name,
    use: `${name} NODE`,
    short,
    long: `${short}.`,
    examples: `# One node\nkubectl ${name} node01`,
    flags: [dryRunFlag, selectorFlag()],
    *run(invocation) {
      const dryRun = yield* dryRunOf(invocation);
      yield* setSchedulable(invocation, yield* nodesOf(invocation, name), unschedulable, dryRun);
    },
  };
}

/** The nodes that the words or -l name. Raises UsageError, StatusError. */
export function* nodesOf(invocation: Invocation, verb: string): Task<Info[]> {
  const { args, flags, factory, path } = invocation;
  const selector = flags.string('selector');
  if (args.length === 0 && selector === '') throw new UsageError(path, `USAGE: ${verb} NODE [flags]`);
  if (args.length > 0 && selector !== '')
    throw new UsageError(path, 'cannot specify both a node name and a --selector option');
  const resources = yield* findResources(factory, {
    args: selector === '' ? args.map((name) => (name.includes('/') ? name : `nodes/${name}`)) : ['nodes'],
    namespace: factory.namespace().name,
    ...(selector === '' ? {} : { selector }),
    flatten: true,
    latest: true,
  });
  return yield* resources.infos();
}

export function* setSchedulable(
  invocation: Invocation,
  nodes: readonly Info[],
  unschedulable: boolean,
  dryRun: DryRun,
): Task<void> {
  const done = unschedulable ? 'cordoned' : 'uncordoned';
  for (const info of nodes) {
    const already = (objectAt(objectOf(info), 'spec')['unschedulable'] === true) === unschedulable;
    if (!already && dryRun !== 'client') {
      const patch: JsonObject = { spec: { unschedulable: unschedulable ? true : null } };
      const { factory } = invocation;
      try {
        yield* patchObject(
          factory.client(),
          mappingOf(info),
          '',
          info.name,
          STRATEGIC_PATCH,
          patch,
          writeQuery(dryRun, ''),
        );
      } catch (error) {
        const verb = unschedulable ? 'cordon' : 'uncordon';
        throw new KubectlError(
          `unable to ${verb} node ${JSON.stringify(info.name)}: ${error instanceof Error ? error.message : ''}`,
        );
      }
    }
    const suffix = { none: '', client: ' (dry run)', server: ' (server dry run)' }[dryRun];
    yield* invocation.process.print(`node/${info.name} ${already ? 'already ' : ''}${done}${suffix}\n`);
  }
}
