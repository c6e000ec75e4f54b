import { Fail } from '../../shell/utilities/fail.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { nftRule } from '../../world/network/netfilter/format.ts';
import { type Chain, PacketTables, type TableName } from '../../world/network/netfilter/tables.ts';

/** How nft describes the built-in chains that iptables-nft makes. */
const HOOKS: { readonly [chain: string]: (table: TableName) => string } = {
  PREROUTING: (table) => `type ${type(table)} hook prerouting priority ${table === 'nat' ? 'dstnat' : 'mangle'}`,
  INPUT: (table) => `type ${type(table)} hook input priority ${table === 'nat' ? '100' : table}`,
  FORWARD: (table) => `type ${type(table)} hook forward priority ${table}`,
  OUTPUT: (table) => `type ${type(table)} hook output priority ${table === 'nat' ? '-100' : table}`,
  POSTROUTING: (table) => `type ${type(table)} hook postrouting priority ${table === 'nat' ? 'srcnat' : 'mangle'}`,
};

/** As kube-proxy and the kubelet make them, for both families. */
const TABLE_LIST =
  'table ip mangle\ntable ip filter\ntable ip6 mangle\ntable ip nat\ntable ip6 nat\ntable ip6 filter\n';

function type(table: TableName): string {
  return table === 'nat' ? 'nat' : 'filter';
}

function chainText(table: TableName, chain: Chain): string {
  const head = chain.policy ? `\t\t${HOOKS[chain.name]?.(table)}; policy ${chain.policy.toLowerCase()};\n` : '';
  return `\tchain ${chain.name} {\n${head}${chain.rules.map((rule) => `\t\t${nftRule(rule)}\n`).join('')}\t}\n`;
}

/** nftables(8): looks at what iptables-nft wrote. */
export const nft = utility({
  name: 'nft',
  usage: '[options] [cmds...]',
  about: 'Administration tool of the nftables framework for packet filtering and classification',
  *run(tool) {
    const { network } = tool.p.machine;
    network.beforeLook?.();
    const tables = network.tables ?? new PacketTables();
    const words = tool.args.filter((word) => !word.startsWith('-'));
    const [verb, what, family, name, chainName] = words;
    if (verb !== 'list' || (family !== undefined && family !== 'ip'))
      throw new Fail(`kubetutor models \`nft list\` of the family ip only`);
    const found = tables.names.filter((table) => name === undefined || table === name);
    const warn = (table: TableName) =>
      tool.complain(`# Warning: table ip ${table} is managed by iptables-nft, do not touch!\n`);
    if (what === 'tables') tool.put(found.length === 0 ? '' : TABLE_LIST);
    else if (what === 'ruleset' || what === 'table' || what === 'chain') {
      for (const table of found) {
        const chains = [...tables.table(table).values()].filter(
          (chain) => (chainName ?? chain.name) === chain.name && (chain.policy === undefined || chain.rules.length > 0),
        );
        if (what === 'chain' && chains.length === 0) break;
        yield* warn(table);
        tool.put(`table ip ${table} {\n${chains.map((chain) => chainText(table, chain)).join('\n')}}\n`);
        if (what !== 'ruleset') return 0;
      }
      if (what !== 'ruleset') {
        yield* tool.complain('Error: No such file or directory\n');
        return 1;
      }
    } else throw new Fail(`kubetutor does not model \`nft list ${what ?? ''}\``);
    return 0;
  },
});
