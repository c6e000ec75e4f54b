import { editDistance } from '../../world/edit-distance.ts';

/** Something wrong in a file of a lesson. Line and column count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const MOST_CHARACTERS = 4000;

export function problemText(problem: Problem): string {
  const text = `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`;
  // A pack is somebody else's: what it is called must not act on the terminal, nor fill it.
  const bounded = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return bounded.replace(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ');
}

/** The name of `options` that was probably meant. */
export function closest(name: string, options: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const option of options) {
    const distance = editDistance(name.toLowerCase(), option.toLowerCase());
    if (distance < least) {
      least = distance;
      best = option;
    }
  }
  return best;
}
