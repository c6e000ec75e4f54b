import { Errno } from '../world/errno.ts';
import type { Task } from '../world/task.ts';
import { runSourced } from './builtins/simple.ts';
import { editedText } from './edited-text.ts';
import { allValues } from './expand/variables-access.ts';
import { expandEmbedded } from './expand/word.ts';
import { HistoryFile } from './history-file.ts';
import { readLine } from './io/read-line.ts';
import { notifyJobs } from './jobs/report.ts';
import { keyBindings, makeLineEditor } from './line-editor.ts';
import { needsMore } from './parse/unit.ts';
import type { ReadResult } from './readline/editor.ts';
import { expandHistory, HistoryError } from './readline/history-expansion.ts';
import { promptText } from './readline/prompt.ts';
import type { Readline } from './readline/readline.ts';
import { leave, parseText, reportRest, runUnitLine, settle, warnHereDocuments } from './run/evaluate.ts';
import { armInteractive } from './run/traps.ts';
import { ExitShell, Interrupted } from './state/control.ts';
import type { Shell } from './state/shell.ts';

export interface InteractiveOptions {
  readonly command?: string;
  readonly startup: boolean;
  readonly profile: boolean;
  readonly startupFile?: string;
  readonly readsStdin: boolean;
  readonly args: readonly string[];
}

/** A shell that somebody types into. */
class Session {
  private readline: Readline | undefined;
  private readonly historyFile: HistoryFile;
  private hungUp = false;
  private endOfFile = false;
  /** The entry of the history that the next line begins with: Ctrl-O. */
  private next: number | undefined;
  /** Ctrl-D in a row. */
  private ends = 0;

  constructor(private readonly shell: Shell) {
    const { process } = shell;
    process.onSignal('HUP', {
      handle: () => {
        this.hungUp = true;
      },
      interrupt: true,
    });
    this.historyFile = new HistoryFile(shell);
    shell.saveHistory = (append) => this.historyFile.save(append);
  }

  *run(): Task<number> {
    const { shell } = this;
    for (;;) {
      let status: number;
      try {
        const text = yield* this.readCommand();
        if (text === undefined) {
          if (yield* this.ignoresEnd()) continue;
          if (shell.dialect === 'bash') yield* shell.process.printError(shell.login ? 'logout\n' : 'exit\n');
          shell.jobs.poll();
          if (shell.jobs.jobs.some((job) => job.state === 'stopped') && !shell.exitWarned && !this.hungUp) {
            shell.exitWarned = true;
            yield* shell.process.printError('There are stopped jobs.\n');
            continue;
          }
          break;
        }
        this.ends = 0;
        if (text === '') continue;
        const warned = shell.exitWarned;
        status = yield* this.runText(text);
        if (warned) shell.exitWarned = false;
        shell.status = status;
      } catch (error) {
        if (error instanceof ExitShell) {
          shell.status = error.status;
          break;
        }
        if (error instanceof Interrupted) yield* this.newLine();
        shell.status = yield* settle(shell, error);
      }
      if (this.hungUp) break;
    }
    this.historyFile.save(false);
    for (const job of shell.jobs.jobs) {
      if (job.disowned || (job.state === 'running' && !this.hungUp && !shell.options.shopt('huponexit'))) continue;
      shell.process.machine.signalGroup(job.group, 'HUP');
      shell.process.machine.signalGroup(job.group, 'CONT');
    }
    return shell.status;
  }

  /** bash: eval.c handle_eof_input_unit: so many Ctrl-D in a row as IGNOREEOF says, 10 where it says no number. */
  private *ignoresEnd(): Task<boolean> {
    const { shell } = this;
    const given = shell.variables.get('IGNOREEOF') ?? (shell.options.has('ignoreeof') ? '' : undefined);
    if (shell.dialect !== 'bash' || given === undefined || this.hungUp || !this.readline) return false;
    if (this.ends++ >= (/^\d+$/.test(given) ? Number(given) : 10)) return false;
    yield* shell.process.printError(`Use "${shell.login ? 'logout' : 'exit'}" to leave the shell.\n`);
    return true;
  }

  private *newLine(): Task {
    yield* this.shell.process.printError('\n');
  }

  /** The line editor, when there is a terminal; its keys are those of now. */
  private *editor(): Task<Readline | undefined> {
    const { process } = this.shell;
    const tty = process.hasFile(0) ? process.file(0).tty : undefined;
    if (!tty) return undefined;
    yield* keyBindings(this.shell);
    if (this.readline) return this.readline;
    const readline = yield* makeLineEditor(this.shell, tty);
    this.readline = readline;
    process.onSignal('WINCH', {
      handle: () => readline.noteResize(),
      // Only the line editor wants to wake up: a builtin that reads meanwhile goes on reading.
      get interrupt() {
        return readline.reading;
      },
    });
    return readline;
  }

  /** The text of a complete command; undefined at the end of the input; empty when there is nothing to run. */
  private *readCommand(): Task<string | undefined> {
    const { shell } = this;
    yield* notifyJobs(shell);
    yield* this.promptCommand();
    let text = '';
    for (;;) {
      const prompt = yield* this.prompt(text === '' ? 'PS1' : 'PS2');
      const result = yield* this.readOne(prompt);
      if (result.kind === 'end') {
        if (text === '' || this.hungUp) return undefined;
        this.endOfFile = true;
        return text;
      }
      if (result.kind === 'interrupt') {
        shell.status = 130;
        shell.interruptPending = false;
        return '';
      }
      this.next = result.next;
      if (result.edit !== undefined) return yield* this.editedLine(text + result.text, result.edit);
      const line = yield* this.history(result.text, text);
      if (line === undefined) {
        if (text === '') return '';
        continue;
      }
      text += `${line}\n`;
      if (text.trim() === '') return '';
      const unit = yield* parseText(shell, text, 1);
      if (!unit || !needsMore(text, unit)) return text;
    }
  }

  /** Ctrl-X Ctrl-E: what an editor makes of the line. bash: bashline.c edit_and_execute_command, fc.def */
  private *editedLine(text: string, editor: string): Task<string> {
    const { shell } = this;
    if (text !== '') this.historyFile.remember(text);
    const given = `${text || (shell.history.at(-1) ?? '')}\n`;
    const edited = (yield* editedText(shell, editor, given)) ?? '';
    yield* shell.process.printError(edited);
    if (edited.trim() !== '') this.historyFile.remember(edited.trimEnd());
    return edited;
  }

  private *readOne(prompt: string): Task<ReadResult> {
    const { shell } = this;
    if (this.hungUp) return { kind: 'end' };
    const readline = yield* this.editor();
    if (readline) {
      const position = this.next;
      const text = position === undefined ? undefined : shell.history.at(position);
      this.next = undefined;
      const result = yield* readline.read(
        prompt,
        position === undefined || text === undefined ? {} : { position, text },
      );
      return this.hungUp ? { kind: 'end' } : result;
    }
    yield* shell.process.printError(prompt);
    const line = yield* readLine(shell.process, 0);
    return line ? { kind: 'line', text: line.text } : { kind: 'end' };
  }

  /** Expands `!` and remembers the line. Undefined when it is not to be run. */
  private *history(typed: string, before: string): Task<string | undefined> {
    const { shell } = this;
    if (!shell.options.has('history')) return typed;
    let line = typed;
    if (shell.options.has('histexpand')) {
      try {
        const expansion = expandHistory(shell.history, typed);
        line = expansion.text;
        if (expansion.changed) yield* shell.process.printError(`${line}\n`);
        if (expansion.printOnly) {
          this.historyFile.remember(line);
          return undefined;
        }
      } catch (error) {
        if (!(error instanceof HistoryError)) throw error;
        yield* shell.complain(error.message);
        return undefined;
      }
    }
    if (before === '') this.historyFile.remember(line);
    else this.historyFile.continueWith(before, line);
    return line;
  }

  private *promptCommand(): Task {
    const { shell } = this;
    const { status, pipeStatus } = shell;
    for (const command of allValues(shell.variables.find('PROMPT_COMMAND'))) {
      if (command === '') continue;
      try {
        yield* shell.engine.evaluate(shell, command, 'PROMPT_COMMAND');
      } catch (error) {
        yield* settle(shell, error);
      }
    }
    shell.status = status;
    shell.pipeStatus = pipeStatus;
    const tty = shell.process.tty;
    if (tty && shell.dialect === 'bash') {
      shell.variables.set('COLUMNS', String(tty.columns));
      shell.variables.set('LINES', String(tty.rows));
    }
  }

  private *prompt(name: 'PS1' | 'PS2'): Task<string> {
    const { shell } = this;
    const raw = promptText(shell, shell.variables.get(name) ?? '');
    const { status } = shell;
    try {
      return yield* expandEmbedded(shell, raw);
    } catch (error) {
      yield* settle(shell, error);
      return raw;
    } finally {
      shell.status = status;
    }
  }

  private *runText(text: string): Task<number> {
    const { shell } = this;
    const unit = yield* parseText(shell, text, 1);
    if (!unit) return 2;
    shell.source = unit.source;
    shell.line = 1;
    if (this.endOfFile) yield* warnHereDocuments(shell, unit);
    let status = shell.status;
    for (const line of unit.lines) {
      status = yield* runUnitLine(shell, unit, line);
      shell.status = status;
    }
    return (yield* reportRest(shell, unit, '')) ?? status;
  }
}

/** bash: shell.c run_startup_files */
export function* startupFiles(
  shell: Shell,
  options: Pick<InteractiveOptions, 'profile' | 'startup' | 'startupFile'>,
): Task {
  const home = shell.variables.get('HOME') ?? '/';
  if (shell.login && options.profile) {
    yield* sourceIfThere(shell, '/etc/profile');
    const own = shell.dialect === 'bash' ? ['.bash_profile', '.bash_login', '.profile'] : ['.profile'];
    for (const name of own) if (yield* sourceIfThere(shell, `${home}/${name}`)) break;
    return;
  }
  if (shell.dialect !== 'bash' || !options.startup) return;
  if (options.startupFile !== undefined) {
    yield* sourceIfThere(shell, options.startupFile);
    return;
  }
  yield* sourceIfThere(shell, '/etc/bash.bashrc');
  yield* sourceIfThere(shell, `${home}/.bashrc`);
}

function* sourceIfThere(shell: Shell, path: string): Task<boolean> {
  let text: string;
  try {
    text = shell.process.machine.files.readText(path, shell.process.credentials);
  } catch (error) {
    if (error instanceof Errno) return false;
    throw error;
  }
  try {
    yield* runSourced(shell, path, text, []);
  } catch (error) {
    if (error instanceof ExitShell) throw error;
    yield* settle(shell, error);
  }
  return true;
}

const DEFAULT_PROMPTS = { bash: '\\s-\\v\\$ ', ash: '\\w \\$ ', dash: '\\$ ' } as const;

function prepare(shell: Shell): void {
  const { process, variables } = shell;
  shell.options.set('histexpand', shell.dialect === 'bash');
  shell.options.set('history', true);
  shell.options.set('emacs', true);
  shell.options.setShopt('expand_aliases', true);
  shell.options.setShopt('login_shell', shell.login);
  if (process.tty && process.hasFile(0) && process.file(0).tty === process.tty) {
    shell.options.set('monitor', true);
    process.tty.foreground = process.group;
  }
  const preset = (name: string, value: string) => {
    if (variables.get(name) === undefined) variables.set(name, value);
  };
  preset('PS1', DEFAULT_PROMPTS[shell.dialect]);
  preset('PS2', '> ');
  if (shell.dialect === 'bash') {
    preset('HISTFILE', `${variables.get('HOME') ?? ''}/.bash_history`);
    preset('HISTSIZE', '500');
    preset('HISTFILESIZE', '500');
    preset('COMP_WORDBREAKS', ' \t\n"\'><=;|&(:');
  }
  armInteractive(shell);
}

/** The life of an interactive shell. */
export function* runInteractive(shell: Shell, options: InteractiveOptions): Task<number> {
  prepare(shell);
  shell.positional = [...options.args];
  const session = new Session(shell);
  let status: number;
  try {
    yield* startupFiles(shell, options);
    if (options.command !== undefined) {
      shell.name = options.args[0] ?? shell.name;
      shell.positional = options.args.slice(1);
      status = yield* shell.engine.evaluate(shell, options.command, '-c');
    } else {
      const [file] = options.args;
      if (file !== undefined && !options.readsStdin) {
        shell.name = file;
        shell.positional = options.args.slice(1);
        status = (yield* sourceIfThere(shell, file)) ? shell.status : 127;
      } else status = yield* session.run();
    }
  } catch (error) {
    status = error instanceof ExitShell ? error.status : yield* settle(shell, error);
  }
  status = yield* leave(shell, status);
  if (shell.login && shell.dialect === 'bash') {
    yield* sourceIfThere(shell, `${shell.variables.get('HOME') ?? ''}/.bash_logout`);
  }
  return status;
}
