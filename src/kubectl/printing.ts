import type { JsonObject } from '../cluster/apimachinery/json-value.ts';
import { Errno } from '../world/errno.ts';
import type { Task } from '../world/task.ts';
import type { Invocation } from './command/command.ts';
import type { DryRun } from './dry-run.ts';
import { goErrno, readText } from './files.ts';
import { makePrinter, type Printer, type PrinterRequest, TemplateError } from './printers/printer.ts';

/** What the print flags of a command ask for. */
export function printerRequest(
  invocation: Invocation,
  operation: string,
  more: Partial<PrinterRequest> = {},
): PrinterRequest {
  const { flags } = invocation;
  return {
    output: flags.string('output'),
    outputGiven: flags.changed('output'),
    template: flags.has('template') ? flags.string('template') : '',
    allowMissingKeys: flags.has('allow-missing-template-keys') ? flags.bool('allow-missing-template-keys') : true,
    showManagedFields: flags.has('show-managed-fields') && flags.bool('show-managed-fields'),
    operation,
    readFile: (path) => {
      try {
        return readText(invocation.process, path);
      } catch (error) {
        throw error instanceof Errno ? new Error(goErrno('open', path, error)) : error;
      }
    },
    ...more,
  };
}

/** The printer for `-o`, or for `pod/web OPERATION (dry run)`. Raises KubectlError. */
export function printerFor(
  invocation: Invocation,
  operation: string,
  dryRun: DryRun = 'none',
  more: Partial<PrinterRequest> = {},
): Printer {
  const suffix = { none: '', client: ' (dry run)', server: ' (server dry run)' }[dryRun];
  return makePrinter(printerRequest(invocation, `${operation}${suffix}`, more));
}

/** Prints an object; what a failed template had printed is printed too. Raises KubectlError. */
export function* printObject(invocation: Invocation, printer: Printer, object: JsonObject): Task<void> {
  try {
    yield* invocation.process.print(printer.print(object));
  } catch (error) {
    if (error instanceof TemplateError) yield* invocation.process.print(error.stdout);
    throw error;
  }
}
