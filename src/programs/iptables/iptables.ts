import { Fail } from '../../shell/utilities/fail.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { type ListOptions, listedChain, savedRule } from '../../world/network/netfilter/format.ts';
import { type Chain, PacketTables, type TableName } from '../../world/network/netfilter/tables.ts';
import { editChain } from './edit.ts';

// iptables 1.8 over nf_tables, as far as people look at it and change a rule by hand.

export const VERSION = 'v1.8.9 (nf_tables)';
const TABLES: readonly TableName[] = ['filter', 'nat', 'mangle'];

interface Request {
  readonly table: TableName;
  readonly command: string;
  readonly words: readonly string[];
  readonly options: ListOptions;
}

function readRequest(args: readonly string[]): Request {
  let table = 'filter';
  let command = '';
  const words: string[] = [];
  const letters = new Set<string>();
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    const long = LONG[word];
    if (word === '-t' || word === '--table') table = args[++at] ?? '';
    else if (word === '--line-numbers') letters.add('#');
    else if (word === '-w' || word === '--wait' || word === '-x' || word === '--exact') continue;
    else if (long) command = long;
    else if (/^-[LSAIDFPNXZCV][nv]*$/.test(word) && command === '') {
      command = word.slice(1, 2);
      for (const letter of word.slice(2)) letters.add(letter);
    } else if (/^-[nvL]+$/.test(word) && !'AID'.includes(command || '-')) {
      for (const letter of word.slice(1)) {
        if (letter === 'L') command = 'L';
        else letters.add(letter);
      }
    } else words.push(word);
  }
  const found = TABLES.find((name) => name === table);
  if (!found)
    throw new Fail(`can't initialize iptables table \`${table}': Table does not exist (do you need to insmod?)`, 3);
  const options = { names: !letters.has('n'), verbose: letters.has('v'), lineNumbers: letters.has('#') };
  return { table: found, command, words, options };
}

const LONG: { readonly [word: string]: string } = {
  '--list': 'L',
  '--list-rules': 'S',
  '--append': 'A',
  '--insert': 'I',
  '--delete': 'D',
  '--flush': 'F',
  '--policy': 'P',
  '--new-chain': 'N',
  '--delete-chain': 'X',
  '--version': 'V',
};

function tablesOf(tool: Tool): PacketTables {
  const { network } = tool.p.machine;
  network.beforeLook?.();
  return network.tables ?? new PacketTables();
}

export const iptables = utility({
  name: 'iptables',
  usage: '[-t table] {-A|-C|-D|-I|-L|-S|-F|-P|-N|-X} [chain] [rule-specification]',
  about: 'administration tool for IPv4 packet filtering and NAT',
  *run(tool) {
    const { table, command, words, options } = readRequest(tool.args);
    if (tool.p.credentials.uid !== 0)
      throw new Fail(`${VERSION}: Could not fetch rule set generation id: Permission denied (you must be root)`, 4);
    const tables = tablesOf(tool);
    if (command === 'V') {
      tool.put(`iptables ${VERSION}\n`);
      return 0;
    }
    if (command === '') {
      yield* tool.complain(
        `iptables ${VERSION}: no command specified\nTry \`iptables -h' or 'iptables --help' for more information.\n`,
      );
      return 2;
    }
    const [name] = words;
    if (command === 'L' || command === 'S') {
      const chains = name === undefined ? sorted(tables, table) : [tables.find(table, name)];
      for (const [index, chain] of chains.entries()) {
        if (!chain) return yield* missing(tool, table, name ?? '');
        if (command === 'S') continue;
        tool.put(`${index > 0 ? '\n' : ''}${listedChain(chain, tables.referencesTo(table, chain.name), options)}`);
      }
      if (command === 'S') tool.put(savedChains(chains.flatMap((chain) => (chain ? [chain] : []))));
      return 0;
    }
    const problem = editChain(tables, table, command, words);
    if (!problem) return 0;
    const { kind, text, status } = problem;
    const hint = kind === 'usage' ? "Try `iptables -h' or 'iptables --help' for more information.\n" : '';
    yield* tool.complain(`iptables${kind === 'plain' ? '' : ` ${VERSION}`}: ${text}\n${hint}`);
    return status;
  },
});

function* missing(tool: Tool, table: string, chain: string) {
  yield* tool.complain(
    `iptables ${VERSION}: chain \`${chain}' in table \`${table}' is incompatible, use 'nft' tool.\n`,
  );
  return 1;
}

/** Built-in chains first, then the others by name. */
function sorted(tables: PacketTables, table: TableName): Chain[] {
  const all = [...tables.table(table).values()];
  const own = all.filter(({ policy }) => policy === undefined);
  return [...all.filter(({ policy }) => policy !== undefined), ...own.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/** `iptables -S` */
function savedChains(chains: readonly Chain[]): string {
  const heads = chains.map(({ name, policy }) => (policy ? `-P ${name} ${policy}\n` : `-N ${name}\n`));
  return [...heads, ...chains.flatMap((chain) => chain.rules.map((rule) => `${savedRule(chain.name, rule)}\n`))].join(
    '',
  );
}

export const iptablesSave = utility({
  name: 'iptables-save',
  usage: '[-c] [-t table] [-f filename]',
  about: 'dump iptables rules',
  options: ['-c --counters', '-t --table=', '-f --file='],
  *run(tool, options) {
    const tables = tablesOf(tool);
    const wanted = options.get('t');
    const order: readonly TableName[] = ['mangle', 'filter', 'nat'];
    for (const table of order) {
      if (wanted === undefined ? !tables.names.includes(table) : wanted !== table) continue;
      const stamp = dateText(tool.p.now);
      const chains = sorted(tables, table);
      tool.put(`# Generated by iptables-save ${VERSION} on ${stamp}\n*${table}\n`);
      for (const { name, policy } of chains) tool.put(`:${name} ${policy ?? '-'} [0:0]\n`);
      for (const chain of chains) for (const rule of chain.rules) tool.put(`${savedRule(chain.name, rule)}\n`);
      tool.put(`COMMIT\n# Completed on ${stamp}\n`);
    }
    return yield* done();
  },
});

function* done() {
  return 0;
}

/** `Sat Nov 21 07:25:16 2026` */
function dateText(now: number): string {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(now)
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${day} ${month} ${date.replace(/^0/, ' ')} ${time} ${year}`;
}
