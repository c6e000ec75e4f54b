import type { Task } from '../../../world/task.ts';
import type { Call, Editor, FunctionTable, ReadResult } from '../editor.ts';

/** To a place in the line; a bell where there is none. In vi's command mode the cursor is always on a character. */
export function moveTo(editor: Editor, cursor: number): void {
  const { buffer } = editor;
  const last = buffer.chars.length - (editor.mode === 'vi-command' && !editor.moving ? 1 : 0);
  const inside = Math.max(0, Math.min(last, cursor));
  if (inside === buffer.cursor && cursor !== inside) editor.bell();
  buffer.cursor = inside;
}

/** The blanks and then the word before the cursor, or after it; words of the shell are told apart by blanks. */
function blankForward({ buffer: { chars, cursor } }: Editor): number {
  let at = cursor;
  while (/\s/.test(chars[at] ?? '')) at++;
  while (/\S/.test(chars[at] ?? '')) at++;
  return at;
}

/** Ctrl-]: the next such character, or the one before. */
function* characterSearch(editor: Editor, { count }: Call, forwards: boolean): Task<ReadResult | undefined> {
  const wanted = yield* editor.readKey();
  for (let left = Math.abs(count); left > 0; left--) {
    const at = wanted === undefined ? undefined : editor.buffer.find(wanted, forwards === count > 0);
    if (at === undefined) editor.bell();
    else editor.buffer.cursor = at;
  }
  return undefined;
}

export const MOVES: FunctionTable = {
  each: {
    'beginning-of-line': (editor) => moveTo(editor, 0),
    'end-of-line': (editor) => moveTo(editor, editor.buffer.chars.length),
    'backward-char': (editor) => moveTo(editor, editor.buffer.cursor - 1),
    'backward-byte': (editor) => moveTo(editor, editor.buffer.cursor - 1),
    'forward-char': (editor) => moveTo(editor, editor.buffer.cursor + 1),
    'forward-byte': (editor) => moveTo(editor, editor.buffer.cursor + 1),
    'backward-word': (editor) => moveTo(editor, editor.buffer.wordBackward()),
    'forward-word': (editor) => moveTo(editor, editor.buffer.wordForward()),
    'shell-backward-word': (editor) => moveTo(editor, editor.buffer.blankBackward()),
    'shell-forward-word': (editor) => moveTo(editor, blankForward(editor)),
  },
  counted: {
    'set-mark': (editor, { count, explicit }) => {
      editor.mark = explicit ? Math.max(0, count) : editor.buffer.cursor;
    },
    'exchange-point-and-mark': (editor) => {
      const { cursor } = editor.buffer;
      editor.buffer.cursor = Math.min(editor.mark, editor.buffer.chars.length);
      editor.mark = cursor;
    },
  },
  tasks: {
    'character-search': (editor, call) => characterSearch(editor, call, true),
    'character-search-backward': (editor, call) => characterSearch(editor, call, false),
  },
};
