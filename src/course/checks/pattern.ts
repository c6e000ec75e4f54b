import { BoundedRegExp, takesBoundedTime } from '../../shell/utilities/bounded-regex.ts';

/** Characters of a text that a pattern is looked for in. */
const MAX_TEXT = 100_000;

/** Whether a text matches a pattern of a lesson: bounded, for lessons come from others. */
export function matchesPattern(pattern: string, flags: string, text: string): boolean {
  return new BoundedRegExp(pattern, flags).test(text.slice(0, MAX_TEXT));
}

/** What is wrong with a pattern; undefined when nothing is. */
export function patternProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'm');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const bounded = takesBoundedTime(pattern, 'm') && pattern.length <= MAX_PATTERN;
  return bounded ? undefined : 'this pattern may take for ever on some texts: write it shorter, without \\1 and (?=…)';
}

const MAX_PATTERN = 500;
