import type { Region } from '../../cloud/aws/region.ts';
import { Link, Segment } from '../../world/network/link.ts';
import { NetworkNamespace } from '../../world/network/namespace.ts';
import { joinSegment } from '../../world/network/topology.ts';
import type { World } from '../../world/world.ts';
import { addResolver } from '../internet/resolver.ts';

/** From one machine of a VPC to another, ms. */
const VPC_TIME = 0.4;

/** The wire of a VPC, with the router that leads from it into the world: internet gateway and NAT gateway in one. */
export class VpcNetwork {
  readonly segment = new Segment('vpc', VPC_TIME);
  private readonly router = new NetworkNamespace('vpc-router');
  readonly resolver: string;
  private readonly gateway: string;
  private readonly prefix: number;

  constructor(
    private readonly world: World,
    region: Region,
    vpcId: string,
  ) {
    const range = region.vpcs.get(vpcId)?.CidrBlock ?? '192.168.0.0/16';
    this.prefix = Number(range.split('/')[1] ?? '16');
    this.gateway = range.replace(/\.\d+\/\d+$/, '.1');
    const { network, random } = world;
    this.router.forwarding = true;
    const inside = this.router.addLink(new Link({ name: 'vpc', kind: 'ethernet', random }));
    inside.segment = this.segment;
    inside.addAddress(this.gateway, this.prefix);
    // The VPC's own resolver, at the second address of its range.
    this.resolver = range.replace(/\.\d+\/\d+$/, '.2');
    inside.addAddress(this.resolver, 32);
    addResolver(world, this.router, [this.resolver], true);
    network.attachOutside(region.takePublicAddress(), this.router);
    const outside = this.router.link('eth0');
    this.router.nat.push((packet) =>
      packet.from !== this.router &&
      !this.router.isLocal(packet.address) &&
      this.router.routes.lookup(packet.address)?.link === outside
        ? { address: packet.address, port: packet.port, masquerade: true }
        : undefined,
    );
  }

  /** Gives a machine an interface in the VPC and a way out. */
  join(machine: NetworkNamespace, address: string): Link {
    const link = joinSegment(this.segment, machine, {
      name: machine.link('eth0') ? 'eth1' : 'eth0',
      address,
      prefix: this.prefix,
      random: this.world.random,
    });
    this.world.network.register(address, machine);
    if (!machine.routes.lookup('1.1.1.1')) machine.routes.add({ network: 0, prefix: 0, via: this.gateway, link });
    return link;
  }

  leave(machine: NetworkNamespace, link: Link): void {
    for (const { address } of [...link.addresses])
      if (this.world.network.namespaceOf(address) === machine) this.world.network.detach(address);
    if (link.peer) this.segment.removePort(link.peer);
  }
}
