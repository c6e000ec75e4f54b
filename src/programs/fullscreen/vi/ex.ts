import { join, put, remove, shift, yank } from './change.ts';
import { searchFrom } from './motion.ts';
import { compilePattern, replacementOf } from './pattern.ts';
import {
  beginChange,
  clampRow,
  endChange,
  fail,
  firstNonBlank,
  line,
  modified,
  type Settings,
  say,
  undo,
  type Vi,
} from './state.ts';

const NO_WRITE = 'E37: No write since last change (add ! to override)';

const FLAGS: Readonly<Record<string, keyof Settings>> = {
  nu: 'number',
  number: 'number',
  rnu: 'relativenumber',
  relativenumber: 'relativenumber',
  et: 'expandtab',
  expandtab: 'expandtab',
  ai: 'autoindent',
  autoindent: 'autoindent',
  paste: 'paste',
  ic: 'ignorecase',
  ignorecase: 'ignorecase',
  scs: 'smartcase',
  smartcase: 'smartcase',
  hls: 'hlsearch',
  hlsearch: 'hlsearch',
  list: 'list',
  ro: 'readonly',
  readonly: 'readonly',
};
const NUMBERS: Readonly<Record<string, keyof Settings>> = {
  ts: 'tabstop',
  tabstop: 'tabstop',
  sw: 'shiftwidth',
  shiftwidth: 'shiftwidth',
  sts: 'softtabstop',
  softtabstop: 'softtabstop',
};
/** Options of vim that change nothing here. */
const IGNORED =
  /^(?:no)?(?:compatible|cp|ruler|ru|showcmd|sc|showmode|cursorline|cul|cursorcolumn|cuc|wrap|incsearch|is|smartindent|si|cindent|showmatch|sm|mouse|encoding|enc|fileencoding|background|bg|backspace|bs|laststatus|ls|hidden|swapfile|backup|syntax|filetype|foldmethod|clipboard|history|wildmenu|scrolloff|so|title|visualbell|vb|colorcolumn|cc|listchars|termguicolors)$/;

export function setOption(vi: Vi, word: string): void {
  const [, name = '', , value] = /^([a-z]+)([=:](.*))?[!?]?$/.exec(word) ?? [];
  const settings: Record<string, unknown> & Settings = Object.assign(vi.settings);
  const number = NUMBERS[name];
  const off = name.startsWith('no') ? FLAGS[name.slice(2)] : undefined;
  const flag = FLAGS[name];
  if (number) {
    if (value === undefined) say(vi, `  ${number}=${settings[number]}`);
    else if (!/^\d+$/.test(value)) fail(vi, `E521: Number required after =: ${word}`);
    else Object.assign(settings, { [number]: Math.min(Number(value), 1000) || (number === 'tabstop' ? 8 : 0) });
  } else if (flag && word.endsWith('?')) say(vi, `${settings[flag] ? '  ' : 'no'}${flag}`);
  else if (flag) Object.assign(settings, { [flag]: word.endsWith('!') ? !settings[flag] : true });
  else if (off) Object.assign(settings, { [off]: false });
  else if (!IGNORED.test(name)) fail(vi, `E518: Unknown option: ${word}`);
}

/** One address; undefined when none is there. */
function address(vi: Vi, text: string): { row: number; rest: string } | undefined {
  const found = /^(?:(\d+)|([.$])|'([a-z<>])|\/([^/]*)\/?|(?=[+-]))/.exec(text);
  if (!found) return undefined;
  let row = vi.row;
  if (found[1] !== undefined) row = Number(found[1]) - 1;
  else if (found[2] === '$') row = vi.lines.length - 1;
  else if (found[3] !== undefined) row = vi.marks.get(found[3])?.[0] ?? -2;
  else if (found[4] !== undefined) {
    vi.pattern = found[4];
    row = searchFrom(vi, false)?.[0] ?? -2;
  }
  let rest = text.slice(found[0].length);
  for (let offset = /^([+-])(\d*)/.exec(rest); offset; offset = /^([+-])(\d*)/.exec(rest)) {
    row += (offset[1] === '+' ? 1 : -1) * Number(offset[2] || 1);
    rest = rest.slice(offset[0].length);
  }
  return { row, rest };
}

/** Runs what follows the colon. */
export function exCommand(vi: Vi, input: string): void {
  let rest = input.replace(/^[\s:]+/, '');
  let range: [number, number] | undefined;
  if (rest.startsWith('%')) {
    range = [0, vi.lines.length - 1];
    rest = rest.slice(1);
  } else {
    const first = address(vi, rest);
    if (first) {
      rest = first.rest;
      range = [first.row, first.row];
      if (rest.startsWith(',')) {
        const second = address(vi, rest.slice(1));
        range[1] = second?.row ?? vi.row;
        rest = second?.rest ?? rest.slice(1);
      }
    }
  }
  if (range && (range[0] < -1 || range[1] < -1)) return fail(vi, vi.error ? vi.message : 'E20: Mark not set');
  rest = rest.trimStart();
  if (rest === '') {
    if (range) goTo(vi, range[1]);
    return;
  }
  if (range && Math.max(...range) >= vi.lines.length) return fail(vi, 'E16: Invalid range');
  const [from, to] = range ? [Math.max(0, Math.min(...range)), Math.max(0, ...range)] : [vi.row, vi.row];
  const substitution = /^s(?:ubstitute)?([^\w\s"|])(.*)$/s.exec(rest);
  if (substitution) return substitute(vi, substitution[1] ?? '/', substitution[2] ?? '', from, to);
  const global = /^(g!?|v)([^\w\s!])(.*)$/s.exec(rest);
  if (global)
    return runGlobal(vi, global[1] !== 'g', global[2] ?? '/', global[3] ?? '', range ?? [0, vi.lines.length - 1]);
  const [, name = '', bang = '', tail = ''] = /^([a-zA-Z]+|[<>]+|!|=|&)(!?)\s*(.*)$/s.exec(rest) ?? [];
  const force = bang === '!';
  const argument = tail.trim();
  switch (name) {
    case 'w':
    case 'write':
    case 'wq':
    case 'x':
    case 'xit':
    case 'wa':
    case 'wall':
    case 'wqa':
    case 'xa': {
      const quit = name.includes('q') || name.startsWith('x');
      if (name.startsWith('x') && !modified(vi) && argument === '') vi.effects.push({ kind: 'quit', status: 0 });
      else {
        const append = argument.startsWith('>>');
        const file = argument.replace(/^>>\s*/, '') || undefined;
        vi.effects.push({ kind: 'write', file, force, quit, append, ...(range ? { range: [from, to] as const } : {}) });
      }
      return;
    }
    case 'q':
    case 'quit':
    case 'qa':
    case 'qall':
      if (!force && modified(vi)) fail(vi, NO_WRITE);
      else vi.effects.push({ kind: 'quit', status: 0 });
      return;
    case 'cq':
      vi.effects.push({ kind: 'quit', status: 1 });
      return;
    case 'e':
    case 'edit':
      if (!force && modified(vi)) fail(vi, NO_WRITE);
      else vi.effects.push({ kind: 'edit', file: argument || undefined, force });
      return;
    case 'r':
    case 'read':
      if (force || argument.startsWith('!'))
        vi.effects.push({ kind: 'shell', command: argument.replace(/^!/, ''), row: to });
      else if (argument === '' && !vi.name) fail(vi, 'E32: No file name');
      else vi.effects.push({ kind: 'read', file: argument || (vi.name ?? ''), row: to });
      return;
    case '!':
      if (range) return fail(vi, 'kubetutor does not model filtering lines through a command');
      vi.effects.push({ kind: 'shell', command: `${bang}${tail}`, row: undefined });
      return;
    case 'n':
    case 'next':
    case 'N':
    case 'prev':
      if (!force && modified(vi)) fail(vi, NO_WRITE);
      else vi.effects.push({ kind: 'next', step: name.startsWith('n') ? 1 : -1, force });
      return;
    case 'd':
    case 'delete':
      return remove(vi, { fromRow: from, toRow: to, fromColumn: 0, toColumn: 0, linewise: true });
    case 'y':
    case 'yank':
      return yank(vi, { fromRow: from, toRow: to, fromColumn: 0, toColumn: 0, linewise: true }, undefined);
    case 'pu':
    case 'put':
      vi.row = to;
      return put(vi, !force, 1, { ...vi.register, linewise: true });
    case 'm':
    case 'move':
    case 't':
    case 'co':
    case 'copy': {
      const target = argument === '0' ? -1 : address(vi, argument)?.row;
      if (target === undefined) return fail(vi, 'E14: Invalid address');
      beginChange(vi);
      const block = vi.lines.slice(from, to + 1);
      const moves = name.startsWith('m');
      if (moves && target >= from && target < to) return fail(vi, 'E134: Cannot move a range of lines into itself');
      vi.lines.splice(target + 1, 0, ...block);
      if (moves) vi.lines.splice(target < from ? from + block.length : from, block.length);
      return goTo(vi, moves && target > to ? target : target + block.length);
    }
    case 'j':
    case 'join':
      vi.row = from;
      join(vi, range ? Math.max(2, to - from + 1) : Number(argument) || 2, !force);
      return goTo(vi, vi.row);
    case 'sor':
    case 'sort':
      return sortLines(vi, range ? [from, to] : [0, vi.lines.length - 1], force, argument);
    case 'k':
    case 'ma':
    case 'mark':
      if (!/^[a-z]$/.test(argument)) return fail(vi, 'E191: Argument must be a letter or forward/backward quote');
      vi.marks.set(argument, [to, 0]);
      return;
    case 'u':
    case 'undo':
      return undo(vi, true);
    case 'red':
    case 'redo':
      return undo(vi, false);
    case '=':
      return say(vi, String(range ? to + 1 : vi.lines.length));
    case 'set':
    case 'se':
    case 'setlocal':
      for (const word of argument.split(/\s+/)) if (word !== '') setOption(vi, word);
      return;
    case 'noh':
    case 'nohlsearch':
    case 'syntax':
    case 'sy':
    case 'syn':
    case 'filetype':
    case 'colorscheme':
    case 'colo':
      return;
    case 'f':
    case 'file':
      return say(
        vi,
        `"${vi.name ?? '[No Name]'}"${modified(vi) ? ' [Modified]' : ''} ${vi.lines.length} lines --${Math.floor(((vi.row + 1) * 100) / vi.lines.length)}%--`,
      );
    default:
      if (/^[<>]+$/.test(name)) return shift(vi, from, to, name.startsWith('>'), name.length);
      if (
        ['sp', 'split', 'vs', 'vsplit', 'tabnew', 'tabe', 'map', 'nnoremap', 'autocmd', 'au', 'help', 'h'].includes(
          name,
        )
      )
        return fail(vi, `kubetutor does not model :${name}`);
      fail(vi, `E492: Not an editor command: ${input.trim()}`);
  }
}

/** vim: ex_cmds.c ex_sort, without patterns */
function sortLines(vi: Vi, [from, to]: readonly [number, number], backwards: boolean, options: string): void {
  if (!/^[niu ]*$/.test(options)) return fail(vi, `kubetutor does not model :sort ${options}`);
  beginChange(vi);
  const fold = (text: string) => (options.includes('i') ? text.toLowerCase() : text);
  const number = (text: string) => Number(/-?\d+/.exec(text)?.[0] ?? Number.NEGATIVE_INFINITY);
  const compare = (a: string, b: string): number => {
    if (options.includes('n')) return number(a) < number(b) ? -1 : number(a) > number(b) ? 1 : 0;
    return fold(a) < fold(b) ? -1 : fold(a) > fold(b) ? 1 : 0;
  };
  const sorted = vi.lines.slice(from, to + 1).sort((a, b) => (backwards ? compare(b, a) : compare(a, b)));
  const kept = options.includes('u')
    ? sorted.filter((text, i) => i === 0 || compare(sorted[i - 1] ?? '', text) !== 0)
    : sorted;
  vi.lines.splice(from, to - from + 1, ...kept);
  goTo(vi, from);
}

function goTo(vi: Vi, row: number): void {
  vi.row = clampRow(vi, row);
  vi.column = firstNonBlank(line(vi));
}

/** The parts of `/a/b/g` between delimiters that are not escaped. */
function parts(text: string, delimiter: string): string[] {
  const found = [''];
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    const last = found.length - 1;
    if (c === '\\' && text[i + 1] !== undefined) {
      const next = text[++i] ?? '';
      found[last] += next === delimiter ? next : c + next;
    } else if (c === delimiter && found.length < 3) found.push('');
    else found[last] += c;
  }
  return found;
}

function runGlobal(vi: Vi, inverse: boolean, delimiter: string, text: string, range: readonly [number, number]): void {
  const end = text.indexOf(delimiter);
  const source = (end < 0 ? text : text.slice(0, end)) || vi.pattern;
  const command = end < 0 ? 'p' : text.slice(end + 1) || 'p';
  vi.pattern = source;
  let pattern: RegExp;
  try {
    pattern = compilePattern(source, vi.settings);
  } catch {
    return fail(vi, `E476: Invalid command: ${text}`);
  }
  beginChange(vi);
  let row = range[0];
  let left = range[1] - range[0] + 1;
  let hits = 0;
  for (; left > 0 && row < vi.lines.length; left--) {
    if (pattern.test(line(vi, row)) === inverse) {
      row++;
      continue;
    }
    hits++;
    const before = vi.lines.length;
    vi.row = row;
    exCommand(vi, command === 'p' ? '=' : `.${command}`);
    row += 1 + vi.lines.length - before;
    if (vi.lines.length === 1 && line(vi) === '') break;
  }
  if (hits === 0) fail(vi, `E486: Pattern not found: ${source}`);
}

function substitute(vi: Vi, delimiter: string, text: string, from: number, to: number): void {
  const [source = '', replacement = '', tail = ''] = parts(text, delimiter);
  const flags = tail.trim();
  if (!/^[gcien&]*$/.test(flags)) return fail(vi, 'E488: Trailing characters');
  if (source !== '') vi.pattern = source;
  let pattern: RegExp;
  try {
    pattern = compilePattern(
      vi.pattern,
      { ...vi.settings, ignorecase: vi.settings.ignorecase || flags.includes('i') },
      'g',
    );
  } catch {
    return fail(vi, `E476: Invalid command: s${delimiter}${text}`);
  }
  beginChange(vi);
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
  if (!seek(vi)) {
    vi.confirm = undefined;
    endChange(vi);
    if (!flags.includes('e')) fail(vi, `E486: Pattern not found: ${vi.pattern}`);
    return;
  }
  if (!flags.includes('c')) while (vi.confirm && answerOnce(vi, true));
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
