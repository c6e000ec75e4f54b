import { keySequence, META } from './key-sequence.ts';

/** What a key sequence does. */
export type Binding =
  | { readonly kind: 'function'; readonly name: string }
  /** Keys as if they were typed. */
  | { readonly kind: 'macro'; readonly keys: string }
  /** A command of the shell: `bind -x`. */
  | { readonly kind: 'command'; readonly command: string };

export interface DefaultKeymap {
  readonly bindings: ReadonlyMap<string, Binding>;
  /** What begins a longer sequence. */
  readonly prefixes: ReadonlySet<string>;
  /** Printable characters insert themselves. */
  readonly inserts: boolean;
}

/** Key sequences and what they do: the defaults, and what `bind` and the inputrc changed. readline: keymaps.h */
export class Keymap {
  private readonly changed: Map<string, Binding | undefined>;
  private readonly prefixes: Set<string>;

  constructor(
    private readonly defaults: DefaultKeymap,
    before?: Keymap,
  ) {
    this.changed = new Map(before?.changed);
    this.prefixes = new Set(before?.prefixes);
  }

  copy(): Keymap {
    return new Keymap(this.defaults, this);
  }

  get(sequence: string): Binding | undefined {
    if (this.changed.has(sequence)) return this.changed.get(sequence);
    return this.defaults.bindings.get(sequence) ?? this.inserting(sequence);
  }

  /** Whether a longer sequence begins so. */
  continues(sequence: string): boolean {
    return this.defaults.prefixes.has(sequence) || this.prefixes.has(sequence);
  }

  set(sequence: string, binding: Binding | undefined): void {
    this.changed.set(sequence, binding);
    if (binding) for (const prefix of prefixesOf(sequence)) this.prefixes.add(prefix);
  }

  /** Every sequence that does something, in order; of the characters that are more than a byte none. */
  entries(): (readonly [sequence: string, binding: Binding])[] {
    const sequences = new Set([...this.defaults.bindings.keys(), ...this.changed.keys()]);
    for (let code = 0x20; code < 0x80; code++) sequences.add(String.fromCharCode(code));
    for (let code = 0x80; code < 0x100; code++) sequences.add(String.fromCharCode(META | code));
    return [...sequences].sort().flatMap((sequence) => {
      const binding = this.get(sequence);
      return binding ? [[sequence, binding] as const] : [];
    });
  }

  private inserting(sequence: string): Binding | undefined {
    const code = sequence.codePointAt(0) ?? 0;
    if (!this.defaults.inserts || code < 0x20 || code === 0x7f) return undefined;
    return sequence.length === (code > 0xffff ? 2 : 1) ? SELF_INSERT : undefined;
  }
}

const SELF_INSERT: Binding = { kind: 'function', name: 'self-insert' };

function prefixesOf(sequence: string): string[] {
  return [...sequence].slice(0, -1).map((_, index) => sequence.slice(0, index + 1));
}

/** Reads a table of functions and their keys. */
function defaultKeymap(table: string, inserts: boolean): DefaultKeymap {
  const bindings = new Map<string, Binding>();
  const prefixes = new Set<string>();
  for (const row of table.trim().split('\n')) {
    const [name = '', ...keys] = row.split(' ');
    for (const key of keys) {
      const sequence = keySequence(key.replaceAll('SPC', ' '));
      bindings.set(sequence, { kind: 'function', name });
      for (const prefix of prefixesOf(sequence)) prefixes.add(prefix);
    }
  }
  return { bindings, prefixes, inserts };
}

/** bash 5.2 on an xterm without an inputrc, as `bind -p` lists it: a function and its keys a line. SPC is the space. */
const EMACS = String.raw`
abort \C-g \C-x\C-g \e\C-g
accept-line \C-j \C-m
backward-char \C-b \eOD \e[D
backward-delete-char \C-h \C-?
backward-kill-line \C-x\C-?
backward-kill-word \e\C-h \e\C-?
backward-word \e[1;3D \e[1;5D \eb
beginning-of-history \e<
beginning-of-line \C-a \eOH \e[H
bracketed-paste-begin \e[200~
call-last-kbd-macro \C-xe
capitalize-word \ec
character-search \C-]
character-search-backward \e\C-]
clear-display \e\C-l
clear-screen \C-l
complete \C-i \e\e
complete-command \e!
complete-filename \e/
complete-hostname \e@
complete-into-braces \e{
complete-username \e~
complete-variable \e$
delete-char \C-d \e[3~
delete-horizontal-space \e\\
digit-argument \e- \e0 \e1 \e2 \e3 \e4 \e5 \e6 \e7 \e8 \e9
display-shell-version \C-x\C-v
downcase-word \el
dynamic-complete-history \e\C-i
edit-and-execute-command \C-x\C-e
end-kbd-macro \C-x)
end-of-history \e>
end-of-line \C-e \eOF \e[F
exchange-point-and-mark \C-x\C-x
forward-char \C-f \eOC \e[C
forward-search-history \C-s
forward-word \e[1;3C \e[1;5C \ef
glob-complete-word \eg
glob-expand-word \C-x*
glob-list-expansions \C-xg
history-expand-line \e^
history-search-backward \e[5~
history-search-forward \e[6~
insert-comment \e#
insert-completions \e*
insert-last-argument \e. \e_
kill-line \C-k
kill-word \e[3;5~ \ed
next-history \C-n \eOB \e[B
non-incremental-forward-search-history \en
non-incremental-reverse-search-history \ep
operate-and-get-next \C-o
overwrite-mode \e[2~
possible-command-completions \C-x!
possible-completions \e= \e?
possible-filename-completions \C-x/
possible-hostname-completions \C-x@
possible-username-completions \C-x~
possible-variable-completions \C-x$
previous-history \C-p \eOA \e[A
quoted-insert \C-q \C-v
re-read-init-file \C-x\C-r
reverse-search-history \C-r
revert-line \e\C-r \er
set-mark \C-@ \eSPC
shell-backward-word \e\C-b
shell-expand-line \e\C-e
shell-forward-word \e\C-f
shell-kill-word \e\C-d
shell-transpose-words \e\C-t
spell-correct-word \C-xs
start-kbd-macro \C-x(
tilde-expand \e&
transpose-chars \C-t
transpose-words \et
undo \C-x\C-u \C-_
unix-line-discard \C-u
unix-word-rubout \C-w
upcase-word \eu
yank \C-y
yank-last-arg \e. \e_
yank-nth-arg \e\C-y
yank-pop \ey
`;

const VI_INSERTION = String.raw`
accept-line \C-j \C-m
backward-char \eOD \e[D
backward-delete-char \C-h \C-?
backward-word \e[1;3D \e[1;5D
beginning-of-line \eOH \e[H
bracketed-paste-begin \e[200~
complete \C-i
delete-char \e[3~
end-of-line \eOF \e[F
forward-char \eOC \e[C
forward-search-history \C-s
forward-word \e[1;3C \e[1;5C
history-search-backward \e[5~
history-search-forward \e[6~
kill-word \e[3;5~
menu-complete \C-n
menu-complete-backward \C-p
next-history \eOB \e[B
overwrite-mode \e[2~
previous-history \eOA \e[A
quoted-insert \C-v
reverse-search-history \C-r
self-insert \C-a \C-b \C-c \C-e \C-f \C-g \C-k \C-l \C-o \C-q \C-x \C-z \C-\\ \C-] \C-^
transpose-chars \C-t
unix-line-discard \C-u
vi-eof-maybe \C-d
vi-movement-mode \e
vi-undo \C-_
vi-unix-word-rubout \C-w
yank \C-y
`;

const VI_COMMAND = String.raw`
abort \C-g
accept-line \C-j \C-m
backward-char \C-h \eOD \e[D h
backward-word \e[1;3D \e[1;5D
beginning-of-line \eOH \e[H 0
clear-screen \C-l
delete-char \e[3~
end-of-line \eOF \e[F $
forward-char \eOC \e[C SPC l
forward-search-history \C-s
forward-word \e[1;3C \e[1;5C
history-search-backward \e[5~
history-search-forward \e[6~
insert-comment #
kill-line \C-k
kill-word \e[3;5~
next-history \C-n \eOB \e[B + j
overwrite-mode \e[2~
previous-history \C-p \eOA \e[A - k
quoted-insert \C-q \C-v
reverse-search-history \C-r
revert-line U
transpose-chars \C-t
unix-line-discard \C-u
vi-append-eol A
vi-append-mode a
vi-arg-digit 1 2 3 4 5 6 7 8 9
vi-change-case ~
vi-change-char r
vi-change-to C c
vi-char-search , ; F T f t
vi-column |
vi-complete * = \\
vi-delete x
vi-delete-to D d
vi-edit-and-execute-command v
vi-end-word E e
vi-eof-maybe \C-d
vi-fetch-history G
vi-first-print ^
vi-goto-mark ${'`'}
vi-insert-beg I
vi-insertion-mode i
vi-match %
vi-next-word W w
vi-prev-word B b
vi-put P p
vi-redo .
vi-replace R
vi-rubout X
vi-search / ?
vi-search-again N n
vi-set-mark m
vi-subst S s
vi-tilde-expand &
vi-undo \C-_ u
vi-unix-word-rubout \C-w
vi-yank-arg _
vi-yank-to Y y
yank \C-y
`;

/** The keymaps as they are before anybody changes them. */
export const emacsKeymap = once(() => withLowercase(defaultKeymap(EMACS, true)));
export const viInsertionKeymap = once(() => defaultKeymap(VI_INSERTION, true));
export const viCommandKeymap = once(() => defaultKeymap(VI_COMMAND, false));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Capitals behind Escape and Ctrl-X do what the small letter does. */
function withLowercase(keymap: DefaultKeymap): DefaultKeymap {
  const bindings = new Map(keymap.bindings);
  for (const before of ['\x18', '\x1b']) {
    for (let code = 0x41; code <= 0x5a; code++) {
      const sequence = before + String.fromCharCode(code);
      if (!keymap.prefixes.has(sequence)) bindings.set(sequence, { kind: 'function', name: 'do-lowercase-version' });
    }
  }
  return { ...keymap, bindings };
}
