import type { Match, PacketRule, Target } from '../../../world/network/netfilter/rule.ts';
import type { PacketTables, TableName } from '../../../world/network/netfilter/tables.ts';

// What kube-proxy and the kubelet write once. kubernetes: pkg/proxy/iptables/proxier.go, pkg/kubelet/kubelet_network_linux.go

const comment = (text: string): Match => ({ kind: 'comment', text });
const jump = (chain: string): Target => ({ kind: 'jump', chain });
const fresh: Match = { kind: 'conntrack', states: ['NEW'] };
const marked: Match = { kind: 'mark' };

interface BaseRule {
  readonly table: TableName;
  readonly chain: string;
  readonly rule: PacketRule;
}

const base = (table: TableName, chain: string, matches: readonly Match[], target: Target): BaseRule => ({
  table,
  chain,
  rule: { matches, target },
});

const firewall = (chain: string) =>
  base('filter', chain, [fresh, comment('kubernetes load balancer firewall')], jump('KUBE-PROXY-FIREWALL'));
const portals = comment('kubernetes service portals');
const visible = comment('kubernetes externally-visible service portals');

const PROXY_RULES: readonly BaseRule[] = [
  base('nat', 'PREROUTING', [portals], jump('KUBE-SERVICES')),
  base('nat', 'OUTPUT', [portals], jump('KUBE-SERVICES')),
  base('nat', 'POSTROUTING', [comment('kubernetes postrouting rules')], jump('KUBE-POSTROUTING')),
  base('nat', 'KUBE-MARK-MASQ', [], { kind: 'MARK', operation: 'or' }),
  base('nat', 'KUBE-POSTROUTING', [{ kind: 'mark', negated: true }], { kind: 'RETURN' }),
  base('nat', 'KUBE-POSTROUTING', [], { kind: 'MARK', operation: 'xor' }),
  base('nat', 'KUBE-POSTROUTING', [comment('kubernetes service traffic requiring SNAT')], { kind: 'MASQUERADE' }),
  firewall('INPUT'),
  base('filter', 'INPUT', [comment('kubernetes health check service ports')], jump('KUBE-NODEPORTS')),
  base('filter', 'INPUT', [fresh, visible], jump('KUBE-EXTERNAL-SERVICES')),
  firewall('FORWARD'),
  base('filter', 'FORWARD', [comment('kubernetes forwarding rules')], jump('KUBE-FORWARD')),
  base('filter', 'FORWARD', [fresh, portals], jump('KUBE-SERVICES')),
  base('filter', 'FORWARD', [fresh, visible], jump('KUBE-EXTERNAL-SERVICES')),
  firewall('OUTPUT'),
  base('filter', 'OUTPUT', [fresh, portals], jump('KUBE-SERVICES')),
  base(
    'filter',
    'KUBE-FORWARD',
    [
      { kind: 'conntrack', states: ['INVALID'] },
      { kind: 'nfacct', name: 'ct_state_invalid_dropped_pkts' },
    ],
    { kind: 'DROP' },
  ),
  base('filter', 'KUBE-FORWARD', [comment('kubernetes forwarding rules'), marked], { kind: 'ACCEPT' }),
  base(
    'filter',
    'KUBE-FORWARD',
    [comment('kubernetes forwarding conntrack rule'), { kind: 'conntrack', states: ['RELATED', 'ESTABLISHED'] }],
    { kind: 'ACCEPT' },
  ),
];

const PROXY_CHAINS: readonly (readonly [TableName, string])[] = [
  ['mangle', 'KUBE-PROXY-CANARY'],
  ['filter', 'KUBE-EXTERNAL-SERVICES'],
  ['filter', 'KUBE-FORWARD'],
  ['filter', 'KUBE-NODEPORTS'],
  ['filter', 'KUBE-PROXY-CANARY'],
  ['filter', 'KUBE-PROXY-FIREWALL'],
  ['filter', 'KUBE-SERVICES'],
  ['nat', 'KUBE-MARK-MASQ'],
  ['nat', 'KUBE-NODEPORTS'],
  ['nat', 'KUBE-POSTROUTING'],
  ['nat', 'KUBE-PROXY-CANARY'],
  ['nat', 'KUBE-SERVICES'],
];

const KUBELET_CHAINS: readonly (readonly [TableName, string])[] = [
  ['mangle', 'KUBE-IPTABLES-HINT'],
  ['mangle', 'KUBE-KUBELET-CANARY'],
  ['filter', 'KUBE-FIREWALL'],
  ['filter', 'KUBE-KUBELET-CANARY'],
  ['nat', 'KUBE-KUBELET-CANARY'],
];

const KUBELET_RULES: readonly BaseRule[] = [
  base('filter', 'INPUT', [], jump('KUBE-FIREWALL')),
  base('filter', 'OUTPUT', [], jump('KUBE-FIREWALL')),
  {
    table: 'filter',
    chain: 'KUBE-FIREWALL',
    rule: {
      source: { address: '127.0.0.0/8', negated: true },
      destination: { address: '127.0.0.0/8' },
      matches: [
        comment('block incoming localnet connections'),
        { kind: 'conntrack', states: ['RELATED', 'ESTABLISHED', 'DNAT'], negated: true },
      ],
      target: { kind: 'DROP' },
    },
  },
];

function write(
  tables: PacketTables,
  section: string,
  chains: readonly (readonly [TableName, string])[],
  rules: readonly BaseRule[],
): void {
  for (const [table, chain] of chains) tables.chain(table, chain);
  const grouped = new Map<string, { readonly first: BaseRule; readonly rules: PacketRule[] }>();
  for (const rule of rules) {
    const id = `${rule.table} ${rule.chain}`;
    const group = grouped.get(id) ?? { first: rule, rules: [] };
    grouped.set(id, group);
    group.rules.push(rule.rule);
  }
  // Jumps from the chains of the kernel go in front of what is there.
  for (const { first, rules: all } of grouped.values()) {
    const chain = tables.chain(first.table, first.chain);
    if (chain.policy) chain.setFirst(section, all);
    else chain.set(section, all);
  }
}

export function writeProxyBase(tables: PacketTables): void {
  write(tables, 'kube-proxy', PROXY_CHAINS, PROXY_RULES);
  tables.chain('nat', 'KUBE-SERVICES').setLast([
    {
      matches: [
        comment('kubernetes service nodeports; NOTE: this must be the last rule in this chain'),
        { kind: 'local', side: 'dst' },
      ],
      target: jump('KUBE-NODEPORTS'),
    },
  ]);
}

export function writeKubeletBase(tables: PacketTables): void {
  write(tables, 'kubelet', KUBELET_CHAINS, KUBELET_RULES);
}
