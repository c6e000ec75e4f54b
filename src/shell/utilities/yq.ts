import { type Document, isScalar, type ParsedNode, parseAllDocuments, Document as YamlDocument } from 'yaml';
import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import type { NativeContext } from './jq/builtins.ts';
import { checkNames } from './jq/check.ts';
import { Interpreter } from './jq/interpreter.ts';
import { type Json, JsonError, parseJson } from './jq/json.ts';
import { arithmetic } from './jq/operators.ts';
import { parseJq } from './jq/parser.ts';
import { printJson } from './jq/print.ts';
import { Halt, TooLong } from './jq/scope.ts';
import { JqSyntaxError } from './jq/syntax.ts';
import type { Filter } from './jq/tree.ts';
import { compareJson, isObject, isTruthy, JqError } from './jq/values.ts';
import type { Options } from './options.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

/** mikefarah's yq, version 4: its common expressions are jq's, so they run on jq's engine. */
export const yq = utility({
  name: 'yq',
  usage: '[eval] [flags] [expression] [yaml_file1]...',
  about: 'yq is a portable command-line data file processor.',
  options: [
    '-i --inplace',
    '-o --output-format=',
    '-p --input-format=',
    '-P --prettyPrint',
    '-r --unwrapScalar=?',
    '-I --indent=',
    '-n --null-input',
    '-e --exit-status',
    '-N --no-doc',
    '-C --colors',
    '-M --no-colors',
    '-j --tojson',
    '-s --split-exp=',
    '-V --version',
    '--from-file=',
    '--expression=',
    '-0 --nul-output',
    '-v --verbose',
  ],
  *run(tool, options) {
    try {
      return yield* new Yq(tool, options).run();
    } catch (error) {
      if (error instanceof YqError) {
        yield* tool.complain(`Error: ${error.message}\n`);
        return 1;
      }
      throw error;
    }
  },
});

class YqError extends Error {}

class Yq implements NativeContext {
  private last: Json | undefined;
  private printed = 0;

  constructor(
    private readonly tool: Tool,
    private readonly options: Options,
  ) {}

  /** pflag: `-o=json` is `-o json`. */
  private value(key: string): string | undefined {
    return this.options.get(key)?.replace(/^=/, '');
  }

  env(): Json {
    return new Map([...this.tool.p.env]);
  }
  now(): number {
    return this.tool.p.now;
  }
  input(): Json | undefined {
    return undefined;
  }
  line(): number {
    return 0;
  }
  fileName(): Json {
    return null;
  }
  message(): void {}

  *run(): Task<number> {
    const { tool, options } = this;
    if (options.has('V')) {
      tool.put('yq (https://github.com/mikefarah/yq/) version v4.44.3\n');
      return 0;
    }
    const words = [...options.operands];
    if (words[0] === 'eval' || words[0] === 'e') words.shift();
    if (words[0] === 'eval-all' || words[0] === 'ea') throw new YqError("kubetutor's yq does not model eval-all");
    if (options.has('s', 'from-file')) throw new YqError("kubetutor's yq does not model --split-exp and --from-file");
    const { expression, files } = this.expressionOf(words);
    const program = this.compile(expression);
    const interpreter = new Interpreter(this, new Map(), (operator, a, b) =>
      arithmetic(operator, a, operator === '+' && Array.isArray(a) && b !== null && !Array.isArray(b) ? [b] : b),
    );
    if (options.has('n')) this.put(this.outputs(interpreter, program, null), 'yaml');
    else if (options.has('i')) {
      if (files.length === 0)
        throw new YqError('write in place flag only applicable when giving an expression and at least one file');
      for (const path of files) yield* this.inPlace(interpreter, program, path);
    } else for (const path of files.length > 0 ? files : ['-']) yield* this.show(interpreter, program, path);
    if (!options.has('e')) return 0;
    if (this.last === undefined || !isTruthy(this.last)) throw new YqError('no matches found');
    return 0;
  }

  private expressionOf(words: readonly string[]): { expression: string; files: readonly string[] } {
    const stated = this.options.get('expression');
    if (stated !== undefined) return { expression: stated, files: words };
    const [first = '.', ...rest] = words;
    // A single word that is a file is no expression.
    if (rest.length === 0 && words.length === 1 && !this.options.has('n') && this.tool.tryStat(first)?.kind === 'file')
      return { expression: '.', files: [first] };
    return { expression: first, files: rest };
  }

  /** yq's own words are turned into jq's. */
  private compile(expression: string): Filter {
    const { tool } = this;
    const unmodelled =
      /\b(ireduce|load|load_str|with|explode|anchor|alias|tag|style|document_?index|file_?index|lineComment|line_comment|head_comment|headComment|foot_comment|eval|splitDoc|split_doc|kind|from_yaml|to_yaml|to_props|from_props|to_xml|from_xml|shuffle|omit|array_to_map|key|parent|line|column)\b(?!["'])/.exec(
        expression.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/\.[A-Za-z_][\w-]*/g, ''),
      );
    if (unmodelled) throw new YqError(`kubetutor's yq does not model ${unmodelled[1]}`);
    const text = expression
      .replace(/strenv\((\w+)\)/g, (_, name: string) => JSON.stringify(tool.env(name) ?? ''))
      .replace(/\benv\((\w+)\)/g, (_, name: string) => JSON.stringify(fromYamlText(tool.env(name) ?? '')))
      // Names with dashes need no quotes in yq.
      .replace(/"(?:[^"\\]|\\.)*"|\.([A-Za-z_][\w]*(?:-[\w]+)+)/g, (whole, name: string | undefined) =>
        name === undefined ? whole : `."${name}"`,
      )
      .replace(/\bto_json\b/g, 'tojson')
      .replace(/\bfrom_json\b/g, 'fromjson')
      .replace(/\bupcase\b/g, 'ascii_upcase')
      .replace(/\bdowncase\b/g, 'ascii_downcase')
      .replace(/\bto_number\b/g, 'tonumber')
      .replace(/\bto_string\b/g, 'tostring')
      .replace(/\*\+|\*d|\*\?|\*n/g, '*')
      .replace(/\.\.\./g, '..');
    try {
      const program = parseJq(text);
      checkNames(program, new Set());
      return program;
    } catch (error) {
      if (error instanceof JqSyntaxError)
        throw new YqError(`kubetutor's yq does not understand this expression: ${error.message}`);
      throw error;
    }
  }

  private outputs(interpreter: Interpreter, program: Filter, input: Json): Json[] {
    try {
      const values = [...interpreter.outputs(program, input)];
      if (values.length > 0) this.last = values.at(-1);
      return values;
    } catch (error) {
      if (error instanceof JqError) throw new YqError(error.message);
      if (error instanceof TooLong || error instanceof Halt || error instanceof RangeError)
        throw new YqError("kubetutor's yq stops this expression: it computes too much");
      throw error;
    }
  }

  private *read(path: string): Task<string> {
    try {
      return yield* this.tool.readText(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new YqError(
        error.code === 'ENOENT'
          ? `open ${path}: no such file or directory`
          : `open ${path}: ${error.text.toLowerCase()}`,
      );
    }
  }

  private documents(text: string, path: string): Document.Parsed<ParsedNode>[] {
    const documents = parseAllDocuments(text, { keepSourceTokens: false, version: '1.2' });
    if (!Array.isArray(documents)) return [];
    for (const document of documents) {
      const [error] = document.errors;
      if (!error) continue;
      const line = error.linePos?.[0].line ?? 1;
      throw new YqError(
        `bad file '${path}': yaml: line ${line}: ${error.message.split(' at line')[0] ?? 'could not be parsed'}`,
      );
    }
    return documents;
  }

  private *show(interpreter: Interpreter, program: Filter, path: string): Task {
    const text = yield* this.read(path);
    if (this.value('p') === 'json' || this.value('p') === 'j') {
      try {
        this.put(this.outputs(interpreter, program, parseJson(text)), 'yaml');
      } catch (error) {
        if (error instanceof JsonError) throw new YqError(`bad file '${path}': ${error.message}`);
        throw error;
      }
      return;
    }
    const json = path.endsWith('.json');
    for (const document of this.documents(text, path)) {
      const before = fromHost(document.toJS({ mapAsMap: true }));
      const values = this.outputs(interpreter, program, before);
      const [only] = values;
      // A document that is changed as a whole keeps its comments and its form.
      if (
        values.length === 1 &&
        only !== undefined &&
        this.format(json) === 'yaml' &&
        !this.options.has('P') &&
        isObject(only) &&
        isObject(before)
      ) {
        reconcile(document, [], before, only);
        this.separate();
        this.tool.put(this.yamlText(document));
      } else this.put(values, json ? 'json' : 'yaml');
    }
  }

  private *inPlace(interpreter: Interpreter, program: Filter, path: string): Task {
    const text = yield* this.read(path);
    const parts: string[] = [];
    for (const document of this.documents(text, path)) {
      const before = fromHost(document.toJS({ mapAsMap: true }));
      const after = this.outputs(interpreter, program, before)[0];
      if (after === undefined) continue;
      if (path.endsWith('.json'))
        parts.push(`${printJson(after, { indent: '  ', sortKeys: false, ascii: false, colour: false })}\n`);
      else if (isObject(after) && isObject(before) && !this.options.has('P')) {
        reconcile(document, [], before, after);
        parts.push(this.yamlText(document));
      } else parts.push(this.yamlText(new YamlDocument(toHost(after))));
    }
    this.tool.files.writeFile(this.tool.path(path), parts.join('---\n'), this.tool.who);
  }

  private format(json: boolean): 'yaml' | 'json' {
    const stated = this.options.has('j') ? 'json' : this.value('o');
    if (stated === undefined || stated === 'auto' || stated === 'a') return json ? 'json' : 'yaml';
    if (stated === 'json' || stated === 'j') return 'json';
    if (stated === 'yaml' || stated === 'y') return 'yaml';
    throw new YqError(`kubetutor's yq does not model the output format ${stated}`);
  }

  private separate(): void {
    if (this.printed++ > 0 && !this.options.has('N')) this.tool.put('---\n');
  }

  private put(values: readonly Json[], kind: 'yaml' | 'json'): void {
    const format = this.format(kind === 'json');
    const indent = Number(this.value('I') ?? 2);
    const raw = this.options.get('r') !== 'false';
    this.separateDocuments(values);
    for (const value of values) {
      const scalar = value === null || typeof value !== 'object';
      if (format === 'json')
        this.tool.put(
          `${raw && typeof value === 'string' && this.options.has('r') ? value : printJson(value, { indent: indent === 0 ? undefined : ' '.repeat(indent), sortKeys: false, ascii: false, colour: false })}\n`,
        );
      else if (scalar && raw) this.tool.put(`${value === null ? 'null' : String(value)}\n`);
      else this.tool.put(this.yamlText(new YamlDocument(toHost(value))));
    }
  }

  private separateDocuments(values: readonly Json[]): void {
    if (values.length > 0) this.separate();
  }

  private yamlText(document: Document | Document.Parsed<ParsedNode>): string {
    return String(
      document.toString({
        indent: Number(this.value('I') ?? 2) || 2,
        lineWidth: 0,
        nullStr: 'null',
        directives: false,
      }),
    ).replace(/^---\n/, '');
  }
}

/** Puts what has changed between two values into a document, so that the rest stays as it was written. */
function reconcile(
  document: Document.Parsed<ParsedNode>,
  path: readonly (string | number)[],
  before: Json,
  after: Json,
): void {
  if (isObject(before) && isObject(after)) {
    for (const key of before.keys()) if (!after.has(key)) document.deleteIn([...path, key]);
    for (const [key, value] of after) {
      const old = before.get(key);
      if (old === undefined) document.setIn([...path, key], document.createNode(toHost(value)));
      else reconcile(document, [...path, key], old, value);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length <= after.length) {
    after.forEach((value, i) => {
      const old = before[i];
      if (old === undefined) document.addIn(path, document.createNode(toHost(value)));
      else reconcile(document, [...path, i], old, value);
    });
    return;
  }
  if (compareJson(before, after) === 0) return;
  const node = document.getIn(path, true);
  if (isScalar(node) && (after === null || typeof after !== 'object') && typeof node.value === typeof after)
    node.value = after;
  else if (path.length > 0) document.setIn(path, document.createNode(toHost(after)));
}

function fromHost(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Map)
    return new Map([...value].map(([key, item]): [string, Json] => [String(key), fromHost(item)]));
  if (Array.isArray(value)) return value.map(fromHost);
  return String(value);
}

function toHost(value: Json): unknown {
  if (Array.isArray(value)) return value.map(toHost);
  return isObject(value) ? new Map([...value].map(([key, item]): [string, unknown] => [key, toHost(item)])) : value;
}

function fromYamlText(text: string): unknown {
  const [document] = parseAllDocuments(text);
  return document && 'toJS' in document ? document.toJS() : null;
}
