import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { type ClientOptions, call } from './client.ts';
import type { EtcdLine } from './flags.ts';

/** What a command works with. */
export interface EtcdCall {
  readonly process: Process;
  readonly line: EtcdLine;
  readonly options: ClientOptions;
  /** The words behind the command's own. */
  readonly words: readonly string[];
  /** `simple`, `table`, `json`, `fields`. */
  readonly output: string;
}

export type EtcdCommand = (call: EtcdCall) => Task<number>;

/** The first endpoint that answers is the one that is asked. */
export function* ask(
  { process, options }: EtcdCall,
  method: string,
  request: Readonly<Record<string, unknown>> = {},
): Task<Readonly<Record<string, unknown>>> {
  return yield* call(process, options, options.endpoints[0] ?? '', method, request);
}

/** JSON with its ids as numbers, which are too large for this language. */
export function withNumbers(value: unknown): string {
  return JSON.stringify(value).replace(
    /"(cluster_id|member_id|ID|leader)":"([0-9a-f]+)"/g,
    (_, name: string, id: string) => `"${name}":${BigInt(`0x${id}`)}`,
  );
}

/** The first key that does not begin with `prefix`. */
export function endOfPrefix(prefix: string): string {
  const last = prefix.codePointAt(prefix.length - 1);
  return last === undefined ? '\u{10ffff}' : `${prefix.slice(0, -1)}${String.fromCodePoint(last + 1)}`;
}
