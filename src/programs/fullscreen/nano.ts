import { decode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { cellWidth, cutTo } from './cells.ts';
import { type Frame, PLAIN, REVERSE, Screen, terminalOf } from './screen.ts';
import { insertKey } from './vi/insert.ts';
import { clamp, line, modified, newVi, type Vi } from './vi/state.ts';

type Question = { readonly kind: 'name' | 'search' | 'line'; text: string } | { readonly kind: 'save' };

const HELP: readonly (readonly [string, string])[][] = [
  [
    ['^G', 'Help'],
    ['^O', 'Write Out'],
    ['^W', 'Where Is'],
    ['^K', 'Cut'],
    ['^C', 'Location'],
  ],
  [
    ['^X', 'Exit'],
    ['^R', 'Read File'],
    ['^\\', 'Replace'],
    ['^U', 'Paste'],
    ['^_', 'Go To Line'],
  ],
];

class Nano {
  readonly buffer: Vi;
  private question: Question | undefined;
  private message = '';
  private cut: string[] = [];
  private cutting = false;
  private search = '';
  private leaving = false;
  over = false;

  constructor(
    private readonly process: Process,
    private file: string | undefined,
  ) {
    let text = '';
    if (file !== undefined) {
      try {
        text = decode(process.machine.files.readFile(joinPath(process.cwd, file), process.credentials));
        const count = text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
        this.message = `[ Read ${count} line${count === 1 ? '' : 's'} ]`;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        this.message =
          error.code === 'ENOENT'
            ? '[ New File ]'
            : error.code === 'EISDIR'
              ? `[ "${file}" is a directory ]`
              : `[ Error reading ${file}: ${error.text} ]`;
      }
    }
    this.buffer = newVi(text, file);
    this.buffer.mode = 'insert';
  }

  key(key: string): void {
    this.message = '';
    if (this.question) return this.answer(this.question, key);
    const { buffer } = this;
    const cutting = this.cutting;
    this.cutting = false;
    switch (key) {
      case '<C-x>':
        if (modified(buffer)) this.question = { kind: 'save' };
        else this.over = true;
        break;
      case '<C-o>':
        this.question = { kind: 'name', text: this.file ?? '' };
        break;
      case '<C-w>':
        this.question = { kind: 'search', text: '' };
        break;
      case '<C-_>':
        this.question = { kind: 'line', text: '' };
        break;
      case '<C-k>':
        this.cut = [...(cutting ? this.cut : []), ...buffer.lines.splice(buffer.row, 1)];
        this.cutting = true;
        buffer.column = 0;
        break;
      case '<C-u>':
        buffer.lines.splice(buffer.row, 0, ...this.cut);
        buffer.row += this.cut.length;
        break;
      case '<C-a>':
      case '<C-e>':
        insertKey(buffer, key === '<C-a>' ? '<Home>' : '<End>');
        break;
      case '<C-y>':
      case '<PageUp>':
        buffer.row -= buffer.height;
        break;
      case '<C-v>':
      case '<PageDown>':
        buffer.row += buffer.height;
        break;
      case '<C-c>':
        this.message = `[ line ${buffer.row + 1}/${buffer.lines.length}, col ${buffer.column + 1}/${line(buffer).length + 1} ]`;
        break;
      case '<C-d>':
        insertKey(buffer, '<Del>');
        break;
      case '<Esc>':
        break;
      default:
        if (/^<C-.>$/.test(key))
          this.message = `[ kubetutor does not model ${key.slice(1, -1).replace('C-', '^').toUpperCase()} of nano ]`;
        else insertKey(buffer, key);
    }
    clamp(buffer);
  }

  private answer(question: Question, key: string): void {
    if (key === '<C-c>' || key === '<Esc>') {
      this.question = undefined;
      this.leaving = false;
      this.message = '[ Cancelled ]';
    } else if (question.kind === 'save') {
      if (/^n$/i.test(key)) this.over = true;
      else if (/^y$/i.test(key)) {
        this.leaving = true;
        this.question = { kind: 'name', text: this.file ?? '' };
      }
    } else if (key === '<BS>') question.text = question.text.slice(0, -1);
    else if (key === '<CR>' || key === '<NL>') {
      this.question = undefined;
      if (question.kind === 'name') this.write(question.text);
      else if (question.kind === 'search') this.find(question.text || this.search);
      else {
        this.buffer.row = Number.parseInt(question.text, 10) - 1 || 0;
        this.buffer.column = 0;
        clamp(this.buffer);
      }
    } else if (!/^<.+>$/.test(key)) question.text += key;
  }

  private write(file: string): void {
    const { buffer, process } = this;
    if (file === '') {
      this.leaving = false;
      this.message = '[ Cancelled ]';
      return;
    }
    const lines = line(buffer, buffer.lines.length - 1) === '' ? buffer.lines.slice(0, -1) : buffer.lines;
    try {
      const text = lines.map((one) => `${one}\n`).join('');
      process.machine.files.writeFile(joinPath(process.cwd, file), text, process.credentials, 0o666 & ~process.umask);
      this.message = `[ Wrote ${lines.length} line${lines.length === 1 ? '' : 's'} ]`;
      this.file = file;
      buffer.saved = [...buffer.lines];
      this.over = this.leaving;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      this.message = `[ Error writing ${file}: ${error.text} ]`;
    }
    this.leaving = false;
  }

  private find(text: string): void {
    const { buffer } = this;
    this.search = text;
    if (text === '') return;
    const wanted = text.toLowerCase();
    for (let step = 0; step <= buffer.lines.length; step++) {
      const raw = buffer.row + step;
      const row = raw % buffer.lines.length;
      const column = line(buffer, row)
        .toLowerCase()
        .indexOf(wanted, step === 0 ? buffer.column + 1 : 0);
      if (column < 0) continue;
      if (raw !== row) this.message = '[ Search Wrapped ]';
      [buffer.row, buffer.column] = [row, column];
      return;
    }
    this.message = `[ "${text}" not found ]`;
  }

  frame(columns: number, rows: number): Frame {
    const { buffer, question } = this;
    const room = Math.max(1, rows - 4);
    buffer.height = room;
    if (buffer.row < buffer.top || buffer.row >= buffer.top + room)
      buffer.top = Math.max(0, buffer.row - Math.floor(room / 2));
    const name = this.file ?? 'New Buffer';
    const state = modified(buffer) ? 'Modified ' : '';
    const left = '  GNU nano 7.2';
    const middle = name.padStart(Math.floor((columns + name.length) / 2) - left.length);
    const head = `${left}${middle}`.padEnd(columns - state.length) + state;
    const view = (text: string) => text.replace(/\t/g, '        ');
    const before = cellWidth(view(line(buffer).slice(0, buffer.column)));
    const out = [`${REVERSE}${cutTo(head, columns)}${PLAIN}`];
    for (let i = 0; i < room; i++) {
      const text = view(line(buffer, buffer.top + i));
      const offset = buffer.top + i === buffer.row && before >= columns ? before - columns + 8 : 0;
      out.push(cutTo(text.slice(offset), columns));
    }
    const prompts = {
      name: 'File Name to Write: ',
      search: 'Search: ',
      line: 'Enter line number, column number: ',
      save: '',
    };
    if (question) {
      const text = question.kind === 'save' ? 'Save modified buffer? ' : prompts[question.kind] + question.text;
      out.push(`${REVERSE}${cutTo(text, columns).padEnd(columns)}${PLAIN}`);
      const help = question.kind === 'save' ? [' Y Yes', ' N No           ^C Cancel'] : ['^G Help', '^C Cancel'];
      return { rows: [...out, ...help], row: rows - 3, column: Math.min(cellWidth(text), columns - 1) };
    }
    const space = Math.max(0, Math.floor((columns - this.message.length) / 2));
    out.push(this.message === '' ? '' : `${' '.repeat(space)}${REVERSE}${cutTo(this.message, columns)}${PLAIN}`);
    const cell = Math.max(12, Math.floor(columns / 5));
    for (const row of HELP) {
      const shown = row.slice(0, Math.floor(columns / cell));
      out.push(
        shown.map(([key, text]) => `${REVERSE}${key}${PLAIN} ${cutTo(text, cell - 4).padEnd(cell - 3)}`).join(''),
      );
    }
    const offset = before >= columns ? before - columns + 8 : 0;
    return { rows: out, row: 1 + buffer.row - buffer.top, column: before - offset };
  }
}

/** nano: edits one file; the keys are those in its last two rows. */
export const nano: Program = {
  name: 'nano',
  *main(process) {
    const words = process.argv.slice(1);
    if (words.includes('--version') || words.includes('-V')) {
      yield* process.print(' GNU nano, version 7.2\n');
      return 0;
    }
    const tty = terminalOf(process);
    if (!tty || !process.file(0).tty) {
      yield* process.printError('Standard input is not a terminal\n');
      return 1;
    }
    const nano = new Nano(
      process,
      words.find((word) => !/^[-+]/.test(word)),
    );
    const start = words.find((word) => /^\+\d+$/.test(word));
    if (start) nano.buffer.row = Number(start) - 1;
    clamp(nano.buffer);
    const screen = new Screen(process, tty);
    screen.enter();
    try {
      while (!nano.over) {
        yield* screen.draw(nano.frame(screen.columns, screen.rows));
        const keys = yield* screen.keys();
        if (!keys) return 1;
        for (const key of keys) if (!nano.over) nano.key(key);
      }
      return 0;
    } finally {
      screen.leave();
    }
  },
};
