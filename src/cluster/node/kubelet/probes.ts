import { decode } from '../../../world/bytes.ts';
import { Errno } from '../../../world/errno.ts';
import { Collector, DeviceFile } from '../../../world/files/devices.ts';
import { bodyText, type HttpResponse, textResponse } from '../../../world/network/http.ts';
import type { GrpcHealth } from '../../../world/network/namespace.ts';
import type { OutgoingRequest } from '../../../world/network/network.ts';
import type { OpenFile } from '../../../world/open-file.ts';
import { type Process, shellStatus } from '../../../world/process.ts';
import { anyOf, type Task, wait, within } from '../../../world/task.ts';
import type { HTTPGetAction, Probe } from '../../api/types.generated.ts';
import { StartError } from '../runtime/container.ts';
import type { ContainerState } from './container-state.ts';
import type { KubeletHost } from './host.ts';

export type ProbeKind = 'Liveness' | 'Readiness' | 'Startup';

export type ProbeResult =
  | { readonly kind: 'success'; readonly warning?: string }
  | { readonly kind: 'failure'; readonly output: string }
  | { readonly kind: 'unknown'; readonly output: string };

const MAX_OUTPUT = 10_240;

/** Starts the worker of one probe; `report` hears each result. Returns how to stop. kubernetes: pkg/kubelet/prober/worker.go */
export function startProbe(
  host: KubeletHost,
  podIP: string,
  state: ContainerState,
  probe: Probe,
  /** When it looks for the first time, ms. */
  first: number,
  report: (result: ProbeResult) => void,
): () => void {
  let stopped = false;
  const period = (probe.periodSeconds ?? 10) * 1000;
  const target = probe.httpGet && httpTarget(podIP, state, probe.httpGet);
  const process = host.node.spawn({
    argv: ['kubelet', 'probe'],
    thread: true,
    *main(p) {
      yield* p.sleep(first - p.now);
      for (;;) {
        const begun = p.now;
        const result = yield* runProbe(p, host, podIP, state, probe, target);
        if (stopped) return 0;
        report(result);
        if (stopped) return 0;
        yield* p.sleep(Math.max(1, period - (p.now - begun)));
      }
    },
  });
  return () => {
    stopped = true;
    process.destroy();
  };
}

function* runProbe(
  p: Process,
  host: KubeletHost,
  podIP: string,
  state: ContainerState,
  probe: Probe,
  target: HttpTarget | string | undefined,
): Task<ProbeResult> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  const error = probe.exec && host.runtimeState.callError();
  if (error !== undefined) return { kind: 'unknown', output: error };
  if (probe.exec) return yield* execProbe(p, state, probe.exec.command ?? [], timeout);
  if (typeof target === 'string') return { kind: 'unknown', output: target };
  if (target) return yield* httpProbe(p, host, target, timeout);
  if (probe.tcpSocket) {
    const port = portOf(state, probe.tcpSocket.port);
    if (typeof port === 'string') return { kind: 'unknown', output: port };
    return yield* tcpProbe(p, host, probe.tcpSocket.host || podIP, port, timeout);
  }
  if (probe.grpc) return yield* grpcProbe(p, host, podIP, probe.grpc, timeout);
  return { kind: 'unknown', output: 'missing probe handler' };
}

function portOf(state: ContainerState, port: number | string): number | string {
  if (typeof port === 'number') return port;
  const named = state.spec.ports?.find((candidate) => candidate.name === port)?.containerPort;
  if (named !== undefined) return named;
  return /^\d+$/.test(port) ? Number(port) : `strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`;
}

function* execProbe(p: Process, state: ContainerState, command: readonly string[], timeout: number): Task<ProbeResult> {
  const container = state.current;
  if (!container?.running) return { kind: 'unknown', output: 'container is not running' };
  const chunks: Uint8Array[] = [];
  const collector = new Collector((bytes) => chunks.push(bytes));
  const files = new Map<number, OpenFile>([
    [0, new DeviceFile('null')],
    [1, collector],
    [2, collector],
  ]);
  let child: Process;
  try {
    child = container.exec(command, files, undefined);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    const id = p.machine.world.random.hex(64);
    return {
      kind: 'unknown',
      output: `rpc error: code = Unknown desc = failed to exec in container: failed to start exec ${JSON.stringify(id)}: OCI runtime exec failed: exec failed: unable to start container process: ${error.message}`,
    };
  }
  const deadline = p.now + timeout;
  while (!child.ended) {
    const left = deadline - p.now;
    if (left <= 0) {
      child.destroy();
      return {
        kind: 'failure',
        output: `command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeout / 1000}s`,
      };
    }
    yield* wait(anyOf<unknown>(child.stateChange, p.timer(left)));
  }
  const output = chunks.map(decode).join('').slice(0, MAX_OUTPUT);
  return shellStatus(child.ended) === 0 ? { kind: 'success' } : { kind: 'failure', output };
}

/** What is asked again and again. */
interface HttpTarget {
  readonly address: string;
  readonly port: number;
  readonly url: string;
  readonly request: OutgoingRequest;
}

/** A text says why nobody can be asked. */
function httpTarget(podIP: string, state: ContainerState, get: HTTPGetAction): HttpTarget | string {
  const port = portOf(state, get.port ?? 80);
  if (typeof port === 'string') return port;
  const address = get.host || podIP;
  const scheme = (get.scheme ?? 'HTTP').toLowerCase();
  const path = get.path || '/';
  const [target = '/', search = ''] = path.split('?');
  const parts = search === '' ? [] : search.split('&').map((part) => part.split('='));
  return {
    address,
    port,
    url: `${scheme}://${address}:${port}${path.startsWith('/') ? path : `/${path}`}`,
    request: {
      method: 'GET',
      path: target,
      query: parts.map(([name = '', value = '']): [string, string] => [name, value]),
      headers: new Map([
        ['host', `${address}:${port}`],
        ['user-agent', 'kube-probe/1.36'],
        ['accept', '*/*'],
        ...(get.httpHeaders ?? []).map((header): [string, string] => [header.name.toLowerCase(), header.value]),
      ]),
      ...(scheme === 'https' ? { tls: {} } : {}),
    },
  };
}

/** A server without TLS was asked for it. */
const NO_TLS = textResponse(400, '');
/** What servers with TLS answer to one who speaks without. */
const PLAIN_TO_TLS = textResponse(400, 'Client sent an HTTP request to an HTTPS server.\n');

function* ask(p: Process, host: KubeletHost, { address, port, request }: HttpTarget): Task<HttpResponse> {
  const { network } = host.world;
  const opened = yield* network.open(p, address, port);
  if (request.tls && !opened.listener.tls) return NO_TLS;
  if (!request.tls && opened.listener.tls && !opened.listener.tls.optional) return PLAIN_TO_TLS;
  return yield* network.exchange(p, opened, request);
}

/** How many redirects Go's client follows. */
const MAX_REDIRECTS = 10;

/**
 * All of 200-399 is fine. Redirects are followed within the host; one to elsewhere ends there, with a warning.
 * kubernetes: pkg/probe/http/http.go DoHTTPProbe, RedirectChecker
 */
function* httpProbe(p: Process, host: KubeletHost, first: HttpTarget, timeout: number): Task<ProbeResult> {
  const deadline = p.now + timeout;
  let target = first;
  for (let redirects = 0; ; redirects++) {
    const { address, port, url } = target;
    const failure = (why: string): ProbeResult => ({ kind: 'failure', output: `Get ${JSON.stringify(url)}: ${why}` });
    if (redirects === MAX_REDIRECTS) return failure(`stopped after ${MAX_REDIRECTS} redirects`);
    const answer = yield* withTimeout(p, deadline - p.now, ask(p, host, target));
    if (answer === 'timeout')
      return failure('context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
    if (answer instanceof Errno) return failure(dialError(answer, address, port));
    if (answer === NO_TLS) return failure('http: server gave HTTP response to HTTPS client');
    if (answer.status < 200 || answer.status >= 400)
      return { kind: 'failure', output: `HTTP probe failed with statuscode: ${answer.status}` };
    const next = redirected(target, answer);
    if (next) {
      target = next;
      continue;
    }
    if (answer.status < 300) return { kind: 'success' };
    const body = bodyText(answer.body).slice(0, MAX_OUTPUT);
    return { kind: 'success', warning: `Probe terminated redirects, Response body: ${body}` };
  }
}

/** Where an answer sends the prober to, when that is the same host. */
function redirected(target: HttpTarget, { status, headers }: HttpResponse): HttpTarget | undefined {
  const location = headers.get('location');
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined || !URL.canParse(location, target.url))
    return undefined;
  const { protocol, hostname, host, port, pathname, search, searchParams, href } = new URL(location, target.url);
  if (hostname !== target.address) return undefined;
  const secure = protocol === 'https:';
  return {
    address: hostname,
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    url: href,
    request: {
      method: 'GET',
      path: pathname,
      ...(search === '' ? {} : { query: [...searchParams] }),
      headers: new Map([...(target.request.headers ?? []), ['host', host], ['referer', target.url]]),
      ...(secure ? { tls: {} } : {}),
    },
  };
}

/** kubernetes: pkg/probe/grpc/grpc.go */
function* grpcProbe(
  p: Process,
  host: KubeletHost,
  address: string,
  { port, service = '' }: NonNullable<Probe['grpc']>,
  timeout: number,
): Task<ProbeResult> {
  const answer = yield* withTimeout(p, timeout, healthOf(p, host, address, port, service));
  if (answer === 'SERVING') return { kind: 'success' };
  const failure = (output: string): ProbeResult => ({ kind: 'failure', output });
  if (answer === 'NOT_FOUND') return failure('rpc error: code = NotFound desc = unknown service');
  if (answer === 'NOT_SERVING' || answer === 'UNKNOWN')
    return failure(`service unhealthy (responded with ${JSON.stringify(answer)})`);
  // A refusal is tried again until the time is over.
  if (answer instanceof Errno) yield* p.sleep(timeout);
  return failure(
    `timeout: failed to connect service ${JSON.stringify(`${address}:${port}`)} within ${timeout / 1000}s: context deadline exceeded`,
  );
}

function* healthOf(
  p: Process,
  host: KubeletHost,
  address: string,
  port: number,
  service: string,
): Task<GrpcHealth | 'NOT_FOUND'> {
  const { listener } = yield* host.world.network.open(p, address, port);
  // A connection on which nobody speaks gRPC never becomes ready.
  while (!listener.grpcHealth) yield* p.sleep(60_000);
  return listener.grpcHealth(service) ?? 'NOT_FOUND';
}

function* tcpProbe(p: Process, host: KubeletHost, address: string, port: number, timeout: number): Task<ProbeResult> {
  const answer = yield* withTimeout(p, timeout, tryConnect(p, host, address, port));
  if (answer === 'timeout') return { kind: 'failure', output: `dial tcp ${address}:${port}: i/o timeout` };
  return answer instanceof Errno ? { kind: 'failure', output: dialError(answer, address, port) } : { kind: 'success' };
}

function* tryConnect(p: Process, host: KubeletHost, address: string, port: number): Task<true> {
  const connection = yield* host.world.network.connect(p, address, port);
  connection.retain().release();
  return true;
}

function dialError(error: Errno, address: string, port: number): string {
  const texts: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ETIMEDOUT: 'i/o timeout',
  };
  return `dial tcp ${address}:${port}: ${texts[error.code] ?? error.text.toLowerCase()}`;
}

/** Gives up on `work` after `timeout` ms. */
function* withTimeout<T>(p: Process, timeout: number, work: Task<T>): Task<T | Errno | 'timeout'> {
  try {
    const result = yield* within(p.timer(timeout), work);
    return result ? result.value : 'timeout';
  } catch (error) {
    if (error instanceof Errno) return error;
    throw error;
  }
}
