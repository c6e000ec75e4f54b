import { DEFAULT_PATH } from '../world/execute.ts';
import type { Task } from '../world/task.ts';
import { importFunctions } from './exported-functions.ts';
import { IndexedArray } from './state/arrays.ts';
import type { Shell } from './state/shell.ts';
import { BASH_VERSION } from './state/special-variables.ts';
import { NAME } from './state/variables.ts';

/** Takes the process's environment over and sets what a shell sets when it starts; tells of what cannot be taken over. */
export function* importEnvironment(shell: Shell): Task {
  importVariables(shell);
  if (shell.dialect !== 'bash') return;
  for (const problem of importFunctions(shell)) yield* shell.process.printError(`${problem}\n`);
}

function importVariables(shell: Shell): void {
  const { variables, process } = shell;
  for (const [name, value] of process.env) {
    if (!NAME.test(name) || variables.raw(name)?.readonly) continue;
    const variable = variables.raw(name)?.dynamic ? undefined : variables.set(name, value);
    if (variable) variable.exported = true;
  }
  const preset = (name: string, value: string) => {
    if (variables.get(name) === undefined) variables.set(name, value);
  };
  variables.set('IFS', ' \t\n');
  preset('PATH', DEFAULT_PATH);
  preset('PS4', '+ ');
  variables.set('OPTIND', '1');
  variables.set('OPTERR', '1');
  const pwd = variables.get('PWD');
  if (pwd === undefined || !sameDirectory(shell, pwd)) variables.set('PWD', process.cwd);
  exportIt(shell, 'PWD');
  const level = Number.parseInt(variables.get('SHLVL') ?? '0', 10) || 0;
  variables.set('SHLVL', String(level + 1));
  exportIt(shell, 'SHLVL');
  if (variables.raw('OLDPWD')) exportIt(shell, 'OLDPWD');
  readonlyNumber(shell, 'PPID', process.parent?.pid ?? 0);
  if (shell.dialect !== 'bash') return;
  preset('BASH', '/bin/bash');
  preset('BASH_VERSION', BASH_VERSION);
  preset('HOSTNAME', process.machine.hostname);
  preset('HOSTTYPE', process.machine.facts.get('machine') ?? 'x86_64');
  preset('OSTYPE', 'linux-gnu');
  preset('MACHTYPE', `${process.machine.facts.get('machine') ?? 'x86_64'}-pc-linux-gnu`);
  const versions = variables.create('BASH_VERSINFO');
  versions.value = IndexedArray.of(['5', '2', '15', '1', 'release', 'x86_64-pc-linux-gnu']);
  versions.readonly = true;
}

function exportIt(shell: Shell, name: string): void {
  const variable = shell.variables.raw(name);
  if (variable) variable.exported = true;
}

function readonlyNumber(shell: Shell, name: string, value: number): void {
  const variable = shell.variables.create(name);
  variable.value = String(value);
  variable.readonly = true;
  variable.integer = true;
}

function sameDirectory(shell: Shell, path: string): boolean {
  const { files } = shell.process.machine;
  if (!path.startsWith('/')) return false;
  return files.tryStat(path) !== undefined && files.tryStat(path) === files.tryStat(shell.process.cwd);
}
