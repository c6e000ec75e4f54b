import { IndexedArray } from './arrays.ts';
import type { Shell } from './shell.ts';

export const BASH_VERSION = '5.2.15(1)-release';

/** bash: lib/sh/random.c brand(), the generator of `$RANDOM`. */
function nextRandom(seed: number): number {
  const start = seed === 0 ? 123459876 : seed;
  const high = Math.trunc(start / 127773);
  const low = start - 127773 * high;
  const next = 16807 * low - 2836 * high;
  return next < 0 ? next + 0x7fffffff : next;
}

/** Defines the variables that are computed at each use. Called again for each subshell. */
export function defineSpecialVariables(shell: Shell): void {
  const { variables, process } = shell;
  let seed = shell.random.integer(0x7fffffff);
  let last = -1;
  variables.define(
    'RANDOM',
    () => {
      let value = last;
      while (value === last) {
        seed = nextRandom(seed);
        value = ((seed >>> 16) ^ seed) & 32767;
      }
      last = value;
      return String(value);
    },
    (value) => {
      seed = Number.parseInt(value, 10) || 0;
      last = -1;
    },
  );
  variables.define('SRANDOM', () => String(shell.random.word()));
  variables.define(
    'SECONDS',
    () => String(Math.floor((process.now - shell.startTime) / 1000)),
    (value) => {
      shell.startTime = process.now - (Number.parseInt(value, 10) || 0) * 1000;
    },
  );
  variables.define(
    'LINENO',
    () => String(shell.line),
    () => {},
  );
  variables.define('BASHPID', () => String(process.pid));
  variables.define('EPOCHSECONDS', () => String(Math.floor(process.now / 1000)));
  variables.define('EPOCHREALTIME', () => (process.now / 1000).toFixed(6));
  variables.define('BASH_SUBSHELL', () => String(shell.subshellDepth));
  variables.define('BASH_COMMAND', () => shell.command);
  variables.define('HISTCMD', () => String(shell.history.nextNumber));
  variables.computed.set('PIPESTATUS', () => IndexedArray.of(shell.pipeStatus.map(String)));
  variables.computed.set('FUNCNAME', () => IndexedArray.of(functionNames(shell)));
  variables.computed.set('BASH_SOURCE', () => IndexedArray.of(shell.frames.map((frame) => frame.file).reverse()));
  variables.computed.set('BASH_LINENO', () =>
    IndexedArray.of([...shell.frames.map((frame) => String(frame.line)).reverse(), '0']),
  );
  variables.computed.set('DIRSTACK', () => IndexedArray.of([process.cwd, ...shell.directoryStack]));
  variables.computed.set('GROUPS', () => IndexedArray.of(process.credentials.groups.map(String)));
  for (const [name, value] of [
    ['UID', String(process.credentials.uid)],
    ['EUID', String(process.credentials.uid)],
  ] as const) {
    if (variables.raw(name)) continue;
    const variable = variables.create(name);
    variable.value = value;
    variable.readonly = true;
    variable.integer = true;
  }
}

function functionNames(shell: Shell): string[] {
  if (!shell.frames.some((frame) => frame.kind === 'function')) return [];
  const names = shell.frames.map((frame) => (frame.kind === 'function' ? frame.name : 'source')).reverse();
  return shell.speaker === 'script' ? [...names, 'main'] : names;
}
