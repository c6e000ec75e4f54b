import type { InterfaceMatch, PacketRule, Target } from '../../world/network/netfilter/rule.ts';
import type { PacketTables, TableName } from '../../world/network/netfilter/tables.ts';

// moby: daemon/libnetwork/drivers/bridge/setup_ip_tables_linux.go, iptablesdoc/generated. The table raw is not modelled.

/** What a network of the driver `bridge` looks like to the packet filter. */
export interface FilteredBridge {
  readonly bridge: string;
  /** `172.17.0.0/16` */
  readonly subnet: string;
}

/** A port of the host that leads to one of a container. */
export interface PublishedPort {
  readonly bridge: string;
  readonly protocol: 'tcp' | 'udp';
  /** `0.0.0.0` for all. */
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly address: string;
  readonly port: number;
}

const OWN_CHAINS = [
  'DOCKER',
  'DOCKER-BRIDGE',
  'DOCKER-CT',
  'DOCKER-FORWARD',
  'DOCKER-ISOLATION-STAGE-1',
  'DOCKER-ISOLATION-STAGE-2',
  'DOCKER-USER',
];

const is = (name: string): InterfaceMatch => ({ name });
const not = (name: string): InterfaceMatch => ({ name, negated: true });
const jump = (chain: string): Target => ({ kind: 'jump', chain });
const rule = (target: Target, rest: Omit<PacketRule, 'matches' | 'target'> = {}): PacketRule => ({
  ...rest,
  matches: [],
  target,
});
const LOCAL = { kind: 'local', side: 'dst' } as const;

/** Writes the rules of the daemon: its chains, those of each network, and the ports that are published. */
export function writeDockerRules(
  tables: PacketTables,
  networks: readonly FilteredBridge[],
  ports: readonly PublishedPort[],
): void {
  const set = (table: TableName, chain: string, rules: readonly PacketRule[]) =>
    tables.chain(table, chain).set('docker', rules);
  for (const name of OWN_CHAINS) tables.chain('filter', name);
  tables.find('filter', 'FORWARD')?.setPolicy('DROP');
  set('filter', 'FORWARD', [rule(jump('DOCKER-USER')), rule(jump('DOCKER-FORWARD'))]);
  set('filter', 'DOCKER', [
    ...ports.map(acceptPublished),
    ...networks.map(({ bridge }) => rule({ kind: 'DROP' }, { incoming: not(bridge), outgoing: is(bridge) })),
  ]);
  set(
    'filter',
    'DOCKER-BRIDGE',
    networks.map(({ bridge }) => rule(jump('DOCKER'), { outgoing: is(bridge) })),
  );
  set(
    'filter',
    'DOCKER-CT',
    networks.map(({ bridge }) => ({
      outgoing: is(bridge),
      matches: [{ kind: 'conntrack', states: ['RELATED', 'ESTABLISHED'] }],
      target: { kind: 'ACCEPT' },
    })),
  );
  set('filter', 'DOCKER-FORWARD', [
    rule(jump('DOCKER-CT')),
    rule(jump('DOCKER-ISOLATION-STAGE-1')),
    rule(jump('DOCKER-BRIDGE')),
    ...networks.map(({ bridge }) => rule({ kind: 'ACCEPT' }, { incoming: is(bridge) })),
  ]);
  const newestFirst = [...networks].reverse();
  set(
    'filter',
    'DOCKER-ISOLATION-STAGE-1',
    newestFirst.map(({ bridge }) =>
      rule(jump('DOCKER-ISOLATION-STAGE-2'), { incoming: is(bridge), outgoing: not(bridge) }),
    ),
  );
  set(
    'filter',
    'DOCKER-ISOLATION-STAGE-2',
    newestFirst.map(({ bridge }) => rule({ kind: 'DROP' }, { outgoing: is(bridge) })),
  );
  set('nat', 'PREROUTING', [{ matches: [LOCAL], target: jump('DOCKER') }]);
  set('nat', 'OUTPUT', [
    { destination: { address: '127.0.0.0/8', negated: true }, matches: [LOCAL], target: jump('DOCKER') },
  ]);
  set(
    'nat',
    'POSTROUTING',
    newestFirst.map(({ bridge, subnet }) =>
      rule({ kind: 'MASQUERADE', plain: true }, { source: { address: subnet }, outgoing: not(bridge) }),
    ),
  );
  set('nat', 'DOCKER', [
    ...newestFirst.map(({ bridge }) => rule({ kind: 'RETURN' }, { incoming: is(bridge) })),
    ...ports.map(translatePublished),
  ]);
}

function acceptPublished({ address, bridge, protocol, port }: PublishedPort): PacketRule {
  return {
    destination: { address },
    incoming: not(bridge),
    outgoing: is(bridge),
    protocol,
    matches: [{ kind: 'port', protocol, port }],
    target: { kind: 'ACCEPT' },
  };
}

function translatePublished({ hostAddress, hostPort, bridge, protocol, address, port }: PublishedPort): PacketRule {
  return {
    ...(hostAddress === '0.0.0.0' ? {} : { destination: { address: hostAddress } }),
    incoming: not(bridge),
    protocol,
    matches: [{ kind: 'port', protocol, port: hostPort }],
    target: { kind: 'DNAT', address, port },
  };
}
