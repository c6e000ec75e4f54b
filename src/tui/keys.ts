/** The key table: every command, where it applies, its keys. Matching, hints and the help screen come from it. */
import type { Key } from './key-parser.ts';

/**
 * Ctrl-] is the prefix. Of the control keys it is the one that nothing in a Kubernetes terminal needs: bash has only
 * `character-search` there, vi a jump to a tag (no tags files here), less and tmux (Ctrl-b) and screen (Ctrl-a) nothing,
 * nano a word completion. Ctrl-G would take help from nano, status from less and abort from bash; Ctrl-Space and
 * Shift-Space switch Korean input; Ctrl-\ is SIGQUIT; Ctrl-^ the alternate file of vi. telnet and virsh made Ctrl-] the
 * key that "leaves to the outside". Twice gives one to the world. Ctrl-5 sends it where `]` needs AltGr.
 */
export const PREFIX = { name: ']', ctrl: true } as const;
export const PREFIX_LABEL = 'Ctrl-]';

/** `prefix`: after Ctrl-] while the terminal has the keyboard. The others: directly, while that part has it. */
export type KeyContext = 'prefix' | 'reading' | 'scrollback' | 'list' | 'help' | 'confirm' | 'prompt' | 'busy';

export type Command =
  | 'check'
  | 'hint'
  | 'solution'
  | 'next'
  | 'previous'
  | 'undo'
  | 'reset-step'
  | 'reset-lesson'
  | 'fast-forward'
  | 'edit-file'
  | 'restart-terminal'
  | 'toggle-pane'
  | 'read'
  | 'scrollback'
  | 'lesson-text'
  | 'map'
  | 'trace'
  | 'wider'
  | 'narrower'
  | 'single'
  | 'language'
  | 'theme'
  | 'lessons'
  | 'help'
  | 'redraw'
  | 'suspend'
  | 'quit'
  | 'send-prefix'
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'top'
  | 'bottom'
  | 'accept'
  | 'cancel';

interface Binding {
  readonly command: Command;
  readonly contexts: readonly KeyContext[];
  /** `c`, `ctrl-z`, `pageup`; the first is the one that hints show. */
  readonly keys: readonly string[];
}

const MOVES: readonly KeyContext[] = ['reading', 'scrollback', 'list', 'help'];

export const BINDINGS: readonly Binding[] = [
  { command: 'check', contexts: ['prefix'], keys: ['c'] },
  { command: 'next', contexts: ['prefix'], keys: ['n', 'right'] },
  { command: 'previous', contexts: ['prefix'], keys: ['p', 'left'] },
  { command: 'hint', contexts: ['prefix'], keys: ['h'] },
  { command: 'solution', contexts: ['prefix'], keys: ['s'] },
  { command: 'undo', contexts: ['prefix'], keys: ['u'] },
  { command: 'reset-step', contexts: ['prefix'], keys: ['r'] },
  { command: 'reset-lesson', contexts: ['prefix'], keys: ['R'] },
  { command: 'fast-forward', contexts: ['prefix'], keys: ['t'] },
  { command: 'edit-file', contexts: ['prefix'], keys: ['e'] },
  { command: 'restart-terminal', contexts: ['prefix'], keys: ['k'] },
  { command: 'toggle-pane', contexts: ['prefix'], keys: ['tab', 'o'] },
  { command: 'read', contexts: ['prefix'], keys: ['space', 'up', 'down', 'pageup', 'pagedown'] },
  { command: 'scrollback', contexts: ['prefix'], keys: ['['] },
  { command: 'lesson-text', contexts: ['prefix'], keys: ['d', 'escape'] },
  { command: 'map', contexts: ['prefix'], keys: ['v'] },
  { command: 'trace', contexts: ['prefix'], keys: ['w'] },
  { command: 'single', contexts: ['prefix'], keys: ['z'] },
  { command: 'wider', contexts: ['prefix'], keys: ['>', '.'] },
  { command: 'narrower', contexts: ['prefix'], keys: ['<', ','] },
  { command: 'language', contexts: ['prefix', 'help'], keys: ['g'] },
  { command: 'language', contexts: ['list'], keys: ['ctrl-g'] },
  { command: 'theme', contexts: ['prefix', 'help'], keys: ['m'] },
  { command: 'lessons', contexts: ['prefix'], keys: ['l'] },
  { command: 'help', contexts: ['prefix'], keys: ['?', '/'] },
  { command: 'help', contexts: ['list'], keys: ['f1', '?'] },
  { command: 'redraw', contexts: ['prefix', ...MOVES], keys: ['ctrl-l'] },
  { command: 'suspend', contexts: ['prefix', ...MOVES], keys: ['ctrl-z'] },
  { command: 'quit', contexts: ['prefix'], keys: ['q'] },
  { command: 'quit', contexts: ['list'], keys: ['ctrl-c', 'ctrl-q'] },
  { command: 'send-prefix', contexts: ['prefix'], keys: ['ctrl-]'] },
  { command: 'up', contexts: MOVES, keys: ['up', 'ctrl-p'] },
  { command: 'down', contexts: MOVES, keys: ['down', 'ctrl-n'] },
  { command: 'page-up', contexts: MOVES, keys: ['pageup', 'shift-pageup'] },
  { command: 'page-down', contexts: MOVES, keys: ['pagedown', 'shift-pagedown'] },
  { command: 'page-down', contexts: ['reading', 'help'], keys: ['space'] },
  { command: 'page-up', contexts: ['reading', 'help'], keys: ['backspace'] },
  { command: 'top', contexts: ['reading', 'scrollback', 'help'], keys: ['home'] },
  { command: 'bottom', contexts: ['reading', 'scrollback', 'help'], keys: ['end'] },
  { command: 'accept', contexts: ['list', 'prompt'], keys: ['enter'] },
  { command: 'accept', contexts: ['confirm'], keys: ['y', 'enter'] },
  { command: 'cancel', contexts: ['confirm'], keys: ['n', 'escape', 'q', 'ctrl-c', 'ctrl-]'] },
  { command: 'cancel', contexts: ['prompt', 'busy'], keys: ['escape', 'ctrl-c'] },
  { command: 'cancel', contexts: ['list'], keys: ['escape'] },
  { command: 'cancel', contexts: ['help'], keys: ['escape', 'q', 'enter', 'ctrl-c', '?', 'ctrl-]'] },
  { command: 'cancel', contexts: ['reading', 'scrollback'], keys: ['escape', 'enter'] },
];

// The same physical keys with Korean input on (two-set layout): a command must not depend on the input method.
const HANGUL = 'ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ';
const LATIN = 'qwertyuiopasdfghjklzxcvbnm';
const HANGUL_SHIFTED = 'ㅃㅉㄸㄲㅆㅒㅖ';
const LATIN_SHIFTED = 'QWERTOP';

function latin(name: string): string {
  const plain = HANGUL.indexOf(name);
  if (plain >= 0 && name.length === 1) return LATIN[plain] ?? name;
  const shifted = HANGUL_SHIFTED.indexOf(name);
  return shifted >= 0 && name.length === 1 ? (LATIN_SHIFTED[shifted] ?? name) : name;
}

/** `ctrl-z`, `shift-pageup`, `c`: how the table writes a key. */
export function keyId(key: Key): string {
  const named = key.name.length > 1;
  return `${key.ctrl ? 'ctrl-' : ''}${key.alt ? 'alt-' : ''}${key.shift && named ? 'shift-' : ''}${latin(key.name)}`;
}

const table = new Map<string, Command>();
for (const { command, contexts, keys } of BINDINGS) {
  for (const context of contexts) for (const key of keys) table.set(`${context} ${key}`, command);
}

/** The command of a key in a context, if it has one. */
export const commandOf = (key: Key, context: KeyContext): Command | undefined => table.get(`${context} ${keyId(key)}`);

export const isPrefix = (key: Key): boolean => key.ctrl === PREFIX.ctrl && key.name === PREFIX.name;

const LABELS: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  escape: 'Esc',
  enter: 'Enter',
  tab: 'Tab',
  f1: 'F1',
  space: 'Space',
  home: 'Home',
  end: 'End',
  backspace: 'Backspace',
};
const ASCII_LABELS: Readonly<Record<string, string>> = { up: 'Up', down: 'Down', left: 'Left', right: 'Right' };

/** How a person reads `ctrl-z` or `pageup`. */
export function keyLabel(id: string, ascii = false): string {
  const parts = id.split(/-(?=.)/);
  const name = parts.pop() ?? id;
  const label = (ascii ? ASCII_LABELS[name] : undefined) ?? LABELS[name] ?? name;
  return [
    ...parts.map((part) => part[0]?.toUpperCase() + part.slice(1)),
    parts.length > 0 && label.length === 1 ? label.toUpperCase() : label,
  ].join('-');
}

/** The keys of a command in a context, the best known first. */
export const keysOf = (command: Command, context: KeyContext): readonly string[] =>
  BINDINGS.filter((binding) => binding.command === command && binding.contexts.includes(context)).flatMap(
    (binding) => binding.keys,
  );
