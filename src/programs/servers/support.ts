import { encode } from '../../world/bytes.ts';
import type { HttpHandler, HttpResponse } from '../../world/network/http.ts';
import type { Listener } from '../../world/network/namespace.ts';
import type { Process } from '../../world/process.ts';
import type { Signal } from '../../world/signals.ts';
import { type Task, type Wait, wait } from '../../world/task.ts';
import { acceptHttp } from '../net/http-bytes.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The first of these signals, from the moment of the call on. */
export function signals(process: Process, names: readonly Signal[]): Wait<Signal> {
  let got: Signal | undefined;
  let wake: ((signal: Signal) => void) | undefined;
  for (const name of names)
    process.onSignal(name, {
      interrupt: false,
      handle: (signal) => {
        got ??= signal;
        wake?.(signal);
      },
    });
  return {
    arm: (resume) => {
      if (got) resume(got);
      else wake = resume;
      return () => {
        wake = undefined;
      };
    },
  };
}

/** Listens for HTTP; undefined when the port is taken. */
export function listenHttp(
  process: Process,
  port: number,
  handler: HttpHandler,
  address = '0.0.0.0',
): Listener | undefined {
  const listener: Listener = {
    protocol: 'tcp',
    address,
    port,
    owner: process,
    http: handler,
    accept: (connection) => acceptHttp(process, connection, handler),
  };
  return process.machine.network.listen(listener) ? listener : undefined;
}

/** Serves until a signal asks for the end. */
export function* untilSignal(process: Process, names: readonly Signal[] = ['TERM', 'INT']): Task<Signal> {
  return yield* wait(signals(process, names));
}

/** A response with the headers that Go's servers send. */
export function goResponse(
  process: Process,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): HttpResponse {
  const bytes = encode(text);
  return {
    status,
    headers: new Map([
      ['date', new Date(process.now).toUTCString()],
      ['content-length', String(bytes.length)],
      ['content-type', type],
    ]),
    body: { kind: 'bytes', bytes },
  };
}

/** `2026/09/01 09:00:00`, as Go's log package writes it. */
export function goTime(now: number): string {
  return new Date(now).toISOString().slice(0, 19).replace(/-/g, '/').replace('T', ' ');
}

/** `01/Sep/2026:09:00:00 +0000` */
export function logTime(now: number): string {
  const iso = new Date(now).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** `Tue Sep 01 09:00:00.000000 2026` */
export function apacheTime(now: number): string {
  const date = new Date(now);
  const iso = date.toISOString();
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${iso.slice(8, 10)} ${iso.slice(11, 23)}000 ${iso.slice(0, 4)}`;
}

/** `01 Sep 2026 09:00:00.000` */
export function redisTime(now: number): string {
  const iso = new Date(now).toISOString();
  return `${iso.slice(8, 10)} ${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)} ${iso.slice(11, 23)}`;
}

/** The address of the Pod or machine. */
export function ownAddress(process: Process): string {
  for (const address of process.machine.network.addresses) if (!address.startsWith('127.')) return address;
  return '127.0.0.1';
}

/** The value of `--name=value`, `--name value`, `-name=value` or `-name value`. */
export function flag(args: readonly string[], name: string): string | undefined {
  for (const [index, word] of args.entries()) {
    const found = new RegExp(`^--?${name}(?:=(.*))?$`, 's').exec(word);
    if (found) return found[1] ?? args[index + 1];
  }
  return undefined;
}
