/** Variables of readline with what they are before anybody sets them, in the order of `bind -v`. readline: bind.c */
const SWITCHES: Readonly<Record<string, boolean>> = {
  'bind-tty-special-chars': true,
  'blink-matching-paren': false,
  'byte-oriented': false,
  'colored-completion-prefix': false,
  'colored-stats': false,
  'completion-ignore-case': false,
  'completion-map-case': false,
  'convert-meta': false,
  'disable-completion': false,
  'echo-control-characters': true,
  'enable-active-region': true,
  'enable-bracketed-paste': true,
  'enable-keypad': false,
  'enable-meta-key': true,
  'expand-tilde': false,
  'history-preserve-point': false,
  'horizontal-scroll-mode': false,
  'input-meta': true,
  'mark-directories': true,
  'mark-modified-lines': false,
  'mark-symlinked-directories': false,
  'match-hidden-files': true,
  'menu-complete-display-prefix': false,
  'meta-flag': true,
  'output-meta': true,
  'page-completions': true,
  'prefer-visible-bell': true,
  'print-completions-horizontally': false,
  'revert-all-at-newline': false,
  'show-all-if-ambiguous': false,
  'show-all-if-unmodified': false,
  'show-mode-in-prompt': false,
  'skip-completed-text': false,
  'visible-stats': false,
};
const TEXTS: Readonly<Record<string, string>> = {
  'bell-style': 'audible',
  'comment-begin': '#',
  'completion-display-width': '-1',
  'completion-prefix-display-length': '0',
  'completion-query-items': '100',
  'editing-mode': 'emacs',
  'emacs-mode-string': '@',
  'history-size': '0',
  keymap: 'emacs',
  'keyseq-timeout': '500',
  'vi-cmd-mode-string': '(cmd)',
  'vi-ins-mode-string': '(ins)',
};
/** Values that are refused. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  'bell-style': /^(?:none|off|audible|on|visible)$/i,
  'editing-mode': /^(?:vi|emacs)/i,
};
/** What does nothing here when it is set to something else. What has no place in a simulated terminal is not among them. */
const UNMODELLED: ReadonlySet<string> = new Set([
  'blink-matching-paren',
  'colored-completion-prefix',
  'colored-stats',
  'completion-display-width',
  'completion-map-case',
  'completion-prefix-display-length',
  'expand-tilde',
  'history-size',
  'horizontal-scroll-mode',
  'mark-modified-lines',
  'mark-symlinked-directories',
  'skip-completed-text',
  'visible-stats',
]);

/** What setting a variable came to. */
export type Setting = 'done' | 'unknown' | 'refused' | 'not modelled';

/** readline's variables. */
export class Settings {
  private readonly changed: Map<string, string>;

  constructor(before?: Settings) {
    this.changed = new Map(before?.changed);
  }

  isOn(name: string): boolean {
    return this.text(name) === 'on';
  }

  text(name: string): string {
    return this.changed.get(name) ?? defaultOf(name) ?? '';
  }

  set(name: string, value: string): Setting {
    const standard = defaultOf(name);
    if (standard === undefined) return 'unknown';
    if (ALLOWED[name] && !ALLOWED[name].test(value)) return 'refused';
    const text = name in SWITCHES ? (/^(?:|on|1)$/i.test(value) ? 'on' : 'off') : value;
    this.changed.set(name, text);
    return UNMODELLED.has(name) && text !== standard ? 'not modelled' : 'done';
  }

  all(): (readonly [name: string, value: string])[] {
    return [...Object.keys(SWITCHES), ...Object.keys(TEXTS)].map((name) => [name, this.text(name)]);
  }
}

function defaultOf(name: string): string | undefined {
  const on = SWITCHES[name];
  return on === undefined ? TEXTS[name] : on ? 'on' : 'off';
}
