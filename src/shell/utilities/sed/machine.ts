import { Errno } from '../../../world/errno.ts';
import type { Task } from '../../../world/task.ts';
import { Fail } from '../fail.ts';
import { LineReader } from '../lines.ts';
import { encodeText } from '../text.ts';
import type { Tool } from '../tool.ts';
import type { Address, Command } from './script.ts';
import { substitute } from './substitute.ts';

export interface SedRules {
  readonly quiet: boolean;
  readonly separate: boolean;
  readonly separator: number;
  readonly unbuffered: boolean;
  readonly lineLength: number;
  /** Where the output of a file goes: stdout, or the file itself. */
  readonly inPlace: boolean;
}

/** A file's lines go on in the next file, unless they are separate. */
class Input {
  private reader: LineReader | undefined;
  private fd = 0;
  private index = 0;
  name = '-';
  terminated = true;

  constructor(
    private readonly tool: Tool,
    private readonly paths: readonly string[],
    private readonly separator: number,
  ) {}

  *next(): Task<string | undefined> {
    for (;;) {
      if (!this.reader && !(yield* this.open())) return undefined;
      const line = yield* this.reader?.next() ?? none();
      if (line !== undefined) {
        this.terminated = this.reader?.terminated ?? true;
        return line;
      }
      this.close();
    }
  }

  *last(): Task<boolean> {
    for (;;) {
      if (this.reader && (yield* this.reader.more())) return false;
      this.close();
      if (!(yield* this.open())) return true;
    }
  }

  private close(): void {
    if (this.reader) this.tool.close(this.fd);
    this.reader = undefined;
  }

  private *open(): Task<boolean> {
    while (this.index < this.paths.length) {
      const path = this.paths[this.index++] ?? '-';
      try {
        if (path !== '-' && this.tool.tryStat(path)?.kind === 'directory') {
          yield* this.tool.warn(
            this.tool.busybox
              ? `couldn't edit ${path}: not a regular file`
              : `couldn't edit ${path}: not a regular file`.replace(/^.*$/, `read error on ${path}: Is a directory`),
            2,
          );
          continue;
        }
        this.fd = this.tool.open(path);
        this.reader = new LineReader(this.tool, this.fd, this.separator);
        this.name = path;
        return true;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* this.tool.warn(
          this.tool.busybox ? `${path}: ${error.text}` : `can't read ${path}: ${error.text}`,
          this.tool.busybox ? 1 : 2,
        );
      }
    }
    return false;
  }
}

function* none(): Task<undefined> {
  return undefined;
}

/** Runs a script over files. */
export class SedMachine {
  private hold = '';
  private lastPattern: RegExp | undefined;
  private appended: ({ text: string } | { file: string })[] = [];
  private readonly outputs = new Map<string, number>();
  private line = 0;
  private space = '';
  private input: Input;
  private exit: number | undefined;
  private missingNewline = false;

  constructor(
    private readonly tool: Tool,
    private readonly commands: readonly Command[],
    private readonly rules: SedRules,
  ) {
    this.input = new Input(tool, [], 10);
    for (const command of commands)
      for (const file of [command.name === 'w' ? command.text : undefined, command.substitution?.file])
        if (file !== undefined) this.openOutput(file);
  }

  private openOutput(file: string): void {
    if (this.outputs.has(file)) return;
    if (file === '/dev/stdout') this.outputs.set(file, 1);
    else if (file === '/dev/stderr') this.outputs.set(file, 2);
    else {
      try {
        this.outputs.set(file, this.tool.openFor(file, { write: true, create: true, truncate: true }));
      } catch (error) {
        if (error instanceof Errno) throw new Fail(`couldn't open file ${file}: ${error.text}`, 4);
        throw error;
      }
    }
  }

  /** True when a q command has ended everything. */
  *run(paths: readonly string[]): Task<boolean> {
    const { rules } = this;
    this.input = new Input(this.tool, paths, rules.separator);
    if (rules.separate) this.line = 0;
    for (const command of this.commands) if (rules.separate) command.active = false;
    let restart = false;
    for (;;) {
      if (!restart) {
        const line = yield* this.input.next();
        if (line === undefined) return this.exit !== undefined;
        this.space = line;
        this.line++;
      }
      yield* this.tool.p.cpu(0.002 * this.commands.length);
      const result = yield* this.cycle();
      restart = result === 'restart';
      if (result === 'quit' || (this.exit !== undefined && result !== 'restart')) return true;
    }
  }

  get status(): number {
    return this.exit ?? 0;
  }

  private *endCycle(print: boolean): Task {
    if (print && !this.rules.quiet) this.put(this.space);
    for (const item of this.appended.splice(0)) {
      if ('text' in item) this.raw(item.text);
      else {
        try {
          const bytes = item.file === '/dev/stdin' ? yield* this.tool.readAll(0) : yield* this.tool.readFile(item.file);
          this.newline();
          this.tool.put(bytes);
        } catch (error) {
          // A file that cannot be read is taken for an empty one.
          if (!(error instanceof Errno)) throw error;
        }
      }
    }
    yield* this.tool.drain();
  }

  /** A line as it is shown: its end as it was read. */
  private put(text: string): void {
    this.newline();
    if (this.input.terminated) this.tool.put(text + String.fromCharCode(this.rules.separator));
    else {
      this.tool.put(text);
      this.missingNewline = true;
    }
  }

  private newline(): void {
    if (this.missingNewline) this.tool.put('\n');
    this.missingNewline = false;
  }

  private raw(text: string): void {
    this.newline();
    this.tool.put(text);
  }

  private pattern(pattern: RegExp | undefined): RegExp {
    const used = pattern ?? this.lastPattern;
    if (!used) throw new Fail('no previous regular expression');
    this.lastPattern = used;
    return used;
  }

  private *matches(address: Address): Task<boolean> {
    if (address.kind === 'line') return this.line === address.line;
    if (address.kind === 'last') return yield* this.input.last();
    if (address.kind === 'step')
      return address.step === 0
        ? this.line === address.first
        : this.line >= address.first && (this.line - address.first) % address.step === 0;
    if (address.kind !== 'pattern') return false;
    const pattern = this.pattern(address.pattern);
    pattern.lastIndex = 0;
    return pattern.test(this.space);
  }

  private *selected(command: Command): Task<boolean> {
    const { from, to } = command;
    if (!from) return true;
    if (!to) return yield* this.matches(from);
    if (command.active) {
      if (to.kind === 'line' || to.kind === 'plus' || to.kind === 'multiple') {
        if (this.line >= command.until) command.active = false;
        if (this.line > command.until) return yield* this.startsRange(command, from, to);
        return true;
      }
      if (yield* this.matches(to)) command.active = false;
      return true;
    }
    if (from.kind === 'line' && from.line === 0 && to.kind === 'pattern' && this.line === 1) {
      command.active = !(yield* this.matches(to));
      return true;
    }
    return yield* this.startsRange(command, from, to);
  }

  private *startsRange(command: Command, from: Address, to: Address): Task<boolean> {
    if (!(yield* this.matches(from))) return false;
    if (to.kind === 'line') command.until = to.line;
    else if (to.kind === 'plus') command.until = this.line + to.count;
    else if (to.kind === 'multiple') command.until = to.of === 0 ? this.line : Math.ceil(this.line / to.of) * to.of;
    else if (to.kind === 'last') {
      command.active = !(yield* this.input.last());
      return true;
    } else command.until = Number.POSITIVE_INFINITY;
    command.active = command.until > this.line;
    return true;
  }

  private *cycle(): Task<'next' | 'restart' | 'quit'> {
    const { commands, rules } = this;
    let replaced = false;
    for (let at = 0; at < commands.length; at++) {
      const command = commands[at];
      if (!command) break;
      if ((yield* this.selected(command)) === command.negated) {
        if (command.name === '{') at = command.target - 1;
        continue;
      }
      switch (command.name) {
        case 's': {
          const rule = command.substitution;
          if (!rule) break;
          if (rule.evaluate) throw new Fail("kubetutor's sed does not model the e flag of s");
          const result = substitute(this.space, this.pattern(rule.pattern), rule);
          if (result === undefined) break;
          replaced = true;
          this.space = result;
          if (rule.print) this.put(this.space);
          if (rule.file !== undefined) yield* this.write(rule.file);
          break;
        }
        case 'y':
          this.space = [...this.space].map((character) => command.table?.get(character) ?? character).join('');
          break;
        case 'd':
          yield* this.endCycle(false);
          return 'next';
        case 'D': {
          const end = this.space.indexOf('\n');
          if (end < 0) {
            yield* this.endCycle(false);
            return 'next';
          }
          this.space = this.space.slice(end + 1);
          yield* this.endCycle(false);
          return 'restart';
        }
        case 'p':
          this.put(this.space);
          break;
        case 'P':
          this.raw(`${this.space.split('\n')[0]}\n`);
          break;
        case 'n': {
          if (yield* this.input.last()) {
            yield* this.endCycle(!rules.quiet);
            return 'quit';
          }
          if (!rules.quiet) this.put(this.space);
          yield* this.endAppends();
          this.space = (yield* this.input.next()) ?? '';
          this.line++;
          break;
        }
        case 'N': {
          yield* this.endAppends();
          if (yield* this.input.last()) {
            yield* this.endCycle(true);
            return 'quit';
          }
          this.space += `\n${(yield* this.input.next()) ?? ''}`;
          this.line++;
          if (this.space.length > 16_000_000) throw new Fail('memory exhausted', 4);
          break;
        }
        case 'g':
          this.space = this.hold;
          break;
        case 'G':
          this.space += `\n${this.hold}`;
          break;
        case 'h':
          this.hold = this.space;
          break;
        case 'H':
          this.hold += `\n${this.space}`;
          break;
        case 'x':
          [this.hold, this.space] = [this.space, this.hold];
          break;
        case 'z':
          this.space = '';
          break;
        case '=':
          this.raw(`${this.line}\n`);
          break;
        case 'F':
          this.raw(`${this.input.name}\n`);
          break;
        case 'l':
          this.raw(`${visible(this.space, command.text === '' ? rules.lineLength : Number(command.text))}\n`);
          break;
        case 'a':
          this.appended.push({ text: command.text });
          break;
        case 'i':
          this.raw(command.text);
          break;
        case 'c': {
          if (!command.to || command.negated || !command.active) this.raw(command.text);
          yield* this.endCycle(false);
          return 'next';
        }
        case 'r':
          this.appended.push({ file: command.text });
          break;
        case 'w':
          yield* this.write(command.text);
          break;
        case 'q':
          this.exit = Number(command.text || 0);
          yield* this.endCycle(true);
          return 'quit';
        case 'Q':
          this.exit = Number(command.text || 0);
          return 'quit';
        case 'b':
          at = command.target - 1;
          yield* this.tool.p.cpu(0.002);
          break;
        case 't':
          if (replaced) at = command.target - 1;
          replaced = false;
          yield* this.tool.p.cpu(0.002);
          break;
        case 'T':
          if (!replaced) at = command.target - 1;
          replaced = false;
          break;
        case '{':
          break;
        default:
          throw new Fail(`kubetutor's sed does not model the command ${command.name}`);
      }
    }
    yield* this.endCycle(true);
    return 'next';
  }

  private *endAppends(): Task {
    const space = this.space;
    yield* this.endCycle(false);
    this.space = space;
  }

  private *write(file: string): Task {
    const fd = this.outputs.get(file) ?? 1;
    if (fd === 1) this.raw(`${this.space}\n`);
    else yield* this.tool.p.write(fd, encodeText(`${this.space}\n`));
  }
}

/** The `l` command: escapes, and lines broken at `width`. */
function visible(text: string, width: number): string {
  const pieces: string[] = [];
  for (const byte of encodeText(text)) {
    const simple = { 7: '\\a', 8: '\\b', 12: '\\f', 10: '\\n', 13: '\\r', 9: '\\t', 11: '\\v', 92: '\\\\' }[byte];
    pieces.push(
      simple ?? (byte < 32 || byte > 126 ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte)),
    );
  }
  let out = '';
  let column = 0;
  for (const piece of pieces) {
    if (width > 1 && column + piece.length > width - 1) {
      out += '\\\n';
      column = 0;
    }
    out += piece;
    column += piece.length;
  }
  return `${out}$`;
}
