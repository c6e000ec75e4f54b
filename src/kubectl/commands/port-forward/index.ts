import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { Errno } from '../../../world/errno.ts';
import { ipv4 } from '../../../world/network/address.ts';
import { type HttpRequest, type HttpResponse, type Tunnel, TunnelError } from '../../../world/network/http.ts';
import type { Listener } from '../../../world/network/namespace.ts';
import type { Process } from '../../../world/process.ts';
import { Condition, type Task, wait } from '../../../world/task.ts';
import { statusError } from '../../client.ts';
import type { Command, Invocation } from '../../command/command.ts';
import { KubectlError, UsageError } from '../../errors.ts';
import { duration, stringSlice } from '../../flags/index.ts';
import { textAt } from '../../json.ts';
import { klogLine } from '../../klog.ts';
import { findResources } from '../../resource/builder.ts';
import { objectOf } from '../../resource/info.ts';
import { attachablePodOf } from '../exec.ts';
import { type ForwardedPort, forwardedPorts } from './ports.ts';

/** kubernetes: kubectl/pkg/cmd/portforward/portforward.go */
export const portForward: Command = {
  name: 'port-forward',
  use: 'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  short: 'Forward one or more local ports to a pod',
  long: `Listen on ports of this machine and carry what comes to ports of a Pod.

 TYPE/NAME such as deployment/web chooses a Pod of it; the type is pod when it is left out. The session ends with the Pod.`,
  examples: `# Ports 5000 and 6000 here are those of the Pod
kubectl port-forward pod/mypod 5000 6000

# 8443 here is the port named https of the Service
kubectl port-forward service/myservice 8443:https

# 8888 on all addresses is 5000 in the Pod
kubectl port-forward --address 0.0.0.0 pod/mypod 8888:5000

# Any free port here
kubectl port-forward pod/mypod :5000`,
  flags: [
    stringSlice('address', 'Addresses to listen on (comma separated): IP addresses or localhost.', {}, ['localhost']),
    duration('pod-running-timeout', 60_000, 'How long to wait until at least one pod is running.'),
  ],
  *run(invocation) {
    const { args, path, factory, flags } = invocation;
    const [target = '', ...words] = args;
    if (args.length < 2) throw new UsageError(path, 'TYPE/NAME and list of ports are required for port-forward');
    const { object, pod } = yield* podBehind(invocation, target);
    const ports = forwardedPorts(words, object, pod);
    const phase = textAt(pod, 'status', 'phase');
    if (phase !== 'Running')
      throw new KubectlError(`unable to forward port because pod is not running. Current status=${phase}`);
    const addresses = addressesOf(flags.list('address'));
    const name = textAt(pod, 'metadata', 'name');
    const namespace = textAt(pod, 'metadata', 'namespace');
    const response = yield* factory
      .client()
      .exchange('POST', `/api/v1/namespaces/${namespace}/pods/${name}/portforward`);
    if (response.body?.kind !== 'tunnel') {
      const { reason, message } = statusError(response);
      const why = reason === 'Forbidden' ? `unable to upgrade connection: ${message}` : message;
      throw new KubectlError(`error upgrading connection: ${why}`);
    }
    yield* new Forwarder(factory.process, response.body.tunnel).run(ports, addresses);
  },
};

function* podBehind(invocation: Invocation, target: string): Task<{ object: JsonObject; pod: JsonObject }> {
  const namespace = invocation.factory.namespace();
  const resources = yield* findResources(invocation.factory, {
    args: target.includes('/') ? [target] : ['pods', target],
    namespace: namespace.name,
  });
  const [info] = yield* resources.infos();
  if (!info) throw new KubectlError('pod name or resource type/name must be specified');
  return { object: objectOf(info), pod: yield* attachablePodOf(invocation, info) };
}

interface Address {
  readonly address: string;
  readonly protocol: 'tcp4' | 'tcp6';
  /** Of localhost's two one is enough. */
  readonly optional: boolean;
}

/** client-go: tools/portforward/portforward.go parseAddresses */
function addressesOf(words: readonly string[]): Address[] {
  const found = new Map<string, Address>();
  for (const word of words) {
    if (word === 'localhost') {
      for (const address of ['127.0.0.1', '::1'])
        if (!found.has(address))
          found.set(address, { address, protocol: address === '::1' ? 'tcp6' : 'tcp4', optional: true });
    } else if (ipv4(word) !== undefined) found.set(word, { address: word, protocol: 'tcp4', optional: false });
    else if (/^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/.test(word))
      found.set(word, { address: word, protocol: 'tcp6', optional: false });
    else throw new KubectlError(`${word} is not a valid IP`);
  }
  return [...found.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** The listeners of one session. client-go: tools/portforward/portforward.go PortForwarder */
class Forwarder {
  private readonly listeners: Listener[] = [];
  private readonly over = new Condition();
  private ended: 'interrupted' | 'lost' | undefined;

  constructor(
    private readonly process: Process,
    private readonly tunnel: Tunnel,
  ) {}

  /** Until Ctrl-C or the end of the Pod. Raises KubectlError. */
  *run(ports: readonly ForwardedPort[], addresses: readonly Address[]): Task<void> {
    const { process } = this;
    try {
      let listens = false;
      for (const port of ports) listens = (yield* this.listenOn(port, addresses)) || listens;
      if (!listens) {
        const all = ports.map(({ local, remote }) => `{${local} ${remote}}`).join(' ');
        throw new KubectlError(`unable to listen on any of the requested ports: [${all}]`);
      }
      process.onSignal('INT', { interrupt: false, handle: () => this.end('interrupted') });
      while (!this.ended) yield* wait(this.over);
      if (this.ended === 'lost') throw new KubectlError('lost connection to pod');
    } finally {
      for (const listener of this.listeners) process.machine.network.close(listener);
    }
  }

  private end(how: 'interrupted' | 'lost'): void {
    this.ended ??= how;
    this.over.notify();
  }

  private *listenOn(given: ForwardedPort, addresses: readonly Address[]): Task<boolean> {
    const { process } = this;
    let { local } = given;
    const errors: string[] = [];
    const counts = { optional: 0, optionalFailed: 0, failed: 0 };
    for (const { address, protocol, optional } of addresses) {
      const shown = address.includes(':') ? `[${address}]` : address;
      const problem = this.listen(address, local === 0 ? this.freePort() : local, given.remote);
      if (typeof problem === 'string') {
        errors.push(`unable to create listener: Error listen ${protocol} ${shown}:${local}: bind: ${problem}`);
        counts[optional ? 'optionalFailed' : 'failed']++;
        continue;
      }
      local = problem;
      if (optional) counts.optional++;
      yield* process.print(`Forwarding from ${shown}:${local} -> ${given.remote}\n`);
    }
    if (counts.failed === 0 && (counts.optional > 0 || counts.optionalFailed === 0)) return true;
    yield* process.printError(
      `Unable to listen on port ${local}: Listeners failed to create with the following errors: [${errors.join(' ')}]\n`,
    );
    return false;
  }

  /** The port, or what bind(2) says. */
  private listen(address: string, port: number, remote: number): number | string {
    const { process } = this;
    const { network } = process.machine;
    if (port < 1024 && process.credentials.uid !== 0) return 'permission denied';
    if (!address.includes(':') && address !== '0.0.0.0' && !network.isLocal(address))
      return 'cannot assign requested address';
    const listener = this.listenerFor(address, port, remote);
    if (!network.listen(listener)) return 'address already in use';
    this.listeners.push(listener);
    return port;
  }

  private freePort(): number {
    const { network, world } = this.process.machine;
    const random = world.random.fork(`port-forward-${this.process.pid}-${this.listeners.length}`);
    for (;;) {
      const port = 32768 + random.integer(28232);
      if (!network.listenerAt('tcp', '0.0.0.0', port)) return port;
    }
  }

  /** What is spoken on the port is what is spoken at the other end. */
  private listenerFor(address: string, port: number, remote: number): Listener {
    const { process } = this;
    const far = () => {
      try {
        return this.tunnel.open(remote);
      } catch {
        return undefined;
      }
    };
    const http = (request: HttpRequest) => this.carry(port, remote, request);
    return {
      protocol: 'tcp',
      address,
      port,
      owner: process,
      get http() {
        const end = far();
        return end && !end.http ? undefined : http;
      },
      get tls() {
        return far()?.tls;
      },
      accept: (connection) => {
        process.spawn({
          argv: process.argv,
          main: (child) =>
            this.join(
              child,
              port,
              remote,
              () => far()?.accept?.(connection),
              () => connection.release(),
            ),
        });
      },
    };
  }

  private *carry(port: number, remote: number, request: HttpRequest): Task<HttpResponse> {
    const { process } = this;
    yield* process.print(`Handling connection for ${port}\n`);
    try {
      const end = this.tunnel.open(remote);
      if (end.http) return yield* end.http({ ...request, remoteAddress: '127.0.0.1' });
    } catch (error) {
      if (!(error instanceof TunnelError)) throw error;
      yield* this.lose(port, remote, error);
    }
    throw new Errno('EPIPE');
  }

  /** Bytes: the server at the other end gets the connection itself. */
  private *join(child: Process, port: number, remote: number, hand: () => void, drop: () => void): Task<number> {
    yield* child.print(`Handling connection for ${port}\n`);
    try {
      this.tunnel.open(remote);
      hand();
    } catch (error) {
      drop();
      if (!(error instanceof TunnelError)) throw error;
      yield* this.lose(port, remote, error);
    }
    return 0;
  }

  private *lose(port: number, remote: number, error: TunnelError): Task<void> {
    const text = JSON.stringify(`an error occurred forwarding ${port} -> ${remote}: ${error.message}`);
    yield* this.process.printError(klogLine(this.process, 'E', 'portforward.go:522', `"Unhandled Error" err=${text}`));
    this.end('lost');
  }
}
