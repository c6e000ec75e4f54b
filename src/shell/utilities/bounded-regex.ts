/**
 * The host's regular expressions backtrack: `(a+)+$` on a long line would stop the world for hours. A pattern that may
 * do so runs here instead, in time in proportion to the pattern and the text. Patterns with back references stay with
 * the host.
 */
type Instruction =
  | { readonly kind: 'char'; readonly test: (character: string) => boolean }
  | { readonly kind: 'assert'; readonly pattern: RegExp }
  | { readonly kind: 'save'; readonly slot: number }
  /** `first` is tried before `second`. */
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'match' };

interface Program {
  readonly code: readonly Instruction[];
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

const MAX_CODE = 5000;
/** States that one search may remember. */
const MAX_STATES = 64 * 1024 * 1024;

/** A regular expression whose `exec`, and so everything built on it, takes bounded time. */
export class BoundedRegExp extends RegExp {
  private readonly bounded: Program | undefined;

  constructor(source: string | RegExp, flags?: string) {
    super(source, flags);
    this.bounded = mayExplode(this.source) ? compile(this.source, this.flags) : undefined;
  }

  override exec(text: string): RegExpExecArray | null {
    if (!this.bounded) return super.exec(text);
    const moving = this.global || this.sticky;
    const from = moving ? this.lastIndex : 0;
    // A text too long to keep account of is left to the host.
    if ((text.length - from + 1) * this.bounded.code.length > MAX_STATES) return super.exec(text);
    const found = from > text.length ? undefined : search(this.bounded, text, from, this.sticky);
    if (!found) {
      if (moving) this.lastIndex = 0;
      return null;
    }
    if (moving) this.lastIndex = found[1] ?? 0;
    return resultOf(this.bounded, text, found);
  }

  override test(text: string): boolean {
    return this.exec(text) !== null;
  }
}

/** Whether looking for a pattern takes bounded time on any text: it can't explode, or it runs here, with all that it looks ahead for. */
export function takesBoundedTime(source: string, flags = ''): boolean {
  if (!mayExplode(source)) return true;
  const looks = /\(\?<?[=!]/.test(source.replace(/\\[\s\S]/g, 'x').replace(/\[\^?\]?[^\]]*\]/g, 'x'));
  return !looks && compile(source, flags) !== undefined;
}

function resultOf(program: Program, text: string, slots: readonly (number | undefined)[]): RegExpExecArray {
  const groups: (string | undefined)[] = [];
  for (let i = 0; i <= program.groups; i++) {
    const [from, to] = [slots[2 * i], slots[2 * i + 1]];
    groups.push(from === undefined || to === undefined ? undefined : text.slice(from, to));
  }
  const named: Record<string, string> = {};
  for (const [name, group] of program.names) named[name] = groups[group] ?? '';
  const result: (string | undefined)[] = groups;
  return Object.assign(result, {
    index: slots[0] ?? 0,
    input: text,
    groups: program.names.size > 0 ? named : undefined,
  }) as RegExpExecArray;
}

/** Repetition within repetition, or many of them: what makes a backtracking matcher slow. */
function mayExplode(source: string): boolean {
  const plain = source
    .replace(/\\u\{[^}]*\}|\\p\{[^}]*\}|\\[\s\S]/g, 'x')
    .replace(/\[\^?\]?[^\]]*\]/g, 'x')
    .replace(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, '(');
  const unbounded = plain.match(/[*+]|\{\d+,\}/g)?.length ?? 0;
  return unbounded > 2 || (unbounded > 0 && /\)(?:[*+]|\{\d+,\d*\}|\{\d+\})/.test(plain));
}

function compile(source: string, flags: string): Program | undefined {
  try {
    return new Compiler(source, flags.replace(/[gy]/g, '')).program();
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

class Unsupported extends Error {}

class Compiler {
  private readonly code: Instruction[] = [];
  private readonly names = new Map<string, number>();
  private groups = 0;
  private at = 0;

  constructor(
    private readonly source: string,
    private readonly flags: string,
  ) {}

  program(): Program {
    this.emit({ kind: 'save', slot: 0 });
    this.alternatives();
    if (this.at < this.source.length) throw new Unsupported();
    this.emit({ kind: 'save', slot: 1 });
    this.emit({ kind: 'match' });
    return { code: this.code, groups: this.groups, names: this.names };
  }

  private emit(instruction: Instruction): number {
    if (this.code.length >= MAX_CODE) throw new Unsupported();
    return this.code.push(instruction) - 1;
  }

  private alternatives(): void {
    const jumps: { kind: 'jump'; to: number }[] = [];
    for (;;) {
      const start = this.code.length;
      this.sequence();
      if (this.source[this.at] !== '|') break;
      this.at++;
      // The branch just made moves one on: a split comes before it.
      this.insert(start, { kind: 'split', first: start + 1, second: this.code.length + 2 });
      const jump = { kind: 'jump' as const, to: 0 };
      this.emit(jump);
      jumps.push(jump);
    }
    for (const jump of jumps) jump.to = this.code.length;
  }

  /** Puts an instruction before others; what they point to within moves along. */
  private insert(at: number, instruction: Instruction): void {
    for (let i = at; i < this.code.length; i++) {
      const one = this.code[i];
      if (one?.kind === 'jump' && one.to >= at) one.to++;
      if (one?.kind === 'split') {
        if (one.first >= at) one.first++;
        if (one.second >= at) one.second++;
      }
    }
    this.emit({ kind: 'match' });
    this.code.pop();
    this.code.splice(at, 0, instruction);
  }

  private sequence(): void {
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')')
      this.repeated();
  }

  private repeated(): void {
    const start = this.code.length;
    const from = this.at;
    const groupsBefore = this.groups;
    this.atom();
    const end = this.at;
    const quantifier = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})(\??)/.exec(this.source.slice(this.at));
    if (!quantifier) return;
    this.at += quantifier[0].length;
    const least = quantifier[1] ? (quantifier[1] === '+' ? 1 : 0) : Number(quantifier[2]);
    const most = quantifier[1]
      ? quantifier[1] === '?'
        ? 1
        : Number.POSITIVE_INFINITY
      : quantifier[3]
        ? quantifier[4]
          ? Number(quantifier[4])
          : Number.POSITIVE_INFINITY
        : least;
    const lazy = quantifier[5] === '?';
    const after = this.at;
    this.code.length = start;
    const copy = () => {
      // The same groups are set by each copy.
      this.at = from;
      this.groups = groupsBefore;
      this.atom();
      if (this.at !== end) throw new Unsupported();
    };
    const optional = (loop: boolean) => {
      const split = { kind: 'split' as const, first: 0, second: 0 };
      const at = this.emit(split);
      copy();
      if (loop) this.emit({ kind: 'jump', to: at });
      const next = this.code.length;
      [split.first, split.second] = lazy ? [next, at + 1] : [at + 1, next];
    };
    for (let i = 0; i < least; i++) copy();
    if (most === Number.POSITIVE_INFINITY) optional(true);
    else for (let i = least; i < most; i++) optional(false);
    this.groups = Math.max(this.groups, groupsBefore);
    this.at = after;
    if (least === 0 && most === 0) this.skipGroups(from, end);
  }

  /** Groups of an atom that never runs still count. */
  private skipGroups(from: number, end: number): void {
    this.groups += this.source.slice(from, end).match(/\((?!\?)/g)?.length ?? 0;
  }

  private atom(): void {
    const rest = this.source.slice(this.at);
    const assertion = /^(?:[$^]|\\[bB])/.exec(rest)?.[0];
    if (assertion) {
      this.at += assertion.length;
      this.assert(assertion);
      return;
    }
    if (/^\(\?<?[=!]/.test(rest)) {
      const end = this.groupEnd();
      this.assert(this.source.slice(this.at, end));
      this.at = end;
      return;
    }
    if (rest.startsWith('(')) {
      const opening = /^\((?:\?:|\?<(\w+)>)?/.exec(rest);
      if (/^\(\?(?![:<])/.test(rest) || !opening) throw new Unsupported();
      this.at += opening[0].length;
      const captures = !opening[0].startsWith('(?:');
      const group = captures ? ++this.groups : 0;
      if (opening[1]) this.names.set(opening[1], group);
      if (captures) this.emit({ kind: 'save', slot: 2 * group });
      this.alternatives();
      if (this.source[this.at++] !== ')') throw new Unsupported();
      if (captures) this.emit({ kind: 'save', slot: 2 * group + 1 });
      return;
    }
    if (/^\\[1-9k]/.test(rest)) throw new Unsupported();
    const one =
      /^(?:\\u\{[^}]*\}|\\[pP]\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\c[A-Za-z]|\\[\s\S]|\[\^?(?:\\[\s\S]|[^\]\\])*\]|[\s\S])/u.exec(
        rest,
      )?.[0] ?? '';
    this.at += one.length;
    this.emit({ kind: 'char', test: this.tester(one) });
  }

  private assert(source: string): void {
    this.emit({ kind: 'assert', pattern: new RegExp(source, `${this.flags}y`) });
  }

  private tester(source: string): (character: string) => boolean {
    if (!/[\\[.^$*+?(){}|]/.test(source) && !this.flags.includes('i')) return (character) => character === source;
    const pattern = new RegExp(`^(?:${source})$`, this.flags);
    const known = new Map<string, boolean>();
    return (character) => {
      let answer = known.get(character);
      if (answer === undefined) {
        answer = pattern.test(character);
        known.set(character, answer);
      }
      return answer;
    };
  }

  /** Where the group that begins here ends. */
  private groupEnd(): number {
    let depth = 0;
    for (const token of this.source.slice(this.at).matchAll(/\\[\s\S]|\[\^?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g)) {
      if (token[0] === '(') depth++;
      if (token[0] === ')' && --depth === 0) return this.at + token.index + 1;
    }
    throw new Unsupported();
  }
}

/** The leftmost match's slots. A state that has failed once is not tried again, from wherever it is reached. */
function search(program: Program, text: string, from: number, sticky: boolean): (number | undefined)[] | undefined {
  const { code } = program;
  const width = text.length - from + 1;
  const tried = new Uint8Array(width * code.length);
  for (let start = from; start <= text.length; start++) {
    const found = run(code, text, start, from, width, tried);
    if (found) return found;
    if (sticky) return undefined;
  }
  return undefined;
}

function run(
  code: readonly Instruction[],
  text: string,
  start: number,
  base: number,
  width: number,
  tried: Uint8Array,
): (number | undefined)[] | undefined {
  const stack: { pc: number; at: number; slots: (number | undefined)[] }[] = [{ pc: 0, at: start, slots: [] }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    let { pc, at, slots } = top;
    for (;;) {
      const state = pc * width + (at - base);
      if (tried[state]) break;
      tried[state] = 1;
      const instruction = code[pc];
      if (!instruction) break;
      if (instruction.kind === 'match') return slots;
      if (instruction.kind === 'char') {
        const character = at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : '';
        if (character === '' || !instruction.test(character)) break;
        at += character.length;
        pc++;
      } else if (instruction.kind === 'assert') {
        instruction.pattern.lastIndex = at;
        if (!instruction.pattern.test(text)) break;
        pc++;
      } else if (instruction.kind === 'save') {
        slots = slots.slice();
        slots[instruction.slot] = at;
        pc++;
      } else if (instruction.kind === 'jump') pc = instruction.to;
      else {
        stack.push({ pc: instruction.second, at, slots });
        pc = instruction.first;
      }
    }
  }
  return undefined;
}
