import { KubectlError } from '../errors.ts';
import { goPrint, type ObjectValue } from './go-value.ts';
import { JsonPath, relaxedJsonPath } from './jsonpath/index.ts';
import { escapeTerminal } from './table.ts';
import type { TabWriter } from './tabwriter.ts';

export interface CustomColumn {
  readonly header: string;
  readonly path: string;
}

/** Reads `NAME:.metadata.name,IMAGE:…`. Raises KubectlError. */
export function parseColumns(spec: string): CustomColumn[] {
  if (spec === '') throw new KubectlError('custom-columns format specified but no custom columns given');
  return spec.split(',').map((part) => {
    const colon = part.indexOf(':');
    if (colon < 0)
      throw new KubectlError(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header: part.slice(0, colon), path: relaxed(part.slice(colon + 1)) };
  });
}

/** Reads a file of two lines: headers and paths. Raises KubectlError. */
export function parseColumnsFile(text: string): CustomColumn[] {
  const form = 'Expected format is one line of space separated headers, one line of space separated column specs.';
  const lines = text.split('\n');
  if (text === '') throw new KubectlError(`invalid template, missing header line. ${form}`);
  if (lines.length < 2 || (lines.length === 2 && lines[1] === ''))
    throw new KubectlError(`invalid template, missing spec line. ${form}`);
  const headers = words(lines[0]);
  const paths = words(lines[1]);
  if (headers.length !== paths.length)
    throw new KubectlError(
      `number of headers (${headers.length}) and field specifications (${paths.length}) don't match`,
    );
  return headers.map((header, at) => ({ header, path: relaxed(paths[at] ?? '') }));
}

function words(line: string | undefined): string[] {
  return (line ?? '').split(/\s+/).filter((word) => word !== '');
}

function relaxed(path: string): string {
  try {
    return relaxedJsonPath(path);
  } catch (error) {
    throw new KubectlError(error instanceof Error ? error.message : String(error));
  }
}

/** Prints objects as rows of the columns that a learner asked for. kubernetes: kubectl/pkg/cmd/get/customcolumn.go */
export class CustomColumnsPrinter {
  private headerDone = false;

  constructor(
    private readonly columns: readonly CustomColumn[],
    private readonly noHeaders: boolean,
  ) {}

  /** Raises KubectlError; what was written before stays written. */
  print(objects: readonly ObjectValue[], out: TabWriter): void {
    if (!this.noHeaders && !this.headerDone) out.write(`${this.columns.map((column) => column.header).join('\t')}\n`);
    this.headerDone = true;
    try {
      const paths = this.columns.map((column) => new JsonPath(column.path));
      for (const object of objects) out.write(`${paths.map((path) => cell(path, object)).join('\t')}\n`);
    } catch (error) {
      throw new KubectlError(error instanceof Error ? error.message : String(error));
    }
  }
}

function cell(path: JsonPath, object: ObjectValue): string {
  const results = path.find(object);
  const values = results.flat().map((value) => escapeTerminal(goPrint(value)));
  if (results.length === 0 || results[0]?.length === 0) values.unshift('<none>');
  return values.join(',');
}
