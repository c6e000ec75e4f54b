import { isObject, type Json, type JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { yamlToJson } from '../../../cluster/apimachinery/yaml.ts';
import { Errno } from '../../../world/errno.ts';
import { joinPath } from '../../../world/files/paths.ts';
import type { Process } from '../../../world/process.ts';
import { type Member, membersOf } from '../models/models.ts';
import { encodeBase64Text } from './base64.ts';
import { CliError, parameterError, unknownOptions, usageError } from './errors.ts';
import { kebab, optionName } from './names.ts';
import { checkPaging, type Paging, type Wanted } from './pages.ts';
import { hasRuleOptions, RULE_OPTIONS, withRule } from './security-rules.ts';
import { parseShorthand, ShorthandError } from './shorthand.ts';

/** An option of a command. */
export interface Option {
  /** With its dashes. */
  readonly name: string;
  /** How many words it takes: none, one, or all up to the next option. */
  readonly takes: 'none' | 'one' | 'many';
  readonly required?: boolean;
  readonly integer?: boolean;
}

export type Given = Map<string, readonly string[]>;

/** Options of the client itself, which may stand anywhere. awscli: data/cli.json */
export const GLOBAL_OPTIONS: readonly Option[] = [
  { name: '--debug', takes: 'none' },
  { name: '--endpoint-url', takes: 'one' },
  { name: '--no-verify-ssl', takes: 'none' },
  { name: '--no-paginate', takes: 'none' },
  { name: '--output', takes: 'one' },
  { name: '--query', takes: 'one' },
  { name: '--profile', takes: 'one' },
  { name: '--region', takes: 'one' },
  { name: '--version', takes: 'none' },
  { name: '--color', takes: 'one' },
  { name: '--no-sign-request', takes: 'none' },
  { name: '--ca-bundle', takes: 'one' },
  { name: '--cli-read-timeout', takes: 'one', integer: true },
  { name: '--cli-connect-timeout', takes: 'one', integer: true },
  { name: '--cli-binary-format', takes: 'one' },
  { name: '--no-cli-pager', takes: 'none' },
  { name: '--cli-auto-prompt', takes: 'none' },
  { name: '--no-cli-auto-prompt', takes: 'none' },
];

/** Takes the options that are known out of the words; the others stay in order. argparse: parse_known_args */
export function takeOptions(words: readonly string[], options: readonly Option[]): { given: Given; rest: string[] } {
  const given: Given = new Map();
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const [name = '', inline] = word.startsWith('--') && word.includes('=') ? splitAt(word, word.indexOf('=')) : [word];
    const option = word.startsWith('--') ? findOption(name, options) : undefined;
    if (!option) {
      rest.push(word);
      continue;
    }
    const values: string[] = inline === undefined ? [] : [inline];
    if (inline === undefined && option.takes !== 'none') {
      while (i + 1 < words.length && !isOption(words[i + 1] ?? '') && (option.takes === 'many' || values.length === 0))
        values.push(words[++i] ?? '');
      if (option.takes === 'one' && values.length === 0)
        throw usageError(`argument ${option.name}: expected one argument`);
    }
    if (option.integer && !/^[-+]?\d+$/.test(values[0] ?? ''))
      throw usageError(`argument ${option.name}: invalid int value: '${values[0]}'`);
    given.set(option.name, values);
  }
  return { given, rest };
}

function splitAt(word: string, index: number): [string, string] {
  return [word.slice(0, index), word.slice(index + 1)];
}

/** Numbers may begin with a dash. */
function isOption(word: string): boolean {
  return word.startsWith('-') && word !== '-' && !/^-\d/.test(word);
}

/** By its name or by a beginning that only one has. */
function findOption(name: string, options: readonly Option[]): Option | undefined {
  const exact = options.find((option) => option.name === name);
  if (exact) return exact;
  const near = name.length > 3 ? options.filter((option) => option.name.startsWith(name)) : [];
  return near.length === 1 ? near[0] : undefined;
}

const PAGING: readonly Option[] = [
  { name: '--starting-token', takes: 'one' },
  { name: '--page-size', takes: 'one', integer: true },
  { name: '--max-items', takes: 'one', integer: true },
];

function optionOf(service: string, { name, type, required }: Member): Option {
  const takes = type === 'b' ? 'none' : type.startsWith('[') ? 'many' : 'one';
  return { name: optionName(service, name), takes, required };
}

const INPUTS: readonly Option[] = [
  { name: '--cli-input-json', takes: 'one' },
  { name: '--cli-input-yaml', takes: 'one' },
];

/** What the words after an operation say. */
export interface Request {
  readonly params: JsonObject;
  /** How its pages are wanted; undefined when one answer is shown as it comes. */
  readonly pages: Wanted | undefined;
}

/** The parameters of an operation from the words after it. Raises CliError. */
export function operationParams(
  process: Process,
  service: string,
  shape: string,
  words: readonly string[],
  paging?: Paging | null,
  paginate = true,
): Request {
  const members = membersOf(service, shape);
  const own = paging ? members.filter(({ name }) => name === paging[0] || name === paging[3]) : [];
  const options = members.map((member) => optionOf(service, member));
  const negations = members
    .filter((member) => member.type === 'b')
    .map((member): Option => ({ name: `--no-${kebab(member.name)}`, takes: 'none' }));
  const ruled = hasRuleOptions(shape) ? RULE_OPTIONS : [];
  // An option of the client's stands before one of the operation's that is called the same.
  const known = [...(paging ? PAGING : []), ...options, ...negations, ...ruled, ...INPUTS];
  const { given, rest } = takeOptions(words, known);
  const whole = INPUTS.filter(({ name }) => given.has(name));
  const isGiven = ({ name }: Option) => given.has(name) || given.has(name.replace(/^--/, '--no-'));
  const missing = options.filter((option) => option.required && !isGiven(option));
  if (missing.length > 0 && whole.length === 0)
    throw usageError(`the following arguments are required: ${missing.map((option) => option.name).join(', ')}`);
  if (rest.length > 0) throw unknownOptions(rest);
  if (whole.length > 1) throw new CliError('Only one --cli-input- parameter may be specified.', 252);
  const paged = PAGING.filter(({ name }) => given.has(name)).map(({ name }) => name);
  const isOwn = ({ name }: Member) => given.has(`--${kebab(name)}`) && !paged.includes(`--${kebab(name)}`);
  const single = !paging || !paginate || own.some(isOwn);
  if (paging && single) checkPaging(paged);
  let params: JsonObject = {};
  for (const { name } of whole) params = inputObject(process, name, given.get(name)?.[0] ?? '');
  for (const member of members) {
    const option = optionName(service, member.name);
    const values = given.get(option);
    if (given.has(`--no-${kebab(member.name)}`)) params[member.name] = false;
    if (values && !(paging && PAGING.some(({ name }) => name === option)))
      params[member.name] = argumentValue(process, service, option, member, values);
  }
  params = withRule(params, given);
  const numberOf = (option: string) => {
    const value = given.get(option)?.[0];
    return value === undefined ? undefined : Number(value);
  };
  const pages: Wanted = {
    maxItems: numberOf('--max-items'),
    pageSize: numberOf('--page-size'),
    startingToken: given.get('--starting-token')?.[0],
  };
  const sent = pages.pageSize === undefined || !paging ? params : { ...params, [paging[3]]: pages.pageSize };
  checkParams(service, shape, sent);
  return { params, pages: single || own.some(({ name }) => params[name] !== undefined) ? undefined : pages };
}

/** Raises CliError as botocore does before it sends anything. */
function checkParams(service: string, shape: string, params: JsonObject): void {
  const problems = validate(service, shape, params, '');
  if (problems.length > 0) throw new CliError(`Parameter validation failed:\n${problems.join('\n')}`, 252);
}

/** awscli: customizations/cliinput.py */
function inputObject(process: Process, option: string, given: string): JsonObject {
  const text = paramFile(process, option, given) ?? given;
  const isJson = option === '--cli-input-json';
  let value: Json;
  try {
    value = isJson ? JSON.parse(text) : yamlToJson(text);
  } catch {
    throw parameterError(option.slice(2), `Invalid ${isJson ? 'JSON' : 'YAML'} received.`);
  }
  if (!isObject(value))
    throw parameterError(option, `Invalid type: expecting map, received <class '${className(value)}'>`);
  return { ...value };
}

function argumentValue(
  process: Process,
  service: string,
  option: string,
  member: Member,
  words: readonly string[],
): Json {
  const { type } = member;
  if (type === 'b') return true;
  const [first = ''] = words;
  // What comes as text is base64 already: only fileb:// takes bytes as they are.
  const bytes = type === 'B' && first.startsWith('fileb://');
  const loaded = words.length === 1 ? paramFile(process, option, first, bytes) : undefined;
  if (type === 'B') {
    if (bytes && loaded !== undefined) return loaded;
    const text = loaded ?? first;
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
      throw new CliError(`Invalid base64: "${text}"`, 255);
    return text;
  }
  const texts = loaded === undefined ? words : [loaded];
  const [text = ''] = texts;
  const complex = /^[[{@]/.test(type);
  if (complex && texts.length === 1 && /^\s*[[{]/.test(text)) {
    const value = parseJson(option, text);
    return type.startsWith('[') && !Array.isArray(value) ? [value] : value;
  }
  if (type.startsWith('[')) {
    const item = type.slice(1);
    return texts.map((word) => (/^[@{]/.test(item) ? shorthand(service, option, item, word) : scalar(item, word)));
  }
  return complex ? shorthand(service, option, type, text) : scalar(type, text);
}

function parseJson(option: string, text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    const key = /\{\s*[^"}\s]/.exec(text);
    const at = key ? key.index + key[0].length - 1 : 0;
    const near = key
      ? `Expecting property name enclosed in double quotes: line 1 column ${at + 1} (char ${at})`
      : 'Expecting value: line 1 column 1 (char 0)';
    throw parameterError(option, `Invalid JSON: ${near}\nJSON received: ${text}`);
  }
}

function shorthand(service: string, option: string, type: string, text: string): Json {
  try {
    return /^\s*[[{]/.test(text) ? parseJson(option, text) : adapted(service, type, parseShorthand(text));
  } catch (error) {
    if (error instanceof ShorthandError) throw parameterError(option, error.message);
    throw error;
  }
}

/** Gives values of the shorthand the types that the model wants: one value for a list becomes a list of one. */
function adapted(service: string, type: string, value: Json): Json {
  if (type.startsWith('['))
    return (Array.isArray(value) ? value : [value]).map((item) => adapted(service, type.slice(1), item));
  if (type.startsWith('{') && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, adapted(service, type.slice(1), item)]));
  if (type.startsWith('@') && isObject(value)) {
    const members = new Map(membersOf(service, type.slice(1)).map((member) => [member.name, member.type]));
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, adapted(service, members.get(key) ?? 's', item)]),
    );
  }
  return typeof value === 'string' ? scalar(type, value) : value;
}

function scalar(type: string, text: string): Json {
  if (type === 'i') {
    if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new CliError(`invalid literal for int() with base 10: '${text}'`, 255);
    return Number(text);
  }
  if (type === 'd') return Number(text);
  if (type === 'b') return text.toLowerCase() === 'true';
  return text;
}

/** `file://PATH` and `fileb://PATH`. awscli: paramfile.py */
function paramFile(process: Process, option: string, word: string, bytes = false): string | undefined {
  const match = /^fileb?:\/\/(.*)$/s.exec(word);
  if (!match) return undefined;
  const home = process.env.get('HOME') ?? '/root';
  const path = (match[1] ?? '').replace(/^~(?=\/|$)/, home);
  try {
    const content = process.machine.files.readFile(joinPath(process.cwd, path), process.credentials);
    return bytes ? encodeBase64Text(content) : new TextDecoder().decode(content);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const number = { ENOENT: 2, EACCES: 13, EISDIR: 21 }[error.code as 'ENOENT'] ?? 5;
    throw parameterError(option, `Unable to load paramfile ${word}: [Errno ${number}] ${error.text}: '${path}'`);
  }
}

const PYTHON: Readonly<Record<string, string>> = { s: 'str', i: 'int', b: 'bool', d: 'float', t: 'timestamp' };

/** What is wrong with a structure, as botocore's validate.py says it. */
function validate(service: string, shape: string, value: JsonObject, path: string): string[] {
  const members = membersOf(service, shape);
  const problems: string[] = [];
  const where = path === '' ? 'input' : path;
  for (const member of members)
    if (member.required && value[member.name] === undefined)
      problems.push(`Missing required parameter in ${where}: "${member.name}"`);
  for (const name of Object.keys(value))
    if (!members.some((member) => member.name === name))
      problems.push(
        `Unknown parameter in ${where}: "${name}", must be one of: ${members.map((one) => one.name).join(', ')}`,
      );
  for (const { name, type, least } of members) {
    const member = value[name];
    if (member !== undefined)
      problems.push(...validateValue(service, type, member, path === '' ? name : `${path}.${name}`, least));
  }
  return problems;
}

function validateValue(service: string, type: string, value: Json, path: string, least: number): string[] {
  if (type.startsWith('[')) {
    if (!Array.isArray(value)) return [wrongType(path, value, "<class 'list'>, <class 'tuple'>")];
    return value.flatMap((item, index) => validateValue(service, type.slice(1), item, `${path}[${index}]`, least));
  }
  if (type.startsWith('@'))
    return isObject(value) ? validate(service, type.slice(1), value, path) : [wrongType(path, value, "<class 'dict'>")];
  if (type.startsWith('{')) return isObject(value) ? [] : [wrongType(path, value, "<class 'dict'>")];
  const fine = { s: 'string', i: 'number', d: 'number', b: 'boolean' }[type];
  if (fine !== undefined && typeof value !== fine) return [wrongType(path, value, `<class '${PYTHON[type]}'>`)];
  if (typeof value === 'string' && type === 's' && value.length < least)
    return [`Invalid length for parameter ${path}, value: ${value.length}, valid min length: ${least}`];
  if (typeof value === 'number' && value < least)
    return [`Invalid value for parameter ${path}, value: ${value}, valid min value: ${least}`];
  return [];
}

function wrongType(path: string, value: Json, valid: string): string {
  return `Invalid type for parameter ${path}, value: ${typeof value === 'string' ? value : repr(value)}, type: <class '${className(value)}'>, valid types: ${valid}`;
}

function className(value: Json): string {
  if (Array.isArray(value)) return 'list';
  if (value === null) return 'NoneType';
  return { string: 'str', number: 'int', boolean: 'bool', object: 'dict' }[typeof value as 'string'] ?? 'str';
}

function repr(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, item]) => `'${key}': ${repr(item)}`)
      .join(', ')}}`;
  if (typeof value === 'string') return `'${value}'`;
  return value === null ? 'None' : value === true ? 'True' : value === false ? 'False' : String(value);
}
