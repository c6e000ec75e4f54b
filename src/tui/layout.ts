/** Where everything is on the screen: a pure function of the terminal's size and the reader's preferences. */

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** `side`: lesson left, terminal right. `stacked`: lesson above. `single`: one of them at a time. */
export type Arrangement = 'side' | 'stacked' | 'single';

export interface LayoutPreferences {
  /** `single` on request; `auto` chooses by the size. */
  readonly panes: 'auto' | 'single';
  /** Which pane is shown when there is room for one only. */
  readonly shown: 'lesson' | 'terminal';
  /** The lesson's share of the width in percent. */
  readonly split: number;
}

export interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly arrangement: Arrangement;
  /** What lies between title and status bar. */
  readonly body: Rectangle;
  readonly lesson: Rectangle | undefined;
  readonly terminal: Rectangle | undefined;
  /** The line between the panes: a column when side by side, a row when stacked. */
  readonly divider: Rectangle | undefined;
  readonly status: Rectangle;
  readonly hints: Rectangle | undefined;
}

export const DEFAULT_LAYOUT: LayoutPreferences = { panes: 'auto', shown: 'lesson', split: 40 };

/** Below this nothing useful can be shown. */
export const MINIMUM = { columns: 40, rows: 10 };

// kubectl's tables need about 60 columns, lesson text about 36.
const LESSON_MINIMUM = 36;
const LESSON_MAXIMUM = 88;
const TERMINAL_MINIMUM = 60;
const STACKED_ROWS = 40;

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));

/** The rectangles of a screen of `columns` x `rows` cells. */
export function layout(columns: number, rows: number, preferences: LayoutPreferences = DEFAULT_LAYOUT): Layout {
  const bars = rows >= 12 ? 2 : 1;
  const body: Rectangle = { x: 0, y: 0, width: columns, height: Math.max(1, rows - bars) };
  const status: Rectangle = { x: 0, y: rows - 1, width: columns, height: 1 };
  const hints: Rectangle | undefined = bars === 2 ? { x: 0, y: rows - 2, width: columns, height: 1 } : undefined;
  const frame = { columns, rows, body, status, hints };

  if (preferences.panes === 'auto' && columns >= LESSON_MINIMUM + 1 + TERMINAL_MINIMUM) {
    const wished = Math.round((columns * preferences.split) / 100);
    const lessonWidth = clamp(wished, LESSON_MINIMUM, Math.min(LESSON_MAXIMUM, columns - 1 - TERMINAL_MINIMUM));
    return {
      ...frame,
      arrangement: 'side',
      lesson: { ...body, width: lessonWidth },
      divider: { ...body, x: lessonWidth, width: 1 },
      terminal: { ...body, x: lessonWidth + 1, width: columns - lessonWidth - 1 },
    };
  }
  if (preferences.panes === 'auto' && rows >= STACKED_ROWS) {
    const lessonHeight = clamp(Math.round((rows * preferences.split) / 100), 10, body.height - 16);
    return {
      ...frame,
      arrangement: 'stacked',
      lesson: { ...body, height: lessonHeight },
      divider: { ...body, y: lessonHeight, height: 1 },
      terminal: { ...body, y: lessonHeight + 1, height: body.height - lessonHeight - 1 },
    };
  }
  const lesson = preferences.shown === 'lesson' ? body : undefined;
  const terminal = preferences.shown === 'terminal' ? body : undefined;
  return { ...frame, arrangement: 'single', lesson, terminal, divider: undefined };
}

/** The size of the world's terminal; the same whether the pane is shown or not, so that switching redraws nothing. */
export function terminalSize(of: Layout): { columns: number; rows: number } {
  const pane = of.terminal ?? of.body;
  return { columns: Math.max(10, pane.width), rows: Math.max(3, pane.height) };
}
