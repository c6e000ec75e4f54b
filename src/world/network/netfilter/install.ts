import type { Random } from '../../random.ts';
import type { NetworkNamespace } from '../namespace.ts';
import type { NatRule, Packet } from '../packet.ts';
import { filterPacket } from './evaluate.ts';
import { PacketTables } from './tables.ts';

export interface Kernel {
  /** Virtual time, ms. */
  readonly now: number;
  /** Where the chance of `-m statistic` comes from. */
  readonly random: Random;
  /** Lets those who write rules catch up before a packet meets them. */
  readonly beforePacket?: () => void;
}

/** Gives a machine a packet filter: its rules decide about packets that come by. */
export function installTables(namespace: NetworkNamespace, kernel: Kernel): PacketTables {
  const tables = namespace.tables ?? new PacketTables();
  namespace.tables = tables;
  namespace.beforeLook = kernel.beforePacket;
  const rule: NatRule = (packet: Packet) => {
    kernel.beforePacket?.();
    const { at, from, protocol, source, address, port, peek } = packet;
    const isLocal = (one: string) => at.isLocal(one);
    const wayOut = (one: string) => (isLocal(one) ? undefined : at.routes.lookup(one)?.link.name);
    const result = filterPacket(
      tables,
      {
        protocol,
        source,
        address,
        port,
        own: at === from,
        incoming: packet.in?.name,
        wayOut,
        isLocal,
        peek: peek !== undefined,
      },
      peek === undefined ? kernel.random : kernel.random.fork(`peek/${peek}`),
      kernel.now,
    );
    if (!result) return undefined;
    const { by } = result;
    if (result.kind === 'DNAT')
      return { address: result.address, port: result.port, masquerade: result.masquerade, by };
    return { kind: result.kind === 'DROP' ? 'timeout' : 'refused', reason: result.reason, by };
  };
  namespace.nat.push(rule);
  return tables;
}
