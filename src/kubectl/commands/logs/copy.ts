import { encode } from '../../../world/bytes.ts';
import { bodyBytes } from '../../../world/network/http.ts';
import { anyOf, type Channel, type Task, wait } from '../../../world/task.ts';
import { statusError } from '../../client.ts';
import type { Invocation } from '../../command/command.ts';

/** One log to print. */
export interface LogSource {
  readonly pod: string;
  readonly namespace: string;
  readonly container: string;
}

export interface CopyOptions {
  /** Each line begins with where it comes from. */
  readonly prefix: boolean;
  /** A log that cannot be had is told and passed over. */
  readonly ignoreErrors: boolean;
}

/** An open log. */
interface Open {
  readonly source: LogSource;
  readonly items: Channel<unknown>;
  lineStarts: boolean;
}

const NEWLINE = 10;

/** Prints logs: one after the other, or all at once where they are followed. Raises StatusError, ConnectionError. */
export function* copyLogs(
  invocation: Invocation,
  sources: readonly LogSource[],
  query: readonly [string, string][],
  options: CopyOptions,
): Task<void> {
  const follows = query.some(([name]) => name === 'follow');
  const open: Open[] = [];
  for (const source of sources) {
    const log = yield* openLog(invocation, source, query, options);
    if (!log) continue;
    open.push(log);
    if (!follows) yield* copyToEnd(invocation, log, options.prefix);
  }
  while (follows && open.some((log) => !log.items.done)) {
    for (const log of open) yield* copyReady(invocation, log, options.prefix);
    const waiting = open.filter((log) => !log.items.done);
    if (waiting.length > 0) yield* wait(anyOf(...waiting.map((log) => log.items.readable)));
  }
}

function* openLog(
  { factory, process }: Invocation,
  source: LogSource,
  query: readonly [string, string][],
  options: CopyOptions,
): Task<Open | undefined> {
  const path = `/api/v1/namespaces/${source.namespace}/pods/${source.pod}/log`;
  const response = yield* factory
    .client()
    .exchange('GET', path, { query: [['container', source.container], ...query] });
  if (response.status >= 400) {
    const error = statusError(response);
    if (!options.ignoreErrors) throw error;
    yield* process.printError(`error: ${error.message}\n`);
    return undefined;
  }
  if (response.body?.kind === 'stream') return { source, items: response.body.items, lineStarts: true };
  const bytes = bodyBytes(response.body);
  yield* write(process, bytes, { source, lineStarts: true }, options.prefix);
  return undefined;
}

function* copyToEnd(invocation: Invocation, log: Open, prefix: boolean): Task<void> {
  for (let item = yield* log.items.next(); item !== undefined; item = yield* log.items.next())
    if (item instanceof Uint8Array) yield* write(invocation.process, item, log, prefix);
}

function* copyReady(invocation: Invocation, log: Open, prefix: boolean): Task<void> {
  for (let item = log.items.poll(); item !== undefined; item = log.items.poll())
    if (item instanceof Uint8Array) yield* write(invocation.process, item, log, prefix);
}

function* write(
  process: Invocation['process'],
  bytes: Uint8Array,
  log: { readonly source: LogSource; lineStarts: boolean },
  prefix: boolean,
): Task<void> {
  if (!prefix) {
    yield* process.write(1, bytes);
    return;
  }
  const head = encode(`[pod/${log.source.pod}/${log.source.container}] `);
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    if (log.lineStarts) yield* process.write(1, head);
    yield* process.write(1, bytes.subarray(start, end));
    log.lineStarts = newline >= 0;
    start = end;
  }
}
