import { resolveExecutable } from '../world/execute.ts';
import type { Process } from '../world/process.ts';
import { shellStatus } from '../world/process.ts';
import type { Task } from '../world/task.ts';

/** An executable file `kubectl-NAME` and the words for it. */
export interface Plugin {
  readonly path: string;
  readonly args: readonly string[];
}

/** Looks for the longest `kubectl-a-b` in PATH that the first words name. kubernetes: kubectl/pkg/cmd HandlePluginCommand */
export function findPlugin(process: Process, words: readonly string[]): Plugin | undefined {
  const pieces: string[] = [];
  for (const word of words) {
    if (word.startsWith('-')) break;
    pieces.push(word.replaceAll('-', '_'));
  }
  for (let count = pieces.length; count > 0; count--) {
    const path = inPath(process, `kubectl-${pieces.slice(0, count).join('-')}`);
    if (path !== undefined) return { path, args: words.slice(count) };
  }
  return undefined;
}

function inPath(process: Process, name: string): string | undefined {
  const { files } = process.machine;
  for (const directory of pathDirectories(process)) {
    const path = `${directory}/${name}`;
    if (!name.includes('/') && files.exists(path, process.credentials)) return path;
  }
  return undefined;
}

export function pathDirectories(process: Process): string[] {
  return [...new Set((process.env.get('PATH') ?? '').split(':').filter((one) => one !== ''))];
}

export function* runPlugin(process: Process, plugin: Plugin): Task<number> {
  const executable = resolveExecutable(
    process.machine,
    plugin.path,
    [plugin.path, ...plugin.args],
    process.credentials,
  );
  const child = process.spawn({ argv: executable.argv, main: executable.main });
  return shellStatus(yield* process.waitFor(child));
}
