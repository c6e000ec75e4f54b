import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { KubectlError, StatusError } from '../../errors.ts';
import { textAt } from '../../json.ts';
import { qualifiedKind, resourcePath } from '../../mapper.ts';
import { TabWriter } from '../../printers/tabwriter.ts';
import { findResources } from '../../resource/builder.ts';
import { type Info, itemsOf, mappingOf, objectOf } from '../../resource/info.ts';
import { builderOptions, type GetOptions, requestOptions } from './options.ts';
import { objectPrinter, tableOf, tablePrinter } from './printers.ts';

/** `get -w`: prints what is there and then each change, until it is interrupted. kubernetes: kubectl/pkg/cmd/get watch */
export function* watchObjects(invocation: Invocation, options: GetOptions): Task<number> {
  const { factory, flags } = invocation;
  let infos: Info[];
  try {
    const resources = yield* findResources(factory, {
      ...builderOptions(invocation, options),
      singleResourceType: true,
    });
    infos = yield* resources.infos();
  } catch (error) {
    if (error instanceof StatusError && error.notFound && flags.bool('ignore-not-found')) return 0;
    throw error;
  }
  const info = infos[0];
  if (!info) throw new KubectlError('no resources found');
  if (infos.some((other) => qualifiedKind(mappingOf(other)) !== qualifiedKind(mappingOf(info))))
    throw new KubectlError(
      'watch is only supported on individual resources and resource collections - more than 1 resource was found',
    );
  const mapping = mappingOf(info);
  const isList = info.name === '';
  const print = eventPrinter(invocation, options, info);
  const events = flags.bool('output-watch-events');
  if (!options.watchOnly) {
    for (const object of infos.map(objectOf)) {
      if (options.humanReadable) yield* print(object, events ? 'ADDED' : undefined);
      else for (const item of itemsOf(object) ?? [object]) yield* print(item, events ? 'ADDED' : undefined);
    }
  }
  if (infos.length > 1) throw new KubectlError('you may only watch a single resource or type of resource at a time');
  const query: [string, string][] = [
    ['resourceVersion', isList ? textAt(objectOf(info), 'metadata', 'resourceVersion') : '0'],
  ];
  if (isList) {
    if (flags.string('selector') !== '') query.push(['labelSelector', flags.string('selector')]);
    if (flags.string('field-selector') !== '') query.push(['fieldSelector', flags.string('field-selector')]);
  } else query.push(['fieldSelector', `metadata.name=${info.name}`]);
  const request = requestOptions(options);
  const watch = yield* factory.client().watch(resourcePath(mapping, options.allNamespaces ? '' : info.namespace), {
    ...request,
    query: [...(request.query ?? []), ...query],
  });
  try {
    // A watch of one object begins with an event for what it already is.
    let skip = !isList;
    for (;;) {
      const event = yield* watch.next();
      if (event === undefined || event === 'timeout') return 0;
      if (event.type === 'BOOKMARK') continue;
      if (event.type === 'ERROR') throw new StatusError(event.object);
      if (!skip) yield* print(event.object, events ? event.type : undefined);
      skip = false;
    }
  } finally {
    watch.close();
  }
}

function eventPrinter(
  invocation: Invocation,
  options: GetOptions,
  info: Info,
): (object: JsonObject, eventType: string | undefined) => Task<void> {
  const { process } = invocation;
  if (options.humanReadable) {
    const kind = invocation.flags.bool('show-kind') ? qualifiedKind(mappingOf(info)) : undefined;
    const printer = tablePrinter(invocation, options.allNamespaces && mappingOf(info).namespaced, kind);
    const out = new TabWriter();
    return function* (object, eventType) {
      printer.print(tableOf(object, process.now), out, eventType);
      yield* process.print(out.flush());
    };
  }
  const printer = objectPrinter(invocation, '');
  return function* (object, eventType) {
    yield* printer.print(eventType === undefined ? object : { type: eventType, object });
  };
}
