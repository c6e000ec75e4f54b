import { ApiUnreachable } from '../../../cluster/api/client.ts';
import {
  CONFIG_MAPS,
  ENDPOINT_SLICES,
  INGRESS_CLASSES,
  INGRESSES,
  PODS,
  SECRETS,
  SERVICES,
} from '../../../cluster/api/kinds.ts';
import type { Stored } from '../../../cluster/api/object.ts';
import type { Pod } from '../../../cluster/api/types.generated.ts';
import { StatusError } from '../../../cluster/apimachinery/errors.ts';
import type { Cluster } from '../../../cluster/cluster.ts';
import { type HttpRequest, textResponse } from '../../../world/network/http.ts';
import type { Listener } from '../../../world/network/namespace.ts';
import { CertificateAuthority } from '../../../world/pki/certificate.ts';
import type { Process } from '../../../world/process.ts';
import type { Program } from '../../../world/program.ts';
import { anyOf, type Task, type Wait, wait } from '../../../world/task.ts';
import { acceptHttp } from '../../net/http-bytes.ts';
import { signals } from '../../servers/support.ts';
import { connectInCluster, type InCluster, InClusterError, mayNotList } from '../in-cluster.ts';
import { klog, structured } from '../klog.ts';
import { LeaderElection, RETRY_PERIOD } from '../leader.ts';
import { hostMatches } from '../matching.ts';
import { type Configuration, makeConfiguration } from './configuration.ts';
import { type Flags, readFlags } from './flags.ts';
import { NginxProxy } from './proxy.ts';
import { StatusPublisher } from './publisher.ts';
import { answerReview, invalidPaths, refusal } from './review.ts';
import type { LogLine } from './secrets.ts';
import { Watcher } from './watcher.ts';

/** ms between two syncs: --sync-rate-limit=0.3. */
const SYNC_INTERVAL = 1000 / 0.3;
/** ms between two looks at the statuses of Ingresses. */
const STATUS_INTERVAL = 60_000;
/** --post-shutdown-grace-period, ms. */
const GRACE = 10_000;
const RELEASE = '/etc/ingress-controller/release';
const FAKE_NAME = 'Kubernetes Ingress Controller Fake Certificate';
const EMPTY: Configuration = { servers: new Map(), upstreams: new Map(), warnings: [] };
const WATCHED = [INGRESSES, INGRESS_CLASSES, SERVICES, ENDPOINT_SLICES, SECRETS, CONFIG_MAPS];
const KIND_NAMES: Readonly<Record<string, string>> = {
  ingresses: 'Ingress',
  ingressclasses: 'IngressClass',
  services: 'Service',
  endpointslices: 'EndpointSlice',
  secrets: 'Secret',
  configmaps: 'ConfigMap',
};

/** nginx-ingress-controller: watches Ingresses with its ServiceAccount and answers on ports 80 and 443. */
export function ingressNginxProgram(cluster: Cluster): Program {
  return { name: 'images/nginx-ingress-controller', main: (process) => main(process, cluster) };
}

function* main(process: Process, cluster: Cluster): Task<number> {
  const flags = readFlags(process.argv.slice(1));
  const stopping = signals(process, ['TERM', 'INT']);
  yield* process.printError(banner(process));
  const log = (severity: 'I' | 'W' | 'E' | 'F', where: string, text: string) =>
    process.printError(klog(process.now, severity, where, text));
  yield* log(
    'W',
    'client_config.go:667',
    'Neither --kubeconfig nor --master was specified.  Using the inClusterConfig.  This might not work.',
  );
  let inCluster: InCluster;
  try {
    const host = `https://${process.env.get('KUBERNETES_SERVICE_HOST')}:${process.env.get('KUBERNETES_SERVICE_PORT')}`;
    yield* log('I', 'main.go:205', structured('Creating API client', { host }));
    inCluster = yield* connectInCluster(process, cluster, 'nginx-ingress-controller');
  } catch (error) {
    if (!(error instanceof InClusterError)) throw error;
    yield* log(
      'F',
      'main.go:68',
      `Error while initiating a connection to the Kubernetes API server. This could mean the cluster is misconfigured (e.g. it has invalid API server certificates or Service Accounts configuration). Reason: ${error.message}\nRefer to the troubleshooting guide for more information: https://kubernetes.github.io/ingress-nginx/troubleshooting/`,
    );
    return 255;
  }
  const version = { major: '1', minor: '36', git: 'v1.36.4', state: 'clean', platform: 'linux/amd64' };
  yield* log('I', 'main.go:248', structured('Running in Kubernetes cluster', version));
  return yield* new Controller(process, cluster, inCluster, flags, stopping, log).run();
}

type Log = (severity: 'I' | 'W' | 'E' | 'F', where: string, text: string) => Task;

class Controller {
  private configuration = EMPTY;
  private signature = '';
  private synced = false;
  private lastSync = Number.NEGATIVE_INFINITY;
  private readonly watcher: Watcher;
  private readonly election: LeaderElection;
  private readonly publisher: StatusPublisher;
  private readonly pod: { readonly namespace: string; readonly name: string };
  private readonly fake: string;
  private leader = '';
  /** The controller's Pod, as it was at the start. */
  private self: Stored<Pod> | undefined;

  constructor(
    private readonly process: Process,
    cluster: Cluster,
    private readonly inCluster: InCluster,
    private readonly flags: Flags,
    private readonly stopping: Wait<unknown>,
    private readonly log: Log,
  ) {
    const { client, namespace } = inCluster;
    this.pod = {
      namespace: process.env.get('POD_NAMESPACE') ?? namespace,
      name: process.env.get('POD_NAME') ?? process.machine.hostname,
    };
    this.watcher = new Watcher(client, cluster.world, {
      controller: flags.controllerClass,
      annotation: flags.ingressClass,
      withoutClass: flags.withoutClass,
      namespace: flags.watchNamespace,
      configMap: flags.configMap,
    });
    this.election = new LeaderElection(client, this.pod.namespace, flags.electionId, this.pod.name);
    this.publisher = new StatusPublisher(client, flags, this.pod);
    const random = cluster.world.random.fork(`ingress-nginx/${this.pod.name}`);
    const authority = new CertificateAuthority(
      { commonName: FAKE_NAME, organizations: ['Acme Co'] },
      random,
      () => process.now,
    );
    this.fake = authority.issue({ commonName: FAKE_NAME, organizations: ['Acme Co'] }, 365, [
      'ingress.local',
    ]).certificate;
    this.proxy = new NginxProxy(
      process,
      client,
      random.fork('proxy'),
      () => this.configuration,
      () => this.watcher.settings(),
    );
  }

  private readonly proxy: NginxProxy;

  *run(): Task<number> {
    const { flags, log } = this;
    yield* log(
      'I',
      'main.go:101',
      structured('SSL fake certificate created', { file: '/etc/ingress-controller/ssl/default-fake-certificate.pem' }),
    );
    const { webhookCertificate: path, webhookKey: key } = flags;
    if (flags.webhookPort > 0) yield* log('I', 'ssl.go:535', structured('loading tls certificate', { path, key }));
    yield* log('I', 'nginx.go:273', structured('Starting NGINX Ingress controller'));
    const health = this.listen(flags.healthzPort, (request) => this.health(request));
    if (!(yield* this.cachesFilled())) return 0;
    this.watcher.start();
    yield* this.flush();
    yield* log('I', 'nginx.go:319', structured('Starting NGINX process'));
    const listeners = this.openPorts();
    if (typeof listeners === 'number') {
      yield* log(
        'F',
        'main.go:134',
        `port ${listeners} is already in use. Please check the flag --http${listeners === flags.httpsPort ? 's' : ''}-port`,
      );
      return 255;
    }
    yield* log(
      'I',
      'leaderelection.go:258',
      structured('Attempting to acquire leader lease...', { lock: `${this.pod.namespace}/${flags.electionId}` }),
    );
    if (flags.webhookPort > 0)
      yield* log(
        'I',
        'nginx.go:339',
        structured('Starting validation webhook', { address: `:${flags.webhookPort}`, certPath: path, keyPath: key }),
      );
    yield* this.loop();
    return yield* this.shutDown([...listeners, ...(health ? [health] : [])]);
  }

  /** Whether all kinds could be listed; false when the process is told to stop before. */
  private *cachesFilled(): Task<boolean> {
    for (let delay = 800; ; delay = Math.min(30_000, delay * 2)) {
      const problems = WATCHED.flatMap((kind) => {
        const problem = mayNotList(this.inCluster, kind);
        return problem === undefined ? [] : [[KIND_NAMES[kind.plural] ?? '', problem] as const];
      });
      if (problems.length === 0) return true;
      for (const [kind, problem] of problems)
        yield* this.log(
          'E',
          'reflector.go:205',
          structured('Failed to watch', {
            err: `failed to list *v1.${kind}: ${problem}`,
            logger: 'UnhandledError',
            reflector: 'k8s.io/client-go/informers/factory.go:160',
            type: `*v1.${kind}`,
          }),
        );
      const { index } = yield* wait(anyOf<unknown>(this.stopping, this.process.timer(delay)));
      if (index === 0) return false;
    }
  }

  private *loop(): Task {
    const { process, watcher } = this;
    let nextElection = process.now;
    let nextStatus = Number.POSITIVE_INFINITY;
    for (;;) {
      if (process.now >= nextElection) {
        nextElection = process.now + RETRY_PERIOD;
        if (yield* this.elect()) nextStatus = process.now;
      }
      if (this.watcher.dirty && process.now >= this.lastSync + SYNC_INTERVAL) yield* this.sync();
      if (process.now >= nextStatus) {
        nextStatus = process.now + STATUS_INTERVAL;
        if (this.election.leading) yield* this.publish();
      }
      yield* this.flush();
      const dueSync = watcher.dirty ? this.lastSync + SYNC_INTERVAL : Number.POSITIVE_INFINITY;
      const due = Math.max(0, Math.min(nextElection, nextStatus, dueSync) - process.now);
      const { index } = yield* wait(anyOf<unknown>(this.stopping, watcher.changed, process.timer(due)));
      if (index === 0) return;
    }
  }

  /** Whether this instance has just become the leader. */
  private *elect(): Task<boolean> {
    const before = this.election.leading;
    try {
      this.election.step();
    } catch (error) {
      if (!(error instanceof StatusError) && !(error instanceof ApiUnreachable)) throw error;
      yield* this.log(
        'E',
        'leaderelection.go:436',
        `error initially creating leader election record: ${error.message}`,
      );
      return false;
    }
    const won = this.election.leading && !before;
    if (won)
      yield* this.log(
        'I',
        'leaderelection.go:272',
        structured('Successfully acquired lease', { lock: `${this.pod.namespace}/${this.flags.electionId}` }),
      );
    if (this.election.leader !== this.leader) {
      this.leader = this.election.leader;
      yield* this.log('I', 'status.go:85', structured('New leader elected', { identity: this.leader }));
    }
    return won;
  }

  private *sync(): Task {
    const { watcher, process } = this;
    watcher.dirty = false;
    this.lastSync = process.now;
    const next = makeConfiguration(
      this.inCluster.client,
      watcher.ingresses(),
      watcher.settings(),
      this.flags.defaultService,
    );
    for (const [where, text, severity = 'W'] of next.warnings) yield* this.log(severity, where, text);
    const signature = signatureOf(next);
    if (signature !== this.signature) {
      yield* this.log('I', 'controller.go:217', structured('Configuration changes detected, backend reload required'));
      yield* process.sleep(90);
      this.signature = signature;
      yield* this.log('I', 'controller.go:231', structured('Backend successfully reloaded'));
      this.self ??= this.inCluster.client.get(PODS, this.pod.namespace, this.pod.name);
      if (this.self)
        watcher.tell(this.self, 'Normal', 'RELOAD', 'NGINX reload triggered due to a change in configuration');
    }
    if (!this.synced) {
      yield* this.log('I', 'controller.go:243', structured('Initial sync, sleeping for 1 second'));
      yield* this.flush();
      yield* process.sleep(1000);
      this.synced = true;
    }
    this.configuration = next;
  }

  private *publish(): Task {
    try {
      for (const [where, line] of this.publisher.publish(this.watcher.ingresses())) yield* this.log('I', where, line);
    } catch (error) {
      if (!(error instanceof StatusError) && !(error instanceof ApiUnreachable)) throw error;
      yield* this.log('W', 'status.go:316', `error updating ingress rule: ${error.message}`);
    }
  }

  /** Writes what the informers had to say. */
  private *flush(): Task {
    for (const [severity, where, text] of this.watcher.lines.splice(0)) yield* this.log(severity, where, text);
  }

  private openPorts(): Listener[] | number {
    const { flags } = this;
    const handler = (request: HttpRequest) => this.proxy.handle(request);
    const http = this.listen(flags.httpPort, handler);
    if (!http) return flags.httpPort;
    const https = this.listen(flags.httpsPort, handler, {
      names: ['ingress.local'],
      certificate: (name) => this.certificate(name),
    });
    if (!https) return flags.httpsPort;
    const webhook =
      flags.webhookPort > 0
        ? this.listen(flags.webhookPort, (request) => this.review(request), {
            names: [`ingress-nginx-controller-admission.${this.pod.namespace}.svc`],
          })
        : undefined;
    return webhook ? [http, https, webhook] : [http, https];
  }

  private listen(
    port: number,
    handler: NonNullable<Listener['http']>,
    tls?: NonNullable<Listener['tls']>,
  ): Listener | undefined {
    const { process } = this;
    const listener: Listener = {
      protocol: 'tcp',
      address: '0.0.0.0',
      port,
      owner: process,
      http: handler,
      ...(tls ? { tls } : { accept: (connection) => acceptHttp(process, connection, handler) }),
    };
    return process.machine.network.listen(listener) ? listener : undefined;
  }

  /** The certificate for a name: that of its server, of a wildcard, or the controller's own. */
  private certificate(name: string | undefined): string {
    const host = (name ?? '').toLowerCase();
    const { servers } = this.configuration;
    const exact = servers.get(host)?.certificate;
    if (exact) return exact.pem;
    for (const server of servers.values())
      if (server.certificate && hostMatches(server.host, host)) return server.certificate.pem;
    return this.defaultCertificate() ?? this.fake;
  }

  private defaultCertificate(): string | undefined {
    const [namespace = '', name = ''] = this.flags.defaultCertificate.split('/');
    const data = name === '' ? undefined : this.inCluster.client.get(SECRETS, namespace, name)?.data?.['tls.crt'];
    return data === undefined ? undefined : atob(data);
  }

  private *health(request: HttpRequest): Task<ReturnType<typeof textResponse>> {
    yield* wait(this.process.timer(1));
    if (request.path !== '/healthz') return textResponse(404, '404 page not found\n');
    return this.synced
      ? textResponse(200, 'ok')
      : textResponse(500, '[+]ping ok\n[-]nginx-ingress-controller failed: reason withheld\nhealthz check failed\n');
  }

  /** ingress-nginx: internal/admission/controller/main.go HandleAdmission */
  private *review(request: HttpRequest): Task<ReturnType<typeof answerReview>> {
    yield* wait(this.process.timer(5));
    const lines: LogLine[] = [];
    const answer = answerReview(request, (ingress) => {
      const { namespace, name } = ingress.metadata;
      const key = `${namespace}/${name}`;
      const foreign = this.watcher.whyNotMine(ingress);
      const why =
        foreign === undefined
          ? refusal(this.inCluster.client, ingress, this.watcher.settings(), (other) => this.watcher.isMine(other))
          : undefined;
      if (foreign !== undefined)
        lines.push([
          'W',
          'controller.go:352',
          `ignoring ingress ${name} in ${namespace} based on annotation : ${foreign}`,
        ]);
      lines.push(
        why === undefined
          ? ['I', 'main.go:107', structured('successfully validated configuration, accepting', { ingress: key })]
          : ['E', 'main.go:96', structured('invalid ingress configuration', { err: why, ingress: key })],
      );
      return { why, warnings: invalidPaths(ingress) };
    });
    for (const [severity, where, text] of lines) yield* this.log(severity, where, text);
    return answer;
  }

  private *shutDown(listeners: readonly Listener[]): Task<number> {
    const { process, log } = this;
    yield* log('I', 'sigterm.go:36', structured('Received SIGTERM, shutting down'));
    yield* log('I', 'nginx.go:393', structured('Shutting down controller queues'));
    yield* this.withdraw();
    this.watcher.stop();
    yield* log('I', 'nginx.go:401', structured('Stopping admission controller'));
    yield* log('I', 'nginx.go:409', structured('Stopping NGINX process'));
    for (const listener of listeners) process.machine.network.close(listener);
    yield* log('I', 'nginx.go:422', structured('NGINX process has stopped'));
    yield* log('I', 'sigterm.go:44', structured('Handled quit, delaying controller exit', { seconds: GRACE / 1000 }));
    yield* process.sleep(GRACE);
    yield* log('I', 'sigterm.go:47', structured('Exiting', { code: 0 }));
    return 0;
  }

  /** The last instance takes its addresses away from the Ingresses. */
  private *withdraw(): Task {
    if (!this.election.leading) return;
    const { client } = this.inCluster;
    try {
      const own = client.get(PODS, this.pod.namespace, this.pod.name);
      const hash = own?.metadata.labels?.['pod-template-hash'];
      const others = client
        .list(PODS, this.pod.namespace)
        .filter(
          ({ metadata, status }) =>
            metadata.name !== this.pod.name &&
            metadata.labels?.['pod-template-hash'] === hash &&
            status?.phase === 'Running',
        );
      if (others.length === 0)
        for (const line of this.publisher.withdraw(this.watcher.ingresses()))
          yield* this.log('I', 'status.go:126', line);
      this.election.release();
    } catch (error) {
      if (!(error instanceof StatusError) && !(error instanceof ApiUnreachable)) throw error;
    }
  }
}

/** What needs a reload when it changes: everything but endpoints, which nginx gets while it runs. */
function signatureOf({ servers, upstreams }: Configuration): string {
  const shown = [...servers.values()].map((server) => ({
    ...server,
    locations: server.locations.map(({ ingress, fallback, ...location }) => ({
      ...location,
      from: ingress?.metadata.uid,
      fallback: fallback.length,
    })),
  }));
  return JSON.stringify([shown, [...upstreams.keys()]]);
}

function banner({ machine: { files } }: Process): string {
  const release = files.exists(RELEASE) ? files.readText(RELEASE) : '';
  const line = '-'.repeat(79);
  return `${line}\nNGINX Ingress controller\n  Release:       ${release}\n  Build:         kubetutor\n  Repository:    https://github.com/kubernetes/ingress-nginx\n  nginx version: nginx/1.27.1\n\n${line}\n\n`;
}
