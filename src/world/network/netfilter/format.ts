import { PORT_NAMES } from '../port-names.ts';
import {
  type AddressMatch,
  type InterfaceMatch,
  type Match,
  type PacketRule,
  PROTOCOL_NUMBERS,
  storedProbability,
  type Target,
} from './rule.ts';
import type { Chain } from './tables.ts';

// One rule in the words of iptables-save, `iptables -L` and `nft list`. iptables 1.8 (nf_tables)

const MASK = '0x4000/0x4000';

function cidr(address: string): string {
  return address.includes('/') ? address : `${address}/32`;
}

function word(flag: string, match: AddressMatch | undefined): string {
  return match ? `${match.negated ? '! ' : ''}${flag} ${cidr(match.address)} ` : '';
}

function interfaceWord(flag: string, match: InterfaceMatch | undefined): string {
  return match ? `${match.negated ? '! ' : ''}${flag} ${match.name} ` : '';
}

/** `-A CHAIN …`, as iptables-save and `iptables -S` print it. */
export function savedRule(chain: string, rule: PacketRule): string {
  const { source, destination, incoming, outgoing, protocol, matches, target } = rule;
  const parts = matches.map(savedMatch);
  const head = `-A ${chain} ${word('-s', source)}${word('-d', destination)}${interfaceWord('-i', incoming)}${interfaceWord('-o', outgoing)}${protocol ? `-p ${protocol} ` : ''}`;
  return [head.trimEnd(), ...parts, ...(target ? [savedTarget(target)] : [])].join(' ');
}

function savedMatch(match: Match): string {
  switch (match.kind) {
    case 'comment':
      return `-m comment --comment ${/[\s;>]/.test(match.text) || match.text.includes('/') ? `"${match.text}"` : match.text}`;
    case 'port':
      return `-m ${match.protocol}${match.port === undefined ? '' : ` --dport ${match.port}`}`;
    case 'local':
      return `-m addrtype --${match.side}-type LOCAL`;
    case 'conntrack':
      return `-m conntrack ${match.negated ? '! ' : ''}--ctstate ${match.states.join(',')}`;
    case 'mark':
      return `-m mark ${match.negated ? '! ' : ''}--mark ${MASK}`;
    case 'statistic':
      return `-m statistic --mode random --probability ${storedProbability(match.probability).toFixed(11)}`;
    case 'recent': {
      const what = match.seconds === undefined ? '--set' : `--rcheck --seconds ${match.seconds} --reap`;
      return `-m recent ${what} --name ${match.name} --mask 255.255.255.255 --rsource`;
    }
    case 'nfacct':
      return `-m nfacct --nfacct-name  ${match.name}`;
  }
}

function savedTarget(target: Target): string {
  switch (target.kind) {
    case 'jump':
      return `-j ${target.chain}`;
    case 'DNAT':
      return `-j DNAT --to-destination ${target.address}:${target.port}`;
    case 'REJECT':
      return '-j REJECT --reject-with icmp-port-unreachable';
    case 'MARK':
      return `-j MARK --set-xmark 0x4000/${target.operation === 'or' ? '0x4000' : '0x0'}`;
    case 'MASQUERADE':
      return target.plain ? '-j MASQUERADE' : '-j MASQUERADE --random-fully';
    default:
      return `-j ${target.kind}`;
  }
}

export interface ListOptions {
  /** Names instead of numbers where there are any. */
  readonly names: boolean;
  readonly verbose: boolean;
  readonly lineNumbers: boolean;
}

/** A chain as `iptables -L` prints it, without the blank line between chains. */
export function listedChain(chain: Chain, references: number, options: ListOptions): string {
  const kind = chain.policy ? `policy ${chain.policy}` : `${references} references`;
  const counts = options.verbose && chain.policy ? ' 0 packets, 0 bytes' : '';
  const number = options.lineNumbers ? 'num  ' : '';
  const head = options.verbose
    ? ' pkts bytes target     prot opt in     out     source               destination         '
    : 'target     prot opt source               destination         ';
  const lines = chain.rules.map((rule, index) => listedRule(rule, index + 1, options));
  return `Chain ${chain.name} (${kind}${counts})\n${number}${head}\n${lines.map((line) => `${line}\n`).join('')}`;
}

function listedRule(rule: PacketRule, index: number, options: ListOptions): string {
  const { target, protocol } = rule;
  const name = target ? (target.kind === 'jump' ? target.chain : target.kind) : '';
  const number = protocol ? String(PROTOCOL_NUMBERS[protocol] ?? 0) : '0';
  const shown = options.names ? (protocol ?? 'all') : number;
  const address = (match: AddressMatch | undefined) => {
    const text = match?.address.replace(/\/32$/, '') ?? (options.names ? 'anywhere' : '0.0.0.0/0');
    return `${match?.negated ? '!' : ' '}${text.padEnd(19)} `;
  };
  const extras = [...rule.matches.map((match) => listedMatch(match, options)), target ? listedTarget(target) : ''].join(
    '',
  );
  const device = (match: InterfaceMatch | undefined) =>
    (match ? `${match.negated ? '!' : ''}${match.name}` : '*').padEnd(6);
  const interfaces = options.verbose ? ` ${device(rule.incoming)} ${device(rule.outgoing)} ` : '';
  const counters = options.verbose ? '    0     0 ' : '';
  const row = `${counters}${name.padEnd(9)}  ${shown.padEnd(4)} --${interfaces} ${address(rule.source)}${address(rule.destination)}`;
  return `${options.lineNumbers ? `${String(index).padEnd(4)} ` : ''}${row}${extras}`;
}

function listedMatch(match: Match, options: ListOptions): string {
  switch (match.kind) {
    case 'comment':
      return ` /* ${match.text} */`;
    case 'port': {
      const port = match.port ?? 0;
      const shown = options.names ? (PORT_NAMES[port] ?? String(port)) : String(port);
      return ` ${match.protocol}${match.port === undefined ? '' : ` dpt:${shown}`}`;
    }
    case 'local':
      return ` ADDRTYPE match ${match.side}-type LOCAL`;
    case 'conntrack':
      return `${match.negated ? ' !' : ''} ctstate ${match.states.join(',')}`;
    case 'mark':
      return ` mark match${match.negated ? ' !' : ''} ${MASK}`;
    case 'statistic':
      return ` statistic mode random probability ${storedProbability(match.probability).toFixed(11)}`;
    case 'recent': {
      const what = match.seconds === undefined ? 'SET' : `CHECK seconds: ${match.seconds} reap`;
      return ` recent: ${what} name: ${match.name} side: source mask: 255.255.255.255`;
    }
    case 'nfacct':
      return ` nfacct-name  ${match.name}`;
  }
}

function listedTarget(target: Target): string {
  switch (target.kind) {
    case 'DNAT':
      return ` to:${target.address}:${target.port}`;
    case 'REJECT':
      return ' reject-with icmp-port-unreachable';
    case 'MARK':
      return ` MARK ${target.operation} 0x4000`;
    case 'MASQUERADE':
      return target.plain ? '' : ' random-fully';
    default:
      return '';
  }
}

/** A rule as `nft list` prints what iptables-nft wrote: comments show as nothing. */
export function nftRule(rule: PacketRule): string {
  const { source, destination, incoming, outgoing, protocol, matches, target } = rule;
  const device = (name: string, match: InterfaceMatch | undefined) =>
    match ? [`${name} ${match.negated ? '!= ' : ''}"${match.name}"`] : [];
  const side = (name: string, match: AddressMatch | undefined) =>
    match ? [`ip ${name} ${match.negated ? '!= ' : ''}${match.address}`] : [];
  return [
    ...(protocol ? [`meta l4proto ${protocol}`] : []),
    ...side('saddr', source),
    ...side('daddr', destination),
    ...device('iifname', incoming),
    ...device('oifname', outgoing),
    ...matches.map(nftMatch),
    'counter packets 0 bytes 0',
    ...(target ? [nftTarget(target)] : []),
  ].join(' ');
}

function nftMatch(match: Match): string {
  switch (match.kind) {
    case 'comment':
      return '';
    case 'port':
      return match.port === undefined ? '' : `${match.protocol} dport ${match.port}`;
    case 'local':
      return `fib ${match.side === 'src' ? 'saddr' : 'daddr'} type local`;
    case 'conntrack':
      return match.negated
        ? 'ct status dnat'
        : `ct state ${match.states.map((state) => state.toLowerCase()).join(',')}`;
    case 'mark':
      return `meta mark & 0x00004000 ${match.negated ? '!=' : '=='} 0x00004000`;
    default:
      return `xt match ${match.kind}`;
  }
}

function nftTarget(target: Target): string {
  switch (target.kind) {
    case 'jump':
      return `jump ${target.chain}`;
    case 'DNAT':
      return `dnat to ${target.address}:${target.port}`;
    case 'MARK':
      return `meta mark set mark ${target.operation} 0x4000`;
    case 'MASQUERADE':
      return target.plain ? 'masquerade' : 'masquerade fully-random';
    default:
      return target.kind.toLowerCase();
  }
}
