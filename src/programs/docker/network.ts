import type { Machine } from '../../world/machine.ts';
import { type Cidr, ipv4Text } from '../../world/network/address.ts';
import type { Link, Segment } from '../../world/network/link.ts';
import type { NetworkNamespace } from '../../world/network/namespace.ts';
import { addBridge, joinBridge, leaveBridge } from '../../world/network/topology.ts';

export type Driver = 'bridge' | 'host' | 'null';

/** Where a container is on a network while it runs. */
export interface Attachment {
  readonly address: string;
  readonly mac: string;
  readonly leave: () => void;
}

/** A network of the engine, with its bridge where it has one. */
export class DockerNetwork {
  private segment: Segment | undefined;
  private readonly used = new Set<number>();

  constructor(
    readonly name: string,
    readonly id: string,
    readonly driver: Driver,
    readonly created: number,
    /** Of networks with a bridge. */
    readonly range: Cidr | undefined,
    readonly bridge: string,
    readonly options: Readonly<Record<string, string>>,
  ) {}

  get gateway(): string {
    return this.range ? ipv4Text(this.range.network + 1) : '';
  }

  get subnet(): string {
    return this.range ? `${ipv4Text(this.range.network)}/${this.range.prefix}` : '';
  }

  /** Whether the engine's name server answers there: on networks that people made. */
  get resolvesNames(): boolean {
    return this.driver === 'bridge' && this.name !== 'bridge';
  }

  /** Makes the bridge. */
  up(machine: Machine): void {
    const { range, bridge: name } = this;
    if (!range || this.segment) return;
    const { random } = machine.world;
    this.segment = addBridge(machine.network, { name, address: this.gateway, prefix: range.prefix, random });
  }

  /** Takes the bridge away. */
  down(machine: Machine): void {
    const link = machine.network.link(this.bridge);
    if (link) machine.network.removeLink(link);
    this.segment = undefined;
  }

  /** Gives a container an interface; undefined when no address is free. moby: libnetwork/ipam, the lowest that is free */
  join(machine: Machine, sandbox: NetworkNamespace, first: boolean): Attachment | undefined {
    const { segment, range } = this;
    if (!segment || !range) return undefined;
    let offset = 2;
    while (this.used.has(offset)) offset++;
    if (offset >= 2 ** (32 - range.prefix) - 1) return undefined;
    this.used.add(offset);
    const address = ipv4Text(range.network + offset);
    const outer: Link = joinBridge(segment, sandbox, {
      address,
      prefix: range.prefix,
      gateway: first ? this.gateway : undefined,
      random: machine.world.random,
      interface: `eth${sandbox.links.length - 1}`,
    });
    return {
      address,
      mac: outer.peer?.mac ?? '',
      leave: () => {
        leaveBridge(segment, outer);
        this.used.delete(offset);
      },
    };
  }
}
