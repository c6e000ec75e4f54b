import type { Task } from '../../../world/task.ts';
import type { Call, Editor, FunctionTable, ReadResult } from '../editor.ts';
import { historyWords } from '../history-expansion.ts';
import { IncrementalSearch } from '../search.ts';

/** Alt-. again and again: how far back it is. */
const LAST_ARGUMENT: ReadonlySet<string> = new Set(['insert-last-argument', 'yank-last-arg']);
const SEARCHING: ReadonlySet<string> = new Set([
  'history-search-backward',
  'history-search-forward',
  'history-substring-search-backward',
  'history-substring-search-forward',
]);

/** Ctrl-R and Ctrl-S. A key that is none of the search's ends it and is then used as usual. */
function* incrementalSearch(editor: Editor, backwards: boolean): Task<ReadResult | undefined> {
  const { buffer } = editor;
  const search = IncrementalSearch.of(editor, backwards);
  for (;;) {
    const { match } = search;
    const chars = [...(match?.line ?? buffer.text)];
    editor.refreshWith(search.prompt, chars, match ? [...match.line.slice(0, match.at)].length : chars.length);
    const pressed = yield* editor.readBound();
    const name = pressed?.binding?.kind === 'function' ? pressed.binding.name : '';
    if (name === 'reverse-search-history' || name === 'forward-search-history')
      search.next(name === 'reverse-search-history');
    else if (name === 'backward-delete-char') search.erase();
    else if (name === 'self-insert') search.add(pressed?.keys ?? '');
    else if (name === 'bracketed-paste-begin') search.add(yield* editor.readPaste());
    else if (name === 'abort') {
      editor.bell();
      return undefined;
    } else {
      if (match) editor.goTo(match);
      return pressed ? yield* editor.press(pressed) : undefined;
    }
    if (search.failed) editor.bell();
  }
}

/** A line below the prompt's place: what to look for. Undefined when it was given up. readline: search.c, _rl_nsearch_init */
function* askFor(editor: Editor, prompt: string): Task<string | undefined> {
  let text = '';
  for (;;) {
    editor.refreshWith(prompt, [...text], [...text].length);
    const key = yield* editor.readKey();
    if (key === undefined || key === '\x07' || key === '\x03') return undefined;
    if (key === '\r' || key === '\n' || key === '\x1b') return text;
    if (key === '\x15') text = '';
    else if (key === '\x7f' || key === '\b') {
      if (text === '') return undefined;
      text = [...text].slice(0, -1).join('');
    } else if (key >= ' ') text += key;
  }
}

/** Alt-P and Alt-N, and vi's / and ?: asks, then looks once. */
export function* search(editor: Editor, prompt: string, backwards: boolean): Task<ReadResult | undefined> {
  const asked = yield* askFor(editor, prompt);
  if (asked === undefined) return undefined;
  if (asked !== '') editor.lastSearch = asked;
  searchAgain(editor, backwards);
  return undefined;
}

/** What was looked for last, from here on. A `^` of vi holds it to the beginning. */
export function searchAgain(editor: Editor, backwards: boolean): void {
  const text = editor.lastSearch;
  if (text === undefined) return editor.bell();
  const lines = editor.history.all();
  const vi = editor.mode !== 'emacs';
  const anchored = vi && text.startsWith('^');
  const fits = (line: string) => (anchored ? line.startsWith(text.slice(1)) : line.includes(text));
  for (let at = editor.position + (backwards ? -1 : 1); at >= 0 && at < lines.length; at += backwards ? -1 : 1) {
    const line = lines[at] ?? '';
    if (!fits(line)) continue;
    if (vi) editor.moveHistory(at);
    else {
      editor.unsearched ??= editor.buffer.text;
      editor.showEntry(line);
      editor.buffer.cursor = [...line.slice(0, line.indexOf(text))].length;
    }
    return;
  }
  if (editor.unsearched !== undefined) editor.showEntry(editor.unsearched);
  editor.unsearched = undefined;
  editor.buffer.cursor = 0;
  editor.bell();
}

/** Lines that begin with what stands before the cursor, or hold it. readline: search.c, rl_history_search_internal */
function prefixSearch(editor: Editor, { before }: Call, backwards: boolean, anywhere: boolean): void {
  if (!SEARCHING.has(before)) {
    editor.prefix = editor.buffer.between(0, editor.buffer.cursor);
    editor.searchedFrom = editor.position;
  }
  const { prefix } = editor;
  if (prefix === '') return editor.moveHistory(editor.position + (backwards ? -1 : 1));
  const lines = editor.history.all();
  const now = editor.buffer.text;
  const step = backwards ? -1 : 1;
  for (let at = editor.searchedFrom + step; at >= 0 && at < lines.length; at += step) {
    const line = lines[at] ?? '';
    if (line === now || !(anywhere ? line.includes(prefix) : line.startsWith(prefix))) continue;
    editor.searchedFrom = at;
    editor.showEntry(line);
    editor.buffer.cursor = [...prefix].length + (anywhere ? [...line.slice(0, line.indexOf(prefix))].length : 0);
    return;
  }
  editor.bell();
}

/** A word of the line so many before the one that is edited; the last one where none is named. */
function argumentOf(editor: Editor, skipped: number, index: number | undefined): string | undefined {
  const words = historyWords(editor.history.at(Math.max(-1, editor.position - 1 - skipped)) ?? '');
  if (editor.position - 1 - skipped < 0) return undefined;
  if (index === undefined) return words.at(-1);
  return words[index < 0 ? words.length + index - 1 : index];
}

function insertArgument(editor: Editor, word: string | undefined): boolean {
  const { buffer } = editor;
  if (word === undefined) {
    editor.bell();
    return false;
  }
  buffer.save();
  buffer.replace(buffer.cursor, buffer.cursor, word);
  // One step back takes it away again.
  buffer.begin();
  return true;
}

/** Alt-.: the last argument of the line before, or the one of that number; again: of the one before that. */
function yankLastArgument(editor: Editor, { before, count, explicit }: Call): void {
  const last = editor.lastArgument;
  const again = LAST_ARGUMENT.has(before);
  if (again && last.found) editor.buffer.undo();
  const direction = again && count < 0 ? (-last.direction as 1 | -1) : again ? last.direction : 1;
  const skipped = again ? Math.max(0, last.skipped + direction) : 0;
  const word = again ? last.word : explicit ? count : undefined;
  const found = insertArgument(editor, argumentOf(editor, skipped, word));
  editor.lastArgument = { skipped, word, direction, found };
}

function expandHistory(editor: Editor): boolean {
  const expanded = editor.host.expandHistory(editor.buffer.text);
  if (expanded === undefined) {
    editor.bell();
    return false;
  }
  if (expanded !== editor.buffer.text) editor.buffer.replace(0, editor.buffer.chars.length, expanded);
  return true;
}

export const HISTORY: FunctionTable = {
  each: {
    'previous-history': (editor) => editor.moveHistory(editor.position - 1),
    'next-history': (editor) => editor.moveHistory(editor.position + 1),
  },
  counted: {
    'beginning-of-history': (editor) => editor.moveHistory(0),
    'end-of-history': (editor) => editor.moveHistory(editor.history.length),
    'fetch-history': (editor, { count, explicit }) =>
      editor.moveHistory(explicit ? count - editor.history.firstNumber : 0),
    'history-search-backward': (editor, call) => prefixSearch(editor, call, true, false),
    'history-search-forward': (editor, call) => prefixSearch(editor, call, false, false),
    'history-substring-search-backward': (editor, call) => prefixSearch(editor, call, true, true),
    'history-substring-search-forward': (editor, call) => prefixSearch(editor, call, false, true),
    'non-incremental-reverse-search-history-again': (editor) => searchAgain(editor, true),
    'non-incremental-forward-search-history-again': (editor) => searchAgain(editor, false),
    'insert-last-argument': yankLastArgument,
    'yank-last-arg': yankLastArgument,
    'yank-nth-arg': (editor, { count }) => void insertArgument(editor, argumentOf(editor, 0, count)),
    'history-expand-line': (editor) => void expandHistory(editor),
    'magic-space': (editor) => {
      if (expandHistory(editor)) editor.buffer.insert(' ');
    },
  },
  tasks: {
    'reverse-search-history': (editor) => incrementalSearch(editor, true),
    'forward-search-history': (editor) => incrementalSearch(editor, false),
    'non-incremental-reverse-search-history': (editor) => search(editor, ':', true),
    'non-incremental-forward-search-history': (editor) => search(editor, ':', false),
    // The line after this one in the history is the next to be edited.
    *'operate-and-get-next'(editor) {
      const { position, history } = editor;
      const accepted = editor.accept();
      return position < history.length ? { ...accepted, next: position + 1 } : accepted;
    },
  },
};
