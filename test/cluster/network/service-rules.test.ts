import { describe, expect, test } from 'vitest';
import { chainNames } from '../../../src/cluster/network/service-proxy/names.ts';
import { filterPacket } from '../../../src/world/network/netfilter/evaluate.ts';
import { savedRule } from '../../../src/world/network/netfilter/format.ts';
import { PacketTables } from '../../../src/world/network/netfilter/tables.ts';

// Chains that every cluster has, recorded in golden/live-network/iptables-known-chain-names.yaml.
test.each([
  ['default/kubernetes:https', 'tcp', 'KUBE-SVC-NPX46M4PTMTKRN6Y'],
  ['kube-system/kube-dns:dns', 'udp', 'KUBE-SVC-TCOU7JCQXEZGVUNU'],
  ['kube-system/kube-dns:dns-tcp', 'tcp', 'KUBE-SVC-ERIFXISQEP7F7OF4'],
  ['kube-system/kube-dns:metrics', 'tcp', 'KUBE-SVC-JD5MR3NA4I4DYORP'],
])('the chain of %s', (service, protocol, chain) => {
  expect(chainNames(service, protocol).cluster).toBe(chain);
});

describe('a packet filter', () => {
  const packet = {
    protocol: 'tcp',
    source: '10.244.1.9',
    address: '10.96.0.50',
    port: 80,
    own: false,
    isLocal: () => false,
  };
  const chance = { next: () => 0.4 };
  const dnat = (address: string, probability?: number) => ({
    protocol: 'tcp',
    matches: probability === undefined ? [] : [{ kind: 'statistic' as const, probability }],
    target: { kind: 'DNAT' as const, address, port: 8080 },
  });
  const goes = (tables: PacketTables, now = 0) => {
    const result = filterPacket(tables, packet, chance, now);
    return result?.kind === 'DNAT' ? result.address : result?.kind;
  };

  test('chooses by chance as iptables stores it', () => {
    const tables = new PacketTables();
    tables.chain('nat', 'PREROUTING').set('', [dnat('a', 1 / 3), dnat('b', 1 / 2), dnat('c')]);
    expect(goes(tables)).toBe('b');
    expect(savedRule('X', dnat('10.0.0.1', 0.3333333333))).toBe(
      '-A X -p tcp -m statistic --mode random --probability 0.33333333349 -j DNAT --to-destination 10.0.0.1:8080',
    );
  });

  test('finds rules by their destination, in the order in which they were written', () => {
    const tables = new PacketTables();
    const chain = tables.chain('nat', 'PREROUTING');
    chain.set('one', [{ destination: { address: '10.96.0.50' }, ...dnat('one') }]);
    chain.set('all', [dnat('all')]);
    expect(goes(tables)).toBe('one');
    chain.setFirst('first', [dnat('first')]);
    expect(goes(tables)).toBe('first');
    chain.set('first', []);
    chain.set('one', []);
    expect(goes(tables)).toBe('all');
  });

  test('remembers who went where for as long as affinity lasts', () => {
    const tables = new PacketTables();
    tables
      .chain('nat', 'PREROUTING')
      .set('', [
        { matches: [{ kind: 'recent', name: 'A', seconds: 10 }], target: { kind: 'jump', chain: 'A' } },
        dnat('other'),
      ]);
    tables.chain('nat', 'A').set('', [{ ...dnat('again'), matches: [{ kind: 'recent', name: 'A' }] }]);
    expect(goes(tables)).toBe('other');
    tables.recent.set('A', new Map([['10.244.1.9', 0]]));
    expect(goes(tables, 10_000)).toBe('again');
    expect(goes(tables, 20_001)).toBe('other');
  });

  test('drops and rejects after the destination was chosen', () => {
    const tables = new PacketTables();
    tables.chain('filter', 'FORWARD').set('', [{ matches: [], target: { kind: 'REJECT' } }]);
    expect(goes(tables)).toBe('REJECT');
    tables.find('filter', 'FORWARD')?.clear();
    tables.find('filter', 'FORWARD')?.setPolicy('DROP');
    expect(goes(tables)).toBe('DROP');
  });
});
