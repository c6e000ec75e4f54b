import type { Cluster } from '../../../cluster/cluster.ts';
import type { HttpRequest } from '../../../world/network/http.ts';
import type { Listener } from '../../../world/network/namespace.ts';
import { CertificateAuthority, readCertificate } from '../../../world/pki/certificate.ts';
import type { Process } from '../../../world/process.ts';
import type { Program } from '../../../world/program.ts';
import { anyOf, Condition, type Task, type Wait, wait } from '../../../world/task.ts';
import { acceptHttp } from '../../net/http-bytes.ts';
import { signals } from '../../servers/support.ts';
import { hasGatewayApi, reconcileGateways } from '../gateway/provider.ts';
import { connectInCluster, type InCluster, InClusterError } from '../in-cluster.ts';
import { hostMatches } from '../matching.ts';
import { internalAnswer } from './api.ts';
import { FEATURES } from './features.ts';
import { FlagError, type Flags, INTERNAL, readFlags } from './flags.ts';
import { ingressConfiguration } from './ingress-provider.ts';
import { jsonLine, Logger } from './logger.ts';
import { running } from './router.ts';
import { TraefikServer } from './server.ts';
import { greet } from './start.ts';
import { GATEWAY_KINDS, INGRESS_KINDS, type Provided, type Provider, Watcher } from './watch.ts';

const GATEWAY_CONTROLLER = 'traefik.io/gateway-controller';
const DEFAULT_NAME = 'TRAEFIK DEFAULT CERT';
const RELEASE = '/etc/traefik/release';
const CODENAME = 'ramequin';
const BUILD_DATE = '2026-03-26T14:04:06Z';
/** What connections without HTTP are told. Go: net/http badRequestError */
const BAD_REQUEST =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request';

/** traefik: a proxy that takes its routes from Ingresses and from the Gateway API. */
export function traefikProgram(cluster: Cluster): Program {
  return { name: 'images/traefik', main: (process) => main(process, cluster) };
}

function* main(process: Process, cluster: Cluster): Task<number> {
  const stopping = signals(process, ['TERM', 'INT']);
  const { files } = process.machine;
  const release = (files.exists(RELEASE) ? files.readText(RELEASE) : '').replace(/^v/, '');
  const args = process.argv.slice(1).filter((word, index) => !(index === 0 && word === 'traefik'));
  const [command = ''] = args;
  if (command === 'version') {
    yield* process.print(
      `Version:      ${release}\nCodename:     ${CODENAME}\nGo version:   go1.26.8\nBuilt:        ${BUILD_DATE}\nOS/Arch:      linux/amd64\n`,
    );
    return 0;
  }
  let flags: Flags;
  try {
    flags = readFlags(args);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    if (error.usage) yield* process.print("kubetutor does not model the list of all of Traefik's flags\n\n");
    yield* commandError(process, `command traefik error: ${error.message}`);
    return 1;
  }
  if (command === 'healthcheck') return yield* healthCheck(process, flags);
  const logger = new Logger(process, { level: flags.logLevel, colour: flags.logColour, json: flags.logJson });
  yield* greet(logger, flags, release, BUILD_DATE);
  const traefik = new Traefik(process, flags, logger, release);
  const listeners = traefik.listen(cluster);
  if (typeof listeners === 'string') {
    yield* commandError(process, `command traefik error: ${listeners}`);
    return 1;
  }
  if (flags.ingress || flags.gateway) {
    try {
      const inCluster = yield* connectInCluster(process, cluster, 'traefik');
      yield* traefik.watch(inCluster, stopping);
    } catch (error) {
      if (!(error instanceof InClusterError)) throw error;
      yield* logger.log('ERROR', 'Cannot start the provider *ingress.Provider', { error: error.message });
      yield* wait(stopping);
    }
  } else yield* wait(stopping);
  yield* logger.log('INFO', 'I have to go...');
  yield* logger.log('INFO', 'Stopping server gracefully');
  for (const listener of listeners) process.machine.network.close(listener);
  yield* logger.log('INFO', 'Server stopped');
  yield* logger.log('INFO', 'Shutting down');
  return 0;
}

/** The last word of a command that fails, before any log is set up. */
function* commandError(process: Process, error: string): Task {
  const time = `${new Date(process.now).toISOString().slice(0, 19)}Z`;
  yield* process.printError(jsonLine(time, { level: 'ERROR', message: 'Command error', fields: { error } }));
}

/** traefik: cmd/healthcheck */
function* healthCheck(process: Process, { ping, entryPoints }: Flags): Task<number> {
  if (!ping) {
    yield* process.print('Error calling healthcheck: please enable `ping` to use health check\n');
    return 1;
  }
  const port = entryPoints.find(({ name }) => name === INTERNAL)?.port ?? 8080;
  const serves = process.machine.network.listenerAt('tcp', '127.0.0.1', port) !== undefined;
  yield* process.print(
    serves
      ? `OK: http://:${port}/ping\n`
      : `Error calling healthcheck: Head "http://:${port}/ping": dial tcp :${port}: connect: connection refused\n`,
  );
  return serves ? 0 : 1;
}

class Traefik {
  private readonly server: TraefikServer;
  private readonly provided = new Map<Provider, Provided>();
  private readonly startDate: string;
  private certificates: readonly string[] = [];

  constructor(
    private readonly process: Process,
    private readonly flags: Flags,
    private readonly logger: Logger,
    private readonly release: string,
  ) {
    this.startDate = new Date(process.now).toISOString();
    this.server = new TraefikServer(process, flags, logger, (request) => this.internal(request));
  }

  private internal(request: HttpRequest) {
    const { flags, release, startDate } = this;
    const { routers } = this.server;
    return internalAnswer({ flags, release, codename: CODENAME, startDate, routers }, request);
  }

  /** Opens the entry points; the problem, if a port is taken. */
  listen(cluster: Cluster): Listener[] | string {
    const { process, flags, server } = this;
    const random = cluster.world.random.fork(`traefik/${process.machine.hostname}`);
    const authority = new CertificateAuthority(
      { commonName: DEFAULT_NAME, organizations: [] },
      random,
      () => process.now,
    );
    // One speaker for the ports: each speaks TLS to those who begin with it.
    const tls = {
      names: [DEFAULT_NAME],
      optional: true,
      certificate: (name: string | undefined) => this.certificate(name ?? '') ?? authority.certificate,
    };
    const open: Listener[] = [];
    for (const entryPoint of flags.entryPoints) {
      const handler = (request: HttpRequest) => server.handle(entryPoint, request);
      const listener: Listener = {
        protocol: 'tcp',
        address: '0.0.0.0',
        port: entryPoint.port,
        owner: process,
        http: handler,
        accept: (connection) => acceptHttp(process, connection, handler, () => BAD_REQUEST),
        tls,
      };
      if (!process.machine.network.listen(listener))
        return `error while building entryPoint ${entryPoint.name}: building listener: error opening listener: listen tcp :${entryPoint.port}: bind: address already in use`;
      open.push(listener);
    }
    return open;
  }

  /** One that has the name itself, or else a wildcard's. traefik: pkg/tls/certificate_store.go GetBestCertificate */
  private certificate(host: string): string | undefined {
    const wanted = host.toLowerCase();
    const namesOf = (pem: string) => {
      const read = readCertificate(pem);
      return read ? [...read.names, read.subject.commonName].map((name) => name.toLowerCase()) : [];
    };
    return (
      this.certificates.find((pem) => namesOf(pem).includes(wanted)) ??
      this.certificates.find((pem) => namesOf(pem).some((name) => hostMatches(name, wanted)))
    );
  }

  /** Follows the cluster until the process is told to stop. */
  *watch(inCluster: InCluster, stopping: Wait<unknown>): Task {
    const changed = new Condition();
    const watchers = this.providers(inCluster).map(
      (provider) =>
        new Watcher(this.process, this.logger, inCluster, provider, (provided) => this.apply(provider, provided)),
    );
    const stops = watchers.map((watcher) => watcher.subscribe(() => changed.notify()));
    try {
      for (;;) {
        let next = Number.POSITIVE_INFINITY;
        for (const watcher of watchers) next = Math.min(next, yield* watcher.step());
        const due = next - this.process.now;
        const waits: Wait<unknown>[] = [stopping, changed];
        if (Number.isFinite(due)) waits.push(this.process.timer(Math.max(0, due)));
        const { index } = yield* wait(anyOf<unknown>(...waits));
        if (index === 0) return;
      }
    } finally {
      for (const stop of stops) stop();
    }
  }

  private providers({ client }: InCluster): Provider[] {
    const { flags } = this;
    const ingress = { kinds: INGRESS_KINDS, load: () => ingressConfiguration(client, flags) };
    const nothing: Provided = { routers: [], certificates: [], log: [] };
    const options = {
      ...flags,
      controllerName: GATEWAY_CONTROLLER,
      reason: 'Handled',
      message: 'Handled by Traefik controller',
      ports: flags.entryPoints,
      features: FEATURES,
    };
    const gateway = {
      kinds: GATEWAY_KINDS,
      load: () => (hasGatewayApi(client) ? reconcileGateways(client, options) : nothing),
    };
    return [...(flags.ingress && !flags.badSelector ? [ingress] : []), ...(flags.gateway ? [gateway] : [])];
  }

  private *apply(provider: Provider, provided: Provided): Task {
    this.provided.set(provider, provided);
    const all = [...this.provided.values()];
    const { routers, log } = running(
      all.flatMap((one) => one.routers),
      this.flags.entryPoints,
    );
    this.server.routers = routers;
    this.certificates = all.flatMap((one) => one.certificates);
    for (const { level, message, fields } of log) yield* this.logger.log(level, message, fields);
  }
}
