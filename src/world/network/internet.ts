import type { Random } from '../random.ts';
import { cidr, contains, ipv4 } from './address.ts';
import { Link, Segment } from './link.ts';
import { NetworkNamespace } from './namespace.ts';
import type { NatRule } from './packet.ts';

/** The home router: where the workstation's default route leads. */
export const HOME_ROUTER = '192.168.1.1';
const WORKSTATION_UPLINK = '192.168.1.20';
/** Behind the ports of the machines of the data centre. */
const UPLINK_INDEX = 90;
const HOME_TIME = 0.8;
/** To a server somewhere and not back, ms. */
const INTERNET_TIME = 9;
/** RFC 1918: no router of the internet passes these on. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].flatMap((text) => cidr(text) ?? []);
/** Ranges of clusters: the workstation sends nothing to them out into the world. */
const INSIDE = PRIVATE.slice(0, 2);

/** A small internet behind a home router: named servers, and silence at every other address. */
export class Internet {
  private readonly router = new NetworkNamespace('home-router');
  private readonly home = new Segment('home', HOME_TIME);
  private readonly wire = new Segment('internet', INTERNET_TIME);

  constructor(private readonly random: Random) {
    this.router.forwarding = true;
    const inside = this.router.addLink(new Link({ name: 'lan', kind: 'ethernet', random }));
    inside.segment = this.home;
    inside.addAddress(HOME_ROUTER, 24);
    const outside = this.router.addLink(new Link({ name: 'wan', kind: 'ethernet', random }));
    outside.segment = this.wire;
    outside.addAddress('198.51.100.20', 24);
    this.router.routes.add({ network: 0, prefix: 0, link: outside });
    this.router.nat.push(this.pass);
  }

  /** Gives a machine a way out: an interface, a default route, and its own address for what it passes on. */
  connect(machine: NetworkNamespace, name: string): void {
    machine.forwarding = true;
    const link = machine.addLink(new Link({ name, kind: 'ethernet', random: this.random }), UPLINK_INDEX);
    link.segment = this.home;
    link.addAddress(WORKSTATION_UPLINK, 24, true);
    machine.routes.add({ network: 0, prefix: 0, via: HOME_ROUTER, link, protocol: 'dhcp', source: WORKSTATION_UPLINK });
    for (const range of INSIDE) machine.routes.add({ ...range, link, type: 'throw' });
    machine.nat.push((packet) =>
      packet.from !== machine &&
      !machine.isLocal(packet.address) &&
      machine.routes.lookup(packet.address)?.link === link
        ? { address: packet.address, port: packet.port, masquerade: true }
        : undefined,
    );
  }

  /** Gives a server an address on the internet. */
  join(server: NetworkNamespace, address: string): void {
    let link = server.link('eth0');
    if (!link) {
      link = server.addLink(new Link({ name: 'eth0', kind: 'ethernet', random: this.random }));
      link.segment = this.wire;
      server.routes.add({ network: 0, prefix: 0, link });
    }
    link.addAddress(address, 32);
  }

  /** Private addresses are refused; what is sent to addresses of nobody vanishes. */
  private readonly pass: NatRule = ({ address, at, port }) => {
    if (at.isLocal(address)) return undefined;
    const value = ipv4(address);
    if (value !== undefined && PRIVATE.some((range) => contains(range, value)))
      return { kind: 'no-network', reason: 'no-route', delay: 2 * HOME_TIME };
    if (this.wire.owners.has(address)) return { address, port, masquerade: true };
    return { kind: 'timeout', reason: 'no-neighbour' };
  };
}
