import { DEFAULT_PATH, findInPath } from '../../world/execute.ts';
import type { Shell } from '../state/shell.ts';

/** The path of a command without a slash; remembers it as `hash` does. */
export function lookUp(shell: Shell, name: string, standardPath = false): string | undefined {
  const hashed = shell.hashed.get(name);
  if (hashed && !standardPath) {
    hashed.hits++;
    return hashed.path;
  }
  const path = standardPath ? DEFAULT_PATH : (shell.variables.get('PATH') ?? DEFAULT_PATH);
  const found = findInPath(shell.process, name, path);
  if (found !== undefined && shell.options.has('hashall') && !standardPath) {
    shell.hashed.set(name, { path: found, hits: 1 });
  }
  return found;
}
