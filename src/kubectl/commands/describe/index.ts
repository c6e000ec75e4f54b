import type { Task } from '../../../world/task.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { allNamespacesFlag, chunkSizeFlag, filenameFlags, selectorFlag } from '../../common-flags.ts';
import { KubectlError, SeveralErrors, StatusError } from '../../errors.ts';
import { bool } from '../../flags/index.ts';
import { textAt } from '../../json.ts';
import { findByFlags } from '../../resource/from-flags.ts';
import { type Info, mappingOf, objectOf } from '../../resource/info.ts';
import { describers } from './describers.ts';
import { eventsOf, writeEvents } from './events.ts';
import { describeGeneric } from './generic.ts';
import { DescribeWriter } from './writer.ts';

/** kubernetes: kubectl/pkg/cmd/describe/describe.go */
export const describe: Command = {
  name: 'describe',
  use: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  short: 'Show details of a specific resource or group of resources',
  long: 'Show details of a specific resource or group of resources.\n\n Related resources such as events or controllers are shown too. A beginning of a name is enough: all objects whose names begin so are described.',
  examples: `# A node
kubectl describe nodes node01

# A pod
kubectl describe pods/nginx

# Pods with a label
kubectl describe pods -l name=myLabel`,
  flags: [
    allNamespacesFlag,
    chunkSizeFlag,
    ...filenameFlags('Files that name the resources to describe'),
    selectorFlag(),
    bool('show-events', true, 'If true, display events related to the described object.'),
  ],
  *run(invocation) {
    const { flags, args, factory, process } = invocation;
    if (args.length === 0 && flags.list('filename').length === 0 && flags.string('kustomize') === '')
      throw new KubectlError(
        'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
      );
    const errors: Error[] = [];
    let infos: Info[] = [];
    try {
      yield* (yield* find(invocation, args)).visit(function* (info) {
        infos.push(info);
      });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const all = error instanceof SeveralErrors ? error.errors : [error];
      const [type, prefix] = args;
      const missing = all.some((one) => one instanceof StatusError && one.notFound);
      if (missing && args.length === 2 && type !== undefined && prefix !== undefined) {
        infos = yield* beginningWith(invocation, type, prefix);
        if (infos.length === 0) throw error;
        for (const info of infos)
          yield* process.print(`${yield* textOf(invocation, info, flags.changed('show-events'))}\n`);
        return;
      }
      errors.push(...all);
    }
    let first = true;
    const events = flags.changed('show-events') || (infos.length === 1 && errors.length === 0);
    for (const info of infos) {
      const text = yield* textOf(invocation, info, events);
      yield* process.print(first ? text : `\n\n${text}`);
      first = false;
    }
    if (infos.length === 0 && errors.length === 0)
      yield* process.printError(
        flags.bool('all-namespaces')
          ? 'No resources found\n'
          : `No resources found in ${factory.namespace().name} namespace.\n`,
      );
    if (errors.length === 1 && errors[0]) throw errors[0];
    if (errors.length > 1) throw new SeveralErrors(errors);
  },
};

function* find({ flags, factory }: Invocation, args: readonly string[]) {
  return yield* findByFlags(factory, flags, {
    args,
    allNamespaces: flags.bool('all-namespaces'),
    selector: flags.string('selector') || undefined,
    allowEmptySelector: true,
    continueOnError: true,
    flatten: true,
    latest: true,
    chunkSize: flags.number('chunk-size'),
  });
}

function* beginningWith(invocation: Invocation, type: string, prefix: string): Task<Info[]> {
  const infos = yield* (yield* find(invocation, [type])).infos();
  return infos.filter((info) => info.name.startsWith(prefix));
}

/** `events`: with the events about the object, if --show-events is not false. */
function* textOf({ flags, factory, process }: Invocation, info: Info, events: boolean): Task<string> {
  const mapping = mappingOf(info);
  const object = { apiVersion: '', kind: mapping.kind, ...objectOf(info) };
  const name = mapping.group === '' ? mapping.kind : `${mapping.kind}.${mapping.group}`;
  if (info.name === '') throw new KubectlError('resource name may not be empty');
  const describer = describers[name] ?? describeGeneric;
  const out = new DescribeWriter();
  const client = factory.client();
  yield* describer.write({ out, object, client, now: process.now });
  if (describer.events && events && flags.bool('show-events')) {
    // Only the describer of ConfigMaps ends when events may not be read. kubernetes: ConfigMapDescriber
    const found = yield* eventsOf(client, object, textAt(object, 'kind'), name === 'ConfigMap');
    // The describer of nodes has a list, if an empty one, before it asks.
    if (found || name === 'Node') writeEvents(out, found ?? [], process.now);
  }
  return out.text;
}
