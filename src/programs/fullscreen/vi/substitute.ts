import { compilePattern, replacementOf } from './pattern.ts';
import { beginChange, clampRow, endChange, fail, firstNonBlank, line, say, type Vi } from './state.ts';

/** The parts of `/a/b/g` between delimiters that are not escaped. */
export function parts(text: string, delimiter: string, most = 3): string[] {
  const found = [''];
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    const last = found.length - 1;
    if (c === '\\' && text[i + 1] !== undefined) {
      const next = text[++i] ?? '';
      found[last] += next === delimiter ? next : c + next;
    } else if (c === delimiter && found.length < most) found.push('');
    else found[last] += c;
  }
  return found;
}

/** `:s` without a pattern, `:&&` and `&`: the last one again, with these flags; `&` among them keeps its own. */
export function substituteAgain(vi: Vi, flags: string, from: number, to: number): void {
  const last = vi.substitution;
  if (!last) return fail(vi, 'E35: No previous regular expression');
  const kept = flags.startsWith('&') ? last.flags + flags.slice(1) : flags;
  vi.pattern = last.pattern;
  run(vi, last.replacement, kept, from, to);
}

/** `:s/pattern/replacement/flags count`; `text` is what follows the first delimiter. */
export function substitute(vi: Vi, delimiter: string, text: string, from: number, to: number): void {
  const [source = '', replacement = '', tail = ''] = parts(text, delimiter);
  const [, given = '', count] = /^([gcien&]*)\s*(\d*)$/.exec(tail.trim()) ?? [];
  if (count === undefined) return fail(vi, 'E488: Trailing characters');
  if (source !== '') vi.pattern = source;
  const flags = given.startsWith('&') ? (vi.substitution?.flags ?? '') + given.slice(1) : given;
  // A count: so many lines from the last of the range on.
  const [first, last] = count === '' ? [from, to] : [to, Math.min(vi.lines.length - 1, to + Number(count) - 1)];
  run(vi, replacement, flags, first, last);
}

function run(vi: Vi, replacement: string, flags: string, from: number, to: number): void {
  let pattern: RegExp;
  try {
    const ignorecase = vi.settings.ignorecase || flags.includes('i');
    pattern = compilePattern(vi.pattern, { ...vi.settings, ignorecase }, 'g');
  } catch {
    return fail(vi, `E476: Invalid command: s/${vi.pattern}`);
  }
  beginChange(vi);
  vi.substitution = { pattern: vi.pattern, replacement, flags };
  vi.confirm = {
    pattern,
    replacement,
    all: flags.includes('g'),
    last: to,
    row: from,
    column: 0,
    count: 0,
    rows: new Set(),
  };
  if (flags.includes('n')) return countMatches(vi, flags);
  if (!seek(vi)) {
    vi.confirm = undefined;
    endChange(vi);
    if (!flags.includes('e')) fail(vi, `E486: Pattern not found: ${vi.pattern}`);
    return;
  }
  if (!flags.includes('c')) while (vi.confirm && answerOnce(vi, true));
}

/** The flag n: nothing is replaced. */
function countMatches(vi: Vi, flags: string): void {
  const job = vi.confirm;
  vi.confirm = undefined;
  if (!job) return;
  let [matches, rows] = [0, 0];
  for (let row = job.row; row <= job.last && row < vi.lines.length; row++) {
    const found = [...line(vi, row).matchAll(job.pattern)].length;
    if (found > 0) rows++;
    matches += flags.includes('g') ? found : Math.min(1, found);
  }
  if (matches === 0) return fail(vi, `E486: Pattern not found: ${vi.pattern}`);
  say(vi, `${matches} match${matches === 1 ? '' : 'es'} on ${rows} line${rows === 1 ? '' : 's'}`);
}

/** Puts the cursor at the next match of the substitution in progress. */
function seek(vi: Vi): boolean {
  const job = vi.confirm;
  if (!job) return false;
  for (; job.row <= job.last && job.row < vi.lines.length; job.row++, job.column = 0) {
    const text = line(vi, job.row);
    if (job.column > text.length) continue;
    job.pattern.lastIndex = job.column;
    const match = job.pattern.exec(text);
    if (!match) continue;
    vi.row = job.row;
    vi.column = match.index;
    vi.message = `replace with ${job.replacement} (y/n/a/q/l/^E/^Y)?`;
    vi.error = false;
    return true;
  }
  return false;
}

function answerOnce(vi: Vi, replace: boolean): boolean {
  const job = vi.confirm;
  if (!job) return false;
  const text = line(vi, job.row);
  job.pattern.lastIndex = vi.column;
  const match = job.pattern.exec(text);
  const found = match?.[0] ?? '';
  let next = vi.column + Math.max(1, found.length);
  if (replace && match) {
    const inserted = replacementOf(job.replacement, match);
    const lines = (text.slice(0, vi.column) + inserted + text.slice(vi.column + found.length)).split('\n');
    job.rows.add(job.row);
    vi.lines.splice(job.row, 1, ...lines);
    job.row += lines.length - 1;
    Object.assign(job, { last: job.last + lines.length - 1 });
    job.count++;
    next = vi.column + inserted.length + (found === '' ? 1 : 0);
    if (lines.length > 1) next = inserted.length - inserted.lastIndexOf('\n') - 1;
  }
  job.column = next;
  if (!job.all) {
    job.row++;
    job.column = 0;
  }
  if (seek(vi)) return true;
  finishSubstitute(vi);
  return false;
}

function finishSubstitute(vi: Vi): void {
  const job = vi.confirm;
  vi.confirm = undefined;
  vi.message = '';
  if (!job) return;
  if (job.count > 0) {
    vi.row = clampRow(vi, Math.max(...job.rows));
    vi.column = firstNonBlank(line(vi));
  }
  if (job.count > 2) say(vi, `${job.count} substitutions on ${job.rows.size} line${job.rows.size === 1 ? '' : 's'}`);
  endChange(vi);
}

/** An answer to `replace with ...`. */
export function confirmKey(vi: Vi, key: string): void {
  if (key === 'y') answerOnce(vi, true);
  else if (key === 'n') answerOnce(vi, false);
  else if (key === 'a') while (answerOnce(vi, true));
  else if (key === 'l') {
    answerOnce(vi, true);
    finishSubstitute(vi);
  } else if (key === 'q' || key === '<Esc>' || key === '<C-c>') finishSubstitute(vi);
}
