/** What a person reads off a captured screen of the tutor: pure functions of its text. */
import { type Layout, layout, type Rectangle } from '../../src/tui/layout.ts';
import type { Messages } from '../../src/tui/locale/en.ts';
import { graphemes, width } from '../../src/tui/width.ts';

/** One moment of a terminal: its rows, and the cursor in cells. */
export interface Screen {
  readonly rows: readonly string[];
  readonly cursor: { readonly x: number; readonly y: number };
}

/** From `X,Y` and the rows below it. */
export function parseScreen(text: string): Screen {
  const [place = '', ...rows] = text.replace(/\n$/, '').split('\n');
  const [x = 0, y = 0] = place.split(',').map(Number);
  return { rows, cursor: { x, y } };
}

/** The cells `from` to `to` of a row; a character of two cells belongs where it begins. */
export function cells(row: string, from: number, to: number): string {
  let at = 0;
  let text = '';
  for (const one of graphemes(row)) {
    if (at >= to) break;
    if (at >= from) text += one;
    at += width(one);
  }
  return text;
}

/** What stands before the cursor, spaces that tmux has left off included. */
export function beforeCursor({ rows, cursor }: Screen): string {
  const text = cells(rows[cursor.y] ?? '', 0, cursor.x);
  return text + ' '.repeat(Math.max(0, cursor.x - width(text)));
}

const PROMPT = /(?:^|│)[a-z]+@workstation:[^$#│]*[$#] $/;
const MORE = /(?:^|│)> $/;

/** Which prompt the shell waits at: for a command, for the rest of one, or none. */
export function promptOf(screen: Screen): 'command' | 'more' | undefined {
  const before = beforeCursor(screen);
  return PROMPT.test(before) ? 'command' : MORE.test(before) ? 'more' : undefined;
}

/** The text within a rectangle without any white space: words may be wrapped anywhere. */
function squeezed(screen: Screen, area: Rectangle): string {
  const rows = screen.rows.slice(area.y, area.y + area.height);
  return rows.map((row) => squeeze(cells(row, area.x, area.x + area.width))).join('');
}

/** Without white space and the lines of boxes. */
const squeeze = (text: string): string => text.replace(/[\s│─╭╮╰╯]+/g, '');

/** Reads screens of one size in one language. */
export class Reader {
  private readonly lesson: Rectangle;

  constructor(
    columns: number,
    rows: number,
    private readonly texts: Messages,
  ) {
    const areas: Layout = layout(columns, rows);
    this.lesson = areas.lesson ?? areas.body;
  }

  /** Whether the lesson's pane shows this text. */
  shows(screen: Screen, text: string): boolean {
    return squeezed(screen, this.lesson).includes(squeeze(text));
  }

  /** What the panel of a check says; undefined while there is none. */
  verdict(screen: Screen, checks: number): 'passed' | 'failed' | undefined {
    if (this.shows(screen, checks === 0 ? this.texts.noChecks : this.texts.allPassed)) return 'passed';
    const partly = Array.from({ length: checks }, (_, passed) => this.texts.passedOf(passed, checks));
    return partly.some((text) => this.shows(screen, text)) ? 'failed' : undefined;
  }

  /** The number of the step, from 1, by the status bar. */
  step(screen: Screen, steps: number): number | undefined {
    const found = new RegExp(` (\\d+)/${steps}(?= |$)`).exec(screen.rows.at(-1) ?? '');
    return found ? Number(found[1]) : undefined;
  }

  /** The clock of the status bar, seconds of the day. */
  clock(screen: Screen): number | undefined {
    const found = /(\d\d):(\d\d):(\d\d)/.exec(screen.rows.at(-1) ?? '');
    return found ? Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3]) : undefined;
  }
}

const DAY = 86_400;

/** Seconds from one reading of the clock to a later one. */
export const secondsBetween = (from: number, to: number): number => (to - from + DAY) % DAY;
