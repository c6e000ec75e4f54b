import { validateEnvVarName } from '../../../cluster/apimachinery/value-names.ts';
import { decode, encode } from '../../../world/bytes.ts';
import { Errno } from '../../../world/errno.ts';
import { Directory, RegularFile } from '../../../world/files/inode.ts';
import type { Invocation } from '../../command/command.ts';
import { KubectlError } from '../../errors.ts';
import { goErrno, readBytes, resolvePath } from '../../files.ts';
import { type FlagSet, stringArray, stringSlice } from '../../flags/index.ts';

/** A key of a ConfigMap or Secret, and what stands behind it. */
export interface Pair {
  readonly key: string;
  readonly value: Uint8Array | string;
}

/** Reads --from-literal, --from-file and --from-env-file, in the order in which a kind takes them. Raises KubectlError. */
export function readSources(
  invocation: Invocation,
  order: readonly ('file' | 'literal')[],
  what: string,
  add: (pair: Pair) => void,
): void {
  const { flags } = invocation;
  for (const kind of order) {
    if (kind === 'literal') for (const source of flags.list('from-literal')) add(literal(source));
    else for (const source of flags.list('from-file')) fromFile(invocation, source, add);
  }
  for (const path of flags.has('from-env-file') ? flags.list('from-env-file') : [])
    fromEnvFile(invocation, path, what, add);
}

/** kubernetes: kubectl/pkg/util ParseLiteralSource */
function literal(source: string): Pair {
  const equals = source.indexOf('=');
  if (equals <= 0) throw new KubectlError(`invalid literal source ${source}, expected key=value`);
  return { key: source.slice(0, equals), value: source.slice(equals + 1).replace(/^["']+|["']+$/g, '') };
}

/** kubernetes: kubectl/pkg/util ParseFileSource */
export function parseFileSource(source: string): { key: string; path: string } {
  const parts = source.split('=');
  if (parts.length === 1)
    return {
      key:
        source
          .split('/')
          .filter((part) => part !== '')
          .at(-1) ?? '',
      path: source,
    };
  if (parts.length > 2) throw new KubectlError("key names or file paths cannot contain '='");
  const [key = '', path = ''] = parts;
  if (key === '') throw new KubectlError(`key name for file path ${path} missing`);
  if (path === '') throw new KubectlError(`file path for key name ${key} missing`);
  return { key, path };
}

function fromFile(invocation: Invocation, source: string, add: (pair: Pair) => void): void {
  const { process } = invocation;
  const { key, path } = parseFileSource(source);
  const full = resolvePath(process, path);
  const { files } = process.machine;
  const inode = statOr(invocation, path);
  if (!(inode instanceof Directory)) {
    add({ key, value: readOr(invocation, path) });
    return;
  }
  if (source.includes('=')) throw new KubectlError('cannot give a key name for a directory path');
  for (const name of files.readDirectory(full, process.credentials).sort())
    if (files.lstat(`${full}/${name}`, process.credentials) instanceof RegularFile)
      add({ key: name, value: readOr(invocation, `${path.replace(/\/$/, '')}/${name}`) });
}

function statOr({ process }: Invocation, path: string): unknown {
  try {
    return process.machine.files.stat(resolvePath(process, path), process.credentials);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new KubectlError(`error reading ${path}: ${error.text.charAt(0).toLowerCase()}${error.text.slice(1)}`);
  }
}

function readOr({ process }: Invocation, path: string): Uint8Array {
  try {
    return readBytes(process, path);
  } catch (error) {
    if (error instanceof Errno) throw new KubectlError(goErrno('open', path, error));
    throw error;
  }
}

/** Raises KubectlError for the first line that is no UTF-8. */
function checkUtf8(path: string, bytes: Uint8Array): void {
  let start = 0;
  for (let line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    const part = bytes.subarray(start, end);
    if (!isUtf8(part))
      throw new KubectlError(`env file ${path} contains invalid utf8 bytes at line ${line}: [${part.join(' ')}]`);
    start = end + 1;
  }
}

export function isUtf8(bytes: Uint8Array): boolean {
  const again = encode(decode(bytes));
  return again.length === bytes.length && again.every((byte, at) => byte === bytes[at]);
}

/** kubernetes: kubectl/pkg/cmd/util/env_file.go */
function fromEnvFile(invocation: Invocation, path: string, what: string, add: (pair: Pair) => void): void {
  if (statOr(invocation, path) instanceof Directory) throw new KubectlError(`env ${what} file cannot be a directory`);
  const bytes = readOr(invocation, path);
  checkUtf8(path, bytes);
  const text = decode(bytes).replace(/^\ufeff/, '');
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\r$/, '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const key = equals < 0 ? line : line.slice(0, equals);
    const errors = validateEnvVarName(key);
    if (errors.length > 0)
      throw new KubectlError(`${JSON.stringify(key)} is not a valid key name: ${errors.join(';')}`);
    add({ key, value: equals < 0 ? (invocation.process.env.get(key) ?? '') : line.slice(equals + 1) });
  }
}

/** The flags that name the sources of a ConfigMap or a Secret. */
export const SOURCE_FLAGS = [
  stringSlice('from-env-file', 'Files whose lines of key=val pairs become keys.'),
  stringSlice(
    'from-file',
    'Files that become keys: the name of the file is the key unless one is given; all files of a directory.',
  ),
  stringArray('from-literal', 'A key and its value (i.e. mykey=somevalue)'),
] as const;

/** Raises KubectlError. */
export function mustNotMixSources(flags: FlagSet): void {
  if (
    flags.list('from-env-file').length > 0 &&
    (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0)
  )
    throw new KubectlError('from-env-file cannot be combined with from-file or from-literal');
}
