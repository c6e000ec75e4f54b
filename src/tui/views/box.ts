/** A framed box of lines, and where its inside begins. */
import type { Look } from '../themes/look.ts';
import { width } from '../width.ts';

const UNICODE = { tl: '╭', tr: '╮', bl: '╰', br: '╯', h: '─', v: '│' };
const ASCII = { tl: '+', tr: '+', bl: '+', br: '+', h: '-', v: '|' };
const SGR = /\x1b\[[0-9;]*m/g;

/** Columns and rows between the box's corner and its first line. */
export const BOX_INSET = { x: 2, y: 1 };

/** Lines of a box `columns` wide around painted `lines`, each at most `columns - 4` wide. */
export function boxLines(title: string, lines: readonly string[], columns: number, look: Look): string[] {
  const edge = look.ascii ? ASCII : UNICODE;
  const border = (text: string) => look.paint('focus', text);
  const inside = columns - 4;
  const name = title === '' ? '' : ` ${look.truncate(title, inside - 2)} `;
  const top =
    border(`${edge.tl}${edge.h}`) +
    look.paint('title', name) +
    border(edge.h.repeat(Math.max(0, columns - 3 - width(name))) + edge.tr);
  const middle = lines.map((line) => {
    const free = inside - width(line.replace(SGR, ''));
    return `${border(edge.v)} ${line}${' '.repeat(Math.max(0, free))} ${border(edge.v)}`;
  });
  return [top, ...middle, border(edge.bl + edge.h.repeat(columns - 2) + edge.br)];
}
