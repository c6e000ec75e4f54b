import type { Process } from '../world/process.ts';
import type { Program } from '../world/program.ts';
import type { Task } from '../world/task.ts';
import type { Dialect } from './dialect.ts';
import { engine } from './engine.ts';
import { importEnvironment } from './environment.ts';
import { runInteractive, startupFiles } from './interactive.ts';
import { runFile, runStdin, runText } from './script.ts';
import { ExitShell } from './state/control.ts';
import { optionOfLetter, SET_OPTIONS, SHOPT_OPTIONS } from './state/options.ts';
import { Shell } from './state/shell.ts';
import { BASH_VERSION } from './state/special-variables.ts';
import { basename } from './text.ts';

interface CommandLine {
  readonly options: [name: string, on: boolean][];
  readonly shopts: [name: string, on: boolean][];
  command?: string;
  interactive: boolean;
  login: boolean;
  stdin: boolean;
  startup: boolean;
  profile: boolean;
  startupFile?: string;
  version: boolean;
  help: boolean;
  readonly rest: string[];
  error?: string;
}

/** Parses what follows the shell's name. bash: shell.c parse_shell_options */
function parseCommandLine(args: readonly string[]): CommandLine {
  const line: CommandLine = {
    options: [],
    shopts: [],
    interactive: false,
    login: false,
    stdin: false,
    startup: true,
    profile: true,
    version: false,
    help: false,
    rest: [],
  };
  let wantsCommand = false;
  let index = 0;
  for (; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '--' || arg === '-') {
      index++;
      break;
    }
    if (arg.startsWith('--') && arg.length > 2) {
      if (arg === '--login') line.login = true;
      else if (arg === '--norc') line.startup = false;
      else if (arg === '--noprofile') line.profile = false;
      else if (arg === '--version') line.version = true;
      else if (arg === '--help') line.help = true;
      else if (arg === '--posix') line.options.push(['posix', true]);
      else if (arg === '--rcfile' || arg === '--init-file') line.startupFile = args[++index] ?? '';
      else if (arg !== '--noediting' && arg !== '--verbose' && arg !== '--restricted') {
        line.error = `${arg}: invalid option`;
        return line;
      }
      continue;
    }
    if (!/^[-+]./.test(arg)) break;
    const on = arg.startsWith('-');
    for (const letter of arg.slice(1)) {
      if (letter === 'c') wantsCommand = true;
      else if (letter === 'i') line.interactive = true;
      else if (letter === 'l') line.login = true;
      else if (letter === 's') line.stdin = true;
      else if (letter === 'o' || letter === 'O') {
        const name = args[++index] ?? '';
        const known =
          letter === 'o' ? SET_OPTIONS.some(([option]) => option === name) : Object.hasOwn(SHOPT_OPTIONS, name);
        if (!known) {
          line.error = `${name}: invalid ${letter === 'o' ? 'option' : 'shell option'} name`;
          return line;
        }
        (letter === 'o' ? line.options : line.shopts).push([name, on]);
      } else {
        const option = optionOfLetter(letter);
        if (!option) {
          line.error = `${arg[0]}${letter}: invalid option`;
          return line;
        }
        line.options.push([option, on]);
      }
    }
  }
  line.rest.push(...args.slice(index));
  if (wantsCommand) {
    const command = line.rest.shift();
    if (command === undefined) line.error = '-c: option requires an argument';
    else line.command = command;
  }
  return line;
}

const VERSION_TEXT = `GNU bash, version ${BASH_VERSION} (x86_64-pc-linux-gnu)
Copyright (C) 2022 Free Software Foundation, Inc.
License GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>

This is free software; you are free to change and redistribute it.
There is NO WARRANTY, to the extent permitted by law.
`;

/** What a shell does from its first moment to its exit status. */
export function* runShell(process: Process, dialect: Dialect): Task<number> {
  const name = process.argv[0] ?? dialect;
  const line = parseCommandLine(process.argv.slice(1));
  if (name.startsWith('-')) line.login = true;
  if (line.error !== undefined) {
    yield* process.printError(`${name}: ${line.error}\n`);
    return 2;
  }
  if (line.version) {
    yield* process.print(VERSION_TEXT);
    return 0;
  }
  if (line.help) {
    yield* process.print(
      `GNU bash, version ${BASH_VERSION}-(x86_64-pc-linux-gnu)\nUsage:\t${name} [GNU long option] [option] ...\n\t${name} [GNU long option] [option] script-file ...\n`,
    );
    return 0;
  }
  const readsStdin = line.command === undefined && (line.stdin || line.rest.length === 0);
  const onTty = process.hasFile(0) && process.file(0).tty !== undefined;
  const interactive = line.interactive || (readsStdin && onTty);
  const shell = new Shell(process, engine, {
    name: dialect === 'bash' ? name : basename(name).replace(/^-/, ''),
    dialect,
    interactive,
    login: line.login,
  });
  shell.startedAs = name;
  if (dialect === 'bash' && basename(name).replace(/^-/, '') === 'sh') shell.options.set('posix', true);
  if (dialect !== 'bash') shell.options.set('braceexpand', false);
  for (const [option, on] of line.options) shell.options.set(option, on);
  for (const [option, on] of line.shopts) shell.options.setShopt(option, on);
  yield* importEnvironment(shell);
  if (interactive) {
    shell.speaker = line.command === undefined ? 'stdin' : 'command string';
    return yield* runInteractive(shell, { ...line, readsStdin, args: line.rest });
  }
  if (line.login && line.profile) {
    try {
      yield* startupFiles(shell, line);
    } catch (error) {
      if (error instanceof ExitShell) return error.status;
      throw error;
    }
  }
  if (line.command !== undefined) {
    shell.speaker = 'command string';
    shell.name = line.rest[0] ?? shell.name;
    shell.positional = line.rest.slice(1);
    return yield* runText(shell, line.command, '-c');
  }
  const [file] = line.rest;
  if (file !== undefined && !line.stdin) {
    shell.name = file;
    shell.positional = line.rest.slice(1);
    return yield* runFile(shell, file);
  }
  shell.speaker = 'stdin';
  shell.positional = line.rest;
  return yield* runStdin(shell);
}

export const bash: Program = { name: 'bash', main: (process) => runShell(process, 'bash') };
/** The sh of Debian and Ubuntu, with dash's words. */
export const dash: Program = { name: 'dash', main: (process) => runShell(process, 'dash') };
/** The sh of busybox and Alpine. */
export const ash: Program = { name: 'ash', main: (process) => runShell(process, 'ash') };
/** `sh` where it is bash. */
export const sh: Program = { name: 'sh', main: (process) => runShell(process, 'bash') };
