import { motion } from './motion.ts';
import { beep, clamp, clampRow, firstNonBlank, line, type Vi } from './state.ts';

/** Motions that jump: '' and Ctrl-O lead back. vim: jump-motions */
const JUMPS: ReadonlySet<string> = new Set(['G', 'n', 'N', '*', '#', '%', '{', '}', 'H', 'M', 'L', "'", '`']);
const MOST_JUMPS = 100;

/** Remembers where a jump comes from. */
export function noteJump(vi: Vi, [row, column]: readonly [number, number]): void {
  vi.marks.set("'", [row, column]);
  vi.jumps = vi.jumps.filter(([other]) => other !== row);
  vi.jumps.push([row, column]);
  if (vi.jumps.length > MOST_JUMPS) vi.jumps.shift();
  vi.jumpAt = vi.jumps.length;
}

/** Ctrl-O and Ctrl-I: through the places where jumps came from. */
export function walkJumps(vi: Vi, by: number): void {
  let at = vi.jumpAt + by;
  if (at < 0 || at >= vi.jumps.length) return beep(vi);
  if (vi.jumpAt === vi.jumps.length && by < 0) {
    const before = vi.jumps.length;
    noteJump(vi, [vi.row, vi.column]);
    at += vi.jumps.length - before - 1;
    if (vi.jumps.length === before) at = Math.max(0, at);
  }
  const place = vi.jumps[Math.max(0, at)];
  if (!place) return beep(vi);
  vi.jumpAt = Math.max(0, at);
  vi.row = clampRow(vi, place[0]);
  vi.column = place[1];
  clamp(vi);
  vi.wanted = vi.column;
}

/** Moves the cursor by a motion, or the window by Ctrl-F and its like. */
export function move(vi: Vi, command: string, argument: string, count: number | undefined): void {
  const page = Math.max(1, vi.height - 2);
  const half = Math.max(1, Math.floor(vi.height / 2));
  const scroll = {
    '<C-f>': page,
    '<PageDown>': page,
    '<C-b>': -page,
    '<PageUp>': -page,
    '<C-d>': half,
    '<C-u>': -half,
  }[command];
  if (scroll !== undefined) {
    vi.row += scroll;
    vi.top = Math.max(0, Math.min(vi.top + scroll, vi.lines.length - 1));
    clamp(vi);
    vi.column = firstNonBlank(line(vi));
    return;
  }
  const from: [number, number] = [vi.row, vi.column];
  const target = motion(vi, command, argument, count);
  if (!target) return beep(vi);
  vi.row = target.row;
  vi.column = target.column;
  if (JUMPS.has(command) || (command === 'g' && argument === 'g')) noteJump(vi, from);
  clamp(vi);
  const stays = vi.row === from[0] && vi.column === from[1];
  if (stays && (command === 'l' || command === '<Right>' || command === 'w')) beep(vi);
  vi.keptWanted = true;
  if (!target.keepWanted) vi.wanted = command === '$' || command === '<End>' ? Number.MAX_SAFE_INTEGER : vi.column;
}
