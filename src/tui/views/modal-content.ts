/** Questions and progress: boxes that take the keyboard for a moment. */
import type { Rectangle } from '../layout.ts';
import type { Messages } from '../locale/en.ts';
import type { BusyView } from '../port.ts';
import type { Position } from '../screen.ts';
import type { ConfirmAbout, Modal, PromptFor } from '../state.ts';
import type { Look } from '../themes/look.ts';
import { cut, graphemes, width } from '../width.ts';
import { wrap } from '../wrap.ts';
import { BOX_INSET, boxLines } from './box.ts';
import { directKey } from './key-text.ts';

export interface ModalContent {
  readonly lines: readonly string[];
  /** Where the text cursor stands, from the area's corner. */
  readonly cursor: Position | undefined;
}

const WIDEST = 64;

const question = (about: ConfirmAbout, texts: Messages): string =>
  ({
    solution: texts.confirmSolution,
    'reset-step': texts.confirmResetStep,
    'reset-lesson': texts.confirmResetLesson,
    undo: texts.confirmUndo,
    skip: texts.confirmSkip,
    'skip-unsolved': texts.confirmSkipUnsolved,
  })[about];

const asked = (what: PromptFor, texts: Messages): string =>
  ({ time: texts.promptTime, file: texts.promptFile, trace: texts.promptTrace })[what];

/** The box for a question, an input or running work, centred in `area`. */
export function modalContent(
  modal: Modal | undefined,
  busy: BusyView | undefined,
  area: Rectangle,
  look: Look,
  texts: Messages,
): ModalContent | undefined {
  const columns = Math.max(12, Math.min(WIDEST, area.width - 2));
  const inside = columns - 4;
  if (busy?.kind === 'setup') {
    const lines = ['', ...wrap(texts.preparingWait, inside)];
    return placed(boxLines(texts.preparing, lines, columns, look), undefined, area, columns);
  }
  if (busy) {
    const title = busy.kind === 'fast-forward' ? texts.fastForward : texts.replaying;
    const percent = `${Math.floor(busy.fraction * 100)}%`.padStart(5);
    const bar = look.bar(busy.fraction, Math.max(4, inside - 5)) + percent;
    const stop = `${look.paint('key', directKey('cancel', 'busy', look))} ${texts.hint.stop}`;
    return placed(boxLines(title, ['', bar, '', stop], columns, look), undefined, area, columns);
  }
  if (modal?.kind === 'confirm') {
    const yes = `${look.paint('key', directKey('accept', 'confirm', look))} ${texts.confirmYes}`;
    const no = `${look.paint('key', directKey('cancel', 'confirm', look))} ${texts.confirmNo}`;
    const lines = ['', ...wrap(question(modal.about, texts), inside), '', `${yes}   ${no}`];
    return placed(boxLines('', lines, columns, look), undefined, area, columns);
  }
  if (modal?.kind === 'prompt') {
    const title = wrap(asked(modal.for, texts), inside);
    const field = fieldWindow(modal.field.text, modal.field.cursor, inside);
    const keys = `${look.paint('key', directKey('accept', 'prompt', look))} ${texts.hint.go}   ${look.paint('key', directKey('cancel', 'prompt', look))} ${texts.hint.back}`;
    const cursor = { x: BOX_INSET.x + field.cursor, y: BOX_INSET.y + title.length + 1 };
    return placed(boxLines('', [...title, '', field.text, '', keys], columns, look), cursor, area, columns);
  }
  return undefined;
}

function placed(
  lines: readonly string[],
  cursor: Position | undefined,
  area: Rectangle,
  columns: number,
): ModalContent {
  const x = Math.max(0, (area.width - columns) >> 1);
  const y = Math.max(0, (area.height - lines.length) >> 1);
  return {
    lines: [...Array.from({ length: y }, () => ''), ...lines.map((line) => ' '.repeat(x) + line)].slice(0, area.height),
    cursor: cursor && { x: x + cursor.x, y: y + cursor.y },
  };
}

/** The part of a field that is shown, and the cursor's column in it; the cursor is always visible. */
export function fieldWindow(text: string, cursor: number, cells: number): { text: string; cursor: number } {
  let before = text.slice(0, cursor);
  while (width(before) >= cells && before !== '') before = before.slice(graphemes(before)[0]?.length ?? 1);
  return { text: cut(before + text.slice(cursor), cells), cursor: width(before) };
}
