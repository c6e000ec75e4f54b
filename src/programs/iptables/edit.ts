import { savedRule } from '../../world/network/netfilter/format.ts';
import type { AddressMatch, InterfaceMatch, Match, PacketRule, Target } from '../../world/network/netfilter/rule.ts';
import type { Chain, PacketTables, TableName } from '../../world/network/netfilter/tables.ts';

/** Rules that people append stand behind those of kube-proxy, inserted ones before. */
const APPENDED = 'appended by hand';
const INSERTED = 'inserted by hand';

/** What iptables says, with its version before it and a hint after it or just its name before it, and its exit status. */
export interface Problem {
  readonly text: string;
  readonly status: number;
  readonly kind: 'plain' | 'version' | 'usage';
}

const plain = (text: string): Problem => ({ text, status: 1, kind: 'plain' });
const usage = (text: string): Problem => ({ text, status: 2, kind: 'usage' });
const MISSING = plain('No chain/target/match by that name.');
const BAD_RULE = plain('Bad rule (does a matching rule exist in that chain?).');

/** Carries a command out. The value is what is wrong. */
export function editChain(
  tables: PacketTables,
  table: TableName,
  command: string,
  words: readonly string[],
): Problem | undefined {
  const [name, ...rest] = words;
  if (command === 'F') {
    const chains = name === undefined ? [...tables.table(table).values()] : [tables.find(table, name)];
    for (const chain of chains) {
      if (!chain) return MISSING;
      chain.clear();
    }
    return undefined;
  }
  if (command === 'X' && name === undefined) return undefined;
  if (name === undefined) return usage(`option "-${command}" requires an argument`);
  if (command === 'N') {
    if (tables.find(table, name)) return plain('Chain already exists.');
    tables.chain(table, name);
    return undefined;
  }
  const chain = tables.find(table, name);
  if (!chain) return MISSING;
  if (command === 'X') {
    if (chain.rules.length > 0 || tables.referencesTo(table, name) > 0)
      return { text: ` CHAIN_DEL failed (Device or resource busy): chain ${name}`, status: 4, kind: 'version' };
    tables.remove(table, name);
    return undefined;
  }
  if (command === 'P')
    return chain.setPolicy(rest[0] ?? '') ? undefined : plain("Bad policy name. Run `dmesg' for more information.");
  return editRules(chain, command, rest, (target) => tables.find(table, target) !== undefined);
}

function editRules(
  chain: Chain,
  command: string,
  words: readonly string[],
  isChain: (name: string) => boolean,
): Problem | undefined {
  const position = /^\d+$/.test(words[0] ?? '') ? Number(words[0]) : undefined;
  if (command === 'D' && position !== undefined)
    return chain.remove((_, index) => index === position - 1) ? undefined : plain('Index of deletion too big.');
  const rule = readRule(position === undefined ? words : words.slice(1));
  if (typeof rule === 'string') return usage(rule);
  if (rule.target?.kind === 'jump' && !isChain(rule.target.chain))
    return usage(`Chain '${rule.target.chain}' does not exist`);
  const text = savedRule(chain.name, rule);
  switch (command) {
    case 'A':
      chain.set(APPENDED, [...chain.section(APPENDED), rule]);
      return undefined;
    case 'I':
      if (position !== undefined && position > 1) return usage('kubetutor does not model -I with a number above 1');
      chain.setFirst(INSERTED, [rule, ...chain.section(INSERTED)]);
      return undefined;
    case 'D':
      return chain.remove((each) => savedRule(chain.name, each) === text) ? undefined : BAD_RULE;
    default:
      return chain.rules.some((each) => savedRule(chain.name, each) === text) ? undefined : BAD_RULE;
  }
}

const VERDICTS = ['ACCEPT', 'DROP', 'RETURN', 'REJECT'] as const;

/** `-s 10.0.0.0/8 -p tcp --dport 80 -j DROP` */
function readRule(words: readonly string[]): PacketRule | string {
  const rule: {
    source?: AddressMatch;
    destination?: AddressMatch;
    incoming?: InterfaceMatch;
    outgoing?: InterfaceMatch;
    protocol?: string;
    target?: Target;
  } = {};
  const matches: Match[] = [];
  let negated = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const value = words[at + 1] ?? '';
    const address = { address: value.replace(/\/32$/, ''), ...(negated ? { negated } : {}) };
    if (word === '!') {
      negated = true;
      continue;
    }
    at++;
    if (word === '-s' || word === '--source') rule.source = address;
    else if (word === '-d' || word === '--destination') rule.destination = address;
    else if (word === '-i' || word === '--in-interface')
      rule.incoming = { name: value, ...(negated ? { negated } : {}) };
    else if (word === '-o' || word === '--out-interface')
      rule.outgoing = { name: value, ...(negated ? { negated } : {}) };
    else if (word === '-p' || word === '--protocol') rule.protocol = value;
    else if (word === '--dport' || word === '--destination-port')
      matches.push({ kind: 'port', protocol: rule.protocol ?? 'tcp', port: Number(value) });
    else if (word === '--comment') matches.push({ kind: 'comment', text: value });
    else if (word === '--ctstate')
      matches.push({ kind: 'conntrack', states: value.split(','), ...(negated ? { negated } : {}) });
    else if (word === '-j' || word === '--jump') rule.target = targetOf(value, words);
    else if (word !== '-m' && word !== '--to-destination' && word !== '--reject-with' && word !== '--random-fully')
      return `kubetutor does not model the option "${word}"`;
    negated = false;
  }
  return { ...rule, matches };
}

function targetOf(name: string, words: readonly string[]): Target {
  if (name === 'DNAT') {
    const [address = '', port = '0'] = (words[words.indexOf('--to-destination') + 1] ?? '').split(':');
    return { kind: 'DNAT', address, port: Number(port) };
  }
  if (name === 'MASQUERADE') return { kind: name, plain: !words.includes('--random-fully') };
  const verdict = VERDICTS.find((one) => one === name);
  return verdict ? { kind: verdict } : { kind: 'jump', chain: name };
}
