import type { HereDoc, Redirect, Redirection } from 'unbash';
import { Errno } from '../../world/errno.ts';
import { TextInput } from '../../world/files/devices.ts';
import { type OpenFlags, openFile } from '../../world/files/disk-file.ts';
import type { OpenFile } from '../../world/open-file.ts';
import type { Task } from '../../world/task.ts';
import { joinPieces, type Piece } from '../expand/pieces.ts';
import { setScalar } from '../expand/variables-access.ts';
import { expandTarget, expandToString, hereDocPieces } from '../expand/word.ts';
import type { Shell } from '../state/shell.ts';

/** A redirection that could not be made; the command does not run. */
export class RedirectionError extends Error {}

/** Takes redirections back. */
export type Undo = () => void;

const FLAGS: Readonly<Record<string, OpenFlags>> = {
  '>': { write: true, create: true, truncate: true },
  '>|': { write: true, create: true, truncate: true },
  '&>': { write: true, create: true, truncate: true },
  '>>': { write: true, create: true, append: true },
  '&>>': { write: true, create: true, append: true },
  '<': { read: true },
  '<>': { read: true, write: true, create: true },
};

class Table {
  private readonly saved: [number, OpenFile | undefined][] = [];

  constructor(private readonly shell: Shell) {}

  private save(fd: number): void {
    const { process } = this.shell;
    this.saved.push([fd, process.hasFile(fd) ? process.file(fd).retain() : undefined]);
  }

  set(fd: number, file: OpenFile): void {
    file.retain();
    this.save(fd);
    this.shell.process.setFile(fd, file);
    file.release();
  }

  close(fd: number): void {
    this.save(fd);
    if (this.shell.process.hasFile(fd)) this.shell.process.closeFile(fd);
  }

  undo(): void {
    const { process } = this.shell;
    for (const [fd, file] of this.saved.reverse()) {
      if (file) {
        process.setFile(fd, file);
        file.release();
      } else if (process.hasFile(fd)) process.closeFile(fd);
    }
    this.saved.length = 0;
  }

  /** `exec`: they stay. */
  keep(): void {
    for (const [, file] of this.saved) file?.release();
    this.saved.length = 0;
  }
}

/**
 * Makes redirections in the shell's own descriptor table; a command started meanwhile inherits them.
 * Raises RedirectionError after having taken back those made before it.
 */
export function* redirect(shell: Shell, redirections: readonly Redirection[]): Task<{ undo: Undo; keep: () => void }> {
  const table = new Table(shell);
  try {
    for (const redirection of redirections) yield* redirectOne(shell, table, redirection);
  } catch (error) {
    table.undo();
    throw error;
  }
  return { undo: () => table.undo(), keep: () => table.keep() };
}

function* redirectOne(shell: Shell, table: Table, redirection: Redirection): Task {
  if (redirection.type === 'HereDoc') {
    const text = yield* hereDocText(shell, redirection);
    table.set(descriptorOf(shell, redirection, 0), new TextInput(text));
  } else if (redirection.type === 'HereString') {
    const text = redirection.target ? yield* expandToString(shell, redirection.target) : '';
    table.set(descriptorOf(shell, redirection, 0), new TextInput(`${text}\n`));
  } else yield* redirectFile(shell, table, redirection);
}

/** A here document that the end of the text closed still ends with a newline. */
function* hereDocText(shell: Shell, node: HereDoc): Task<string> {
  const text = yield* hereDocBody(shell, node);
  return node.closing || text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function* hereDocBody(shell: Shell, node: HereDoc): Task<string> {
  const strip = node.operator === '<<-';
  if (node.delimiter?.quoted || !node.body.parts) {
    const raw = strip ? node.body.text.replace(/^\t+/gm, '') : node.body.text;
    if (node.delimiter?.quoted || !raw.includes('\\')) return raw;
    return raw.replace(/\\([$`\\])|\\\n/g, '$1');
  }
  const pieces: Piece[] = [];
  yield* hereDocPieces(shell, node.body.parts, pieces, strip);
  return joinPieces(pieces);
}

function descriptorOf(shell: Shell, node: Redirection, fallback: number): number {
  const { descriptor } = node;
  if (!descriptor) return fallback;
  if (descriptor.type === 'FileDescriptor') return descriptor.value;
  const closing = node.type === 'Redirect' && node.target?.text === '-';
  if (closing) return Number(shell.variables.get(descriptor.name) ?? -1);
  let fd = 10;
  while (shell.process.hasFile(fd)) fd++;
  setScalar(shell, descriptor.name, String(fd));
  return fd;
}

function* redirectFile(shell: Shell, table: Table, node: Redirect): Task {
  const { operator, target } = node;
  if (!target) throw new RedirectionError('syntax error');
  const input = operator.startsWith('<');
  const fields = yield* expandTarget(shell, target);
  const path = fields[0];
  if (fields.length !== 1 || path === undefined) throw new RedirectionError(`${target.text}: ambiguous redirect`);
  if (operator === '>&' || operator === '<&') {
    if (path === '-' || /^\d+-?$/.test(path)) {
      duplicate(shell, table, node, path, input ? 0 : 1);
      return;
    }
    if (operator === '<&' || node.descriptor) throw new RedirectionError(`${path}: ambiguous redirect`);
  }
  const both = operator === '&>' || operator === '&>>' || operator === '>&';
  const socket = shell.dialect === 'bash' ? SOCKET.exec(path) : null;
  const file = socket
    ? yield* openSocket(shell, path, socket[1] ?? '', socket[2] ?? '', socket[3] ?? '')
    : open(shell, path, operator === '>&' ? '>' : operator);
  file.retain();
  table.set(both ? 1 : descriptorOf(shell, node, input ? 0 : 1), file);
  if (both) table.set(2, file);
  file.release();
}

const SOCKET = /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/;

/** `/dev/tcp/HOST/PORT`: a connection instead of a file. bash: lib/sh/netopen.c */
function* openSocket(shell: Shell, path: string, protocol: string, host: string, port: string): Task<OpenFile> {
  const { process } = shell;
  const { network } = process.machine.world;
  if (protocol === 'udp') throw new RedirectionError('kubetutor does not model /dev/udp');
  const found = network.resolver ? yield* network.resolver(process, host) : { address: host };
  const number = /^\d+$/.test(port) ? Number(port) : undefined;
  if ('problem' in found || number === undefined || number > 65535) {
    const unknown = 'problem' in found ? host : port;
    const why =
      number === undefined
        ? 'Servname not supported for ai_socktype'
        : RESOLUTION['problem' in found ? found.problem : 'unknown'];
    yield* shell.complain(`${unknown}: ${why}`);
    throw new RedirectionError(`${path}: Invalid argument`);
  }
  try {
    return yield* network.connect(process, found.address, number);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* shell.process.printError(`${shell.name}: connect: ${error.text}\n`);
    throw new RedirectionError(`${path}: ${error.text}`);
  }
}

const RESOLUTION = { unknown: 'Name or service not known', 'try-again': 'Temporary failure in name resolution' };

function open(shell: Shell, path: string, operator: string): OpenFile {
  if (operator === '>' && shell.options.has('noclobber')) {
    const at = path.startsWith('/') ? path : `${shell.process.cwd}/${path}`;
    if (shell.process.machine.files.tryStat(at, shell.process.credentials)?.kind === 'file') {
      throw new RedirectionError(`${path}: cannot overwrite existing file`);
    }
  }
  try {
    return openFile(shell.process, path, FLAGS[operator] ?? { read: true });
  } catch (error) {
    if (error instanceof Errno) throw new RedirectionError(redirectionText(shell, path, operator, error));
    throw error;
  }
}

// busybox: shell/ash.c openredirect; dash: src/redir.c
function redirectionText(shell: Shell, path: string, operator: string, error: Errno): string {
  if (shell.dialect === 'bash') return `${path}: ${error.text}`;
  const create = !operator.startsWith('<');
  if (shell.dialect === 'dash') {
    const why = error.code === 'ENOENT' ? (create ? 'Directory nonexistent' : 'No such file') : error.text;
    return `cannot ${create ? 'create' : 'open'} ${path}: ${why}`;
  }
  const why = error.code === 'ENOENT' ? (create ? 'nonexistent directory' : 'no such file') : error.text;
  return `can't ${create ? 'create' : 'open'} ${path}: ${why}`;
}

function duplicate(shell: Shell, table: Table, node: Redirect, path: string, fallback: number): void {
  const fd = descriptorOf(shell, node, fallback);
  if (path === '-') {
    table.close(fd);
    return;
  }
  const from = Number.parseInt(path, 10);
  if (!shell.process.hasFile(from)) throw new RedirectionError(`${path}: Bad file descriptor`);
  if (from !== fd) table.set(fd, shell.process.file(from));
  if (path.endsWith('-') && from !== fd) table.close(from);
}
