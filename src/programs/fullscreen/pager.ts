import { BoundedRegExp } from '../../shell/utilities/bounded-regex.ts';
import { wrapCells } from './cells.ts';
import { BOLD, type Frame, PLAIN, REVERSE } from './screen.ts';

/** What a pager shows: the text of one file, and where it stands. Changed by keys only. */
export interface PagerState {
  readonly name: string;
  /** Rows of the screen, wrapped to its width. */
  rows: readonly string[];
  lines: readonly string[];
  top: number;
  /** What the last row asks for: `/`, `?` or `:`, and what has been typed of it. */
  prompt: { readonly kind: string; text: string } | undefined;
  /** Shown in the last row instead of the prompt, until the next key. */
  message: string;
  pattern: RegExp | undefined;
  backwards: boolean;
  count: string;
  follow: boolean;
  over: boolean;
  fresh: boolean;
}

export function openPager(name: string, text: string, columns: number): PagerState {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return {
    name,
    lines,
    rows: rowsOf(lines, columns),
    top: 0,
    prompt: undefined,
    message: '',
    pattern: undefined,
    backwards: false,
    count: '',
    follow: false,
    over: false,
    fresh: true,
  };
}

export function rowsOf(lines: readonly string[], columns: number): string[] {
  return lines.flatMap((line) => wrapCells(line, columns));
}

const END_KEYS = new Set(['q', 'Q', 'ZZ', '<C-c>']);

/** One key of less; `page` is the number of rows that show text. */
export function pagerKey(state: PagerState, key: string, page: number): void {
  state.message = '';
  state.fresh = false;
  if (state.prompt) return promptKey(state, key);
  if (state.follow) {
    if (key === '<C-c>' || key === 'q') state.follow = false;
    return;
  }
  if (/^\d$/.test(key)) {
    state.count += key;
    return;
  }
  const count = state.count === '' ? undefined : Number(state.count);
  state.count = '';
  if (END_KEYS.has(key)) state.over = true;
  else if (key === '/' || key === '?' || key === ':') state.prompt = { kind: key, text: '' };
  else if (key === 'n' || key === 'N') search(state, state.backwards !== (key === 'N'));
  else if (key === 'F') {
    state.follow = true;
    state.top = lastTop(state, page);
  } else if (key === 'h' || key === 'H') state.message = 'kubetutor does not model the help of less';
  else if (key === '=' || key === '<C-g>')
    state.message = `${state.name} lines ${state.top + 1}-${Math.min(state.top + page, state.rows.length)}/${state.rows.length}`;
  else move(state, key, count, page);
}

function move(state: PagerState, key: string, count: number | undefined, page: number): void {
  const half = Math.max(1, Math.floor(page / 2));
  const steps: Readonly<Record<string, number>> = {
    ' ': page,
    f: page,
    z: page,
    '<C-f>': page,
    '<C-v>': page,
    '<PageDown>': page,
    b: -page,
    w: -page,
    '<C-b>': -page,
    '<PageUp>': -page,
    d: half,
    '<C-d>': half,
    u: -half,
    '<C-u>': -half,
  };
  const lines: Readonly<Record<string, number>> = {
    j: 1,
    e: 1,
    '<CR>': 1,
    '<NL>': 1,
    '<Down>': 1,
    '<C-n>': 1,
    k: -1,
    y: -1,
    '<Up>': -1,
    '<C-p>': -1,
  };
  const step = lines[key] === undefined ? steps[key] : lines[key] * (count ?? 1);
  if (step !== undefined) state.top += step;
  else if (key === 'g' || key === '<' || key === '<Home>') state.top = (count ?? 1) - 1;
  else if (key === 'G' || key === '>' || key === '<End>')
    state.top = count === undefined ? state.rows.length : count - 1;
  state.top = Math.max(0, Math.min(state.top, lastTop(state, page)));
}

export function lastTop(state: PagerState, page: number): number {
  return Math.max(0, state.rows.length - page);
}

function promptKey(state: PagerState, key: string): void {
  const { prompt } = state;
  if (!prompt) return;
  if (key === '<Esc>' || key === '<C-c>') state.prompt = undefined;
  else if (key === '<BS>') {
    if (prompt.text === '') state.prompt = undefined;
    else prompt.text = prompt.text.slice(0, -1);
  } else if (key === '<CR>' || key === '<NL>') {
    state.prompt = undefined;
    if (prompt.kind === ':') {
      if (prompt.text === 'q' || prompt.text === 'Q') state.over = true;
      return;
    }
    state.backwards = prompt.kind === '?';
    if (prompt.text !== '') state.pattern = patternOf(prompt.text);
    search(state, state.backwards);
  } else if (!key.startsWith('<') || key === '<') prompt.text += key;
  if (prompt.kind === ':' && (prompt.text === 'q' || prompt.text === 'Q')) state.over = true;
}

/** A basic search pattern; one that is no regular expression is taken as text. */
function patternOf(text: string): RegExp {
  try {
    return new BoundedRegExp(text, 'u');
  } catch {
    return new BoundedRegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'u');
  }
}

function search(state: PagerState, backwards: boolean): void {
  const { pattern } = state;
  if (!pattern) {
    state.message = 'No previous regular expression';
    return;
  }
  const step = backwards ? -1 : 1;
  for (let row = state.top + step; row >= 0 && row < state.rows.length; row += step) {
    if (!pattern.test(state.rows[row] ?? '')) continue;
    state.top = row;
    return;
  }
  // The first row of the file has not been passed yet when the search begins there.
  if (!backwards && state.top === 0 && pattern.test(state.rows[0] ?? '')) return;
  state.message = 'Pattern not found';
}

/** The screen of a pager; `more` has another last row. */
export function pagerFrame(state: PagerState, columns: number, page: number): Frame {
  const rows: string[] = [];
  for (let i = 0; i < page; i++) {
    const row = state.rows[state.top + i];
    rows.push(row === undefined ? `${BOLD}~${PLAIN}` : mark(row, state.pattern));
  }
  const atEnd = state.top + page >= state.rows.length;
  let last = ':';
  let column = 1;
  if (state.prompt) {
    last = state.prompt.kind + state.prompt.text;
    column = last.length;
  } else {
    const text = state.message
      ? `${state.message}  (press RETURN)`
      : state.follow
        ? 'Waiting for data... (interrupt to abort)'
        : atEnd
          ? state.fresh && state.name
            ? `${state.name} (END)`
            : '(END)'
          : state.fresh
            ? state.name
            : '';
    if (text !== '' && state.count === '') {
      last = `${REVERSE}${text.slice(0, columns - 1)}${PLAIN}`;
      column = Math.min(text.length, columns - 1);
    } else {
      last = `:${state.count}`;
      column = last.length;
    }
  }
  rows.push(last);
  return { rows, row: page, column };
}

function mark(row: string, pattern: RegExp | undefined): string {
  if (!pattern) return row;
  const found = pattern.exec(row);
  if (!found || found[0] === '') return row;
  const end = found.index + found[0].length;
  return `${row.slice(0, found.index)}${REVERSE}${found[0]}${PLAIN}${mark(row.slice(end), pattern)}`;
}
