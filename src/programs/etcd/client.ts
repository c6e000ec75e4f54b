import { decode, encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { bodyBytes } from '../../world/network/http.ts';
import type { Opened } from '../../world/network/network.ts';
import { chainProblem, isForHost } from '../../world/pki/verify.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { jsonLog } from './format.ts';

/** What etcdctl ends with: `Error: TEXT`. etcd: pkg/cobrautl/error.go */
export class EtcdError extends Error {
  constructor(
    message: string,
    readonly code = 1,
  ) {
    super(message);
  }
}

/** cobrautl.ExitBadArgs, ExitIO */
export const BAD_ARGUMENTS = 128;
export const BAD_IO = 5;

/** Where and how to connect. */
export interface ClientOptions {
  readonly endpoints: readonly string[];
  /** PEM texts. */
  readonly authority: string | undefined;
  readonly certificate: string | undefined;
  readonly secure: boolean;
  readonly skipVerify: boolean;
  /** ms */
  readonly timeout: number;
}

/** Why no connection became ready, in gRPC's words. */
class NotReady extends Error {}

/** A call of a gRPC method at one endpoint. Raises EtcdError when no answer comes in time. */
export function* call(
  process: Process,
  options: ClientOptions,
  endpoint: string,
  method: string,
  request: Readonly<Record<string, unknown>> = {},
): Task<Readonly<Record<string, unknown>>> {
  const bytes = yield* callForBytes(process, options, endpoint, method, request);
  const value: unknown = JSON.parse(decode(bytes));
  const answer: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(value ?? {}));
  if (typeof answer['refused'] === 'string') throw new EtcdError(answer['refused']);
  return answer;
}

/** As `call`, for methods that answer with a stream. `patient`: waits for ever. */
export function* callForBytes(
  process: Process,
  options: ClientOptions,
  endpoint: string,
  method: string,
  request: Readonly<Record<string, unknown>> = {},
  patient = false,
): Task<Uint8Array> {
  const began = process.now;
  try {
    return yield* attempt(process, options, endpoint, method, request);
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    while (patient) yield* process.sleep(60_000);
    yield* process.sleep(Math.max(0, options.timeout - (process.now - began)));
    const target = endpoint.replace(/^https?:\/\//, '');
    yield* process.printError(
      jsonLog('warn', process.now, {
        logger: method.includes('KV/Range') && isHealth(request) ? 'client' : 'etcd-client',
        caller: 'v3@v3.6.8/retry_interceptor.go:65',
        msg: 'retrying of unary invoker failed',
        target: `etcd-endpoints://0xc000${process.machine.world.random.hex(6)}/${target}`,
        method,
        attempt: 0,
        error: `rpc error: code = DeadlineExceeded desc = latest balancer error: connection error: desc = ${JSON.stringify(error.message)}`,
      }),
    );
    throw new EtcdError('context deadline exceeded');
  }
}

const isHealth = ({ key }: Readonly<Record<string, unknown>>) => key === 'health';

function* attempt(
  process: Process,
  options: ClientOptions,
  endpoint: string,
  method: string,
  request: Readonly<Record<string, unknown>>,
): Task<Uint8Array> {
  const [, scheme, host = '', port = ''] = /^(?:(https?):\/\/)?([^:/]+):?(\d*)/.exec(endpoint) ?? [];
  const tls = scheme === 'https' || (scheme === undefined && options.secure);
  const address = host === 'localhost' ? '127.0.0.1' : host;
  const opened = yield* connect(process, address, Number(port || '2379'));
  checkSpeech(process, options, opened, tls, host);
  const { network } = process.machine.world;
  const response = yield* network.exchange(process, opened, {
    method: 'POST',
    path: method,
    headers: new Map([['content-type', 'application/grpc']]),
    body: { kind: 'bytes', bytes: encode(JSON.stringify(request)) },
    ...(tls ? { tls: options.certificate === undefined ? {} : { clientCertificate: options.certificate } } : {}),
  });
  const body = bodyBytes(response.body);
  if (response.status === 495) throw new NotReady(`error reading server preface: ${decode(body)}`);
  if (response.status !== 200) throw new EtcdError(decode(body));
  return body;
}

function* connect(process: Process, address: string, port: number): Task<Opened> {
  try {
    return yield* process.machine.world.network.open(process, address, port, 2000);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const why = error.code === 'ETIMEDOUT' ? 'i/o timeout' : `connect: ${error.text.toLowerCase()}`;
    throw new NotReady(`transport: Error while dialing: dial tcp ${address}:${port}: ${why}`);
  }
}

/** Both sides must speak TLS or neither, and the server's certificate must be one to trust. */
function checkSpeech(process: Process, options: ClientOptions, { listener }: Opened, tls: boolean, host: string): void {
  const failed = (why: string) => new NotReady(`transport: authentication handshake failed: ${why}`);
  if (!listener.http) throw new NotReady('error reading server preface: EOF');
  if (!tls && listener.tls) throw new NotReady('error reading server preface: EOF');
  if (!tls) return;
  if (!listener.tls) throw failed('tls: first record does not look like a TLS handshake');
  if (options.skipVerify) return;
  const pem = listener.tls.certificate?.(host) ?? '';
  const problem = chainProblem(pem, [options.authority ?? ''], process.now);
  const refuse = (text: string) => failed(`tls: failed to verify certificate: x509: ${text}`);
  if (problem)
    throw refuse(
      problem.code === 10 ? 'certificate has expired or is not yet valid' : 'certificate signed by unknown authority',
    );
  if (!isForHost(pem, host)) throw refuse(`certificate is not valid for ${host}`);
}
