import { Errno } from '../world/errno.ts';
import { compilePattern } from './expand/pattern.ts';
import type { Shell } from './state/shell.ts';

/** ~/.bash_history: read when the shell starts, written when it ends. */
export class HistoryFile {
  private remembered = false;

  constructor(private readonly shell: Shell) {
    const { history } = shell;
    const path = this.path;
    if (path === undefined) return;
    try {
      const text = shell.process.machine.files.readText(path, shell.process.credentials);
      for (const line of text.split('\n')) if (line !== '' && !/^#\d+$/.test(line)) history.add(line);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
    history.saved = history.length;
  }

  private get path(): string | undefined {
    const path = this.shell.variables.get('HISTFILE');
    return path ? path : undefined;
  }

  /** Adds a line as HISTCONTROL and HISTIGNORE allow. */
  remember(line: string): void {
    const { history, variables } = this.shell;
    history.limit = Math.max(0, Number(variables.get('HISTSIZE') ?? 500) || 0) || 500;
    const control = new Set((variables.get('HISTCONTROL') ?? '').split(':'));
    const both = control.has('ignoreboth');
    this.remembered = false;
    history.lineAdded = false;
    if (line.trim() === '') return;
    if ((both || control.has('ignorespace')) && /^[ \t]/.test(line)) return;
    if ((both || control.has('ignoredups')) && history.at(-1) === line) return;
    for (const pattern of (variables.get('HISTIGNORE') ?? '').split(':')) {
      if (pattern !== '' && compilePattern(pattern.replace('&', history.at(-1) ?? '')).matches(line)) return;
    }
    if (control.has('erasedups')) {
      for (let at = history.length - 1; at >= 0; at--) if (history.at(at) === line) history.remove(at);
    }
    history.add(line);
    this.remembered = true;
    history.lineAdded = true;
  }

  /** A further line of the same command: one entry, as `shopt -s cmdhist` wants. */
  continueWith(before: string, line: string): void {
    if (!this.remembered) return;
    const { history } = this.shell;
    const entry = history.at(-1) ?? '';
    history.replaceLast(`${entry}${joint(before)}${line}`);
  }

  save(append: boolean): void {
    const { history, variables, process } = this.shell;
    const path = this.path;
    if (path === undefined) return;
    const added = history.all().slice(history.saved);
    if (added.length === 0 && append) return;
    const { files } = process.machine;
    try {
      const old = append || this.shell.options.shopt('histappend') ? this.read(path) : [];
      const limit = Number(variables.get('HISTFILESIZE') ?? 500);
      const all = old.length > 0 ? [...old, ...added] : [...history.all()];
      const kept = limit > 0 ? all.slice(-limit) : all;
      files.writeFile(path, kept.map((line) => `${line}\n`).join(''), process.credentials, 0o600);
      history.saved = history.length;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }

  private read(path: string): string[] {
    try {
      const { files } = this.shell.process.machine;
      return files
        .readText(path, this.shell.process.credentials)
        .split('\n')
        .filter((line) => line !== '');
    } catch (error) {
      if (error instanceof Errno) return [];
      throw error;
    }
  }
}

/** What joins two lines of a command in the history. bash: parse.y history_delimiting_chars */
function joint(before: string): string {
  const text = before.replace(/\n$/, '');
  if (/<<-?\s*['"]?\w+/.test(text)) return '\n';
  const quotes = text.replace(/\\./g, '').replace(/'[^']*'|"[^"]*"/g, '');
  if (/['"]/.test(quotes)) return '\n';
  if (/\\$/.test(text)) return '\n';
  return /(?:^|[\s;])(?:do|then|else|elif|in|if|while|until|\{|\()$|[;&|({]$/.test(text.trimEnd()) ? ' ' : '; ';
}
