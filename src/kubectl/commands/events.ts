import { escapeFieldValue } from '../../cluster/apimachinery/fields.ts';
import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Command } from '../command/command.ts';
import { allNamespacesFlag, chunkSizeFlag, printFlags } from '../common-flags.ts';
import { KubectlError, StatusError } from '../errors.ts';
import { bool, string, stringSlice } from '../flags/index.ts';
import { listAt, textAt } from '../json.ts';
import { apiVersionOf } from '../mapper.ts';
import { TabWriter } from '../printers/tabwriter.ts';
import { printerFor, printObject } from '../printing.ts';
import { ageOf } from './describe/events.ts';

/** kubernetes: kubectl/pkg/cmd/events/events.go */
export const events: Command = {
  name: 'events',
  use: 'events [(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  short: 'List events',
  long: 'List events, the oldest first.',
  examples: `# All events of the namespace
kubectl events

# Those of one pod
kubectl events --for pod/web

# Warnings only
kubectl events --types=Warning`,
  flags: [
    allNamespacesFlag,
    chunkSizeFlag,
    string('for', '', 'Filter events to only those pertaining to the specified resource.'),
    bool('no-headers', false, 'When using the default output format, do not print headers.'),
    ...printFlags(),
    stringSlice('types', 'Output only events of given types.'),
    bool('watch', false, 'After listing the requested events, watch for more events.', { shorthand: 'w' }),
  ],
  *run(invocation) {
    const { flags, factory, process } = invocation;
    const namespace = factory.namespace().name;
    const target = flags.string('for');
    const fields: string[] = [];
    if (target !== '') {
      const [type = '', name, ...more] = target.split('/');
      if (type === '' || name === undefined || more.length > 0)
        throw new KubectlError('--for must be in resource/name form');
      const mapping = (yield* factory.mapper()).typeFor(type);
      // Without a name kubectl filters nothing.
      if (name !== '')
        fields.push(
          `involvedObject.apiVersion=${escapeFieldValue(apiVersionOf(mapping))}`,
          `involvedObject.kind=${mapping.kind}`,
          `involvedObject.name=${escapeFieldValue(name)}`,
        );
    }
    const types = flags.list('types').map((type) => type.toLowerCase());
    if (types.some((type) => type !== 'normal' && type !== 'warning'))
      throw new KubectlError('valid --types are Normal or Warning');
    const all = flags.bool('all-namespaces');
    const path = all ? '/api/v1/events' : `/api/v1/namespaces/${namespace}/events`;
    const query: [string, string][] = fields.length === 0 ? [] : [['fieldSelector', fields.join(',')]];
    const list = yield* factory.client().get(path, query);
    const wanted = (event: JsonObject) => types.length === 0 || types.includes(textAt(event, 'type').toLowerCase());
    const items = listAt(list, 'items')
      .filter(wanted)
      .map((event): JsonObject => ({ kind: 'Event', apiVersion: 'v1', ...event }))
      .sort((a, b) => lastTime(a) - lastTime(b));
    const watching = flags.bool('watch');
    if (items.length === 0 && !watching) {
      yield* process.printError(all ? 'No events found.\n' : `No events found in ${namespace} namespace.\n`);
      return;
    }
    const output = flags.string('output');
    // A list of Go's own type has no name that could be printed.
    if (output !== '' && output !== 'name') {
      const printer = printerFor(invocation, '', 'none', { keepOrder: true });
      if (watching) for (const event of items) yield* printObject(invocation, printer, event);
      else {
        const metadata = { resourceVersion: textAt(list, 'metadata', 'resourceVersion') };
        yield* printObject(invocation, printer, { kind: 'EventList', apiVersion: 'v1', metadata, items });
      }
    } else if (output === '')
      yield* process.print(tableText(items, all, process.now, !flags.bool('no-headers') && items.length > 0));
    if (!watching) return;
    const watch = yield* factory.client().watch(path, {
      query: [...query, ['resourceVersion', textAt(list, 'metadata', 'resourceVersion')]],
    });
    try {
      for (;;) {
        const event = yield* watch.next();
        if (event === undefined || event === 'timeout') return;
        if (event.type === 'ERROR') throw new StatusError(event.object);
        if (event.type === 'BOOKMARK' || event.type === 'DELETED' || !wanted(event.object)) continue;
        if (output === '') yield* process.print(tableText([event.object], all, process.now, false));
        else if (output !== 'name') yield* printObject(invocation, printerFor(invocation, ''), event.object);
      }
    } finally {
      watch.close();
    }
  },
};

function tableText(items: readonly JsonObject[], all: boolean, now: number, header: boolean): string {
  const out = new TabWriter();
  if (header) out.write(`${all ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n`);
  for (const event of items) {
    const about = `${textAt(event, 'involvedObject', 'kind')}/${textAt(event, 'involvedObject', 'name')}`;
    const cells = [
      ageOf(event, now),
      textAt(event, 'type'),
      textAt(event, 'reason'),
      about,
      textAt(event, 'message').trim(),
    ];
    out.write(`${[...(all ? [textAt(event, 'metadata', 'namespace')] : []), ...cells].join('\t')}\n`);
  }
  return out.flush();
}

function lastTime(event: JsonObject): number {
  const text =
    textAt(event, 'series', 'lastObservedTime') ||
    textAt(event, 'lastTimestamp') ||
    textAt(event, 'eventTime') ||
    textAt(event, 'metadata', 'creationTimestamp');
  return Date.parse(text) || 0;
}
