import { pastedText } from './keys-text.ts';
import { wordAt } from './motion.ts';
import { beep, line, type Vi } from './state.ts';

/** One key of the line after `:`, `/` or `?`. Gives the line when it is complete. */
export function commandKey(vi: Vi, key: string): string | undefined {
  const { command } = vi;
  if (vi.awaiting) {
    const waiting = vi.awaiting;
    vi.awaiting = undefined;
    insert(vi, waiting === '<C-v>' ? literalOf(key) : registerText(vi, key));
    return undefined;
  }
  const before = command.text.slice(0, command.at);
  const after = command.text.slice(command.at);
  const pasted = pastedText(key);
  if (pasted !== undefined) insert(vi, pasted.replace(/[\r\n]+$/, '').replace(/[\r\n]/g, ' '));
  else if (key === '<Esc>' || key === '<C-c>' || (isBackspace(key) && command.text === '')) {
    vi.mode = vi.visual ? 'visual' : 'normal';
  } else if (isBackspace(key)) set(vi, before.replace(/.$/su, ''), after);
  else if (key === '<Del>') set(vi, before, after.replace(/^./su, ''));
  else if (key === '<C-u>') set(vi, '', after);
  else if (key === '<C-w>') set(vi, before.replace(/(?:\w+|[^\w\s]+)?\s*$/, ''), after);
  else if (key === '<C-r>' || key === '<C-v>') vi.awaiting = key;
  else if (key === '<Up>' || key === '<C-p>') recall(vi, 1);
  else if (key === '<Down>' || key === '<C-n>') recall(vi, -1);
  else if (key === '<Left>') command.at = Math.max(0, command.at - 1);
  else if (key === '<Right>') command.at = Math.min(command.text.length, command.at + 1);
  else if (key === '<Home>' || key === '<C-b>') command.at = 0;
  else if (key === '<End>' || key === '<C-e>') command.at = command.text.length;
  else if (key === '<CR>' || key === '<NL>') {
    vi.mode = vi.visual ? 'visual' : 'normal';
    const history = command.prompt === ':' ? vi.history : vi.searches;
    if (command.text !== '') history.push(command.text);
    return command.text;
  } else if (!/^<.+>$/.test(key)) insert(vi, key);
  return undefined;
}

function isBackspace(key: string): boolean {
  return key === '<BS>' || key === '<C-h>';
}

function set(vi: Vi, before: string, after: string): void {
  vi.command.text = before + after;
  vi.command.at = before.length;
}

function insert(vi: Vi, text: string): void {
  const { command } = vi;
  set(vi, command.text.slice(0, command.at) + text, command.text.slice(command.at));
}

function literalOf(key: string): string {
  return { '<Esc>': '\x1b', '<CR>': '\r', '<Tab>': '\t' }[key] ?? (/^<.+>$/.test(key) ? '' : key);
}

/** Ctrl-R: a register, or the word under the cursor with Ctrl-W. */
function registerText(vi: Vi, key: string): string {
  if (key === '<C-w>') return wordAt(line(vi), vi.column) ?? '';
  if (key === '/') return vi.pattern;
  if (key === '%') return vi.name ?? '';
  return ((key === '"' ? vi.register : vi.registers.get(key))?.text ?? []).join('\r');
}

/** Up and Down: the lines before that begin as what was typed. */
function recall(vi: Vi, step: 1 | -1): void {
  const { command } = vi;
  const history = command.prompt === ':' ? vi.history : vi.searches;
  if (command.back === 0) command.typed = command.text;
  for (let back = command.back + step; back >= 0 && back <= history.length; back += step) {
    const text = back === 0 ? command.typed : (history.at(-back) ?? '');
    if (back > 0 && !text.startsWith(command.typed)) continue;
    command.back = back;
    return set(vi, text, '');
  }
  beep(vi);
}
