import { decode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { anyOf, type Task, wait } from '../../world/task.ts';
import type { Tty } from '../../world/tty.ts';
import { setElement, setScalar } from '../expand/variables-access.ts';
import { makeLineEditor } from '../line-editor.ts';
import { IndexedArray } from '../state/arrays.ts';
import { ShellError } from '../state/control.ts';
import type { Shell } from '../state/shell.ts';
import { type Builtin, badOption, fail, parseOptions } from './builtin.ts';

const USAGE =
  'read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]';

/** A character of the input; an escaped one neither separates nor ends anything. */
interface Character {
  readonly text: string;
  readonly escaped: boolean;
}

export const read: Builtin = {
  names: ['read'],
  *run(shell, args, name) {
    const { options, rest, bad, missing } = parseOptions(args, 'ers', 'adinNptu');
    if (missing) return yield* fail(shell, name, `${missing}: option requires an argument`, 2);
    if (bad) return yield* badOption(shell, name, bad, USAGE);
    const fd = Number(options.get('u') ?? 0);
    const timeout = options.has('t') ? Number(options.get('t')) : undefined;
    if (timeout !== undefined && (Number.isNaN(timeout) || timeout < 0)) {
      return yield* fail(shell, name, `${options.get('t')}: invalid timeout specification`);
    }
    for (const target of rest) {
      if (!/^[A-Za-z_]\w*(\[.*\])?$/s.test(target))
        return yield* fail(shell, name, `\`${target}': not a valid identifier`, shell.dialect === 'dash' ? 2 : 1);
    }
    if (!shell.process.hasFile(fd)) {
      return yield* fail(shell, name, `${fd}: invalid file descriptor: Bad file descriptor`);
    }
    const tty = shell.process.file(fd).tty;
    if (timeout === 0) return shell.process.file(fd).readable() ? 0 : 1;
    if (options.has('e') && tty && !options.has('n') && !options.has('N'))
      return yield* readEdited(shell, tty, options, rest);
    if (options.has('p') && tty) yield* shell.process.printError(options.get('p') ?? '');
    const termios = tty?.termios;
    if (tty && termios && (options.has('s') || options.has('n') || options.has('N'))) {
      tty.termios = {
        ...termios,
        echo: termios.echo && !options.has('s'),
        canonical: !options.has('n') && !options.has('N'),
      };
    }
    shell.interruptible = true;
    try {
      const result = yield* readCharacters(shell, fd, options, timeout);
      assignFields(shell, result.characters, rest, options);
      return result.status;
    } catch (error) {
      if (error instanceof ShellError) return yield* fail(shell, name, error.message);
      if (!(error instanceof Errno)) throw error;
      if (error.code === 'EINTR') {
        shell.checkInterrupt();
        return 130;
      }
      return yield* fail(shell, name, `read error: ${fd}: ${error.text}`);
    } finally {
      shell.interruptible = false;
      if (tty && termios) tty.termios = termios;
    }
  },
};

/** With readline, as for a command. */
function* readEdited(
  shell: Shell,
  tty: Tty,
  options: ReadonlyMap<string, string>,
  targets: readonly string[],
): Task<number> {
  const editor = yield* makeLineEditor(shell, tty);
  const characters: Character[] = [];
  for (let prompt = options.get('p') ?? '', text = options.get('i') ?? ''; ; prompt = '', text = '') {
    const result = yield* editor.read(prompt, { text });
    if (result.kind === 'interrupt') {
      shell.process.machine.signalGroup(shell.process.group, 'INT');
      return 130;
    }
    if (result.kind === 'end') {
      assignFields(shell, characters, targets, options);
      return 1;
    }
    const line = charactersOf(result.text, options.has('r'));
    characters.push(...line.characters);
    if (!line.goesOn) break;
  }
  assignFields(shell, characters, targets, options);
  return 0;
}

/** The characters of a line; a backslash takes the next one's meaning, at the end the line's. */
function charactersOf(text: string, raw: boolean): { characters: Character[]; goesOn: boolean } {
  const characters: Character[] = [];
  const chars = [...text];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (raw || char !== '\\') characters.push({ text: char, escaped: false });
    else if (at + 1 < chars.length) characters.push({ text: chars[++at] ?? '', escaped: true });
    else return { characters, goesOn: true };
  }
  return { characters, goesOn: false };
}

function* readCharacters(
  shell: Shell,
  fd: number,
  options: ReadonlyMap<string, string>,
  timeout: number | undefined,
): Task<{ characters: Character[]; status: number }> {
  const exact = options.has('N');
  const limit = Number(options.get('N') ?? options.get('n') ?? Number.POSITIVE_INFINITY);
  const delimiter = exact ? -1 : options.has('d') ? (options.get('d') ?? '').charCodeAt(0) || 0 : 0x0a;
  const raw = options.has('r');
  const deadline = timeout === undefined ? undefined : shell.process.now + timeout * 1000;
  const characters: Character[] = [];
  const one = limit !== Number.POSITIVE_INFINITY;
  while (characters.length < limit) {
    const bytes = yield* readPart(shell, fd, delimiter, one, deadline);
    if (bytes === 'late') return { characters, status: 142 };
    if (bytes.length === 0) return { characters, status: 1 };
    const ended = bytes[bytes.length - 1] === delimiter;
    const text = decode(ended ? bytes.subarray(0, -1) : bytes);
    const line = charactersOf(text, raw);
    for (const character of line.characters) characters.push(character);
    if (line.goesOn && one && !ended) {
      const next = yield* readPart(shell, fd, delimiter, true, deadline);
      if (next !== 'late' && next[0] !== 0x0a) characters.push({ text: decode(next), escaped: true });
    }
    // A backslash before the newline: the line goes on.
    if (ended && !line.goesOn) return { characters, status: 0 };
  }
  return { characters, status: 0 };
}

/** A line's part, or one character when `single`; `late` when the time is over first. */
function* readPart(
  shell: Shell,
  fd: number,
  delimiter: number,
  single: boolean,
  deadline: number | undefined,
): Task<Uint8Array | 'late'> {
  const { process } = shell;
  const file = process.file(fd);
  if (deadline !== undefined && !file.readable()) {
    const change = file.tty?.typed ?? file.change;
    while (!file.readable()) {
      const left = deadline - process.now;
      if (left <= 0) return 'late';
      if (change) yield* wait(anyOf(process.timer(left), change));
      else break;
    }
  }
  if (!single) return yield* file.readThrough(process, delimiter, 65536);
  const first = yield* file.read(process, 1);
  const lead = first[0] ?? 0;
  const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : 0;
  if (more === 0) return first;
  const rest = yield* file.read(process, more);
  return Uint8Array.from([...first, ...rest]);
}

function assignFields(
  shell: Shell,
  characters: readonly Character[],
  names: readonly string[],
  options: ReadonlyMap<string, string>,
): void {
  const whole = () => characters.map((char) => char.text).join('');
  const array = options.get('a');
  if (array !== undefined) {
    const variable = shell.variables.find(array) ?? shell.variables.create(array);
    if (variable.readonly) throw new ShellError(`${array}: readonly variable`);
    variable.value = IndexedArray.of(split(shell, characters, Number.POSITIVE_INFINITY));
    return;
  }
  if (names.length === 0) {
    setScalar(shell, 'REPLY', whole());
    return;
  }
  const fields = options.has('N') ? [whole()] : split(shell, characters, names.length);
  names.forEach((target, index) => {
    const element = /^([A-Za-z_]\w*)\[([\s\S]*)\]$/.exec(target);
    if (element?.[1]) setElement(shell, element[1], element[2], fields[index] ?? '');
    else setScalar(shell, target, fields[index] ?? '');
  });
}

/** Splits at IFS into at most `count` fields; the last has all the rest. bash: read.def */
function split(shell: Shell, characters: readonly Character[], count: number): string[] {
  const ifs = shell.variables.get('IFS') ?? ' \t\n';
  const isSeparator = (char: Character | undefined) => char !== undefined && !char.escaped && ifs.includes(char.text);
  const isBlank = (char: Character | undefined) => isSeparator(char) && /[ \t\n]/.test(char?.text ?? '');
  const fields: string[] = [];
  let at = 0;
  while (isBlank(characters[at])) at++;
  while (at < characters.length) {
    if (fields.length === count - 1) {
      fields.push(lastField(characters.slice(at), isSeparator, isBlank));
      return fields;
    }
    let field = '';
    while (at < characters.length && !isSeparator(characters[at])) field += characters[at++]?.text ?? '';
    fields.push(field);
    while (isBlank(characters[at])) at++;
    if (isSeparator(characters[at])) {
      at++;
      while (isBlank(characters[at])) at++;
    }
  }
  return fields;
}

function lastField(
  rest: readonly Character[],
  isSeparator: (char: Character | undefined) => boolean,
  isBlank: (char: Character | undefined) => boolean,
): string {
  let end = rest.length;
  while (end > 0 && isBlank(rest[end - 1])) end--;
  // One separator at the very end belongs to the only field before it.
  if (
    end > 0 &&
    isSeparator(rest[end - 1]) &&
    !rest.slice(0, end - 1).some((char) => isSeparator(char) && !isBlank(char))
  ) {
    const inner = rest.slice(0, end - 1);
    if (!inner.some((char) => isSeparator(char))) end--;
    while (end > 0 && isBlank(rest[end - 1])) end--;
  }
  return rest
    .slice(0, end)
    .map((char) => char.text)
    .join('');
}
