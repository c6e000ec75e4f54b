import { lookUp } from '../../../shell/utilities/execute.ts';
import { concat, decode, encode } from '../../../world/bytes.ts';
import { Errno } from '../../../world/errno.ts';
import { Collector, TextInput } from '../../../world/files/devices.ts';
import { joinPath } from '../../../world/files/paths.ts';
import type { Process, ProcessStatus } from '../../../world/process.ts';
import type { Program } from '../../../world/program.ts';
import type { Task } from '../../../world/task.ts';
import { KeyDecoder } from '../keys.ts';
import { Screen, terminalOf } from '../screen.ts';
import { exCommand } from './ex.ts';
import { withFileNames } from './file-names.ts';
import { viFrame } from './frame.ts';
import { setFileType, setOption } from './options.ts';
import {
  beginChange,
  clampRow,
  type Effect,
  endChange,
  fail,
  firstNonBlank,
  line,
  loadText,
  modified,
  newVi,
  say,
  type Vi,
} from './state.ts';
import { viKey } from './vi.ts';

const VERSION = `VIM - Vi IMproved 9.1 (2024 Jan 02)
`;

interface Arguments {
  readonly files: string[];
  readonly commands: string[];
  readonly readonly: boolean;
  readonly vimrc: boolean;
}

/** Options of vim that would do something else: ex mode, scripts, differences, sessions, recovery. */
const UNMODELLED = /^-(?:e|E|es|Es|s|S|d|D|g|l|L|m|M|q|r|t|V\d*|w|W|x|y|A|H|-cmd|-remote.*|-startuptime|-serverlist)$/;

function parse(args: readonly string[], name: string): Arguments | string {
  const files: string[] = [];
  const commands: string[] = [];
  let readonly = name === 'view';
  let vimrc = true;
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '--') {
      files.push(...args.slice(i + 1));
      break;
    }
    if (word.startsWith('+')) {
      const rest = word.slice(1);
      commands.push(rest === '' ? '$' : rest);
    } else if (word === '-R') readonly = true;
    else if (word === '-c') commands.push(args[++i] ?? '');
    else if (word === '-u') vimrc = args[++i] !== 'NONE';
    else if (word === '--clean') vimrc = false;
    else if (word === '-i' || word === '-T') i++;
    else if (/^-(?:[noOpNbCXZ]\d*|-not-a-term)$/.test(word)) continue;
    else if (UNMODELLED.test(word)) return `kubetutor does not model ${name} ${word}\n`;
    else if (word.startsWith('-') && word !== '-')
      return `VIM - Vi IMproved 9.1 (2024 Jan 02)\nUnknown option argument: "${word}"\nMore info with: "vim -h"\n`;
    else files.push(word);
  }
  return { files, commands, readonly, vimrc };
}

/** vi on files of the process's machine: what the buffer asks of the world. */
class Editor {
  readonly vi: Vi;
  /** Keys read that no command has taken yet. */
  readonly typed: string[] = [];
  private at = 0;
  status: number | undefined;
  /** Without a ~/.vimrc vim reads its defaults.vim, which lets the type of a file set options. */
  private readonly defaults: boolean;

  constructor(
    private readonly process: Process,
    private readonly args: Arguments,
  ) {
    this.vi = newVi('', undefined);
    this.defaults = args.vimrc && !this.readSettings();
    if (args.readonly) this.vi.settings.readonly = true;
    const [first] = args.files;
    if (first !== undefined) this.open(first);
    for (const command of args.commands) exCommand(this.vi, command, viKey);
  }

  private path(file: string): string {
    const home = this.process.env.get('HOME') ?? '/';
    return joinPath(this.process.cwd, file.startsWith('~/') ? home + file.slice(1) : file);
  }

  /** Whether there is a ~/.vimrc. */
  private readSettings(): boolean {
    const { files } = this.process.machine;
    const path = this.path('~/.vimrc');
    try {
      for (const text of decode(files.readFile(path, this.process.credentials)).split('\n')) {
        const found = /^\s*:?set?(?:local)?\s+([^"]*)/.exec(text);
        for (const word of found?.[1]?.trim().split(/\s+/) ?? []) if (word !== '') setOption(this.vi, word);
        if (/^\s*:?filetype?\s.*\bon\b/.test(text)) this.vi.typesOn = true;
      }
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return false;
    }
    if (!this.vi.error) this.vi.message = '';
    return true;
  }

  private open(file: string): void {
    const { vi, process } = this;
    const { files } = process.machine;
    const path = this.path(file);
    vi.name = file;
    vi.row = 0;
    vi.settings.readonly = this.args.readonly;
    if (this.defaults || vi.typesOn) setFileType(vi, file);
    try {
      const inode = files.stat(path, process.credentials);
      if (inode.kind === 'directory') {
        loadText(vi, '');
        return say(vi, `"${file}" is a directory`);
      }
      const bytes = files.readFile(path, process.credentials);
      loadText(vi, decode(bytes));
      if (!files.may(inode, 2, process.credentials)) vi.settings.readonly = true;
      const count = bytes.length === 0 ? 0 : vi.lines.length;
      const marks = `${vi.settings.readonly ? '[readonly] ' : ''}${vi.endOfLine ? '' : '[noeol] '}`;
      say(vi, `"${file}" ${marks}${count}L, ${bytes.length}B`);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      loadText(vi, '');
      if (error.code === 'ENOENT') say(vi, `"${file}" [New]`);
      else say(vi, `"${file}" [${error.text}]`);
    }
  }

  /** Does what the keys asked for. */
  *run(effect: Effect, screen: Screen | undefined): Task {
    if (effect.kind === 'quit') this.status = effect.status;
    else if (effect.kind === 'write') this.write(effect);
    else if (effect.kind === 'edit') {
      const file = this.target(effect.file);
      if (file !== undefined) this.open(file);
    } else if (effect.kind === 'next') {
      const file = this.args.files[this.at + effect.step];
      if (file === undefined)
        return fail(
          this.vi,
          effect.step > 0 ? 'E165: Cannot go beyond last file' : 'E164: Cannot go before first file',
        );
      this.at += effect.step;
      this.open(file);
    } else if (effect.kind === 'read') this.read(effect.file, effect.row);
    else if (effect.kind === 'suspend') {
      if (screen) yield* screen.suspend();
    } else if (effect.kind === 'filter') yield* this.filter(effect, screen);
    else yield* this.shell(effect.command, effect.row, screen);
  }

  /** `:%!command` and `:w !command`: lines of the buffer are the input of a command. */
  private *filter(effect: Effect & { kind: 'filter' }, screen: Screen | undefined): Task {
    const { process, vi } = this;
    const command = withFileNames(vi, effect.command, process.cwd);
    if (command === undefined) return;
    const { main, argv } = lookUp(process, ['sh', '-c', command]);
    const input = new TextInput(`${vi.lines.slice(effect.from, effect.to + 1).join('\n')}\n`);
    const files = process.openFiles();
    files.set(0, input);
    if (!effect.replace) {
      screen?.leave();
      const status = yield* process.waitFor(process.spawn({ argv, main, files }));
      return yield* this.returned(status, screen);
    }
    const chunks: Uint8Array[] = [];
    const output = new Collector((bytes) => chunks.push(bytes.slice()));
    files.set(1, output).set(2, output);
    const status = yield* process.waitFor(process.spawn({ argv, main, files }));
    const printed = chunks.length === 0 ? '' : decode(concat(chunks));
    const lines = printed.replace(/\n$/, '').split('\n');
    beginChange(vi);
    vi.lines.splice(effect.from, effect.to - effect.from + 1, ...(printed === '' ? [] : lines));
    if (vi.lines.length === 0) vi.lines.push('');
    vi.row = clampRow(vi, effect.from);
    vi.column = firstNonBlank(line(vi));
    endChange(vi);
    const count = effect.to - effect.from + 1;
    if (status.kind === 'exited' && status.code !== 0) say(vi, `shell returned ${status.code}`);
    else if (count > 2) say(vi, `${count} lines filtered`);
  }

  /** The file that a command means; undefined, with a message, when there is none. */
  private target(given: string | undefined): string | undefined {
    if (given !== undefined) return withFileNames(this.vi, given, this.process.cwd);
    if (this.vi.name === undefined) fail(this.vi, 'E32: No file name');
    return this.vi.name;
  }

  private write(effect: Effect & { kind: 'write' }): void {
    const { vi, process } = this;
    const { files } = process.machine;
    const file = this.target(effect.file);
    if (file === undefined) return;
    const own = file === vi.name;
    if (own && vi.settings.readonly && !effect.force)
      return fail(vi, "E45: 'readonly' option is set (add ! to override)");
    const path = this.path(file);
    const existed = files.exists(path, process.credentials);
    if (existed && !own && !effect.force && !effect.append) return fail(vi, 'E13: File exists (add ! to override)');
    const [from, to] = effect.range ?? [0, vi.lines.length - 1];
    const lines = vi.lines.slice(from, to + 1);
    const empty = vi.noLines && vi.lines.length === 1 && line(vi, 0) === '';
    const text = empty ? '' : `${lines.join('\n')}\n`;
    try {
      const inode = files.tryStat(path, process.credentials);
      if (inode?.kind === 'directory') return fail(vi, `E17: "${file}" is a directory`);
      if (effect.append) files.appendFile(path, text, process.credentials);
      else files.writeFile(path, text, process.credentials, 0o666 & ~process.umask);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return fail(
        vi,
        error.code === 'ENOSPC'
          ? 'E514: Write error (file system full?)'
          : `"${file}" E212: Can't open file for writing`,
      );
    }
    vi.name ??= file;
    const bytes = encode(text).length;
    const verb = effect.append ? 'appended' : 'written';
    say(vi, `"${file}" ${existed ? '' : '[New] '}${empty ? 0 : lines.length}L, ${bytes}B ${verb}`);
    if (file === vi.name && !effect.range) {
      vi.saved = [...vi.lines];
      vi.endOfLine = true;
    }
    if (effect.quit) this.status = 0;
  }

  private insert(text: string, row: number): void {
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    if (lines.length === 0) return;
    beginChange(this.vi);
    this.vi.lines.splice(row + 1, 0, ...lines);
    this.vi.row = clampRow(this.vi, row + 1);
    this.vi.column = firstNonBlank(line(this.vi));
    endChange(this.vi);
  }

  private read(given: string, row: number): void {
    const { process, vi } = this;
    const file = withFileNames(vi, given, process.cwd);
    if (file === undefined) return;
    try {
      const bytes = process.machine.files.readFile(this.path(file), process.credentials);
      this.insert(decode(bytes), row);
      say(vi, `"${file}" ${decode(bytes).split('\n').length - 1}L, ${bytes.length}B`);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      fail(vi, `E484: Can't open file ${file}`);
    }
  }

  /** `:!command` on the screen outside, `:r !command` into the buffer. */
  private *shell(given: string, row: number | undefined, screen: Screen | undefined): Task {
    const { process, vi } = this;
    const command = withFileNames(vi, given, process.cwd);
    if (command === undefined) return;
    const words = ['sh', '-c', command];
    const { main, argv } = lookUp(process, words);
    if (row !== undefined) {
      const chunks: Uint8Array[] = [];
      const output = new Collector((bytes) => chunks.push(bytes.slice()));
      const files = process.openFiles();
      files.set(1, output).set(2, output);
      yield* process.waitFor(process.spawn({ argv, main, files }));
      return this.insert(chunks.length === 0 ? '' : decode(concat(chunks)), row);
    }
    screen?.leave();
    yield* process.print(modified(vi) ? '[No write since last change]\n' : '\n');
    yield* this.returned(yield* process.waitFor(process.spawn({ argv, main })), screen);
  }

  /** After a command on the screen outside. */
  private *returned(status: ProcessStatus, screen: Screen | undefined): Task {
    const { process } = this;
    if (status.kind === 'exited' && status.code !== 0) yield* process.print(`\nshell returned ${status.code}\n`);
    yield* process.print('\nPress ENTER or type command to continue');
    // What was typed ahead answers too.
    if (this.typed.shift() === undefined) yield* screen ? screen.keyOutside() : process.sleep(0);
    yield* process.print('\n');
    screen?.enter();
  }
}

function* edit(process: Process): Task<number> {
  const [command = 'vi', ...rest] = process.argv;
  if (rest.includes('--version')) {
    yield* process.print(VERSION);
    return 0;
  }
  const args = parse(rest, command.split('/').at(-1) ?? command);
  if (typeof args === 'string') {
    yield* process.printError(args);
    return 1;
  }
  const editor = new Editor(process, args);
  const { vi } = editor;
  const tty = terminalOf(process);
  if (!tty) yield* process.printError('Vim: Warning: Output is not to a terminal\n');
  else if (!process.file(0).tty) yield* process.printError('Vim: Warning: Input is not from a terminal\n');
  const screen = tty && process.file(0).tty ? new Screen(process, tty) : undefined;
  const decoder = new KeyDecoder();
  process.onSignal('INT', 'ignore');
  screen?.enter({ bracketedPaste: true });
  try {
    for (;;) {
      for (const effect of vi.effects.splice(0)) yield* editor.run(effect, screen);
      if (editor.status !== undefined) return editor.status;
      let keys: string[] | undefined;
      if (screen) {
        yield* screen.draw(viFrame(vi, screen.columns, screen.rows));
        keys = yield* screen.keys();
      } else {
        const bytes = yield* process.read(0);
        keys = bytes.length === 0 ? undefined : decoder.decode(bytes);
      }
      if (!keys) {
        yield* process.printError('Vim: Error reading input, exiting...\r\nVim: Finished.\r\n');
        return 1;
      }
      editor.typed.push(...keys);
      for (let key = editor.typed.shift(); key !== undefined; key = editor.typed.shift()) {
        if (key === '<C-l>') screen?.forget();
        else viKey(vi, key);
        for (const effect of vi.effects.splice(0)) yield* editor.run(effect, screen);
        if (editor.status !== undefined) return editor.status;
      }
    }
  } finally {
    screen?.leave();
  }
}

/** vi, vim and view: the same editor. */
export const vi: Program = { name: 'vi', main: edit };
export const vim: Program = { name: 'vim', main: edit };
export const view: Program = { name: 'view', main: edit };
