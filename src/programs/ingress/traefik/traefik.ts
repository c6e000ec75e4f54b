import { ApiUnreachable, type Kind } from '../../../cluster/api/client.ts';
import { ENDPOINT_SLICES, INGRESS_CLASSES, INGRESSES, SECRETS, SERVICES } from '../../../cluster/api/kinds.ts';
import type { ApiObject } from '../../../cluster/api/object.ts';
import { StatusError } from '../../../cluster/apimachinery/errors.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import { type HttpRequest, textResponse } from '../../../world/network/http.ts';
import type { Listener } from '../../../world/network/namespace.ts';
import { CertificateAuthority, readCertificate } from '../../../world/pki/certificate.ts';
import type { Process } from '../../../world/process.ts';
import type { Program } from '../../../world/program.ts';
import { anyOf, Condition, type Task, type Wait, wait } from '../../../world/task.ts';
import { acceptHttp } from '../../net/http-bytes.ts';
import { listenHttp, signals } from '../../servers/support.ts';
import { hasGatewayApi, reconcileGateways } from '../gateway/provider.ts';
import { GATEWAY_CLASSES, GATEWAYS, GRPC_ROUTES, HTTP_ROUTES, REFERENCE_GRANTS } from '../gateway/types.ts';
import { connectInCluster, type InCluster, InClusterError, mayNotList } from '../in-cluster.ts';
import { klog, structured } from '../klog.ts';
import { hostMatches } from '../matching.ts';
import { type EntryPoint, type Flags, readFlags } from './flags.ts';
import { ingressConfiguration, publishAddresses } from './ingress-provider.ts';
import type { Router } from './router.ts';
import { TraefikServer } from './server.ts';

export const GATEWAY_CONTROLLER = 'traefik.io/gateway-controller';
const DEFAULT_NAME = 'TRAEFIK DEFAULT CERT';
/** The entry point of /ping and the API. */
const INTERNAL = 'traefik';
const RELEASE = '/etc/traefik/release';
/** ms between two configurations: providersThrottleDuration. */
const THROTTLE = 2000;
/** ms after which kinds that could not be listed are tried again. */
const RETRY = 5000;
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'PANIC'];
const GATEWAY_KINDS: readonly Kind<ApiObject>[] = [
  GATEWAY_CLASSES,
  GATEWAYS,
  HTTP_ROUTES,
  GRPC_ROUTES,
  REFERENCE_GRANTS,
];
const KIND_NAMES: Readonly<Record<string, string>> = {
  ingresses: 'v1.Ingress',
  ingressclasses: 'v1.IngressClass',
  services: 'v1.Service',
  endpointslices: 'v1.EndpointSlice',
  secrets: 'v1.Secret',
  gatewayclasses: 'v1.GatewayClass',
  gateways: 'v1.Gateway',
  httproutes: 'v1.HTTPRoute',
  grpcroutes: 'v1.GRPCRoute',
  referencegrants: 'v1beta1.ReferenceGrant',
};

/** traefik: a proxy that takes its routes from Ingresses and from the Gateway API. */
export function traefikProgram(cluster: Cluster): Program {
  return { name: 'images/traefik', main: (process) => main(process, cluster) };
}

function* main(process: Process, cluster: Cluster): Task<number> {
  const stopping = signals(process, ['TERM', 'INT']);
  const { files } = process.machine;
  const release = (files.exists(RELEASE) ? files.readText(RELEASE) : '').replace(/^v/, '');
  let flags: Flags;
  try {
    flags = readFlags(process.argv.slice(1));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    yield* process.printError(`${stamp(process)} ERR Command error error="${error.message}"\n`);
    return 1;
  }
  if (flags.version) {
    yield* process.print(
      `Version:      ${release}\nCodename:     kubetutor\nGo version:   go1.24\nOS/Arch:      linux/amd64\n`,
    );
    return 0;
  }
  const traefik = new Traefik(process, flags);
  yield* traefik.log('INFO', `Traefik version ${release} built on 2026-01-01T00:00:00Z version=${release}`);
  const listeners = traefik.listen(cluster);
  if (typeof listeners === 'string') {
    yield* traefik.log('ERROR', `Command error error="${listeners}"`);
    return 1;
  }
  if (flags.ingress || flags.gateway) {
    try {
      const inCluster = yield* connectInCluster(process, cluster, 'traefik');
      yield* traefik.watch(inCluster, stopping);
    } catch (error) {
      if (!(error instanceof InClusterError)) throw error;
      yield* traefik.log('ERROR', `Cannot start the provider *ingress.Provider error="${error.message}"`);
      yield* wait(stopping);
    }
  } else yield* wait(stopping);
  yield* traefik.log('INFO', 'I have to go...');
  yield* traefik.log('INFO', 'Stopping server gracefully');
  for (const listener of listeners) process.machine.network.close(listener);
  yield* traefik.log('INFO', 'Server stopped');
  yield* traefik.log('INFO', 'Shutting down');
  return 0;
}

class Traefik {
  private readonly server: TraefikServer;
  private certificates: readonly string[] = [];
  private readonly told = new Set<string>();

  constructor(
    private readonly process: Process,
    private readonly flags: Flags,
  ) {
    this.server = new TraefikServer(process, flags.entryPoints, flags.accessLog);
  }

  /** `2026-09-01T09:00:00Z INF text`, if the level is wanted. */
  *log(level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR', text: string): Task {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.flags.logLevel)) return;
    const short = { DEBUG: 'DBG', INFO: 'INF', WARN: 'WRN', ERROR: 'ERR' }[level];
    yield* this.process.printError(`${stamp(this.process)} ${short} ${text}\n`);
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
    const fallback = authority.issue({ commonName: DEFAULT_NAME, organizations: [] }, 365, [
      'traefik.default',
    ]).certificate;
    const open: Listener[] = [];
    for (const entryPoint of flags.entryPoints) {
      const internal = entryPoint.name === INTERNAL;
      const handler = (request: HttpRequest) => (internal ? this.admin(request) : server.handle(entryPoint, request));
      const tls = {
        names: [DEFAULT_NAME],
        certificate: (name: string | undefined) => this.certificate(name ?? '') ?? fallback,
      };
      const speaksTls = () => this.speaksTls(entryPoint);
      const listener: Listener = {
        protocol: 'tcp',
        address: '0.0.0.0',
        port: entryPoint.port,
        owner: process,
        http: handler,
        accept: (connection) => acceptHttp(process, connection, handler),
        // Which of its ports speak TLS follows from the routers.
        get tls() {
          return speaksTls() ? tls : undefined;
        },
      };
      if (!process.machine.network.listen(listener))
        return `building listener: error opening listener: listen tcp :${entryPoint.port}: bind: address already in use`;
      open.push(listener);
    }
    if ((flags.ping || flags.api) && !flags.entryPoints.some(({ name }) => name === INTERNAL)) {
      const admin = listenHttp(process, 8080, (request) => this.admin(request));
      if (admin) open.push(admin);
    }
    return open;
  }

  private speaksTls({ name, tls }: EntryPoint): boolean {
    return (
      tls ||
      name === 'websecure' ||
      this.server.routers.some((router) => router.tls && router.entryPoints.includes(name))
    );
  }

  private certificate(host: string): string | undefined {
    return this.certificates.find((pem) => {
      const read = readCertificate(pem);
      const names = read ? [...read.names, read.subject.commonName] : [];
      return names.some((name) => hostMatches(name.toLowerCase(), host.toLowerCase()));
    });
  }

  private *admin(request: HttpRequest): Task<ReturnType<typeof textResponse>> {
    yield* wait(this.process.timer(1));
    if (request.path === '/ping' && this.flags.ping) return textResponse(200, 'OK');
    if (request.path === '/api/http/routers' && this.flags.api)
      return textResponse(200, JSON.stringify(this.server.routers.map(describe)), 'application/json');
    if (request.path.startsWith('/dashboard') && this.flags.api)
      return textResponse(200, "kubetutor does not model Traefik's dashboard; /api/http/routers lists its routers\n");
    return textResponse(404, '404 page not found\n');
  }

  /** Follows the cluster until the process is told to stop. */
  *watch(inCluster: InCluster, stopping: Wait<unknown>): Task {
    const { client } = inCluster;
    const changed = new Condition();
    let dirty = true;
    const mark = () => {
      dirty = true;
      changed.notify();
    };
    const kinds: Kind<ApiObject>[] = [SERVICES, ENDPOINT_SLICES, SECRETS];
    if (this.flags.ingress) kinds.push(INGRESSES, INGRESS_CLASSES);
    if (this.flags.gateway) kinds.push(...GATEWAY_KINDS);
    const stops = kinds.map(({ plural, group }) =>
      client.server.store.subscribe(group === '' ? plural : `${plural}.${group}`, mark),
    );
    stops.push(client.server.store.subscribe('customresourcedefinitions.apiextensions.k8s.io', mark));
    try {
      for (;;) {
        let next = Number.POSITIVE_INFINITY;
        if (dirty) {
          dirty = false;
          const blocked = yield* this.cannotList(inCluster, kinds);
          if (blocked) next = RETRY;
          else yield* this.load(inCluster);
          dirty ||= blocked;
        }
        if (dirty && next === Number.POSITIVE_INFINITY) next = THROTTLE;
        const waits: Wait<unknown>[] = [stopping, dirty ? this.process.timer(next) : changed];
        const { index } = yield* wait(anyOf<unknown>(...waits));
        if (index === 0) return;
        // What follows one change at once is taken together with it.
        const { index: early } = yield* wait(anyOf<unknown>(stopping, this.process.timer(THROTTLE / 10)));
        if (early === 0) return;
      }
    } finally {
      for (const stop of stops) stop();
    }
  }

  private *cannotList(inCluster: InCluster, kinds: readonly Kind<ApiObject>[]): Task<boolean> {
    let blocked = false;
    for (const kind of kinds) {
      const { resources } = inCluster.client.server;
      const served = resources.find(kind.group, kind.version, kind.plural);
      const problem = served ? mayNotList(inCluster, kind) : 'the server could not find the requested resource';
      if (problem === undefined) continue;
      blocked = true;
      const type = `*${KIND_NAMES[kind.plural] ?? kind.plural}`;
      const err = `failed to list ${type}: ${problem}`;
      const values = { err, logger: 'UnhandledError', reflector: 'k8s.io/client-go/informers/factory.go:160', type };
      yield* this.process.printError(
        klog(this.process.now, 'E', 'reflector.go:205', structured('Failed to watch', values)),
      );
    }
    return blocked;
  }

  private *load({ client }: InCluster): Task {
    const { flags } = this;
    const routers: Router[] = [];
    const certificates: string[] = [];
    try {
      if (flags.ingress) {
        const found = ingressConfiguration(client, flags);
        routers.push(...found.routers);
        certificates.push(...found.certificates);
        yield* this.tell(found.problems);
        publishAddresses(client, flags, found.mine);
      }
      if (flags.gateway && hasGatewayApi(client)) {
        const found = reconcileGateways(client, {
          controllerName: GATEWAY_CONTROLLER,
          reason: 'Handled',
          message: 'Handled by Traefik controller',
          ports: flags.entryPoints,
          statusIp: flags.statusIp,
          statusHostname: flags.statusHostname,
          statusService: flags.statusService,
        });
        routers.push(...found.routers);
        certificates.push(...found.certificates);
      }
    } catch (error) {
      if (!(error instanceof StatusError) && !(error instanceof ApiUnreachable)) throw error;
      yield* this.log('ERROR', `Unable to update status error="${error.message}"`);
    }
    this.server.routers = routers.sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
    this.certificates = certificates;
  }

  /** Problems are told once. */
  private *tell(problems: readonly { readonly ingress: string; readonly message: string }[]): Task {
    for (const { ingress, message } of problems) {
      const [namespace = '', name = ''] = ingress.split('/');
      const line = `${message} ingress=${name} namespace=${namespace} providerName=kubernetes`;
      if (this.told.has(line)) continue;
      this.told.add(line);
      yield* this.log(message.startsWith('Skipping') ? 'WARN' : 'ERROR', line);
    }
  }
}

function describe({ name, rule, priority, entryPoints, tls, shares }: Router): unknown {
  return {
    entryPoints,
    service: shares.map((share) => share.name).join(','),
    rule,
    priority,
    ...(tls ? { tls: {} } : {}),
    status: 'enabled',
    using: entryPoints,
    name,
    provider: name.replace(/^.*@/, ''),
  };
}

/** `2026-09-01T09:00:00Z` */
function stamp({ now }: Process): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}
