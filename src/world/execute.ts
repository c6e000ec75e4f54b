import { decode, encode } from './bytes.ts';
import { Errno } from './errno.ts';
import { RegularFile } from './files/inode.ts';
import { joinPath } from './files/paths.ts';
import type { Machine } from './machine.ts';
import type { Credentials, Main, Process } from './process.ts';

/** What execve(2) would start: the program's main and its arguments, which a `#!` line changes. */
export interface Executable {
  readonly main: Main;
  readonly argv: readonly string[];
  /** Absolute path of the file that was named. */
  readonly path: string;
}

/** Linux: BINPRM_BUF_SIZE, and how often a script's interpreter may itself be a script. */
const SHEBANG_LENGTH = 256;
const SHEBANG_DEPTH = 4;

/** How the bytes of an executable begin that is brought from elsewhere: the name of its program follows. */
const ELF = '\x7fELF\x02\x01\x01 kubetutor ';

/** An executable as it is downloaded and archived: small, but it stays that program wherever its bytes go. */
export function executableBytes(program: string): Uint8Array {
  return encode(`${ELF}${program}\n`);
}

/** The program of the world that a file is, if it is one. */
export function programOf(file: RegularFile): string | undefined {
  if (file.program !== undefined) return file.program;
  const head = decode(file.content.subarray(0, SHEBANG_LENGTH));
  return head.startsWith(ELF) ? /^[\w/.-]+(?=\n)/.exec(head.slice(ELF.length))?.[0] : undefined;
}

/** Where programs are looked for when PATH is not set. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Resolves a file to what runs. Raises ENOENT, EACCES, EISDIR as EACCES, ENOEXEC (neither program nor `#!`). */
export function resolveExecutable(
  machine: Machine,
  path: string,
  argv: readonly string[],
  who: Credentials,
  depth = 0,
  /** The path as it was given, which a script gets as its name. */
  given = path,
): Executable {
  const inode = machine.files.stat(path, who);
  if (!(inode instanceof RegularFile) || !machine.files.may(inode, 1, who)) throw new Errno('EACCES', path);
  const named = programOf(inode);
  if (named !== undefined) {
    const program = machine.programs.get(named);
    if (!program) throw new Errno('ENOEXEC', path);
    return { main: program.main, argv, path };
  }
  const head = decode(inode.content.subarray(0, SHEBANG_LENGTH));
  const shebang = /^#![ \t]*([^\s]+)[ \t]*([^\n]*?)[ \t]*(?:\n|$)/.exec(head);
  if (!shebang?.[1] || depth >= SHEBANG_DEPTH) throw new Errno('ENOEXEC', path);
  const option = shebang[2] ? [shebang[2]] : [];
  return resolveExecutable(machine, shebang[1], [shebang[1], ...option, given, ...argv.slice(1)], who, depth + 1);
}

/** execvp(3)'s search. Undefined when no directory of PATH has it. */
export function findInPath(
  process: Process,
  name: string,
  path = process.env.get('PATH') ?? DEFAULT_PATH,
): string | undefined {
  const { files } = process.machine;
  for (const directory of path.split(':')) {
    const candidate = joinPath(process.cwd, `${directory || '.'}/${name}`);
    const inode = files.tryStat(candidate, process.credentials);
    if (inode?.kind === 'file' && files.may(inode, 1, process.credentials)) return candidate;
  }
  return undefined;
}

/** Puts an executable file for a program of the world at `path`. */
export function installProgram(
  machine: { files: Machine['files'] },
  path: string,
  program: string,
  size = 100_000,
): void {
  const now = machine.files.stat('/').mtime;
  const file = new RegularFile({ mode: 0o755, uid: 0, gid: 0, mtime: now });
  file.program = program;
  file.statedSize = size;
  machine.files.place(path, file);
}
