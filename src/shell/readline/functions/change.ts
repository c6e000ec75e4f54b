import type { Call, EditFunction, Editor, FunctionTable } from '../editor.ts';

/** More than a screen of the same is nobody's wish. */
export const MOST_TIMES = 1000;

/** A bell where there was nothing to do. */
function ring(work: (editor: Editor, call: Call) => boolean): EditFunction {
  return (editor, call) => {
    if (!work(editor, call)) editor.bell();
  };
}

function insert(editor: Editor, text: string): void {
  if (editor.overwriting) editor.buffer.overwrite(text);
  else editor.buffer.insert(text);
}

const capital = (words: string) =>
  words.toLowerCase().replace(/[\p{L}\p{N}]+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));

/** Ctrl-U, and Ctrl-X Backspace. */
const discard: EditFunction = ({ buffer }) => {
  buffer.kill(buffer.cursor, 0);
};

/** The last part of a path before the cursor. readline: rl_unix_filename_rubout */
function fileNameBackward({ buffer: { chars, cursor } }: Editor): number {
  let at = cursor;
  const ends = (place: number) => /[\s/]/.test(chars[place - 1] ?? '');
  while (at > 0 && ends(at)) at--;
  while (at > 0 && !ends(at)) at--;
  return at;
}

export const CHANGES: FunctionTable = {
  each: {
    'backward-delete-char': ring(({ buffer, overwriting }) => {
      if (!overwriting || buffer.cursor === buffer.chars.length) return buffer.remove(buffer.cursor - 1, buffer.cursor);
      if (buffer.cursor === 0) return false;
      buffer.replace(buffer.cursor - 1, buffer.cursor, ' ');
      buffer.cursor--;
      return true;
    }),
    'delete-char': ring(({ buffer }) => buffer.remove(buffer.cursor, buffer.cursor + 1)),
    'forward-backward-delete-char': ring(({ buffer }) =>
      buffer.cursor === buffer.chars.length
        ? buffer.remove(buffer.cursor - 1, buffer.cursor)
        : buffer.remove(buffer.cursor, buffer.cursor + 1),
    ),
    'kill-line': ({ buffer }) => void buffer.kill(buffer.cursor, buffer.chars.length),
    'backward-kill-line': discard,
    'unix-line-discard': discard,
    'kill-whole-line': ({ buffer }) => void buffer.kill(0, buffer.chars.length),
    'unix-word-rubout': ({ buffer }) => void buffer.kill(buffer.cursor, buffer.blankBackward()),
    'shell-backward-kill-word': ({ buffer }) => void buffer.kill(buffer.cursor, buffer.blankBackward()),
    'unix-filename-rubout': (editor) => void editor.buffer.kill(editor.buffer.cursor, fileNameBackward(editor)),
    'kill-word': ({ buffer }) => void buffer.kill(buffer.cursor, buffer.wordForward()),
    'backward-kill-word': ({ buffer }) => void buffer.kill(buffer.cursor, buffer.wordBackward()),
    'kill-region': ({ buffer, mark }) => void buffer.kill(Math.min(mark, buffer.chars.length), buffer.cursor),
    'copy-region-as-kill': ({ buffer, mark }) => void buffer.copy(Math.min(mark, buffer.chars.length), buffer.cursor),
    'copy-forward-word': ({ buffer }) => void buffer.copy(buffer.cursor, buffer.wordForward()),
    'copy-backward-word': ({ buffer }) => void buffer.copy(buffer.cursor, buffer.wordBackward()),
    yank: ring(({ buffer }) => buffer.yank()),
    'yank-pop': ring(({ buffer }) => buffer.yankPop()),
    'delete-horizontal-space': ring(({ buffer }) => buffer.removeBlanks()),
    undo: ring(({ buffer }) => buffer.undo()),
    'vi-undo': ring(({ buffer }) => buffer.undo()),
  },
  counted: {
    'transpose-chars': ring(({ buffer }, { count }) => buffer.transpose(count)),
    'transpose-words': ring(({ buffer }, { count }) => buffer.transposeWords(count)),
    'upcase-word': ({ buffer }, { count }) => buffer.changeWords(count, (words) => words.toUpperCase()),
    'downcase-word': ({ buffer }, { count }) => buffer.changeWords(count, (words) => words.toLowerCase()),
    'capitalize-word': ({ buffer }, { count }) => buffer.changeWords(count, capital),
    'self-insert': (editor, { count, key }) => {
      if (count > 0) insert(editor, key.repeat(Math.min(count, MOST_TIMES)));
    },
    'tab-insert': (editor, { count }) => insert(editor, '\t'.repeat(Math.max(0, Math.min(count, MOST_TIMES)))),
    'overwrite-mode': (editor, { count, explicit }) => {
      editor.overwriting = explicit ? count > 0 : !editor.overwriting;
    },
    'revert-line': (editor) => editor.revert(),
    'tilde-expand': (editor) => {
      const { buffer } = editor;
      const before = buffer.chars.slice(0, buffer.cursor).join('');
      const start = before.search(/\S*$/);
      const end = buffer.cursor + buffer.chars.slice(buffer.cursor).join('').search(/\s|$/);
      const word = buffer.between(start, end);
      if (word.startsWith('~')) buffer.replace(start, end, editor.host.expandTilde(word));
    },
  },
  tasks: {
    *'quoted-insert'(editor, { count }) {
      const key = yield* editor.readKey();
      if (key !== undefined) editor.buffer.insert(key.repeat(Math.max(1, Math.min(count, MOST_TIMES))));
      return undefined;
    },
    *'bracketed-paste-begin'(editor) {
      editor.buffer.insert(yield* editor.readPaste());
      return undefined;
    },
  },
};
