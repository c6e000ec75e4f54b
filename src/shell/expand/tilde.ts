import type { Shell } from '../state/shell.ts';
import { findUser } from '../users.ts';

/** What `~name` stands for; undefined when it stays as it is. */
export function expandTilde(shell: Shell, name: string): string | undefined {
  if (name === '') {
    return shell.variables.get('HOME') ?? findUser(shell.process, shell.process.credentials.uid)?.home ?? '/';
  }
  if (name === '+') return shell.variables.get('PWD');
  if (name === '-') return shell.variables.get('OLDPWD');
  if (/^[+-]?\d+$/.test(name)) {
    const stack = [shell.process.cwd, ...shell.directoryStack];
    return stack.at(name.startsWith('-') ? -1 - Number(name.slice(1)) : Number(name));
  }
  return findUser(shell.process, name)?.home;
}
