import type { Json, JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import type { DockerEngine } from './engine.ts';
import { DockerError, type Line } from './flags.ts';

/** Compiles a Go template. Raises Error with text/template's text. */
export type TemplateCompiler = (
  name: string,
  text: string,
) => (data: JsonObject, allowMissingKeys: boolean) => { readonly text: string; readonly error?: string };

/** What a command of the client works with. */
export interface Context {
  readonly process: Process;
  readonly engine: DockerEngine;
  readonly line: Line;
  readonly compile: TemplateCompiler;
}

/** The value is the exit status. Raises DockerError. */
export type Command = (context: Context) => Task<number>;

/** Does something for each operand; what fails is said and the others go on. */
export function* each(context: Context, act: (text: string) => Task<void>): Task<number> {
  let status = 0;
  for (const text of context.line.operands) {
    try {
      yield* act(text);
    } catch (error) {
      if (!(error instanceof DockerError)) throw error;
      yield* context.process.printError(`${error.message}\n`);
      status = 1;
    }
  }
  return status;
}

/** text/tabwriter as docker uses it: cells at least 10 wide, three blanks between. cli: cli/command/formatter */
export function tableText(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 10, cell.length + 3);
    });
  return rows
    .map((row) => `${row.map((cell, at) => (at < row.length - 1 ? cell.padEnd(widths[at] ?? 0) : cell)).join('')}\n`)
    .join('');
}

/** A list in the columns that `--format` asks for, or in `columns`: names of fields with their heads. Raises DockerError. */
export function listText(
  context: Pick<Context, 'compile'>,
  format: string | undefined,
  columns: Readonly<Record<string, string>>,
  shown: readonly string[],
  rows: readonly JsonObject[],
): string {
  if (format === 'json') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  if (format === undefined || format === 'table') {
    const cells = rows.map((row) => shown.map((name) => String(row[name] ?? '')));
    return tableText([shown.map((name) => columns[name] ?? ''), ...cells]);
  }
  const withHead = /^table\s+/.exec(format);
  const text = format
    .slice(withHead?.[0].length ?? 0)
    .replaceAll('\\t', '\t')
    .replaceAll('\\n', '\n');
  const lines = (withHead ? [{ ...columns }, ...rows] : rows).map((row) => fill(context, text, row));
  return withHead ? tableText(lines.map((line) => line.split('\t'))) : lines.map((line) => `${line}\n`).join('');
}

/** Raises DockerError. */
export function fill({ compile }: Pick<Context, 'compile'>, text: string, data: JsonObject): string {
  let template: ReturnType<TemplateCompiler>;
  try {
    template = compile('', text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new DockerError(`template parsing error: ${error.message}`, 64);
  }
  const result = template(data, false);
  if (result.error !== undefined) throw new DockerError(`template parsing error: ${result.error}`);
  return result.text;
}

/** JSON as `docker inspect` prints it. */
export const indented = (value: Json): string => `${JSON.stringify(value, null, 4)}\n`;

/** `2026-09-01T09:00:00.123456789Z` */
export const goTime = (ms: number): string =>
  ms === 0 ? '0001-01-01T00:00:00Z' : `${new Date(ms).toISOString().replace('Z', '')}000000Z`;
