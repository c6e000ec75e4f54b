/** Options of `set -o`, with their letters. bash: builtins/set.def */
export const SET_OPTIONS: readonly (readonly [name: string, letter: string | undefined])[] = [
  ['allexport', 'a'],
  ['braceexpand', 'B'],
  ['emacs', undefined],
  ['errexit', 'e'],
  ['errtrace', 'E'],
  ['functrace', 'T'],
  ['hashall', 'h'],
  ['histexpand', 'H'],
  ['history', undefined],
  ['ignoreeof', undefined],
  ['interactive-comments', undefined],
  ['keyword', 'k'],
  ['monitor', 'm'],
  ['noclobber', 'C'],
  ['noexec', 'n'],
  ['noglob', 'f'],
  ['nolog', undefined],
  ['notify', 'b'],
  ['nounset', 'u'],
  ['onecmd', 't'],
  ['physical', 'P'],
  ['pipefail', undefined],
  ['posix', undefined],
  ['privileged', 'p'],
  ['verbose', 'v'],
  ['vi', undefined],
  ['xtrace', 'x'],
];

/** bash 5.2's `shopt` options and whether they are on in a shell that is not interactive. */
export const SHOPT_OPTIONS: Readonly<Record<string, boolean>> = {
  assoc_expand_once: false,
  autocd: false,
  cdable_vars: false,
  cdspell: false,
  checkhash: false,
  checkjobs: false,
  checkwinsize: true,
  cmdhist: true,
  compat31: false,
  compat32: false,
  compat40: false,
  compat41: false,
  compat42: false,
  compat43: false,
  compat44: false,
  complete_fullquote: true,
  direxpand: false,
  dirspell: false,
  dotglob: false,
  execfail: false,
  expand_aliases: false,
  extdebug: false,
  extglob: false,
  extquote: true,
  failglob: false,
  force_fignore: true,
  globasciiranges: true,
  globskipdots: true,
  globstar: false,
  gnu_errfmt: false,
  histappend: false,
  histreedit: false,
  histverify: false,
  hostcomplete: true,
  huponexit: false,
  inherit_errexit: false,
  interactive_comments: true,
  lastpipe: false,
  lithist: false,
  localvar_inherit: false,
  localvar_unset: false,
  login_shell: false,
  mailwarn: false,
  no_empty_cmd_completion: false,
  nocaseglob: false,
  nocasematch: false,
  noexpand_translation: false,
  nullglob: false,
  patsub_replacement: true,
  progcomp: true,
  progcomp_alias: false,
  promptvars: true,
  restricted_shell: false,
  shift_verbose: false,
  sourcepath: true,
  varredir_close: false,
  xpg_echo: false,
};

const BY_LETTER = new Map(SET_OPTIONS.flatMap(([name, letter]) => (letter ? [[letter, name] as const] : [])));

export function optionOfLetter(letter: string): string | undefined {
  return BY_LETTER.get(letter);
}

/** What `set` and `shopt` switch. */
export class Options {
  private readonly on: Set<string>;
  private readonly shopts: Set<string>;

  constructor(from?: Options) {
    this.on = new Set(from?.on ?? ['braceexpand', 'hashall', 'interactive-comments']);
    this.shopts = new Set(from?.shopts ?? Object.entries(SHOPT_OPTIONS).flatMap(([name, on]) => (on ? [name] : [])));
  }

  has(name: string): boolean {
    return this.on.has(name);
  }

  set(name: string, on: boolean): void {
    // One way of editing takes the place of the other.
    if (on && name === 'vi') this.on.delete('emacs');
    if (on && name === 'emacs') this.on.delete('vi');
    if (on) this.on.add(name);
    else this.on.delete(name);
  }

  shopt(name: string): boolean {
    return this.shopts.has(name);
  }

  setShopt(name: string, on: boolean): void {
    if (on) this.shopts.add(name);
    else this.shopts.delete(name);
  }

  /** `$-` without the letters for how the shell was started. */
  get letters(): string {
    return SET_OPTIONS.flatMap(([name, letter]) => (letter && this.on.has(name) ? [letter] : []))
      .sort((a, b) => 'abefhikmnptuvxBCEHPT'.indexOf(a) - 'abefhikmnptuvxBCEHPT'.indexOf(b))
      .join('');
  }

  /** `$SHELLOPTS` */
  get names(): string {
    return [...this.on].sort().join(':');
  }
}
