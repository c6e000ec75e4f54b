import type { Task } from '../world/task.ts';
import type { Invocation } from './command/command.ts';
import { KubectlError } from './errors.ts';
import { readTextOr } from './files.ts';

/** Sends one file to the path of --raw and prints the answer. Raises KubectlError, StatusError, ConnectionError. kubernetes: kubectl/pkg/rawhttp */
export function* sendRaw(invocation: Invocation, method: 'POST' | 'PUT'): Task<void> {
  const { flags, factory, process } = invocation;
  const files = flags.list('filename');
  if (files.length !== 1) throw new KubectlError('--raw can only use a single local file or stdin');
  const file = files[0] ?? '';
  if (/^https?:\/\//.test(file)) throw new KubectlError('--raw cannot read from a url');
  for (const [flag, shown] of EXCLUDED)
    if (flags.has(flag) && (flag === 'recursive' ? flags.bool(flag) : flags.string(flag) !== ''))
      throw new KubectlError(`--raw and ${shown} are mutually exclusive`);
  const { path, query } = splitRawPath(checkRawPath(flags.string('raw')));
  const text =
    file === '-' ? yield* process.readText(0) : readTextOr(process, file, (reason) => new KubectlError(reason));
  yield* process.print(yield* factory.client().text(method, path, { text, query }));
}

const EXCLUDED: readonly (readonly [string, string])[] = [
  ['recursive', '--recursive'],
  ['selector', '--selector (-l)'],
  ['output', '--output'],
];

/** Raises KubectlError. Go: net/url ParseRequestURI */
export function checkRawPath(path: string): string {
  if (path.startsWith('/')) return path;
  throw new KubectlError(`--raw must be a valid URL path: parse ${JSON.stringify(path)}: invalid URI for request`);
}

/** The path of --raw and the pairs behind its question mark, decoded. */
export function splitRawPath(raw: string): { path: string; query: [string, string][] } {
  const mark = raw.indexOf('?');
  if (mark < 0) return { path: raw, query: [] };
  const pairs = raw.slice(mark + 1).split('&');
  return { path: raw.slice(0, mark), query: pairs.map(splitPair) };
}

function splitPair(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), decodeURIComponent(text.slice(equals + 1))];
}
