import { goFormat, goSyntax, goType } from '../go-format.ts';
import { isObject, type Json } from '../json-value.ts';
import { elementOf, ItemError } from './list-items.ts';
import { fieldElement, formatElement } from './path.ts';
import { type FieldType, formOf, type ListType, type MapType, memberType, type ScalarKind } from './types.ts';

/** What does not fit the type, as one text; undefined when all does. structured-merge-diff: typed/validate.go */
export function validateType(value: Json, type: FieldType, allowDuplicates = false): string | undefined {
  const errors: string[] = [];
  new Validator(errors, allowDuplicates).visit(value, type, '');
  const [first] = errors;
  return errors.length > 1 ? `errors:\n${errors.map((error) => `  ${error}`).join('\n')}` : first;
}

class Validator {
  private readonly errors: string[];
  private readonly allowDuplicates: boolean;

  constructor(errors: string[], allowDuplicates: boolean) {
    this.errors = errors;
    this.allowDuplicates = allowDuplicates;
  }

  visit(value: Json, type: FieldType, path: string): void {
    const form = formOf(type, value);
    if (value === null || !form) return;
    if ('scalar' in form) {
      const wrong = scalarError(form.scalar, value);
      if (wrong !== undefined) this.error(path, wrong);
    } else if ('list' in form) {
      if (Array.isArray(value)) this.list(form.list, value, path);
      else this.error(path, `expected list, got ${shown(value)}`);
    } else if (isObject(value)) this.map(form.map, value, path);
    else this.error(path, `expected map, got ${shown(value)}`);
  }

  private error(path: string, message: string): void {
    this.errors.push(path === '' ? message : `${path}: ${message}`);
  }

  private map(map: MapType, value: { [name: string]: Json }, path: string): void {
    for (const [name, member] of Object.entries(value)) {
      const below = path + formatElement(fieldElement(name));
      const type = memberType(map, name);
      if (!type) {
        this.error(below, 'field not declared in schema');
        return;
      }
      this.visit(member, type, below);
    }
  }

  private list(list: ListType, items: Json[], path: string): void {
    const seen = new Set<string>();
    for (const [index, item] of items.entries()) {
      let below = `${path}[${index}]`;
      if (!list.atomic) {
        const element = this.element(list, item, index, path);
        if (element === undefined) return;
        below = path + formatElement(element);
        if (seen.has(element) && !this.allowDuplicates) {
          this.error(path, `duplicate entries for key ${formatElement(element)}`);
        }
        seen.add(element);
      }
      this.visit(item, list.element, below);
    }
  }

  private element(list: ListType, item: Json, index: number, path: string): string | undefined {
    try {
      return elementOf(list, item);
    } catch (error) {
      if (!(error instanceof ItemError)) throw error;
      this.error(path, `element ${index}: ${error.message}`);
      return undefined;
    }
  }
}

function scalarError(kind: ScalarKind, value: Json): string | undefined {
  const scalar = typeof value !== 'object';
  if (kind === 'numeric' && typeof value !== 'number') return `expected numeric (int or float), got ${goType(value)}`;
  if (kind === 'string' && typeof value !== 'string')
    return `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
  if (kind === 'boolean' && typeof value !== 'boolean') return `expected boolean, got ${shown(value)}`;
  if (kind === 'untyped' && !scalar) return `expected any scalar, got ${shown(value)}`;
  return undefined;
}

// Upstream prints a pointer to its wrapper.
function shown(value: Json): string {
  return `&{${goFormat(value)}}`;
}
