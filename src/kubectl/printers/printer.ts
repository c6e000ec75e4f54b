import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import { KubectlError } from '../errors.ts';
import { yamlText } from '../yaml.ts';
import { compileTemplate } from './go-template/index.ts';
import { goJson, goPrint, goSyntax, jsonString } from './go-value.ts';
import { JsonPath } from './jsonpath/index.ts';
import { kyamlText } from './kyaml.ts';
import { objectName } from './name.ts';

/** Turns one object after the other into text. kubernetes: cli-runtime/pkg/printers ResourcePrinter */
export interface Printer {
  /** Raises KubectlError, whose `stdout` is what was printed before. */
  print(object: JsonObject): string;
}

export interface PrinterRequest {
  /** The value of -o. */
  readonly output: string;
  /** Whether -o was given. */
  readonly outputGiven: boolean;
  /** The value of --template. */
  readonly template: string;
  readonly allowMissingKeys: boolean;
  readonly showManagedFields: boolean;
  /** What was done, for `pod/web created`; empty prints the name alone. */
  readonly operation: string;
  /** Reads a template's file. Raises Error with Go's text. */
  readonly readFile: (path: string) => string;
  /** Formats that the command has beside the general ones, for the message about an unknown one. */
  readonly moreFormats?: readonly string[];
  /** Keys of JSON stay in the order of the object instead of the alphabet's: objects that Go has a type for. */
  readonly keepOrder?: boolean;
}

const GENERAL = ['json', 'yaml', 'kyaml', 'name'];
const TEMPLATES = ['go-template', 'go-template-file', 'template', 'templatefile'];
const JSONPATHS = ['jsonpath', 'jsonpath-as-json', 'jsonpath-file'];

/** The printer for a value of -o. Raises KubectlError. kubernetes: cli-runtime/pkg/genericclioptions PrintFlags.ToPrinter */
export function makePrinter(request: PrinterRequest): Printer {
  const output = request.template !== '' && !request.outputGiven ? 'go-template' : request.output;
  switch (output.toLowerCase()) {
    case '':
      return namePrinter(request.operation);
    case 'name':
      return namePrinter('');
    case 'json':
      return { print: (object) => `${json(hide(object, request), request.keepOrder ?? false)}\n` };
    case 'yaml':
      return separated((object) => yamlText(hide(object, request)));
    case 'kyaml':
      return { print: (object) => kyamlText(hide(object, request), request.keepOrder ?? false) };
  }
  const jsonpath = splitFormat(output, JSONPATHS);
  if (jsonpath) return jsonPathPrinter(request, ...jsonpath);
  const template = splitFormat(output, TEMPLATES);
  if (template) return templatePrinter(request, ...template);
  throw noPrinter(output, [...GENERAL, ...TEMPLATES, ...JSONPATHS, ...(request.moreFormats ?? [])]);
}

export function noPrinter(output: string, formats: readonly string[]): KubectlError {
  return new KubectlError(
    `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${[...formats].sort().join(',')}`,
  );
}

/** `jsonpath={.x}` → its format and template; undefined for another format. */
function splitFormat(output: string, formats: readonly string[]): [string, string | undefined] | undefined {
  for (const format of formats) {
    if (output === format) return [format, undefined];
    if (output.startsWith(`${format}=`)) return [format, output.slice(format.length + 1)];
  }
  return undefined;
}

function namePrinter(operation: string): Printer {
  const print = (object: JsonObject): string => {
    const items = object['items'];
    if (Array.isArray(items) && String(object['kind']).endsWith('List'))
      return items
        .map((item) => (typeof item === 'object' && item !== null && !Array.isArray(item) ? print(item) : ''))
        .join('');
    return `${objectName(object)}${operation === '' ? '' : ` ${operation}`}\n`;
  };
  return { print };
}

function separated(text: (object: JsonObject) => string): Printer {
  let count = 0;
  return { print: (object) => `${count++ > 0 ? '---\n' : ''}${text(object)}` };
}

/** Without managedFields, unless they were asked for. */
function hide(object: JsonObject, request: PrinterRequest): JsonObject {
  return request.showManagedFields ? object : withoutManagedFields(object);
}

export function withoutManagedFields(object: JsonObject): JsonObject {
  const metadata = object['metadata'];
  const items = object['items'];
  const out: JsonObject = { ...object };
  if (typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata) && 'managedFields' in metadata) {
    const { managedFields: _, ...rest } = metadata;
    out['metadata'] = rest;
  }
  if (Array.isArray(items))
    out['items'] = items.map((item) =>
      typeof item === 'object' && item !== null && !Array.isArray(item) ? withoutManagedFields(item) : item,
    );
  return out;
}

/** JSON with the object's own order of keys. */
function json(object: JsonObject, keepOrder: boolean): string {
  if (!keepOrder) return goJson(object, '    ');
  return JSON.stringify(object, null, 4)
    .split('\n')
    .map((line) => line.replace(/[<>&]/g, (char) => jsonString(char).slice(1, -1)))
    .join('\n');
}

function templateOf(request: PrinterRequest, format: string, given: string | undefined): string {
  const text = given ?? request.template;
  if (text === '') throw new KubectlError('template format specified but no template given');
  if (!format.endsWith('file')) return text;
  try {
    return request.readFile(text);
  } catch (error) {
    throw new KubectlError(
      `error reading --template ${text}, ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
}

function jsonPathPrinter(request: PrinterRequest, format: string, given: string | undefined): Printer {
  const template = templateOf(request, format, given);
  let path: JsonPath;
  try {
    path = new JsonPath(template, request.allowMissingKeys);
  } catch (error) {
    throw new KubectlError(
      `error parsing jsonpath ${template}, ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
  return {
    print(object) {
      try {
        return path.print(object, format === 'jsonpath-as-json');
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error);
        throw new KubectlError(
          `error executing jsonpath ${goQuoted(template)}: Error executing template: ${text}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n\n`,
        );
      }
    },
  };
}

function goQuoted(text: string): string {
  return JSON.stringify(text);
}

/** A failed template: what it had printed goes to standard output before the error. */
export class TemplateError extends KubectlError {
  constructor(
    message: string,
    readonly stdout: string,
  ) {
    super(message);
  }
}

function templatePrinter(request: PrinterRequest, format: string, given: string | undefined): Printer {
  const text = templateOf(request, format, given);
  let template: ReturnType<typeof compileTemplate>;
  try {
    template = compileTemplate('output', text);
  } catch (error) {
    throw new KubectlError(
      `error parsing template ${text}, ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
  return {
    print(object) {
      const result = template(object, request.allowMissingKeys);
      if (result.error === undefined) return result.text;
      const debug = `Error executing template: ${result.error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${text}\n\traw data was:\n\t\t${goJson(object)}\n\tobject given to template engine was:\n\t\t${goPrint(object)}\n\n`;
      throw new TemplateError(`error executing template ${goQuoted(text)}: ${result.error}`, result.text + debug);
    },
  };
}
