/** The learner's own editor on a file of the world. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ActionResult, FileEdit } from './port.ts';

export type EditOutcome =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'saved' }
  /** The world refused the text; it is kept in `file`. */
  | { readonly kind: 'refused'; readonly result: ActionResult; readonly file: string }
  | { readonly kind: 'failed'; readonly editor: string };

type Environment = Readonly<Record<string, string | undefined>>;

// kubectl: staging/src/k8s.io/kubectl/pkg/cmd/util/editor/editor.go: quotes or backslashes need a shell.
const NEEDS_SHELL = /["'\\]/;

/** VISUAL, EDITOR, vi: as command and arguments that take the file as the last one. */
export function editorCommand(env: Environment, platform = process.platform): readonly [string, ...string[]] {
  const windows = platform === 'win32';
  const editor = env['VISUAL'] || env['EDITOR'] || (windows ? 'notepad' : 'vi');
  if (NEEDS_SHELL.test(editor) && !windows) return [env['SHELL'] || '/bin/sh', '-c', `${editor} "$0"`];
  const [command = 'vi', ...rest] = editor.split(' ').filter((word) => word !== '');
  return [command, ...rest];
}

/** Runs the editor on a copy of the file and saves what came out. The terminal must be the editor's already. */
export async function editOnHost(edit: FileEdit, env: Environment): Promise<EditOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'kubetutor-'));
  const file = join(folder, basename(edit.path) || 'file');
  await writeFile(file, edit.text, { mode: 0o600 });
  const [command, ...rest] = editorCommand(env);
  const { execa } = await import('execa');
  const run = await execa(command, [...rest, file], { stdio: 'inherit', reject: false });
  const text = await readFile(file, 'utf8').catch(() => edit.text);
  const remove = () => rm(folder, { recursive: true, force: true });
  if (run.failed) {
    await remove();
    return { kind: 'failed', editor: command };
  }
  if (text === edit.text) {
    await remove();
    return { kind: 'unchanged' };
  }
  const result = edit.save(text);
  if (!result.ok) return { kind: 'refused', result, file };
  await remove();
  return { kind: 'saved' };
}
