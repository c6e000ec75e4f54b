import { concat, decode } from '../../world/bytes.ts';
import { makePipe } from '../../world/pipe.ts';
import { shellStatus } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import type { Shell } from '../state/shell.ts';

/** Runs a text in a subshell and collects what it prints: for completion. */
export function* captureOutput(shell: Shell, text: string): Task<{ output: string; status: number }> {
  const { reader, writer } = makePipe();
  const { process } = shell;
  const files = process.openFiles();
  files.set(1, writer);
  const copy = shell.fork();
  const child = process.spawn({
    argv: process.argv,
    files,
    cwd: process.cwd,
    *main(own) {
      copy.attach(own);
      return yield* copy.engine.subshell(copy, { commands: [] }, copy.source, text);
    },
  });
  reader.retain();
  const chunks: Uint8Array[] = [];
  try {
    for (;;) {
      const chunk = yield* reader.read(process, 65536);
      if (chunk.length === 0) break;
      chunks.push(chunk);
    }
  } finally {
    reader.release();
  }
  const status = yield* process.waitFor(child);
  return { output: chunks.length === 0 ? '' : decode(concat(chunks)), status: shellStatus(status) };
}
