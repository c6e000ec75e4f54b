import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { KubectlError, messageForError, PlainError, SeveralErrors, StatusError } from '../../errors.ts';
import { qualifiedKind } from '../../mapper.ts';
import { sortByField } from '../../printers/sort-by.ts';
import type { TablePrinter } from '../../printers/table.ts';
import { TabWriter } from '../../printers/tabwriter.ts';
import { splitRawPath } from '../../raw.ts';
import { findResources, type Resources } from '../../resource/builder.ts';
import { type Info, itemsOf, objectOf } from '../../resource/info.ts';
import { builderOptions, type GetOptions, getOptions } from './options.ts';
import { objectPrinter, sortPath, sortRows, tableOf, tablePrinter } from './printers.ts';
import { watchObjects } from './watch.ts';

export function* runGet(invocation: Invocation): Task<number> {
  const options = yield* getOptions(invocation);
  const raw = invocation.flags.string('raw');
  if (raw !== '') {
    yield* invocation.process.print(yield* rawGet(invocation, raw));
    return 0;
  }
  if (options.watch || options.watchOnly) return yield* watchObjects(invocation, options);
  const resources = yield* findResources(invocation.factory, {
    ...builderOptions(invocation, options),
    continueOnError: true,
    flatten: true,
  });
  const found = yield* collect(resources, invocation.flags.bool('ignore-not-found'));
  if (options.humanReadable) yield* printTables(invocation, options, found);
  else yield* printObjects(invocation, options, resources, found);
  return 0;
}

function* rawGet({ factory }: Invocation, raw: string): Task<string> {
  const { path, query } = splitRawPath(raw);
  return yield* factory.client().text('GET', path, { query });
}

interface Found {
  readonly infos: readonly Info[];
  readonly errors: readonly Error[];
}

function* collect(resources: Resources, ignoreNotFound: boolean): Task<Found> {
  const infos: Info[] = [];
  try {
    yield* resources.visit(function* (info) {
      infos.push(info);
    });
    return { infos, errors: [] };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const all = error instanceof SeveralErrors ? error.errors : [error];
    const kept = all.filter((one) => !(ignoreNotFound && one instanceof StatusError && one.notFound));
    return { infos, errors: kept };
  }
}

/** Tables one below the other, with an empty line before each header but the first. */
function* printTables(invocation: Invocation, options: GetOptions, found: Found): Task<void> {
  const { process } = invocation;
  const infos = inOrder(options, found.infos);
  const severalKinds = infos.some((info) => info.mapping !== infos[0]?.mapping);
  let printer: TablePrinter | undefined;
  let last: Info | undefined;
  let out = new TabWriter();
  let written = false;
  let separate = false;
  let allNamespaced = !options.allNamespaces;
  let text = '';
  const flush = () => {
    const part = out.flush();
    if (part === '') return;
    text += separate ? `\n${part}` : part;
    separate = false;
    written = true;
  };
  for (const info of infos) {
    allNamespaced &&= info.mapping?.namespaced === true;
    if (!printer || last?.mapping !== info.mapping) {
      flush();
      out = new TabWriter();
      if (last && !options.noHeaders && written) separate = true;
      const withNamespace = options.allNamespaces && info.mapping?.namespaced === true;
      const withKind = severalKinds || invocation.flags.bool('show-kind');
      printer = tablePrinter(
        invocation,
        withNamespace,
        withKind && info.mapping ? qualifiedKind(info.mapping) : undefined,
      );
      last = info;
    }
    // kubectl does not look at errors of single tables: an expression that fits no object prints nothing.
    try {
      const table = tableOf(objectOf(info), process.now);
      printer.print(options.sortBy === '' ? table : sortRows(table, options.sortBy), out);
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
    }
  }
  flush();
  yield* process.print(text);
  if (!written && found.errors.length === 0 && !invocation.flags.bool('ignore-not-found'))
    yield* process.printError(
      allNamespaced ? `No resources found in ${options.namespace} namespace.\n` : 'No resources found\n',
    );
  const [only] = found.errors;
  // What files hold comes as a list of errors, which is printed without kubectl's own prefix, though it has but one.
  const listed = invocation.flags.list('filename').length > 0;
  if (found.errors.length === 1 && only instanceof KubectlError && !listed) throw only;
  if (found.errors.length > 0) throw new PlainError(found.errors.map((one) => `${messageForError(one)}\n`).join(''));
}

/** kubectl sorts several tables among themselves by what the tables have at the path, which is seldom anything. Raises KubectlError. */
function inOrder(options: GetOptions, infos: readonly Info[]): readonly Info[] {
  if (options.sortBy === '' || infos.length < 2) return infos;
  return sortByField(infos, sortPath(options.sortBy), (info) => objectOf(info));
}

/** One object, or a List of all. */
function* printObjects(invocation: Invocation, options: GetOptions, resources: Resources, found: Found): Task<void> {
  const single = resources.singleItemImplied;
  if (found.errors[0] && single) throw found.errors[0];
  const ignore = invocation.flags.bool('ignore-not-found');
  if (found.infos.length === 0 && ignore) {
    if (found.errors.length > 0) throw new SeveralErrors(found.errors);
    return;
  }
  const printer = objectPrinter(invocation, options.sortBy);
  const object: JsonObject =
    single && found.infos.length === 1 ? objectOf(found.infos[0] ?? emptyInfo) : listOf(found.infos.map(objectOf));
  const errors = [...found.errors];
  try {
    yield* printer.print(object);
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error;
    errors.push(error);
  }
  if (errors.length === 1 && errors[0]) throw errors[0];
  if (errors.length > 1) throw new SeveralErrors(errors);
}

const emptyInfo: Info = { mapping: undefined, namespace: '', name: '', source: '', object: undefined, subresource: '' };

function listOf(items: readonly JsonObject[]): JsonObject {
  const nested = items.flatMap((item) => itemsOf(item) ?? [item]);
  return { apiVersion: 'v1', items: nested, kind: 'List', metadata: { resourceVersion: '' } };
}
