import { Errno } from '../../../world/errno.ts';
import { resolveExecutable } from '../../../world/execute.ts';
import { type Process, shellStatus } from '../../../world/process.ts';
import type { Task } from '../../../world/task.ts';
import { KubectlError } from '../../errors.ts';

/** Runs the learner's editor on a file of the world: $KUBE_EDITOR, $EDITOR or vi. Raises KubectlError. kubernetes: kubectl/pkg/cmd/util/editor */
export function* launchEditor(process: Process, path: string): Task<void> {
  const editor = process.env.get('KUBE_EDITOR') || process.env.get('EDITOR') || 'vi';
  const argv = ['bash', '-c', `${editor} "${path}"`];
  const fail = (text: string) => new KubectlError(`${text} ${JSON.stringify(editor)}`);
  let status: number;
  try {
    const { main } = resolveExecutable(process.machine, '/bin/bash', argv, process.credentials);
    const child = process.spawn({
      argv,
      main,
      env: process.env,
      cwd: process.cwd,
      files: process.openFiles(),
      credentials: process.credentials,
    });
    status = shellStatus(yield* process.waitFor(child));
  } catch (error) {
    if (error instanceof Errno) throw fail('unable to launch the editor');
    throw error;
  }
  if (status !== 0) throw fail('there was a problem with the editor');
}
