import type { Region } from '../../cloud/aws/region.ts';
import type { LoadBalancer, TargetGroup } from '../../cloud/aws/types/load-balancing.ts';
import { acceptHttp } from '../../programs/net/http-bytes.ts';
import { Errno } from '../../world/errno.ts';
import { Machine } from '../../world/machine.ts';
import type { Connection } from '../../world/network/connection.ts';
import type { HttpRequest, HttpResponse } from '../../world/network/http.ts';
import type { Listener } from '../../world/network/namespace.ts';
import { isForHost } from '../../world/pki/verify.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import type { World } from '../../world/world.ts';
import { untilStopped } from '../control-plane.ts';
import { Forwarder } from './alb/forward.ts';
import type { VpcNetwork } from './vpc.ts';

/** ms that a load balancer tries an instance. */
const CONNECT = 10_000;

/** A running load balancer: it listens on its public addresses and passes connections on to the instances. */
export class BalancerMachine {
  private readonly machine: Machine;
  private readonly forwarder: Forwarder | undefined;
  private readonly open = new Map<string, Listener>();
  private process: Process | undefined;

  constructor(
    private readonly world: World,
    private readonly region: Region,
    private readonly balancer: LoadBalancer,
    vpc: VpcNetwork,
  ) {
    this.machine = new Machine(world, { hostname: balancer.name });
    this.forwarder = balancer.kind === 'application' ? new Forwarder(region, balancer) : undefined;
    const { network } = this.machine;
    const enis = balancer.interfaces.flatMap((id) => region.networkInterfaces.get(id) ?? []);
    const addresses = enis.map((eni) => eni.Association?.PublicIp ?? eni.PrivateIpAddress);
    for (const eni of enis) {
      if (eni.Association) world.network.attachOutside(eni.Association.PublicIp, network);
      vpc.join(network, eni.PrivateIpAddress);
    }
    world.network.names.set(balancer.dnsName, addresses);
    this.machine.spawn({ argv: ['load-balancer'], main: (process) => this.run(process) });
  }

  stop(): void {
    this.world.network.names.delete(this.balancer.dnsName);
    this.machine.killAll();
    for (const address of [...this.machine.network.addresses])
      if (!address.startsWith('127.')) this.world.network.detach(address);
  }

  private *run(process: Process): Task<number> {
    this.process = process;
    this.listen();
    const { forwarder } = this;
    if (forwarder) process.spawn({ argv: process.argv, main: (child) => forwarder.check(child) });
    return yield* untilStopped(process);
  }

  /** Opens and closes ports, so that they are those of the listeners. */
  listen(): void {
    const { process, balancer } = this;
    if (!process) return;
    const { network } = this.machine;
    const keyOf = ({ port, protocol }: LoadBalancer['listeners'][number]) => `${protocol}/${port}`;
    const wanted = new Map(balancer.listeners.map((one) => [keyOf(one), one]));
    for (const [key, listener] of this.open)
      if (!wanted.has(key)) {
        network.close(listener);
        this.open.delete(key);
      }
    for (const [key, { port, protocol }] of wanted) {
      if (this.open.has(key)) continue;
      const tls = protocol === 'HTTPS';
      const listener: Listener = {
        protocol: 'tcp',
        address: '0.0.0.0',
        port,
        owner: process,
        http: (request) => this.forward(process, port, request),
        accept: (connection) => this.accept(process, port, connection),
        ...(tls ? { tls: { names: [], certificate: (name) => this.certificate(port, name) } } : {}),
      };
      if (network.listen(listener)) this.open.set(key, listener);
    }
  }

  /** The certificate for the host that a client names, or else the first. */
  private certificate(port: number, name: string | undefined): string | undefined {
    const listener = this.balancer.listeners.find((one) => one.port === port);
    const all = (listener?.certificates ?? []).flatMap((arn) => this.region.certificates.get(arn)?.pem ?? []);
    return all.find((pem) => name !== undefined && isForHost(pem, name)) ?? all[0];
  }

  /** One of the targets that a listener's group has. */
  private groupTarget(group: TargetGroup): { address: string; port: number } | undefined {
    const found = group.targets.flatMap(({ id, port }) => {
      if (!id.startsWith('i-')) return [{ address: id, port }];
      const instance = this.region.instances.get(id);
      const address = instance?.State.Name === 'running' ? instance.PrivateIpAddress : undefined;
      return address === undefined ? [] : [{ address, port }];
    });
    return this.world.random.pick(found);
  }

  /** A healthy instance and the port on it; by turns as chance has it. */
  private target(port: number): { address: string; port: number } | undefined {
    const listener = this.balancer.listeners.find((one) => one.port === port);
    const group = this.region.targetGroups.get(listener?.targetGroup ?? '');
    if (group) return this.groupTarget(group);
    const running = this.balancer.instances.flatMap((id) => {
      const instance = this.region.instances.get(id);
      return instance?.State.Name === 'running' && instance.PrivateIpAddress !== undefined
        ? [instance.PrivateIpAddress]
        : [];
    });
    const address = this.world.random.pick(running);
    return listener && address !== undefined ? { address, port: listener.instancePort } : undefined;
  }

  private *forward(process: Process, port: number, request: HttpRequest): Task<HttpResponse> {
    if (this.forwarder) return yield* this.forwarder.forward(process, port, request);
    const target = this.target(port);
    if (!target) return this.unanswered();
    try {
      return yield* process.machine.world.network.request(process, target.address, target.port, {
        method: request.method,
        path: request.path,
        query: request.query,
        headers: request.headers,
        connectTimeout: CONNECT,
        ...(request.body ? { body: request.body } : {}),
      });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return this.unanswered();
    }
  }

  /** What passes TCP on has no answers of its own: the client sees the connection end. */
  private unanswered(): HttpResponse {
    throw new Errno('EPIPE');
  }

  private accept(process: Process, port: number, connection: Connection): void {
    const { forwarder } = this;
    if (forwarder) acceptHttp(process, connection, (request) => forwarder.forward(process, port, request));
    else this.relay(process, port, connection);
  }

  private relay(process: Process, port: number, connection: Connection): void {
    process.spawn({
      argv: ['load-balancer'],
      files: new Map([[3, connection]]),
      main: (child) => this.pump(child, port, connection),
    });
    connection.release();
  }

  private *pump(process: Process, port: number, client: Connection): Task<number> {
    const target = this.target(port);
    if (!target) return 1;
    let server: Connection;
    try {
      server = yield* process.machine.world.network.connect(process, target.address, target.port, CONNECT);
    } catch (error) {
      if (error instanceof Errno) return 1;
      throw error;
    }
    process.addFile(server, 4);
    const back = process.spawn({
      argv: process.argv,
      *main(child) {
        for (;;) {
          const bytes = yield* server.read(child, 65_536);
          if (bytes.length === 0) return 0;
          yield* client.write(child, bytes);
        }
      },
    });
    for (;;) {
      const bytes = yield* client.read(process, 65_536);
      if (bytes.length === 0) break;
      yield* server.write(process, bytes);
    }
    process.closeFile(4);
    yield* process.waitFor(back);
    return 0;
  }
}
