import { goPrint, isList, isObject, type ObjectValue, sortedKeys, type Value } from './go-value.ts';
import type { TabWriter } from './tabwriter.ts';

/** meta.k8s.io/v1 Table, as far as it is printed. */
export interface Table {
  readonly columnDefinitions: readonly Column[];
  readonly rows: readonly Row[];
}

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  /** 0 is always shown, more only with `-o wide`. */
  readonly priority: number;
}

export interface Row {
  readonly cells: readonly Value[];
  /** The object, or its metadata only. */
  readonly object: ObjectValue | undefined;
}

export interface TableOptions {
  readonly noHeaders: boolean;
  readonly wide: boolean;
  readonly showLabels: boolean;
  readonly columnLabels: readonly string[];
  readonly withNamespace: boolean;
  /** `deployment.apps`: shown before names; undefined shows names only. */
  readonly kind: string | undefined;
}

export function readTable(value: ObjectValue): Table {
  const columns = list(value['columnDefinitions']).map((column) => ({
    name: text(column['name']),
    type: text(column['type']),
    format: text(column['format']),
    priority: typeof column['priority'] === 'number' ? column['priority'] : 0,
  }));
  const rows = list(value['rows']).map((row) => ({
    cells: isList(row['cells']) ? row['cells'] : [],
    object: isObject(row['object']) ? row['object'] : undefined,
  }));
  return { columnDefinitions: columns, rows };
}

function list(value: Value | undefined): ObjectValue[] {
  return isList(value) ? value.filter(isObject) : [];
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Prints Tables one after the other; a header only where the columns change. kubernetes: cli-runtime/pkg/printers/tableprinter.go */
export class TablePrinter {
  private lastColumns: readonly Column[] = [];
  private printedHeaders = false;

  constructor(readonly options: TableOptions) {}

  /** Writes rows to `out`; `eventType` (`ADDED`) becomes the first column. */
  print(table: Table, out: TabWriter, eventType?: string): void {
    const repeated = table.columnDefinitions.length === 0 || sameColumns(table.columnDefinitions, this.lastColumns);
    const noHeaders = this.options.noHeaders || (this.printedHeaders && repeated);
    if (table.columnDefinitions.length > 0 && !repeated) {
      this.lastColumns = table.columnDefinitions;
      this.printedHeaders = false;
    }
    if (table.rows.length > 0) this.printedHeaders = true;
    const columns = table.columnDefinitions.length > 0 ? table.columnDefinitions : this.lastColumns;
    const decorated = decorate({ ...table, columnDefinitions: columns }, this.options, eventType);
    out.write(tableText(decorated, { ...this.options, noHeaders }));
  }
}

function sameColumns(a: readonly Column[], b: readonly Column[]): boolean {
  return (
    a.length === b.length && a.every((column, at) => column.name === b[at]?.name && column.priority === b[at]?.priority)
  );
}

const EVENT_TYPES: Readonly<Record<string, string>> = {
  ADDED: 'ADDED   ',
  MODIFIED: 'MODIFIED',
  DELETED: 'DELETED ',
  ERROR: 'ERROR   ',
};

const plainColumn = (name: string): Column => ({ name, type: 'string', format: '', priority: 0 });

/** Adds the columns of the event, the namespace and the labels, and the kind before the name. */
function decorate(table: Table, options: TableOptions, eventType: string | undefined): Table {
  const nameAt =
    options.kind === undefined
      ? -1
      : table.columnDefinitions.findIndex((column) => column.format === 'name' && column.type === 'string');
  const columns = [
    ...(eventType === undefined ? [] : [plainColumn('Event')]),
    ...(options.withNamespace ? [plainColumn('Namespace')] : []),
    ...table.columnDefinitions,
    ...options.columnLabels.map((label) => plainColumn((label.split('/').at(-1) ?? '').toUpperCase())),
    ...(options.showLabels ? [plainColumn('Labels')] : []),
  ];
  const rows = table.rows.map((row) => {
    const metadata = isObject(row.object?.['metadata']) ? row.object['metadata'] : undefined;
    const labels = isObject(metadata?.['labels']) ? metadata['labels'] : {};
    const cells = row.cells.map((cell, at) => (at === nameAt ? `${options.kind}/${goPrint(cell)}` : cell));
    while (cells.length < table.columnDefinitions.length) cells.push(null);
    return {
      object: row.object,
      cells: [
        ...(eventType === undefined ? [] : [EVENT_TYPES[eventType] ?? eventType]),
        ...(options.withNamespace ? [metadata?.['namespace'] ?? null] : []),
        ...cells,
        ...options.columnLabels.map((label) => labelCell(labels, label)),
        ...(options.showLabels ? [labelsText(labels)] : []),
      ],
    };
  });
  return { columnDefinitions: columns, rows };
}

function labelCell(labels: ObjectValue, key: string): Value {
  return labels[key] ?? '';
}

/** `a=1,b=2`, or `<none>`. */
export function labelsText(labels: ObjectValue): string {
  const keys = sortedKeys(labels);
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${goPrint(labels[key])}`).join(',');
}

function tableText(table: Table, options: TableOptions): string {
  const shown = table.columnDefinitions.map((column) => options.wide || column.priority === 0);
  const lines: string[] = [];
  if (!options.noHeaders) {
    if (table.rows.length === 0) return '';
    lines.push(
      table.columnDefinitions
        .filter((_, at) => shown[at])
        .map((column) => column.name.toUpperCase())
        .join('\t'),
    );
  }
  for (const row of table.rows)
    lines.push(
      row.cells
        .filter((_, at) => shown[at])
        .map(cellText)
        .join('\t'),
    );
  return lines.map((line) => `${line}\n`).join('');
}

/** A text is cut at its first line break; escape characters are made visible. */
function cellText(cell: Value): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return escapeTerminal(goPrint(cell));
  const end = cell.search(/[\f\n\r]/);
  return end < 0 ? escapeTerminal(cell) : `${escapeTerminal(cell.slice(0, end))}...`;
}

export function escapeTerminal(value: string): string {
  return value.replaceAll('\x1b', '^[').replaceAll('\r', '\\r');
}
