import { decode } from '../../world/bytes.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { cookedTermios } from '../../world/tty.ts';
import { KubectlError } from '../errors.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/**
 * Asks who somebody is who talks to a server by https and has neither certificate, token, plugin nor name. KubectlError
 * when nothing is answered, or when there is no terminal to type a password at. client-go: clientcmd/auth_loaders.go PromptingAuthLoader
 */
export function* promptForLogin(process: Process): Task<Login> {
  yield* process.print('Please enter Username: ');
  const username = yield* readWord(process);
  yield* process.print('Please enter Password: ');
  const tty = process.hasFile(0) ? process.file(0).tty : undefined;
  if (!tty) throw new KubectlError('error reading input for Password');
  const before = tty.termios;
  tty.termios = { ...cookedTermios(), echo: false };
  try {
    const line = decode(yield* process.read(0)).replace(/\n$/, '');
    yield* process.print('\n');
    return { username, password: line };
  } finally {
    tty.termios = before;
  }
}

/** The first word of standard input; what surrounds it is passed over. */
function* readWord(process: Process): Task<string> {
  for (let text = ''; ; ) {
    const bytes = process.hasFile(0) ? yield* process.read(0) : new Uint8Array(0);
    text += decode(bytes);
    const [word] = text.trim().split(/\s+/);
    if (word && /\s/.test(text.trimStart())) return word;
    if (bytes.length > 0) continue;
    if (word) return word;
    throw new KubectlError('EOF');
  }
}
