import { fail, type Vi } from './state.ts';

/** What a modifier leaves of a path. */
const MODIFIERS: Readonly<Record<string, (path: string, cwd: string) => string>> = {
  p: (path, cwd) => (path.startsWith('/') ? path : `${cwd}/${path}`),
  h: (path) => (path.includes('/') ? path.replace(/\/[^/]*$/, '') || '/' : '.'),
  t: (path) => path.replace(/^.*\//, ''),
  r: (path) => path.replace(/(?<=[^/])\.[^./]*$/, ''),
  e: (path) => /(?<=[^/])\.([^./]*)$/.exec(path)?.[1] ?? '',
};

/**
 * A command line with `%` (and its modifiers, `%:p:h`) as the name of the file; `\%` is a percent sign. Undefined, with
 * vi's message, when there is no such name. vim: expand_filename in ex_docmd.c; there is never an alternate file here.
 */
export function withFileNames(vi: Vi, text: string, cwd: string): string | undefined {
  let missing: string | undefined;
  const expanded = text.replace(/\\([%#])|%((?::[phtre])*)|#/g, (found, escaped?: string, modifiers?: string) => {
    if (escaped !== undefined) return escaped;
    if (found === '#') missing ??= "E194: No alternate file name to substitute for '#'";
    else if (!vi.name) missing ??= "E499: Empty file name for '%' or '#', only works with \":p:h\"";
    const steps = (modifiers ?? '').split(':').slice(1);
    return steps.reduce((path, step) => MODIFIERS[step]?.(path, cwd) ?? path, vi.name ?? '');
  });
  if (missing === undefined) return expanded;
  fail(vi, missing);
  return undefined;
}
