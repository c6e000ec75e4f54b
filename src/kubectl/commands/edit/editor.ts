import { Errno } from '../../../world/errno.ts';
import type { Process } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import { KubectlError } from '../../errors.ts';
import { runProgram } from '../../programs.ts';

/** Runs the learner's editor on a file of the world: $KUBE_EDITOR, $EDITOR or vi. Raises KubectlError. kubernetes: kubectl/pkg/cmd/util/editor/editor.go */
export function* launchEditor(process: Process, path: string): Task<void> {
  const { words, shell } = editorWords(process);
  const command = shell ? [...words.slice(0, -1), `${words.at(-1) ?? ''} ${JSON.stringify(path)}`] : [...words, path];
  const fail = (text: string) => new KubectlError(`${text} ${JSON.stringify(words.join(' '))}`);
  let status: number;
  try {
    status = yield* runProgram(process, command);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const missing = error.code === 'ENOENT' && !(words[0] ?? '').includes('/');
    throw fail(missing ? 'unable to launch the editor' : 'there was a problem with the editor');
  }
  if (status !== 0) throw fail('there was a problem with the editor');
}

/** The words of the editor; one with quotes is left to a shell. */
function editorWords({ env }: Process): { readonly words: readonly string[]; readonly shell: boolean } {
  const editor = env.get('KUBE_EDITOR') || env.get('EDITOR') || 'vi';
  if (/["'\\]/.test(editor) && editor.includes(' '))
    return { words: [env.get('SHELL') || '/bin/bash', '-c', editor], shell: true };
  return { words: editor.split(' '), shell: false };
}
