import type { Task } from '../../../world/task.ts';
import { type Candidate, type Completion, commonPrefix } from '../completion-list.ts';
import type { Call, CompletionKind, Editor, FunctionTable, ReadResult, TaskFunction } from '../editor.ts';
import { historyWords } from '../history-expansion.ts';

/** The functions after which the same key again lists. */
const COMPLETING: ReadonlySet<string> = new Set([
  'complete',
  'complete-command',
  'complete-filename',
  'complete-hostname',
  'complete-username',
  'complete-variable',
]);
const MENU: ReadonlySet<string> = new Set(['menu-complete', 'menu-complete-backward', 'old-menu-complete']);

/** The candidates where there are several. A single one is taken at once, and none rings the bell. */
function* several(editor: Editor, kind: CompletionKind): Task<Completion | undefined> {
  const { buffer } = editor;
  const found = yield* editor.host.complete(buffer.chars, buffer.cursor, kind);
  const [only, second] = found?.candidates ?? [];
  if (found && second) return found;
  if (found && only) buffer.replace(found.start, buffer.cursor, only.insert + only.suffix);
  else editor.bell();
  return undefined;
}

/** As far as all candidates agree; what is left is listed when asked again. readline: complete.c, rl_complete_internal */
function* complete(editor: Editor, kind: CompletionKind, { before, key }: Call): Task<undefined> {
  const { buffer } = editor;
  const { settings } = editor.bindings;
  const again = COMPLETING.has(before) && editor.completedBy === key;
  editor.completedBy = '';
  const found = yield* several(editor, kind);
  if (!found) return undefined;
  const { candidates } = found;
  const word = buffer.chars.slice(found.start, buffer.cursor).join('');
  const ignoresCase = settings.isOn('completion-ignore-case');
  const prefix = commonPrefix(
    candidates.map((one) => one.insert),
    ignoresCase,
  );
  const longer = prefix !== word && (prefix.length > word.length || prefix.startsWith(word));
  if (longer) buffer.replace(found.start, buffer.cursor, prefix);
  const list = settings.isOn('show-all-if-ambiguous') || (settings.isOn('show-all-if-unmodified') && !longer);
  if (list || (again && !longer)) yield* editor.showList(candidates);
  else editor.bell();
  if (!longer) editor.completedBy = key;
  return undefined;
}

function* list(editor: Editor, kind: CompletionKind): Task<undefined> {
  const found = yield* editor.host.complete(editor.buffer.chars, editor.buffer.cursor, kind);
  if (!found || found.candidates.length === 0) editor.bell();
  else yield* editor.showList(found.candidates);
  return undefined;
}

function* insertAll(editor: Editor): Task<undefined> {
  const { buffer } = editor;
  const found = yield* editor.host.complete(buffer.chars, buffer.cursor, 'any');
  if (!found || found.candidates.length === 0) editor.bell();
  else buffer.replace(found.start, buffer.cursor, found.candidates.map((one) => `${one.insert} `).join(''));
  return undefined;
}

/** One candidate after the other, then the word as it was. readline: complete.c, rl_menu_complete */
function* menuComplete(editor: Editor, { before, count }: Call, direction: 1 | -1): Task<undefined> {
  const { buffer } = editor;
  let { menu } = editor;
  if (!MENU.has(before) || !menu) {
    editor.menu = undefined;
    const found = yield* several(editor, 'any');
    if (!found) return undefined;
    const { candidates } = found;
    const { settings } = editor.bindings;
    if (settings.isOn('show-all-if-ambiguous')) yield* editor.showList(candidates);
    menu = { start: found.start, word: buffer.between(found.start, buffer.cursor), candidates, index: -1 };
    if (settings.isOn('menu-complete-display-prefix')) {
      const word = commonPrefix(candidates.map((one) => one.insert));
      buffer.replace(found.start, buffer.cursor, word);
      editor.menu = { ...menu, word };
      return undefined;
    }
  }
  const places = menu.candidates.length + 1;
  const index = ((((menu.index + 1 + count * direction) % places) + places) % places) - 1;
  if (index < 0) editor.bell();
  buffer.replace(menu.start, buffer.cursor, menu.candidates[index]?.insert ?? menu.word);
  editor.menu = { ...menu, index };
  return undefined;
}

/** `{one,two}` of what completes the file name. bash: bracecomp.c */
function* intoBraces(editor: Editor): Task<undefined> {
  const { buffer } = editor;
  const found = yield* editor.host.complete(buffer.chars, buffer.cursor, 'filename');
  const names = found?.candidates.map((one) => one.insert) ?? [];
  if (!found || names.length === 0) {
    editor.bell();
    return undefined;
  }
  const prefix = commonPrefix(names);
  const rests = names.map((name) => name.slice(prefix.length));
  buffer.replace(found.start, buffer.cursor, names.length === 1 ? `${prefix} ` : `${prefix}{${rests.join(',')}} `);
  return undefined;
}

/** Words of the history that begin so. */
function historyCandidates({ buffer, history }: Editor): { start: number; candidates: Candidate[] } {
  const word = /\S*$/.exec(buffer.chars.slice(0, buffer.cursor).join(''))?.[0] ?? '';
  const words = new Set(history.all().flatMap((line) => historyWords(line)));
  const fitting = [...words].filter((one) => one !== word && one.startsWith(word)).sort();
  const start = buffer.cursor - [...word].length;
  return { start, candidates: fitting.map((one) => ({ insert: one, show: one, suffix: ' ' })) };
}

function* completeFromHistory(editor: Editor): Task<undefined> {
  const { buffer } = editor;
  const { start, candidates } = historyCandidates(editor);
  const [only] = candidates;
  if (!only) editor.bell();
  else if (candidates.length === 1) buffer.replace(start, buffer.cursor, only.insert + only.suffix);
  else {
    buffer.replace(start, buffer.cursor, commonPrefix(candidates.map((one) => one.insert)));
    yield* editor.showList(candidates);
  }
  return undefined;
}

/** The word before the cursor as a pattern of files. */
function* globWord(editor: Editor, then: 'expand' | 'complete' | 'list'): Task<undefined> {
  const { buffer } = editor;
  const word = /\S*$/.exec(buffer.chars.slice(0, buffer.cursor).join(''))?.[0] ?? '';
  const start = buffer.cursor - [...word].length;
  const names = word === '' ? [] : yield* editor.host.glob(then === 'expand' ? word : `${word}*`);
  const candidates = names.map((name) => ({ insert: name, show: name, suffix: ' ' }));
  const [only] = candidates;
  if (!only) editor.bell();
  else if (then === 'expand') buffer.replace(start, buffer.cursor, `${names.join(' ')} `);
  else if (then === 'list') yield* editor.showList(candidates);
  else if (candidates.length === 1) buffer.replace(start, buffer.cursor, only.insert + only.suffix);
  else {
    buffer.replace(start, buffer.cursor, commonPrefix(names));
    editor.bell();
  }
  return undefined;
}

function completing(kind: CompletionKind): TaskFunction {
  return (editor, call) => complete(editor, kind, call);
}

function listing(kind: CompletionKind): TaskFunction {
  return (editor) => list(editor, kind);
}

export const COMPLETIONS: FunctionTable = {
  tasks: {
    complete: completing('any'),
    'complete-command': completing('command'),
    'complete-filename': completing('filename'),
    'complete-hostname': completing('hostname'),
    'complete-username': completing('username'),
    'complete-variable': completing('variable'),
    'possible-completions': listing('any'),
    'possible-command-completions': listing('command'),
    'possible-filename-completions': listing('filename'),
    'possible-hostname-completions': listing('hostname'),
    'possible-username-completions': listing('username'),
    'possible-variable-completions': listing('variable'),
    'insert-completions': insertAll,
    'menu-complete': (editor, call) => menuComplete(editor, call, 1),
    'old-menu-complete': (editor, call) => menuComplete(editor, call, 1),
    'menu-complete-backward': (editor, call) => menuComplete(editor, call, -1),
    'complete-into-braces': intoBraces,
    'dynamic-complete-history': completeFromHistory,
    'glob-expand-word': (editor) => globWord(editor, 'expand'),
    'glob-complete-word': (editor) => globWord(editor, 'complete'),
    'glob-list-expansions': (editor) => globWord(editor, 'list'),
    /** *: all of them, =: a list, anything else: as Tab. bash: bashline.c, bash_vi_complete */
    *'vi-complete'(editor, call): Task<ReadResult | undefined> {
      const { buffer } = editor;
      // The word that the cursor is on is completed at its end.
      while (/\S/.test(buffer.chars[buffer.cursor] ?? '')) buffer.cursor++;
      if (call.key === '*') yield* insertAll(editor);
      else if (call.key === '=') yield* list(editor, 'any');
      else yield* complete(editor, 'any', call);
      if (call.key !== '=') {
        editor.mode = 'vi-insert';
        editor.startInsertion();
      }
      return undefined;
    },
  },
};
