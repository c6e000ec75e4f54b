import type { Task } from '../world/task.ts';
import type { Shell } from './state/shell.ts';

/** What an editor makes of a text; undefined when it ends with an error. bash: builtins/fc.def */
export function* editedText(shell: Shell, editor: string, text: string): Task<string | undefined> {
  const { machine, credentials } = shell.process;
  const path = `/tmp/bash-fc.${machine.world.random.suffix(6)}`;
  machine.files.writeFile(path, text, credentials, 0o600);
  try {
    const status = yield* shell.engine.evaluate(shell, `${editor} ${path}`, 'fc');
    return status === 0 ? machine.files.readText(path, credentials) : undefined;
  } finally {
    if (machine.files.exists(path, credentials)) machine.files.unlink(path, credentials);
  }
}
