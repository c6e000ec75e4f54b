import type { Region } from '../../cloud/aws/region.ts';
import type { Instance, IpPermission } from '../../cloud/aws/types/ec2.ts';
import { cidr, contains, ipv4 } from '../../world/network/address.ts';
import { Link, Segment } from '../../world/network/link.ts';
import { NetworkNamespace } from '../../world/network/namespace.ts';
import type { NatRule, Packet } from '../../world/network/packet.ts';
import { joinSegment } from '../../world/network/topology.ts';
import type { World } from '../../world/world.ts';
import { addResolver } from '../internet/resolver.ts';

/** Whether a rule of a security group lets in what comes from outside: groups are of the VPC, ranges of anybody. */
function letsIn(
  { IpProtocol, FromPort, ToPort, IpRanges }: IpPermission,
  { port, protocol, source }: Pick<Packet, 'port' | 'protocol' | 'source'>,
): boolean {
  if (IpProtocol !== '-1' && IpProtocol !== protocol) return false;
  if (IpProtocol !== '-1' && (port < (FromPort ?? 0) || port > (ToPort ?? 65_535))) return false;
  const from = ipv4(source);
  return IpRanges.some(({ CidrIp }) => {
    const range = cidr(CidrIp);
    return range !== undefined && from !== undefined && contains(range, from);
  });
}

/** From one machine of a VPC to another, ms. */
const VPC_TIME = 0.4;

/** The wire of a VPC, with the router that leads from it into the world: internet gateway and NAT gateway in one. */
export class VpcNetwork {
  readonly segment = new Segment('vpc', VPC_TIME);
  private readonly router = new NetworkNamespace('vpc-router');
  readonly resolver: string;
  private readonly gateway: string;
  private readonly prefix: number;
  /** Instances by their public addresses. */
  private readonly published = new Map<string, Instance>();

  constructor(
    private readonly world: World,
    private readonly region: Region,
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
    this.router.nat.push((packet) => this.enter(packet));
    this.router.nat.push((packet) =>
      packet.from !== this.router &&
      !this.router.isLocal(packet.address) &&
      this.router.routes.lookup(packet.address)?.link === outside
        ? { address: packet.address, port: packet.port, masquerade: true }
        : undefined,
    );
  }

  /** The internet gateway sends what comes for a public address to its instance, if the security groups let it in. */
  private enter({ address, port, protocol, source }: Packet): ReturnType<NatRule> {
    const instance = this.published.get(address);
    if (!instance) return undefined;
    const groups = instance.SecurityGroups.flatMap(({ GroupId }) => this.region.securityGroups.get(GroupId) ?? []);
    const open = groups.some((group) => group.IpPermissions.some((rule) => letsIn(rule, { port, protocol, source })));
    if (open && instance.PrivateIpAddress !== undefined) return { address: instance.PrivateIpAddress, port };
    return { kind: 'timeout', reason: 'no-neighbour' };
  }

  /** From now on an instance is reached from outside, as far as its security groups have it. */
  publish(instance: Instance): void {
    const address = instance.PublicIpAddress;
    if (address === undefined) return;
    this.world.network.attachOutside(address, this.router);
    this.published.set(address, instance);
  }

  withdraw(instance: Instance): void {
    const address = instance.PublicIpAddress;
    if (address === undefined || !this.published.delete(address)) return;
    this.world.network.detach(address);
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
