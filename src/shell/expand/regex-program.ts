/** One step of a compiled regular expression. */
export type Instruction =
  | { readonly kind: 'char'; readonly matches: (char: string) => boolean }
  /** Goes on at `first`; when that fails, at `second`. */
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'edge'; readonly want: 'word' | 'inside' | 'open' | 'close' }
  | { readonly kind: 'match' };

/** The expression is not valid, or would be too large. */
export class RegexProblem extends Error {}

const MAX_INSTRUCTIONS = 20_000;
const MAX_REPEAT = 255;
const MAX_DEPTH = 200;

const CLASSES: Readonly<Record<string, (char: string) => boolean>> = {
  alnum: (char) => /[\p{L}\p{Nd}]/u.test(char),
  alpha: (char) => /\p{L}/u.test(char),
  blank: (char) => char === ' ' || char === '\t',
  cntrl: (char) => /\p{Cc}/u.test(char),
  digit: (char) => char >= '0' && char <= '9',
  graph: (char) => /[^\s\p{Cc}]/u.test(char),
  lower: (char) => /\p{Ll}/u.test(char),
  print: (char) => /\P{Cc}/u.test(char),
  punct: (char) => /[\p{P}\p{S}]/u.test(char),
  space: (char) => /\s/.test(char),
  upper: (char) => /\p{Lu}/u.test(char),
  xdigit: (char) => /[0-9A-Fa-f]/.test(char),
};

/** Compiles a POSIX extended regular expression (glibc's, with \w \s \b \< \>) to a small program. */
export class RegexCompiler {
  readonly program: Instruction[] = [];
  groups = 0;
  private at = 0;
  private depth = 0;
  private readonly text: readonly string[];

  constructor(
    source: string,
    private readonly fold: boolean,
  ) {
    this.text = [...source];
    this.alternatives(false);
    if (this.at < this.text.length) throw new RegexProblem('Unmatched ) or \\)');
    this.emit({ kind: 'match' });
  }

  private emit(instruction: Instruction): number {
    if (this.program.length >= MAX_INSTRUCTIONS) throw new RegexProblem('Regular expression too big');
    this.program.push(instruction);
    return this.program.length - 1;
  }

  private alternatives(inGroup: boolean): void {
    if (++this.depth > MAX_DEPTH) throw new RegexProblem('Regular expression too big');
    const start = this.program.length;
    this.sequence(inGroup);
    const jumps: number[] = [];
    let branch = start;
    while (this.text[this.at] === '|') {
      this.at++;
      jumps.push(this.emit({ kind: 'jump', to: -1 }));
      this.insertSplit(branch, this.program.length + 1, true);
      for (let index = 0; index < jumps.length; index++) {
        const jump = jumps[index] ?? 0;
        if (jump >= branch) jumps[index] = jump + 1;
      }
      branch = this.program.length;
      this.sequence(inGroup);
    }
    for (const jump of jumps) {
      const instruction = this.program[jump];
      if (instruction?.kind === 'jump') instruction.to = this.program.length;
    }
    this.depth--;
  }

  /** Puts a split before what begins at `place`; targets behind it move on by one. */
  private insertSplit(place: number, other: number, greedy: boolean): void {
    for (let index = place; index < this.program.length; index++) {
      const instruction = this.program[index];
      if (instruction?.kind === 'jump' && instruction.to >= place) instruction.to++;
      if (instruction?.kind === 'split') {
        if (instruction.first >= place) instruction.first++;
        if (instruction.second >= place) instruction.second++;
      }
    }
    const inside = place + 1;
    this.program.splice(place, 0, {
      kind: 'split',
      first: greedy ? inside : other,
      second: greedy ? other : inside,
    });
    if (this.program.length > MAX_INSTRUCTIONS) throw new RegexProblem('Regular expression too big');
  }

  private sequence(inGroup: boolean): void {
    while (this.at < this.text.length) {
      const char = this.text[this.at];
      if (char === '|' || (char === ')' && inGroup)) return;
      const start = this.program.length;
      const sourceStart = this.at;
      const groups = this.groups;
      this.atom();
      this.repeat(start, sourceStart, groups);
    }
  }

  private repeat(start: number, sourceStart: number, groups: number): void {
    for (;;) {
      const char = this.text[this.at];
      if (char === '*' || char === '+' || char === '?') {
        this.at++;
        this.loop(start, char);
        continue;
      }
      const bounds = char === '{' ? /^\{(\d*)(,?)(\d*)\}/.exec(this.text.slice(this.at, this.at + 12).join('')) : null;
      if (!bounds || (bounds[1] === '' && bounds[3] === '')) return;
      const sourceEnd = this.at;
      const after = this.at + bounds[0].length;
      const low = Number(bounds[1] || 0);
      const high = bounds[2] ? (bounds[3] ? Number(bounds[3]) : Number.POSITIVE_INFINITY) : low;
      if (low > MAX_REPEAT || (high !== Number.POSITIVE_INFINITY && (high > MAX_REPEAT || high < low))) {
        throw new RegexProblem('Invalid content of \\{\\}');
      }
      this.program.length = start;
      const again = () => {
        this.at = sourceStart;
        this.groups = groups;
        const from = this.program.length;
        this.atom();
        // Repetitions inside of the repeated text itself.
        while (this.at < sourceEnd) this.repeat(from, sourceStart, groups);
        return from;
      };
      for (let count = 0; count < low; count++) again();
      if (high === Number.POSITIVE_INFINITY) this.loop(again(), '*');
      else for (let count = low; count < high; count++) this.loop(again(), '?');
      this.at = after;
      return;
    }
  }

  private loop(start: number, operator: string): void {
    if (operator === '+') {
      const split = this.emit({ kind: 'split', first: start, second: -1 });
      const instruction = this.program[split];
      if (instruction?.kind === 'split') instruction.second = split + 1;
      return;
    }
    const end = this.program.length + (operator === '*' ? 2 : 1);
    this.insertSplit(start, end, true);
    if (operator === '*') this.emit({ kind: 'jump', to: start });
  }

  private atom(): void {
    const char = this.text[this.at++] ?? '';
    switch (char) {
      case '(': {
        const group = ++this.groups;
        this.emit({ kind: 'save', slot: group * 2 });
        this.alternatives(true);
        if (this.text[this.at++] !== ')') throw new RegexProblem('Unmatched ( or \\(');
        this.emit({ kind: 'save', slot: group * 2 + 1 });
        return;
      }
      case '.':
        this.emit({ kind: 'char', matches: () => true });
        return;
      case '^':
        this.emit({ kind: 'start' });
        return;
      case '$':
        this.emit({ kind: 'end' });
        return;
      case '[':
        this.emit({ kind: 'char', matches: this.bracket() });
        return;
      case '\\':
        this.escape();
        return;
      case '*':
      case '+':
      case '?':
        throw new RegexProblem('Invalid preceding regular expression');
      default:
        this.literal(char);
    }
  }

  private literal(char: string): void {
    if (!this.fold) this.emit({ kind: 'char', matches: (other) => other === char });
    else this.emit({ kind: 'char', matches: (other) => other.toLowerCase() === char.toLowerCase() });
  }

  private escape(): void {
    const char = this.text[this.at++];
    if (char === undefined) throw new RegexProblem('Trailing backslash');
    const word = /[\p{L}\p{Nd}_]/u;
    if (char === 'w' || char === 'W')
      this.emit({ kind: 'char', matches: (other) => word.test(other) === (char === 'w') });
    else if (char === 's' || char === 'S')
      this.emit({ kind: 'char', matches: (other) => /\s/.test(other) === (char === 's') });
    else if (char === 'b') this.emit({ kind: 'edge', want: 'word' });
    else if (char === 'B') this.emit({ kind: 'edge', want: 'inside' });
    else if (char === '<') this.emit({ kind: 'edge', want: 'open' });
    else if (char === '>') this.emit({ kind: 'edge', want: 'close' });
    else this.literal(char);
  }

  private bracket(): (char: string) => boolean {
    const negated = this.text[this.at] === '^';
    if (negated) this.at++;
    const tests: ((char: string) => boolean)[] = [];
    for (let first = true; ; first = false) {
      const char = this.text[this.at++];
      if (char === undefined) throw new RegexProblem('Unmatched [, [^, [:, [., or [=');
      if (char === ']' && !first) break;
      const name = char === '[' ? /^:(\w+):\]/.exec(this.text.slice(this.at, this.at + 12).join('')) : null;
      const known = name?.[1] !== undefined && Object.hasOwn(CLASSES, name[1]) ? CLASSES[name[1]] : undefined;
      if (name && !known) throw new RegexProblem('Invalid character class name');
      if (name && known) {
        tests.push(known);
        this.at += name[0].length;
        continue;
      }
      const to = this.text[this.at + 1];
      if (this.text[this.at] === '-' && to !== undefined && to !== ']') {
        if (to < char) throw new RegexProblem('Invalid range end');
        tests.push((other) => other >= char && other <= to);
        this.at += 2;
      } else tests.push((other) => other === char);
    }
    const has = (char: string) => tests.some((test) => test(char));
    if (!this.fold) return (char) => has(char) !== negated;
    return (char) => (has(char.toLowerCase()) || has(char.toUpperCase())) !== negated;
  }
}
