import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Task } from '../../world/task.ts';
import { keepMode, keyBindings } from '../line-editor.ts';
import { FUNCTION_NAMES, isFunction } from '../readline/functions/names.ts';
import { applyLine, closingQuote, readInputrc } from '../readline/inputrc.ts';
import { KeyBindings } from '../readline/key-bindings.ts';
import { keyNotation, keySequence } from '../readline/key-sequence.ts';
import type { Shell } from '../state/shell.ts';
import { type Builtin, badOption, fail, parseOptions, print } from './builtin.ts';

const USAGE =
  'bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]';
/** Keys of a function that `-P` and `-q` name before they leave off. */
const MOST_KEYS = 5;

/** Keys of the line editor. bash: builtins/bind.def */
export const bind: Builtin = {
  names: ['bind'],
  *run(shell, args, name) {
    const { options, rest, bad, missing } = parseOptions(args, 'lpsvPSVX', 'mfqurx');
    if (!shell.interactive && !shell.wasInteractive) yield* shell.complain('warning: line editing not enabled', name);
    if (missing) {
      yield* fail(shell, name, `${missing}: option requires an argument`);
      yield* shell.process.printError(`bind: usage: ${USAGE}\n`);
      return 2;
    }
    if (bad) return yield* badOption(shell, name, bad, USAGE);
    const bindings = yield* ownBindings(shell);
    const keymap = options.get('m') ?? bindings.settings.text('keymap');
    if (!bindings.isKeymap(keymap)) return yield* fail(shell, name, `\`${keymap}': invalid keymap name`);
    yield* print(shell, name, listings(bindings, keymap, options));
    const status = yield* changes(shell, name, bindings, keymap, options);
    const before = bindings.settings.text('keymap');
    bindings.settings.set('keymap', keymap);
    for (const line of rest) yield* tell(shell, applyLine(bindings, line.trim()));
    if (bindings.settings.text('keymap') === keymap) bindings.settings.set('keymap', before);
    keepMode(shell, bindings);
    return status;
  },
};

/** A subshell changes a copy. */
function* ownBindings(shell: Shell): Task<KeyBindings> {
  const bindings = yield* keyBindings(shell);
  if (shell.subshellDepth > 0) shell.keyBindings = new KeyBindings(bindings);
  return shell.keyBindings ?? bindings;
}

/** What is wrong with a line is told; bash's status stays as it is all the same. */
function* tell(shell: Shell, problem: string | undefined): Task {
  if (problem !== undefined) yield* shell.process.printError(`readline: ${problem}\n`);
}

function listings(bindings: KeyBindings, keymap: string, options: ReadonlyMap<string, string>): string {
  const lines: string[] = [];
  if (options.has('l')) lines.push(...FUNCTION_NAMES);
  if (options.has('p') || options.has('P')) {
    const keys = keysByFunction(bindings, keymap);
    const each = (line: (name: string, keys: readonly string[]) => readonly string[]) =>
      FUNCTION_NAMES.flatMap((name) => line(name, keys.get(name) ?? []));
    if (options.has('p')) lines.push('', ...each(bindingLines));
    if (options.has('P')) lines.push(...each(foundOn));
  }
  if (options.has('s') || options.has('S')) {
    for (const [keys, binding] of bindings.list(keymap)) {
      if (binding.kind !== 'macro') continue;
      const [from, to] = [shown(keys), keyNotation(binding.keys)];
      lines.push(options.has('S') ? `${from} outputs ${to}` : `"${from}": "${to}"`);
    }
  }
  const settings = options.has('v') || options.has('V') ? bindings.settings.all() : [];
  for (const [name, value] of settings)
    lines.push(options.has('V') ? `${name} is set to \`${value}'` : `set ${name} ${value}`);
  if (options.has('X')) {
    for (const [keys, binding] of bindings.list(keymap))
      if (binding.kind === 'command') lines.push(`"${shown(keys)}": "${binding.command}"`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** What each function is bound to, as it is written. */
function keysByFunction(bindings: KeyBindings, keymap: string): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, string[]>();
  for (const [keys, binding] of bindings.list(keymap)) {
    if (binding.kind !== 'function') continue;
    const known = byName.get(binding.name);
    if (known) known.push(`"${shown(keys)}"`);
    else byName.set(binding.name, [`"${shown(keys)}"`]);
  }
  return byName;
}

/** As an inputrc would have it. */
function bindingLines(name: string, keys: readonly string[]): readonly string[] {
  return keys.length === 0 ? [`# ${name} (not bound)`] : keys.map((key) => `${key}: ${name}`);
}

/** Keys with a longer sequence behind them end with `\000`. */
function shown(keys: string): string {
  return keys.length > 1 && keys.endsWith('\0') ? `${keyNotation(keys.slice(0, -1))}\\000` : keyNotation(keys);
}

function foundOn(name: string, keys: readonly string[]): readonly string[] {
  return [keys.length === 0 ? `${name} is not bound to any keys` : `${name} can be found on ${some(keys)}`];
}

function some(keys: readonly string[]): string {
  return keys.slice(0, MOST_KEYS).join(', ') + (keys.length > MOST_KEYS ? ', ...' : '.');
}

function* changes(
  shell: Shell,
  name: string,
  bindings: KeyBindings,
  keymap: string,
  options: ReadonlyMap<string, string>,
): Task<number> {
  const file = options.get('f');
  if (file !== undefined) {
    const { machine, credentials, cwd } = shell.process;
    try {
      const include = () => undefined;
      const text = machine.files.readText(joinPath(cwd, file), credentials);
      const facts = { terminal: shell.variables.get('TERM') ?? 'dumb', include };
      for (const problem of readInputrc(bindings, text, file, facts)) yield* shell.process.printError(`${problem}\n`);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return yield* fail(shell, name, `${file}: cannot read: ${error.text}`);
    }
  }
  for (const option of ['q', 'u']) {
    const wanted = options.get(option);
    if (wanted === undefined) continue;
    if (!isFunction(wanted)) return yield* fail(shell, name, `\`${wanted}': unknown function name`);
    const keys = keysByFunction(bindings, keymap).get(wanted) ?? [];
    if (option === 'q') {
      const found = keys.length > 0;
      yield* print(
        shell,
        name,
        found ? `${wanted} can be invoked via ${some(keys)}\n` : `${wanted} is not bound to any keys.\n`,
      );
      if (!found) return 1;
      continue;
    }
    for (const [sequence, binding] of bindings.list(keymap))
      if (binding.kind === 'function' && binding.name === wanted)
        bindings.bind(keymap, sequence.length > 1 ? sequence.replace(/\0$/, '') : sequence, undefined);
  }
  const removed = options.get('r');
  if (removed !== undefined) bindings.bind(keymap, keySequence(removed), undefined);
  const command = options.get('x');
  return command === undefined ? 0 : yield* bindCommand(shell, name, bindings, keymap, command);
}

/** `"KEYS": COMMAND` */
function* bindCommand(shell: Shell, name: string, bindings: KeyBindings, keymap: string, given: string): Task<number> {
  const line = given.trim();
  if (!line.startsWith('"')) return yield* fail(shell, name, `${line}: first non-whitespace character is not \`"'`);
  const end = closingQuote(line, 0);
  if (end < 0) return yield* fail(shell, name, `no closing \`"' in ${line}`);
  const rest = line.slice(end + 1).trimStart();
  if (!rest.startsWith(':')) return yield* fail(shell, name, `${line}: missing colon separator`);
  const command = rest.slice(1).trim();
  const quoted = /^"(.*)"$/s.exec(command);
  bindings.bind(keymap, keySequence(line.slice(1, end)), { kind: 'command', command: quoted?.[1] ?? command });
  return 0;
}
