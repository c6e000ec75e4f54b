import type { Task } from '../../../world/task.ts';
import type { Call, EditFunction, Editor, FunctionTable, ReadResult } from '../editor.ts';
import { historyWords } from '../history-expansion.ts';
import { MOST_TIMES } from './change.ts';
import { search, searchAgain } from './history.ts';
import { moveTo } from './move.ts';
import { endOfWord, firstPrinting, matchingBracket, nextWord, toCharacter, wordBefore } from './vi-motion.ts';
import { operate } from './vi-operate.ts';

/** Into insert mode; what is typed until Escape is one change. */
function insertAt(editor: Editor, cursor: number): void {
  editor.startInsertion();
  editor.mode = 'vi-insert';
  editor.buffer.cursor = Math.max(0, Math.min(editor.buffer.chars.length, cursor));
}

/** A motion so many times, as far as there is anything in its way. */
function word(step: (line: readonly string[], from: number, big: boolean) => number, forwards: boolean): EditFunction {
  return (editor, { count, key }) => {
    const { buffer } = editor;
    const line = editor.moving ? [...buffer.chars, ' '] : buffer.chars;
    let at = buffer.cursor;
    if (forwards ? at >= line.length - 1 : at <= 0) return editor.bell();
    for (let left = count; left > 0 && (forwards ? at < line.length - 1 : at > 0); left--)
      at = step(line, at, key === key.toUpperCase());
    buffer.cursor = Math.min(at, buffer.chars.length - (editor.moving ? 0 : 1));
  };
}

/** f, F, t, T and a character; `;` and `,` once more. */
function* characterSearch(editor: Editor, { count, key }: Call): Task<ReadResult | undefined> {
  const { buffer } = editor;
  let command = key;
  if (key === ';' || key === ',') {
    if (!editor.characterSearch) {
      editor.bell();
      return undefined;
    }
    command = editor.characterSearch.command;
    if (key === ',') command = command === command.toLowerCase() ? command.toUpperCase() : command.toLowerCase();
  } else {
    const character = yield* editor.readKey();
    if (character === undefined || character === '\x1b') return undefined;
    editor.characterSearch = { command, character };
  }
  const { character } = editor.characterSearch;
  const at = toCharacter(buffer.chars, buffer.cursor, command, character, count);
  if (at === undefined) editor.bell();
  else buffer.cursor = at;
  return undefined;
}

/** r: other characters in the place of those at the cursor. */
function* changeCharacter(editor: Editor, { count }: Call): Task<ReadResult | undefined> {
  const { buffer } = editor;
  const key = yield* editor.readKey();
  if (key === undefined || key === '\x1b') return undefined;
  const times = Math.min(count, buffer.chars.length - buffer.cursor);
  if (times <= 0) {
    editor.bell();
    return undefined;
  }
  buffer.replace(buffer.cursor, buffer.cursor + times, key.repeat(times));
  buffer.cursor--;
  return undefined;
}

const turned = (character: string) =>
  character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase();

/** x and X: into the kill ring. */
function cut(editor: Editor, count: number, forwards: boolean): void {
  const { buffer } = editor;
  const to = buffer.cursor + (forwards ? count : -count);
  if (!buffer.kill(buffer.cursor, Math.max(0, Math.min(buffer.chars.length, to)))) editor.bell();
}

const isBoundary = (character: string | undefined) => character !== undefined && /[ \t!-/:-@[-`{-~]/.test(character);

/** Ctrl-W: back to where words and what is between them meet, by what the cursor is on. readline: rl_vi_unix_word_rubout */
function rubout(line: readonly string[], from: number): number {
  let at = from;
  if (at > 0 && !isBoundary(line[at]) && isBoundary(line[at - 1])) at--;
  const between = isBoundary(line[at]);
  while (at > 0 && isBoundary(line[at - 1]) === between) at--;
  return at;
}

function put(editor: Editor, { count, key }: Call): void {
  const { buffer } = editor;
  const text = buffer.killed;
  if (key === 'p' && buffer.cursor < buffer.chars.length) buffer.cursor++;
  if (text === undefined) return editor.bell();
  buffer.replace(buffer.cursor, buffer.cursor, text.repeat(Math.min(count, 100)));
  if (buffer.cursor > 0) buffer.cursor--;
}

/** _: the last word of the line before, or the one of that number, behind a blank. */
function yankArgument(editor: Editor, { count, explicit }: Call): void {
  const words = historyWords(editor.history.at(-1) ?? '');
  const found = explicit ? words[count - 1] : words.at(-1);
  if (found === undefined) return editor.bell();
  const { buffer } = editor;
  const at = Math.min(buffer.chars.length, buffer.cursor + 1);
  insertAt(editor, at);
  buffer.replace(at, at, ` ${found}`);
}

/** A change so many times: of an insertion the text. */
function repeated(change: string, count: number): string {
  const insertion = /^([iaAI])(.*)\x1b$/s.exec(change);
  if (!insertion) return `${count}${change.replace(/^[1-9]\d*/, '')}`;
  return `${insertion[1]}${(insertion[2] ?? '').repeat(Math.min(count, MOST_TIMES))}\x1b`;
}

export const VI: FunctionTable = {
  counted: {
    'vi-movement-mode': (editor) => {
      editor.overwriting = false;
      if (editor.mode === 'vi-command') return editor.bell();
      editor.endInsertion();
      editor.mode = 'vi-command';
      if (editor.buffer.cursor > 0) editor.buffer.cursor--;
    },
    'vi-insertion-mode': (editor) => insertAt(editor, editor.buffer.cursor),
    'vi-insert-beg': (editor) => insertAt(editor, 0),
    'vi-append-mode': (editor) => insertAt(editor, editor.buffer.cursor + 1),
    'vi-append-eol': (editor) => insertAt(editor, editor.buffer.chars.length),
    'vi-replace': (editor) => {
      insertAt(editor, editor.buffer.cursor);
      editor.overwriting = true;
    },
    'vi-next-word': word(nextWord, true),
    'vi-end-word': word(endOfWord, true),
    'vi-prev-word': word(wordBefore, false),
    'vi-first-print': (editor) => moveTo(editor, firstPrinting(editor.buffer.chars)),
    'vi-back-to-indent': (editor) => moveTo(editor, firstPrinting(editor.buffer.chars)),
    'vi-column': (editor, { count }) => {
      const last = editor.buffer.chars.length - 1;
      editor.buffer.cursor = Math.max(0, Math.min(count - 1, last));
    },
    'vi-match': (editor) => {
      const at = matchingBracket(editor.buffer.chars, editor.buffer.cursor);
      if (at === undefined) editor.bell();
      else editor.buffer.cursor = at;
    },
    'vi-delete': (editor, { count }) => cut(editor, count, true),
    'vi-rubout': (editor, { count }) => cut(editor, count, false),
    'vi-put': put,
    'vi-change-case': (editor, { count }) => {
      const { buffer } = editor;
      const changed = buffer.chars
        .slice(buffer.cursor, buffer.cursor + count)
        .map(turned)
        .join('');
      if (changed === '') return editor.bell();
      buffer.replace(buffer.cursor, buffer.cursor + [...changed].length, changed);
    },
    'vi-subst': (editor, { count, key }) => {
      const { buffer } = editor;
      editor.startInsertion();
      if (key === 'S') buffer.kill(0, buffer.chars.length);
      else buffer.kill(buffer.cursor, Math.min(buffer.chars.length, buffer.cursor + count));
      insertAt(editor, buffer.cursor);
    },
    'vi-unix-word-rubout': (editor, { count }) => {
      const { buffer } = editor;
      if (buffer.cursor === 0) return editor.bell();
      for (let left = count; left > 0; left--) buffer.kill(buffer.cursor, rubout(buffer.chars, buffer.cursor));
    },
    'vi-fetch-history': (editor, { count, explicit }) =>
      editor.moveHistory(explicit ? count - editor.history.firstNumber : 0),
    'vi-search-again': (editor, { key }) => searchAgain(editor, key === 'n'),
    'vi-yank-arg': yankArgument,
    'vi-redo': (editor, { count, explicit }) => {
      const { lastChange } = editor;
      // Where nothing was inserted yet, insert mode is what is repeated.
      if (lastChange === 'i\x1b' || lastChange === '') editor.typeAhead('i');
      else {
        editor.redone = lastChange;
        editor.typeAhead(explicit ? repeated(lastChange, count) : lastChange);
      }
    },
    'vi-overstrike-delete': (editor) => cut(editor, 1, false),
  },
  tasks: {
    'vi-char-search': characterSearch,
    'vi-change-char': changeCharacter,
    'vi-delete-to': (editor, call) => operate(editor, 'd', call),
    'vi-change-to': (editor, call) => operate(editor, 'c', call),
    'vi-yank-to': (editor, call) => operate(editor, 'y', call),
    'vi-search': (editor, { key }) => search(editor, key, key === '/'),
    *'vi-set-mark'(editor) {
      const name = yield* editor.readKey();
      if (name === undefined || !/^[a-z]$/.test(name)) editor.bell();
      else editor.marks.set(name, editor.buffer.cursor);
      return undefined;
    },
    *'vi-goto-mark'(editor) {
      const name = yield* editor.readKey();
      const at = name === '`' ? editor.mark : editor.marks.get(name ?? '');
      if (at === undefined) editor.bell();
      else moveTo(editor, at);
      return undefined;
    },
    *'vi-tilde-expand'(editor, call) {
      yield* editor.press({ keys: call.key, binding: { kind: 'function', name: 'tilde-expand' } });
      return undefined;
    },
    *'vi-eof-maybe'(editor) {
      return editor.accept();
    },
    *'vi-edit-and-execute-command'(editor) {
      return { ...editor.accept(), edit: '${VISUAL:-${EDITOR:-vi}}' };
    },
  },
};
