import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import type { NativeContext } from './jq/builtins.ts';
import { checkNames } from './jq/check.ts';
import { Interpreter } from './jq/interpreter.ts';
import { type Json, JsonError, JsonScanner, parseJson, parseValue } from './jq/json.ts';
import { parseJq } from './jq/parser.ts';
import { type PrintRules, printJson } from './jq/print.ts';
import { Halt, TooLong } from './jq/scope.ts';
import { JqSyntaxError } from './jq/syntax.ts';
import type { Filter } from './jq/tree.ts';
import { isTruthy, JqError, toJson } from './jq/values.ts';
import { splitLines } from './lines.ts';
import { type Options, optionSpec, parseOptions, Usage } from './options.ts';
import { decodeText } from './text.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

const USAGE = (name: string) =>
  `Usage:\t${name} [OPTIONS] FILTER [FILES...]\n\t${name} [OPTIONS] -n FILTER\n\t${name} [OPTIONS] --args FILTER [ARGUMENTS...]\n`;

const SPECS = [
  '-n --null-input',
  '-R --raw-input',
  '-s --slurp',
  '-c --compact-output',
  '-r --raw-output',
  '--raw-output0',
  '-j --join-output',
  '-a --ascii-output',
  '-S --sort-keys',
  '-C --color-output',
  '-M --monochrome-output',
  '--tab',
  '--indent=',
  '--unbuffered',
  '--stream',
  '--seq',
  '-f --from-file',
  '-L=',
  '-e --exit-status',
  '-h --help',
  '-V --version',
  '--build-configuration',
].map(optionSpec);

/** jq 1.7. Its options may stand anywhere, and some take two words. */
export const jq = utility({
  name: 'jq',
  usage: '[OPTIONS] FILTER [FILES...]',
  about: 'Command-line JSON processor.',
  usageStatus: 2,
  *run(tool) {
    try {
      return yield* new Jq(tool, readWords(tool)).run();
    } catch (error) {
      if (!(error instanceof Usage)) throw error;
      yield* tool.complain(
        `${tool.name}: ${error.message}\nUse ${tool.name} --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.github.io/jq\n`,
      );
      return 2;
    }
  },
});

interface Words {
  readonly options: Options;
  readonly named: Map<string, Json>;
  readonly files: { readonly name: string; readonly path: string; readonly raw: boolean }[];
  readonly positional: Json[];
}

function readWords(tool: Tool): Words {
  const named = new Map<string, Json>();
  const files: { name: string; path: string; raw: boolean }[] = [];
  const positional: Json[] = [];
  const rest: string[] = [];
  let mode: 'files' | 'args' | 'json' = 'files';
  let haveFilter = false;
  const words = [...tool.args];
  const json = (text: string, what: string) => {
    try {
      return parseJson(text);
    } catch (error) {
      if (error instanceof JsonError) throw new Usage(`Invalid JSON text passed to --${what}`);
      throw error;
    }
  };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') {
      for (const one of words.splice(0)) {
        if (!haveFilter || mode === 'files') rest.push(one);
        else positional.push(mode === 'json' ? json(one, 'jsonargs') : one);
        haveFilter = true;
      }
    } else if (['--arg', '--argjson', '--slurpfile', '--rawfile'].includes(word)) {
      const [name, value] = [words.shift(), words.shift()];
      const kind = word.slice(2);
      if (name === undefined || value === undefined)
        throw new Usage(
          `--${kind} takes two parameters (e.g. --${kind} ${kind.endsWith('file') ? 'varname filename' : kind === 'argjson' ? 'varname text' : 'varname value'})`,
        );
      if (kind === 'arg') named.set(name, value);
      else if (kind === 'argjson') named.set(name, json(value, 'argjson'));
      else files.push({ name, path: value, raw: kind === 'rawfile' });
    } else if (word === '--args') mode = 'args';
    else if (word === '--jsonargs') mode = 'json';
    else if (word === '--indent') rest.push(`--indent=${words.shift() ?? ''}`);
    else if (word.startsWith('-') && word !== '-') rest.push(word);
    else if (haveFilter && mode !== 'files') positional.push(mode === 'json' ? json(word, 'jsonargs') : word);
    else {
      rest.push(word);
      haveFilter = true;
    }
  }
  try {
    return { options: parseOptions(rest, SPECS), named, files, positional };
  } catch (error) {
    if (error instanceof Usage)
      throw new Usage(`Unknown option ${rest.find((one) => one.startsWith('-') && !known(one)) ?? ''}`);
    throw error;
  }
}

function known(word: string): boolean {
  try {
    parseOptions([word], SPECS);
    return true;
  } catch {
    return false;
  }
}

class Jq implements NativeContext {
  private readonly paths: string[];
  private readonly source: string | undefined;
  private readonly rules: PrintRules;
  private readonly scanner = new JsonScanner();
  private text = '';
  private messages: string[] = [];
  private status: number | undefined;
  private currentFile: Json = null;
  /** Everything that is still to be read, where the program asks for input itself. */
  private waiting: Json[] = [];
  private seenNewline = 0;
  private currentLine = 0;
  private error: string | undefined;

  constructor(
    private readonly tool: Tool,
    private readonly words: Words,
  ) {
    const { options } = words;
    const [filter, ...paths] = options.operands;
    this.source = filter;
    this.paths = paths;
    const indent = options.has('tab') ? '\t' : ' '.repeat(Number(options.get('indent') ?? 2));
    if (options.has('indent') && !(Number(options.get('indent')) <= 7))
      throw new Usage(
        Number.isNaN(Number(options.get('indent')))
          ? '--indent takes a number'
          : 'Cannot indent more than 7 characters',
      );
    this.rules = {
      indent: options.has('c') || options.get('indent') === '0' ? undefined : indent,
      sortKeys: options.has('S'),
      ascii: options.has('a'),
      colour:
        options.last('C', 'M') === 'C' ||
        (options.last('C', 'M') === undefined && tool.isTty(1) && !tool.env('NO_COLOR')),
    };
  }

  // ---- what the program sees ----

  env(): Json {
    return new Map([...this.tool.p.env]);
  }

  now(): number {
    return this.tool.p.now;
  }

  input(): Json | undefined {
    return this.waiting.shift();
  }

  line(): number {
    return this.currentLine;
  }

  fileName(): Json {
    return this.currentFile;
  }

  message(text: string): void {
    this.messages.push(text);
  }

  // ---- running ----

  *run(): Task<number> {
    const { tool } = this;
    const { options } = this.words;
    if (options.has('h')) {
      tool.put(USAGE(tool.name));
      return 0;
    }
    if (options.has('V')) {
      tool.put('jq-1.7.1\n');
      return 0;
    }
    let source = this.source;
    if (source === undefined && !options.has('f')) {
      // A tty without a filter is a mistake; in a pipe the filter is `.`.
      if (tool.isTty(0) && tool.isTty(1)) {
        yield* tool.complain(
          `${USAGE(tool.name)}Use ${tool.name} --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.github.io/jq\n`,
        );
        return 2;
      }
      source = '.';
    }
    if (options.has('stream', 'seq', 'L')) {
      yield* tool.warn("kubetutor's jq does not model --stream, --seq and -L", 2);
      return 2;
    }
    if (options.has('f')) {
      try {
        source = yield* tool.readText(source ?? '');
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* tool.warn(`error: Could not open ${error.path ?? ''}: ${error.text}`, 2);
        return 2;
      }
    }
    const globals = yield* this.globals();
    const program = yield* this.compile(source ?? '.', globals);
    if (!program) return 3;
    const interpreter = new Interpreter(this, globals);
    const asks = /\binputs?\b/.test(source ?? '');
    if (options.has('n')) {
      if (asks) yield* this.readEverything();
      yield* this.evaluate(interpreter, program, null, '<unknown>');
    } else if (asks && !options.has('s')) {
      yield* this.readEverything();
      for (let input = this.input(); input !== undefined; input = this.input())
        yield* this.evaluate(interpreter, program, input, `<stdin>:${this.scanner.lines}`);
    } else yield* this.stream(interpreter, program);
    if (this.error !== undefined) {
      yield* tool.complain(this.error);
      return 2;
    }
    if (this.failedFiles) return 2;
    if (this.status !== undefined) return this.status;
    if (!options.has('e')) return 0;
    return this.last === undefined ? 4 : isTruthy(this.last) ? 0 : 1;
  }

  private last: Json | undefined;
  private failedFiles = false;

  private *globals(): Task<Map<string, Json>> {
    const { tool, words } = this;
    for (const { name, path, raw } of words.files) {
      try {
        const text = yield* tool.readText(path);
        words.named.set(name, raw ? text : valuesOf(text));
      } catch (error) {
        if (error instanceof Errno || error instanceof JsonError)
          throw new Usage(
            `Bad JSON in --${raw ? 'rawfile' : 'slurpfile'} ${name} ${path}: ${error instanceof Errno ? `Could not open ${path}: ${error.text}` : error.message}`,
          );
        throw error;
      }
    }
    const globals = new Map([...words.named].map(([name, value]): [string, Json] => [`$${name}`, value]));
    globals.set('$__prog_args', words.positional);
    globals.set(
      '$ARGS',
      new Map<string, Json>([
        ['positional', words.positional],
        ['named', new Map(words.named)],
      ]),
    );
    return globals;
  }

  private *compile(source: string, globals: ReadonlyMap<string, Json>): Task<Filter | undefined> {
    try {
      const program = parseJq(source);
      checkNames(program, new Set(globals.keys()));
      return program;
    } catch (error) {
      if (!(error instanceof JqSyntaxError)) throw error;
      const line = error.at < 0 ? 1 : source.slice(0, error.at).split('\n').length;
      const hint = error.message.startsWith('syntax error') ? ' (Unix shell quoting issues?)' : '';
      yield* this.tool.complain(
        `${this.tool.name}: error: ${error.message}${hint} at <top-level>, line ${line}:\n${source}\n${this.tool.name}: 1 compile error\n`,
      );
      return undefined;
    }
  }

  private *openFiles(): Task<number[]> {
    const { tool } = this;
    if (this.paths.length === 0) return [0];
    const fds: number[] = [];
    for (const path of this.paths) {
      try {
        if (tool.tryStat(path)?.kind === 'directory') throw new Errno('EISDIR', path);
        fds.push(tool.open(path));
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        this.failedFiles = true;
        yield* tool.warn(
          error.code === 'EISDIR'
            ? `error: Could not open ${path}: It's a directory`
            : `error: Could not open ${path}: ${error.text}`,
          2,
        );
      }
    }
    return fds;
  }

  private *readEverything(): Task {
    let text = '';
    for (const fd of yield* this.openFiles()) text += decodeText(yield* this.tool.readAll(fd));
    if (this.words.options.has('R')) {
      this.waiting = splitLines(text);
      return;
    }
    this.scanner.push(text);
    this.drainValues(true, (value) => this.waiting.push(value));
  }

  /** Values as they come: each is worked on as soon as it is whole. */
  private *stream(interpreter: Interpreter, program: Filter): Task {
    const { options } = this.words;
    const slurp = options.has('s');
    const raw = options.has('R');
    const all: Json[] = [];
    for (const fd of yield* this.openFiles()) {
      const decoder = new TextDecoder('utf-8');
      for (let ended = false; !ended && this.error === undefined; ) {
        const chunk = yield* this.tool.read(fd);
        ended = chunk.length === 0;
        const text = decoder.decode(chunk, { stream: !ended });
        if (raw) {
          this.text += text;
          if (slurp) continue;
          const end = ended ? this.text.length : this.text.lastIndexOf('\n') + 1;
          for (const line of splitLines(this.text.slice(0, end)))
            yield* this.evaluate(interpreter, program, line, `<stdin>:${++this.seenNewline}`);
          this.text = this.text.slice(end);
          continue;
        }
        this.scanner.push(text);
        const values: { value: Json; line: number }[] = [];
        this.drainValues(ended, (value, line) => values.push({ value, line }));
        for (const { value, line } of values) {
          if (slurp) all.push(value);
          else {
            this.currentLine = line;
            yield* this.evaluate(interpreter, program, value, `${this.place()}:${line}`);
          }
        }
      }
      this.tool.close(fd);
    }
    if (slurp && this.error === undefined)
      yield* this.evaluate(interpreter, program, raw ? this.text : all, `<stdin>:${this.scanner.lines}`);
  }

  private place(): string {
    return this.paths.length > 0 ? (this.paths[0] ?? '<stdin>') : '<stdin>';
  }

  private drainValues(last: boolean, use: (value: Json, line: number) => void): void {
    for (;;) {
      const before = this.scanner.lines;
      const text = this.scanner.take(last);
      if (text === undefined) {
        // What is left is only blanks.
        return;
      }
      try {
        const { value, end } = parseValue(text);
        if (/\S/.test(text.slice(end))) throw new JsonError("Unmatched '}'", end + 1);
        // The rest of the line has been read with it.
        use(value, this.scanner.lines + (/^[^\n]*\n/.test(this.scanner.rest) ? 1 : 0));
      } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        // A word is found wrong at the character after it.
        const upTo = (text + this.scanner.rest.slice(0, 1)).slice(0, error.at);
        const inText = upTo.split('\n').length - 1;
        const unfinished = error.message.startsWith('Unfinished');
        const column = unfinished ? 0 : upTo.length - (upTo.lastIndexOf('\n') + 1);
        const line = before + inText + 1;
        const where = unfinished
          ? `EOF at line ${this.scanner.lines + 1}, column ${text.length - (text.lastIndexOf('\n') + 1)}`
          : `line ${line}, column ${column}`;
        this.error = `${this.tool.name}: parse error: ${error.message} at ${where}\n`;
        return;
      }
    }
  }

  private *evaluate(interpreter: Interpreter, program: Filter, input: Json, where: string): Task {
    const { tool } = this;
    const { options } = this.words;
    const raw = options.has('r', 'j', 'raw-output0');
    const end = options.has('j') ? '' : options.has('raw-output0') ? '\0' : '\n';
    try {
      for (const value of interpreter.outputs(program, input)) {
        yield* this.tellMessages();
        this.last = value;
        tool.put(
          (raw && typeof value === 'string'
            ? this.rules.ascii
              ? printJson(value, this.rules).slice(1, -1)
              : value
            : printJson(value, this.rules)) + end,
        );
        yield* tool.p.cpu(0.01);
        yield* tool.drain();
      }
      yield* this.tellMessages();
    } catch (error) {
      yield* this.tellMessages();
      yield* this.explain(error, where);
    }
  }

  private *tellMessages(): Task {
    if (this.messages.length > 0) yield* this.tool.complain(this.messages.splice(0).join(''));
  }

  private *explain(error: unknown, where: string): Task {
    const { tool } = this;
    if (error instanceof Halt) {
      const message = error.message_;
      if (message !== undefined) yield* tool.complain(typeof message === 'string' ? message : `${toJson(message)}\n`);
      yield* tool.flush();
      tool.p.exit(error.status);
    }
    if (error instanceof TooLong || error instanceof RangeError) {
      this.status = 5;
      yield* tool.complain(
        `${tool.name}: error (at ${where}): kubetutor's jq stops this filter: it computes too much\n`,
      );
      return;
    }
    if (!(error instanceof JqError)) throw error;
    this.status = 5;
    const { value } = error;
    if (typeof value === 'string') yield* tool.complain(`${tool.name}: error (at ${where}): ${value}\n`);
    else yield* tool.complain(`${tool.name}: error (at ${where}) (not a string): ${toJson(value)}\n`);
  }
}

function valuesOf(text: string): Json {
  const values: Json[] = [];
  for (let at = 0; /\S/.test(text.slice(at)); ) {
    const { value, end } = parseValue(text, at);
    values.push(value);
    at = end;
  }
  return values;
}
