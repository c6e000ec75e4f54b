import { decode } from '../../../world/bytes.ts';
import { decodeBase64 } from '../../kubeconfig/base64.ts';
import { compareText } from '../go-value.ts';
import { GoFloat, GoInt, type Runtime } from './node.ts';
import { integerOf, isMap, isSlice, isTrue, mapKeys, sprintf, typeName, valueText } from './values.ts';

/** A function of templates. Raises Error with the text after `error calling NAME: `. */
export type TemplateFunction = (args: readonly Runtime[]) => Runtime;
export type Functions = Readonly<Record<string, TemplateFunction>>;

const BAD_TYPE = 'invalid type for comparison';

function kindOf(value: Runtime): 'bool' | 'int' | 'float' | 'string' {
  if (integerOf(value) !== undefined) return 'int';
  if (typeof value === 'number' || value instanceof GoFloat) return 'float';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  throw new Error(BAD_TYPE);
}

function incompatible(a: Runtime, b: Runtime): Error {
  return new Error(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

function basicKind(value: Runtime): string | undefined {
  try {
    return kindOf(value);
  } catch {
    return undefined;
  }
}

function equalTo(a: Runtime, b: Runtime): boolean {
  if (a === undefined || a === null || b === undefined || b === null) return (a ?? null) === (b ?? null);
  const [x, y] = [basicKind(a), basicKind(b)];
  if (x !== y) throw incompatible(a, b);
  if (x === undefined) throw new Error(`non-comparable type ${valueText(a)}: ${typeName(a)}`);
  return x === 'int' || x === 'float' ? numberOf(a) === numberOf(b) : a === b;
}

function less(a: Runtime, b: Runtime): boolean {
  const [x, y] = [kindOf(a), kindOf(b)];
  if (x !== y) throw incompatible(a, b);
  if (x === 'bool') throw new Error(BAD_TYPE);
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b) < 0;
  return numberOf(a) < numberOf(b);
}

function numberOf(value: Runtime): number {
  return value instanceof GoInt || value instanceof GoFloat ? value.value : Number(value);
}

function two(name: string, args: readonly Runtime[]): [Runtime, Runtime] {
  if (args.length !== 2) throw new WrongCount(name, 2, args.length);
  return [args[0], args[1]];
}

/** A function called with the wrong number of arguments. */
export class WrongCount extends Error {
  constructor(name: string, wanted: number, got: number, atLeast = false) {
    super(`wrong number of args for ${name}: want ${atLeast ? 'at least ' : ''}${wanted} got ${got}`);
  }
}

function indexOf(item: Runtime, key: Runtime): Runtime {
  if (item === undefined || item === null) throw new Error('index of untyped nil');
  if (isSlice(item) || typeof item === 'string') {
    const at = integerOf(key);
    if (at === undefined)
      throw new Error(
        key === undefined || key === null
          ? 'cannot index slice/array with nil'
          : `cannot index slice/array with type ${typeName(key)}`,
      );
    if (at < 0 || at >= item.length) throw new Error(`index out of range: ${at}`);
    return typeof item === 'string' ? new GoInt(item.charCodeAt(at)) : item[at];
  }
  if (!isMap(item)) throw new Error(`can't index item of type ${typeName(item)}`);
  if (typeof key !== 'string') throw new Error(`value has type ${typeName(key)}; should be string`);
  return Object.hasOwn(item, key) ? item[key] : undefined;
}

function slice(args: readonly Runtime[]): Runtime {
  const [item, ...bounds] = args;
  if (typeof item !== 'string' && !isSlice(item)) throw new Error(`can't slice item of type ${typeName(item)}`);
  const numbers = bounds.map((bound) => {
    const at = integerOf(bound);
    if (at === undefined) throw new Error(`cannot index slice/array with type ${typeName(bound)}`);
    if (at < 0 || at > item.length) throw new Error(`index out of range: ${at}`);
    return at;
  });
  const [from = 0, to = item.length] = numbers;
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  return item.slice(from, to);
}

function length(value: Runtime): Runtime {
  if (typeof value === 'string') return new GoInt(new TextEncoder().encode(value).length);
  if (isSlice(value)) return new GoInt(value.length);
  if (isMap(value)) return new GoInt(mapKeys(value).length);
  throw new Error(
    value === undefined || value === null
      ? 'reflect: call of reflect.Value.Type on zero Value'
      : `len of type ${typeName(value)}`,
  );
}

/** fmt.Sprint: a space between two operands when neither is a text. */
function sprint(args: readonly Runtime[]): string {
  return args
    .map((one, at) => {
      const space = at > 0 && typeof one !== 'string' && typeof args[at - 1] !== 'string';
      return `${space ? ' ' : ''}${valueText(one)}`;
    })
    .join('');
}

const HTML: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\uFFFD',
};

function javascript(text: string): string {
  return text.replace(/[\\'"<>&=\n\r\t\x00-\x1f]/g, (char) => {
    if ('\\\'"'.includes(char)) return `\\${char}`;
    const short = ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' } as Record<string, string>)[char];
    return short ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

function exists(args: readonly Runtime[]): boolean {
  let item = args[0];
  for (const key of args.slice(1)) {
    try {
      item = indexOf(item, key);
    } catch {
      return false;
    }
    if (item === undefined) return false;
  }
  return item !== undefined;
}

/** Go's own functions, and kubectl's `exists` and `base64decode`. Go: text/template/funcs.go */
export const FUNCTIONS: Functions = {
  // `and` and `or` stop at the first decisive argument: see execute.ts.
  and: (args) => args.find((one) => !isTrue(one)) ?? args.at(-1),
  or: (args) => args.find(isTrue) ?? args.at(-1),
  not: (args) => !isTrue(args[0]),
  eq(args) {
    const [first, ...rest] = args;
    if (rest.length === 0) throw new Error('missing argument for comparison');
    return rest.some((one) => equalTo(first, one));
  },
  ne: (args) => !equalTo(...two('ne', args)),
  lt: (args) => less(...two('lt', args)),
  le(args) {
    const [a, b] = two('le', args);
    return less(a, b) || equalTo(a, b);
  },
  gt(args) {
    const [a, b] = two('gt', args);
    return !less(a, b) && !equalTo(a, b);
  },
  ge: (args) => !less(...two('ge', args)),
  index: (args) => args.slice(1).reduce((item, key) => indexOf(item, key), args[0]),
  slice,
  len: (args) => length(args[0]),
  print: sprint,
  println: (args) => `${args.map(valueText).join(' ')}\n`,
  printf(args) {
    const [format, ...rest] = args;
    if (typeof format !== 'string') throw new Error(`wrong type for value; expected string; got ${typeName(format)}`);
    return sprintf(format, rest);
  },
  html: (args) => sprint(args).replace(/["'&<>\0]/g, (char) => HTML[char] ?? char),
  js: (args) => javascript(sprint(args)),
  urlquery: (args) =>
    encodeURIComponent(sprint(args))
      .replace(/%20/g, '+')
      .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  exists,
  base64decode(args) {
    const [text] = args;
    if (typeof text !== 'string') throw new Error(`wrong type for value; expected string; got ${typeName(text)}`);
    const bytes = text.length % 4 === 0 ? decodeBase64(text) : undefined;
    if (!bytes) {
      const at = text.search(/[^A-Za-z0-9+/=]/);
      throw new Error(
        `base64 decode failed: illegal base64 data at input byte ${at < 0 ? text.length - (text.length % 4) : at}`,
      );
    }
    return decode(bytes);
  },
};
