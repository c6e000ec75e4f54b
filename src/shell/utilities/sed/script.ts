import { compilePattern, numberedCharacter } from '../bre.ts';
import { Fail } from '../fail.ts';

/** An address of a sed command. */
export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  /** Undefined: the pattern used last. */
  | { readonly kind: 'pattern'; readonly pattern: RegExp | undefined }
  | { readonly kind: 'plus'; readonly count: number }
  | { readonly kind: 'multiple'; readonly of: number };

export interface Substitution {
  readonly pattern: RegExp | undefined;
  readonly replacement: readonly Piece[];
  readonly global: boolean;
  readonly print: number;
  readonly nth: number;
  readonly evaluate: boolean;
  readonly file: string | undefined;
}

/** A piece of a replacement: text, a group, or a change of case. */
export type Piece = string | number | { readonly fold: 'U' | 'L' | 'u' | 'l' | 'E' };

export interface Command {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly negated: boolean;
  readonly name: string;
  /** The text of a, i, c; the label of b, t, T; the file of r, w; the exit status of q. */
  readonly text: string;
  readonly substitution?: Substitution;
  readonly table?: ReadonlyMap<string, string>;
  /** Where `{` goes when it does not apply, and where a branch goes. */
  target: number;
  /** State of a range. */
  active: boolean;
  until: number;
}

export interface ScriptPart {
  /** `-e expression #1` or the name of a file. */
  readonly kind: 'expression' | 'file';
  readonly name: string;
  readonly text: string;
}

/** Parses a script. Raises Fail worded as GNU sed words it. */
export function parseScript(parts: readonly ScriptPart[], extended: boolean, ignoreCaseAll = false): Command[] {
  return new ScriptParser(parts, extended, ignoreCaseAll).parse();
}

/** Escapes in the text of a, i and c. */
const TEXT_ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', a: '\x07', f: '\f', r: '\r', v: '\v' };

class ScriptParser {
  private text = '';
  private at = 0;
  private part: ScriptPart = { kind: 'expression', name: '1', text: '' };
  private readonly commands: Command[] = [];
  private readonly open: { index: number; where: string }[] = [];
  private readonly labels = new Map<string, number>();

  constructor(
    private readonly parts: readonly ScriptPart[],
    private readonly extended: boolean,
    private readonly ignoreCaseAll: boolean,
  ) {}

  parse(): Command[] {
    // Several -e are lines of one script: `a\` of the one continues in the next.
    for (let i = 0; i < this.parts.length; i++) {
      let part = this.parts[i];
      if (!part) continue;
      while (/(^|[^\\])(\\\\)*\\$/.test(part.text) && this.parts[i + 1])
        part = { ...part, text: `${part.text}\n${this.parts[++i]?.text}` };
      this.part = part;
      this.text = part.text;
      this.at = 0;
      this.body();
    }
    const unclosed = this.open[0];
    if (unclosed) throw new Fail(`${unclosed.where} unmatched \`{'`);
    for (const command of this.commands) {
      if (!'btT'.includes(command.name)) continue;
      const target = command.text === '' ? this.commands.length : this.labels.get(command.text);
      if (target === undefined) throw new Fail(`can't find label for jump to \`${command.text}'`, 4);
      command.target = target;
    }
    return this.commands;
  }

  private where(at = this.at): string {
    if (this.part.kind === 'file') return `file ${this.part.name} line ${this.text.slice(0, at).split('\n').length}:`;
    return `-e expression #${this.part.name}, char ${at}:`;
  }

  private fail(message: string, at = this.at): never {
    throw new Fail(`${this.where(at)} ${message}`);
  }

  private body(): void {
    for (;;) {
      while (/[\s;]/.test(this.text[this.at] ?? '')) this.at++;
      if (this.at >= this.text.length) return;
      if (this.text[this.at] === '#') {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
        continue;
      }
      this.command();
    }
  }

  private command(): void {
    const from = this.address();
    let to: Address | undefined;
    this.blanks();
    if (from && this.text[this.at] === ',') {
      this.at++;
      this.blanks();
      to = this.address(true);
      if (!to) this.fail("unexpected `,'", this.at + (this.at < this.text.length ? 1 : 0));
    }
    this.blanks();
    let negated = false;
    while (this.text[this.at] === '!') {
      negated = true;
      this.at++;
      this.blanks();
    }
    const name = this.text[this.at++];
    if (name === undefined) this.fail('missing command', this.at - 1);
    if (from?.kind === 'line' && from.line === 0 && to?.kind !== 'pattern')
      this.fail('invalid usage of line address 0');
    const base = { from, to, negated, name, target: 0, active: false, until: 0 };
    switch (name) {
      case '{':
        this.open.push({
          index: this.commands.length,
          where: this.where(this.at).replace(/, char \d+:$/, ', char 0:'),
        });
        this.commands.push({ ...base, text: '' });
        return;
      case '}': {
        if (from) this.fail("} doesn't want any addresses".replace('}', "`}'").replace("`}' doesn't", "} doesn't"));
        const start = this.open.pop();
        if (!start) this.fail("unexpected `}'");
        const opener = this.commands[start.index];
        if (opener) opener.target = this.commands.length;
        this.end();
        return;
      }
      case ':': {
        if (from) this.fail(": doesn't want any addresses");
        this.blanks();
        const label = /^[^\n;]*/.exec(this.text.slice(this.at))?.[0].trimEnd() ?? '';
        this.at += /^[^\n;]*/.exec(this.text.slice(this.at))?.[0].length ?? 0;
        if (label === '') this.fail('":" lacks a label');
        this.labels.set(label, this.commands.length);
        return;
      }
      case 'b':
      case 't':
      case 'T': {
        this.blanks();
        const label = /^[^\n;}]*/.exec(this.text.slice(this.at))?.[0] ?? '';
        this.at += label.length;
        this.commands.push({ ...base, text: label.trim() });
        return;
      }
      case 'a':
      case 'i':
      case 'c':
        this.commands.push({ ...base, text: this.literal() });
        return;
      case 'r':
      case 'R':
      case 'w':
      case 'W': {
        this.blanks();
        const file = /^[^\n]*/.exec(this.text.slice(this.at))?.[0] ?? '';
        if (file === '') this.fail('missing filename in r/R/w/W commands');
        this.at += file.length;
        this.commands.push({ ...base, text: file });
        return;
      }
      case 's':
        this.commands.push({ ...base, text: '', substitution: this.substitution() });
        this.end();
        return;
      case 'y':
        this.commands.push({ ...base, text: '', table: this.transliteration() });
        this.end();
        return;
      case 'q':
      case 'Q':
      case 'l':
      case 'L': {
        if ((name === 'q' || name === 'Q') && to) this.fail('command only uses one address');
        this.blanks();
        const number = /^\d*/.exec(this.text.slice(this.at))?.[0] ?? '';
        this.at += number.length;
        this.commands.push({ ...base, text: number });
        this.end();
        return;
      }
      case 'd':
      case 'D':
      case 'p':
      case 'P':
      case 'n':
      case 'N':
      case 'g':
      case 'G':
      case 'h':
      case 'H':
      case 'x':
      case '=':
      case 'F':
      case 'z':
        this.commands.push({ ...base, text: '' });
        this.end();
        return;
      default:
        this.fail(`unknown command: \`${name}'`);
    }
  }

  private blanks(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at++;
  }

  /** After a command nothing may follow but `;`, `}`, a comment or the end of the line. */
  private end(): void {
    this.blanks();
    const next = this.text[this.at];
    if (next === undefined || next === '\n' || next === ';' || next === '}' || next === '#') return;
    this.fail('extra characters after command', this.at + 1);
  }

  private address(second = false): Address | undefined {
    const rest = this.text.slice(this.at);
    const step = /^(\d+)~(\d+)/.exec(rest);
    if (step) {
      this.at += step[0].length;
      return { kind: 'step', first: Number(step[1]), step: Number(step[2]) };
    }
    const relative = second ? /^([+~])(\d+)/.exec(rest) : undefined;
    if (relative) {
      this.at += relative[0].length;
      return relative[1] === '+'
        ? { kind: 'plus', count: Number(relative[2]) }
        : { kind: 'multiple', of: Number(relative[2]) };
    }
    const line = /^\d+/.exec(rest);
    if (line) {
      this.at += line[0].length;
      return { kind: 'line', line: Number(line[0]) };
    }
    if (rest.startsWith('$')) {
      this.at++;
      return { kind: 'last' };
    }
    if (!/^(\/|\\[^\n])/.test(rest)) return undefined;
    if (rest.startsWith('\\')) this.at++;
    const delimiter = this.text[this.at++] ?? '/';
    const pattern = this.until(delimiter, true, true);
    if (pattern === undefined) this.fail('unterminated address regex', this.text.length);
    let flags = '';
    while (/[IM]/.test(this.text[this.at] ?? '')) flags += this.text[this.at++];
    return { kind: 'pattern', pattern: this.compile(pattern, flags.includes('I'), flags.includes('M')) };
  }

  /** Reads up to an unescaped delimiter; undefined when there is none. */
  private until(delimiter: string, pattern: boolean, oneLine = false): string | undefined {
    let text = '';
    while (this.at < this.text.length) {
      const c = this.text[this.at++] ?? '';
      if (c === delimiter) return text;
      if (c === '\n' && oneLine) return undefined;
      if (c === '\\') {
        const next = this.text[this.at++] ?? '';
        if (next === delimiter && delimiter !== '\\')
          text += pattern && /[.*+?^$[\](){}|]/.test(delimiter) ? `\\${next}` : next;
        else text += `\\${next}`;
        continue;
      }
      if (pattern && c === '[' && delimiter !== '[') {
        // A list ends at the `]` that is not its first member.
        const list = /^\[\^?\]?(?:\[[:.=][^\]]*[:.=]\]|[^\]\n])*\]/.exec(this.text.slice(this.at - 1))?.[0];
        if (list) {
          text += list;
          this.at += list.length - 1;
          continue;
        }
      }
      text += c;
    }
    return undefined;
  }

  private compile(pattern: string, ignoreCase: boolean, multiline: boolean): RegExp | undefined {
    if (pattern === '') return undefined;
    try {
      return compilePattern(pattern, {
        syntax: this.extended ? 'extended' : 'basic',
        ignoreCase: ignoreCase || this.ignoreCaseAll,
        escapes: true,
        flags: multiline ? 'gm' : 'g',
      });
    } catch (error) {
      if (error instanceof Fail) this.fail(error.message);
      throw error;
    }
  }

  private literal(): string {
    this.blanks();
    if (this.at >= this.text.length) this.fail("expected \\ after `a', `c' or `i'");
    if (this.text[this.at] === '\\') {
      const skip = /^\\[ \t]*\n/.exec(this.text.slice(this.at));
      if (skip) this.at += skip[0].length;
      else this.at++;
    }
    let text = '';
    while (this.at < this.text.length) {
      const c = this.text[this.at++] ?? '';
      if (c === '\n') break;
      if (c === '\\') {
        const next = this.text[this.at++] ?? '';
        text += TEXT_ESCAPES[next] ?? next;
      } else text += c;
    }
    return `${text}\n`;
  }

  private substitution(): Substitution {
    const delimiter = this.text[this.at++];
    if (delimiter === undefined || delimiter === '\n' || delimiter === '\\')
      this.fail("unterminated `s' command", this.at - (delimiter === undefined ? 1 : 0));
    const source = this.until(delimiter, true);
    if (source === undefined) this.fail("unterminated `s' command", this.text.length);
    const replacement = this.until(delimiter, false);
    if (replacement === undefined) this.fail("unterminated `s' command", this.text.length);
    let global = false;
    let print = 0;
    let nth = 0;
    let ignoreCase = false;
    let multiline = false;
    let evaluate = false;
    let file: string | undefined;
    for (;;) {
      const flag = this.text[this.at];
      if (flag === 'g') {
        if (global) this.fail("multiple `g' options to `s' command", this.at + 1);
        global = true;
      } else if (flag === 'p') {
        if (print > 0) this.fail("multiple `p' options to `s' command", this.at + 1);
        print = evaluate ? 2 : 1;
      } else if (flag === 'i' || flag === 'I') ignoreCase = true;
      else if (flag === 'm' || flag === 'M') multiline = true;
      else if (flag === 'e') evaluate = true;
      else if (flag !== undefined && /\d/.test(flag)) {
        const number = /^\d+/.exec(this.text.slice(this.at))?.[0] ?? '';
        if (Number(number) === 0) this.fail("number option to `s' command may not be zero", this.at + 1);
        nth = Number(number);
        this.at += number.length - 1;
      } else if (flag === 'w') {
        this.at++;
        this.blanks();
        file = /^[^\n]*/.exec(this.text.slice(this.at))?.[0] ?? '';
        this.at += file.length;
        break;
      } else if (flag === undefined || /[\s;}#]/.test(flag)) break;
      else this.fail("unknown option to `s'", this.at + 1);
      this.at++;
    }
    const pattern = this.compile(source, ignoreCase, multiline);
    const pieces = parseReplacement(replacement);
    const groups = pattern
      ? (new RegExp(`${pattern.source}|`, pattern.flags.replace('g', '')).exec('')?.length ?? 1)
      : 10;
    for (const piece of pieces)
      if (typeof piece === 'number' && piece >= groups) this.fail(`invalid reference \\${piece} on \`s' command's RHS`);
    return { pattern, replacement: pieces, global, print, nth, evaluate, file };
  }

  private transliteration(): Map<string, string> {
    const delimiter = this.text[this.at++];
    if (delimiter === undefined) this.fail("unterminated `y' command", this.at - 1);
    const from = this.until(delimiter, false);
    const to = from === undefined ? undefined : this.until(delimiter, false);
    if (from === undefined || to === undefined) this.fail("unterminated `y' command", this.text.length);
    const characters = (text: string) => [
      ...text.replace(/\\(.)/g, (_, c: string) => ({ n: '\n', t: '\t', r: '\r' })[c] ?? c),
    ];
    const [left, right] = [characters(from), characters(to)];
    if (left.length !== right.length) this.fail("strings for `y' command are different lengths");
    return new Map(left.map((character, i) => [character, right[i] ?? '']));
  }
}

function parseReplacement(text: string): Piece[] {
  const pieces: Piece[] = [];
  let plain = '';
  const push = (piece: Piece) => {
    if (plain !== '') pieces.push(plain);
    plain = '';
    pieces.push(piece);
  };
  for (let at = 0; at < text.length; at++) {
    const c = text[at] ?? '';
    if (c === '&') push(0);
    else if (c !== '\\') plain += c;
    else {
      const next = text[++at] ?? '';
      const code = numberedCharacter(text.slice(at));
      if (code) {
        plain += code.character;
        at += code.length - 1;
      } else if (/\d/.test(next)) push(Number(next));
      else if (next === 'n') plain += '\n';
      else if (next === 't') plain += '\t';
      else if (next === 'r') plain += '\r';
      else if (next === 'U' || next === 'L' || next === 'u' || next === 'l' || next === 'E') push({ fold: next });
      else plain += next;
    }
  }
  if (plain !== '') pieces.push(plain);
  return pieces;
}
