import { memoizeBy } from '../../world/memoize.ts';
import { type Instruction, RegexCompiler, RegexProblem } from './regex-program.ts';

/** Steps times characters that one search may visit: its memory is a bit each. */
const MAX_VISITS = 50_000_000;

/** A POSIX extended regular expression. Time is at most proportional to expression times text: no blow-up. */
export class ExtendedRegex {
  private readonly program: readonly Instruction[];
  private readonly groups: number;

  /** Raises RegexProblem. */
  constructor(source: string, fold = false) {
    const compiler = new RegexCompiler(source, fold);
    this.program = compiler.program;
    this.groups = compiler.groups;
  }

  /** The leftmost match, the longest there; its groups. Undefined when there is none. */
  exec(text: string): (string | undefined)[] | undefined {
    const chars = [...text];
    if (this.program.length * (chars.length + 1) > MAX_VISITS) throw new RegexProblem('Regular expression too big');
    // What failed from an earlier start fails from a later one too, so the marks are kept.
    const visited = new Uint8Array((this.program.length * (chars.length + 1) + 7) >> 3);
    for (let start = 0; start <= chars.length; start++) {
      const found = this.matchAt(chars, start, visited);
      if (found) {
        return Array.from({ length: this.groups + 1 }, (_, group) => {
          const [from, to] = [found[group * 2], found[group * 2 + 1]];
          return from === undefined || to === undefined || from < 0 || to < 0
            ? undefined
            : chars.slice(from, to).join('');
        });
      }
    }
    return undefined;
  }

  private matchAt(chars: readonly string[], start: number, visited: Uint8Array): number[] | undefined {
    const width = chars.length + 1;
    const slots: number[] = new Array(this.groups * 2 + 2).fill(-1);
    let best: number[] | undefined;
    // Entries: where to go on, or (place < 0) a slot to set back.
    const stack: { at: number; place: number; old: number }[] = [{ at: 0, place: start, old: 0 }];
    while (stack.length > 0) {
      const top = stack.pop();
      if (!top) break;
      if (top.place < 0) {
        slots[top.at] = top.old;
        continue;
      }
      let { at, place } = top;
      for (;;) {
        const bit = at * width + place;
        const mask = 1 << (bit & 7);
        if ((visited[bit >> 3] ?? 0) & mask) break;
        visited[bit >> 3] = (visited[bit >> 3] ?? 0) | mask;
        const step = this.program[at];
        if (!step) break;
        if (step.kind === 'match') {
          if (!best || place > (best[1] ?? -1)) {
            best = [...slots];
            best[0] = start;
            best[1] = place;
          }
          break;
        }
        if (step.kind === 'char') {
          const char = chars[place];
          if (char === undefined || !step.matches(char)) break;
          place++;
          at++;
        } else if (step.kind === 'jump') at = step.to;
        else if (step.kind === 'split') {
          stack.push({ at: step.second, place, old: 0 });
          at = step.first;
        } else if (step.kind === 'save') {
          stack.push({ at: step.slot, place: -1, old: slots[step.slot] ?? -1 });
          slots[step.slot] = place;
          at++;
        } else if (holds(step, chars, place)) at++;
        else break;
      }
    }
    return best;
  }
}

function holds(step: Instruction, chars: readonly string[], place: number): boolean {
  if (step.kind === 'start') return place === 0;
  if (step.kind === 'end') return place === chars.length;
  if (step.kind !== 'edge') return false;
  const word = (char: string | undefined) => char !== undefined && /[\p{L}\p{Nd}_]/u.test(char);
  const before = word(chars[place - 1]);
  const after = word(chars[place]);
  if (step.want === 'open') return !before && after;
  if (step.want === 'close') return before && !after;
  return (before !== after) === (step.want === 'word');
}

/** Compiles, or gives undefined for an expression that is not valid. */
export const compileRegex = memoizeBy(
  200,
  (source: string, fold: boolean) => `${fold ? 'i' : 'c'}${source}`,
  (source, fold) => {
    try {
      return new ExtendedRegex(source, fold);
    } catch (error) {
      if (error instanceof RegexProblem) return undefined;
      throw error;
    }
  },
);
