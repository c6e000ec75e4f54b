import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { Errno } from '../../../world/errno.ts';
import type { Task } from '../../../world/task.ts';
import type { Invocation } from '../../command/command.ts';
import { asError, CodeError, KubectlError } from '../../errors.ts';
import { goErrno, readText } from '../../files.ts';
import { textAt } from '../../json.ts';
import { klogLine } from '../../klog.ts';
import { CustomColumnsPrinter, parseColumns, parseColumnsFile } from '../../printers/custom-columns.ts';
import { isObject, type ObjectValue } from '../../printers/go-value.ts';
import { relaxedJsonPath } from '../../printers/jsonpath/index.ts';
import { makePrinter, type Printer } from '../../printers/printer.ts';
import { sortByField, UnsortableError } from '../../printers/sort-by.ts';
import { readTable, type Table, TablePrinter } from '../../printers/table.ts';
import { TabWriter } from '../../printers/tabwriter.ts';
import { printerRequest, printObject } from '../../printing.ts';
import { itemsOf } from '../../resource/info.ts';
import { ageText } from './age.ts';

/** The printer of tables. `kind` is shown before names. */
export function tablePrinter(invocation: Invocation, withNamespace: boolean, kind: string | undefined): TablePrinter {
  const { flags } = invocation;
  return new TablePrinter({
    noHeaders: flags.bool('no-headers'),
    wide: flags.string('output') === 'wide',
    showLabels: flags.bool('show-labels'),
    columnLabels: flags.list('label-columns'),
    withNamespace,
    kind,
  });
}

/** The Table of an answer; objects that came as themselves get the columns NAME and AGE. */
export function tableOf(object: JsonObject, now: number): Table {
  if (textAt(object, 'kind') === 'Table') return readTable(object);
  const objects = itemsOf(object) ?? [object];
  return {
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name', priority: 0 },
      { name: 'Age', type: 'string', format: '', priority: 0 },
    ],
    rows: objects.map((one) => ({
      cells: [textAt(one, 'metadata', 'name'), ageText(textAt(one, 'metadata', 'creationTimestamp'), now)],
      object: one,
    })),
  };
}

/** Rows in the order of --sort-by. Raises KubectlError. */
export function sortRows(table: Table, sortBy: string): Table {
  if (table.rows.length < 2) return table;
  const path = sortPath(sortBy);
  return { ...table, rows: sortByField(table.rows, path, (row) => row.object) };
}

/** A malformed expression is left as it is: it fails where it is used. */
export function sortPath(sortBy: string): string {
  try {
    return relaxedJsonPath(sortBy);
  } catch {
    return sortBy;
  }
}

/** Objects are sorted by their printer, which refuses a malformed expression. Raises KubectlError. */
function strictSortPath(sortBy: string): string {
  try {
    return relaxedJsonPath(sortBy);
  } catch (error) {
    throw new KubectlError(asError(error).message);
  }
}

/** Prints objects in the format of -o, whatever it is but a table. */
export interface ObjectPrinter {
  /** `list`: it is a List whose items are printed. Raises KubectlError. */
  print(object: JsonObject): Task<void>;
}

/** Raises KubectlError. */
export function objectPrinter(invocation: Invocation, sortBy: string): ObjectPrinter {
  const output = invocation.flags.string('output');
  const columns = /^custom-columns(-file)?(?:=([\s\S]*))?$/.exec(output);
  const sorted = (object: JsonObject): JsonObject => {
    const items = object['items'];
    if (sortBy === '' || !Array.isArray(items) || items.length === 0) return object;
    const objects = items.filter((item): item is JsonObject => isObject(item));
    const path = strictSortPath(sortBy);
    try {
      return { ...object, items: sortByField(objects, path, (item) => item) };
    } catch (error) {
      if (!(error instanceof UnsortableError)) throw error;
      const text = `Field ${path} in *unstructured.Unstructured is an unsortable type: interface, err: ${error.message}`;
      throw new CodeError(klogLine(process, 'F', 'sorter.go:329', text), 1);
    }
  };
  const { process } = invocation;
  if (columns) {
    const printer = columnsPrinter(
      invocation,
      columns[1] !== undefined,
      columns[2] ?? invocation.flags.string('template'),
    );
    return {
      *print(object) {
        const out = new TabWriter();
        const given = sorted(object);
        const items: readonly ObjectValue[] = itemsOf(given) ?? [given];
        try {
          printer.print(items, out);
        } finally {
          yield* process.print(out.flush());
        }
      },
    };
  }
  const printer: Printer = makePrinter(
    printerRequest(invocation, '', { moreFormats: ['custom-columns', 'custom-columns-file', 'wide'] }),
  );
  return {
    *print(object) {
      yield* printObject(invocation, printer, sorted(object));
    },
  };
}

function columnsPrinter(invocation: Invocation, file: boolean, spec: string): CustomColumnsPrinter {
  const noHeaders = invocation.flags.bool('no-headers');
  if (!file) return new CustomColumnsPrinter(parseColumns(spec), noHeaders);
  if (spec === '') throw new KubectlError('custom-columns format specified but no custom columns given');
  let text: string;
  try {
    text = readText(invocation.process, spec);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new KubectlError(`error reading template ${spec}, ${goErrno('open', spec, error)}\n`);
  }
  return new CustomColumnsPrinter(parseColumnsFile(text), noHeaders);
}
