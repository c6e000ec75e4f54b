import type { Range } from './change.ts';
import { beep, beginChange, line, type Vi } from './state.ts';

/** Puts other characters in the place of those of a range; the cursor stands at its beginning. */
export function changeText(vi: Vi, range: Range, change: (text: string) => string): void {
  beginChange(vi);
  for (let row = range.fromRow; row <= range.toRow; row++) {
    const text = line(vi, row);
    const from = !range.linewise && row === range.fromRow ? range.fromColumn : 0;
    const to = !range.linewise && row === range.toRow ? range.toColumn : text.length;
    vi.lines[row] = text.slice(0, from) + change(text.slice(from, to)) + text.slice(to);
  }
  vi.row = range.fromRow;
  if (!range.linewise) vi.column = range.fromColumn;
}

/** `u` to lower case, `U` to upper case, `~` to the other one. */
export function turnCase(text: string, how: string): string {
  if (how === 'u') return text.toLowerCase();
  if (how === 'U') return text.toUpperCase();
  return Array.from(text, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join('');
}

export function turnRange(vi: Vi, range: Range, how: string): void {
  changeText(vi, range, (text) => turnCase(text, how));
}

/** Ctrl-A and Ctrl-X: the number at or after the cursor. vim: nrformats=bin,hex */
export function addToNumber(vi: Vi, by: number): void {
  const text = line(vi);
  for (const match of text.matchAll(/0[xX][\da-fA-F]+|-?\d+/g)) {
    const end = match.index + match[0].length;
    if (end <= vi.column) continue;
    beginChange(vi);
    const hex = /^0[xX]/.test(match[0]);
    const value = Number(match[0]) + by;
    const digits = hex ? match[0].slice(2).length : /^-?0\d/.test(match[0]) ? match[0].replace('-', '').length : 0;
    const written = hex
      ? match[0].slice(0, 2) + Math.max(0, value).toString(16).padStart(digits, '0')
      : (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(digits, '0');
    vi.lines[vi.row] = text.slice(0, match.index) + written + text.slice(end);
    vi.column = match.index + written.length - 1;
    return;
  }
  beep(vi);
}
