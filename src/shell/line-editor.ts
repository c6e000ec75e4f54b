import { Errno } from '../world/errno.ts';
import type { Task } from '../world/task.ts';
import type { Tty } from '../world/tty.ts';
import { completeLine } from './completion/complete.ts';
import { expandGlob } from './expand/glob.ts';
import { expandTilde } from './expand/tilde.ts';
import { expandEmbedded } from './expand/word.ts';
import type { EditorHost } from './readline/editor.ts';
import { expandHistory, HistoryError } from './readline/history-expansion.ts';
import { readInputrc } from './readline/inputrc.ts';
import { KeyBindings } from './readline/key-bindings.ts';
import { Readline } from './readline/readline.ts';
import { settle } from './run/evaluate.ts';
import type { Shell } from './state/shell.ts';

/** What a shell's keys do: made at the first need, then the inputrc is read and what is wrong in it is told. */
export function* keyBindings(shell: Shell): Task<KeyBindings> {
  if (!shell.keyBindings) {
    shell.keyBindings = new KeyBindings();
    adoptMode(shell, shell.keyBindings);
    const problems = shell.dialect === 'bash' ? readInitFile(shell, shell.keyBindings) : [];
    keepMode(shell, shell.keyBindings);
    for (const problem of problems) yield* shell.process.printError(`${problem}\n`);
  } else adoptMode(shell, shell.keyBindings);
  return shell.keyBindings;
}

/** `set -o vi` and `set -o emacs` say how keys are read. */
function adoptMode(shell: Shell, bindings: KeyBindings): void {
  const mode = shell.options.has('vi') ? 'vi' : 'emacs';
  if (bindings.settings.text('editing-mode') !== mode) bindings.set('editing-mode', mode);
}

/** The options follow a `set editing-mode` of readline. */
export function keepMode(shell: Shell, bindings: KeyBindings): void {
  const mode = bindings.settings.text('editing-mode') === 'vi' ? 'vi' : 'emacs';
  if (mode === 'vi' || shell.options.has('vi')) shell.options.set(mode, true);
}

/** $INPUTRC, ~/.inputrc or /etc/inputrc, the first that is there. readline: bind.c, rl_read_init_file */
function readInitFile(shell: Shell, bindings: KeyBindings): string[] {
  const home = shell.variables.get('HOME') ?? '';
  const given = shell.variables.get('INPUTRC');
  const text = (path: string) => textOf(shell, path.replace(/^~(?=\/)/, home));
  for (const path of given ? [given] : [`${home}/.inputrc`, '/etc/inputrc']) {
    const found = text(path);
    if (found === undefined) continue;
    return readInputrc(bindings, found, path, { terminal: shell.variables.get('TERM') ?? 'dumb', include: text });
  }
  return [];
}

function textOf(shell: Shell, path: string): string | undefined {
  try {
    return shell.process.machine.files.readText(path, shell.process.credentials);
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

/** A line editor for a shell on a terminal. */
export function* makeLineEditor(shell: Shell, tty: Tty): Task<Readline> {
  const bindings = yield* keyBindings(shell);
  const editor = new Readline(shell.process, tty, shell.history, bindings, editorHost(shell, bindings));
  editor.bracketedPaste = shell.dialect === 'bash';
  return editor;
}

function editorHost(shell: Shell, bindings: KeyBindings): EditorHost {
  return {
    complete: (line, cursor, kind) => completeLine(shell, line, cursor, kind),
    expandHistory(line) {
      try {
        return expandHistory(shell.history, line).text;
      } catch (error) {
        if (error instanceof HistoryError) return undefined;
        throw error;
      }
    },
    *expandLine(line) {
      const first = /^\s*(\S+)/.exec(line)?.[1] ?? '';
      const alias = shell.aliases.get(first);
      return yield* expandEmbedded(shell, alias === undefined ? line : line.replace(first, () => alias));
    },
    *glob(pattern) {
      return expandGlob(shell.process, pattern, { dotglob: false, globstar: false, nocase: false });
    },
    expandTilde(word) {
      const [, name = '', rest = ''] = /^~([^/]*)(.*)$/s.exec(word) ?? [];
      const home = expandTilde(shell, name);
      return home === undefined ? word : home + rest;
    },
    *runCommand(command, line, cursor) {
      shell.variables.set('READLINE_LINE', line);
      shell.variables.set('READLINE_POINT', String(cursor));
      try {
        yield* shell.engine.evaluate(shell, command, 'bind -x');
      } catch (error) {
        yield* settle(shell, error);
      }
      const after = {
        line: shell.variables.get('READLINE_LINE') ?? '',
        cursor: Number(shell.variables.get('READLINE_POINT')) || 0,
      };
      shell.variables.unset('READLINE_LINE');
      shell.variables.unset('READLINE_POINT');
      return after;
    },
    readInitFile: () => readInitFile(shell, bindings),
    versionText: 'GNU bash, version 5.2.15(1)-release (x86_64-pc-linux-gnu)',
  };
}
