import { hasBuiltin } from '../dialect.ts';
import type { Shell } from '../state/shell.ts';
import { bind } from './bind.ts';
import type { Builtin } from './builtin.ts';
import { alias, builtin, command, exec, hash, type, unalias } from './commands.ts';
import { compgen, complete, compopt } from './complete.ts';
import { declare } from './declare.ts';
import { cd, dirs, pushd, pwd } from './directories.ts';
import { echo } from './echo.ts';
import { fc, history } from './history.ts';
import { disown, fg, jobs, kill, waitBuiltin } from './jobs.ts';
import { caller, enable, getopts, help, mapfile, suspend, times, ulimit, umask } from './misc.ts';
import { printf } from './printf.ts';
import { read } from './read.ts';
import { set, shopt } from './set.ts';
import { colon, evalBuiltin, exit, falseBuiltin, let_, loopControl, returnBuiltin, shift, source } from './simple.ts';
import { test } from './test.ts';
import { trap } from './trap.ts';
import { unset } from './unset.ts';

/** All builtins; one line adds one. */
const BUILTINS: readonly Builtin[] = [
  alias,
  bind,
  suspend,
  enable,
  builtin,
  caller,
  cd,
  colon,
  command,
  compgen,
  complete,
  compopt,
  declare,
  dirs,
  disown,
  echo,
  evalBuiltin,
  exec,
  exit,
  falseBuiltin,
  fg,
  getopts,
  hash,
  help,
  fc,
  history,
  jobs,
  kill,
  let_,
  loopControl,
  mapfile,
  printf,
  pushd,
  pwd,
  read,
  returnBuiltin,
  set,
  shift,
  shopt,
  source,
  test,
  times,
  trap,
  type,
  ulimit,
  umask,
  unalias,
  unset,
  waitBuiltin,
];

const BY_NAME = new Map(BUILTINS.flatMap((one) => one.names.map((name) => [name, one] as const)));

export function findBuiltinByName(name: string): Builtin | undefined {
  return BY_NAME.get(name);
}

export function findBuiltin(shell: Shell, name: string): Builtin | undefined {
  const found = BY_NAME.get(name);
  return found && hasBuiltin(shell.dialect, name) ? found : undefined;
}

export function builtinNames(): string[] {
  return [...BY_NAME.keys()].sort();
}
