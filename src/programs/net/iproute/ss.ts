import { utility } from '../../../shell/utilities/utility.ts';
import { PORT_NAMES } from '../../../world/network/port-names.ts';
import { type Socket, socketsOf, visibleOwner } from './sockets.ts';

/** What stands before a column, and on which side its text is filled up. iproute2: misc/ss.c columns[] */
interface Column {
  readonly header: string;
  readonly before: string;
  readonly right?: boolean;
}

const NETID: Column = { header: 'Netid', before: '' };
const COLUMNS: readonly Column[] = [
  { header: 'State', before: ' ' },
  { header: 'Recv-Q', before: ' ' },
  { header: 'Send-Q', before: ' ' },
  { header: 'Local Address:', before: ' ', right: true },
  { header: 'Port', before: '' },
  { header: 'Peer Address:', before: ' ', right: true },
  { header: 'Port', before: '' },
  { header: 'Process', before: '' },
];

/** `*` for every address of both families, brackets for IPv6. */
function shownAddress(address: string | undefined, both: boolean): string {
  if (address === undefined) return both ? '*' : '0.0.0.0';
  if (address === '::') return '*';
  return address.includes(':') ? `[${address}]` : address;
}

/** ss of iproute2. */
export const ss = utility({
  name: 'ss',
  usage: '[ OPTIONS ] [ FILTER ]',
  about: 'another utility to investigate sockets',
  usageStatus: 255,
  options: [
    '-n --numeric',
    '-l --listening',
    '-a --all',
    '-t --tcp',
    '-u --udp',
    '-p --processes',
    '-4 --ipv4',
    '-6 --ipv6',
    '-x --unix',
    '-w --raw',
    '-e --extended',
    '-o --options',
    '-i --info',
    '-m --memory',
    '-r --resolve',
    '-s --summary',
    '-H --no-header',
    '-O --oneline',
    '-V -v',
  ],
  *run(tool, options) {
    if (options.has('V')) {
      tool.put('ss utility, iproute2-6.1.0\n');
      return 0;
    }
    const all = socketsOf(tool.p.machine.network);
    if (options.has('s')) {
      const tcp = all.filter((one) => one.protocol === 'tcp').length;
      const udp = all.length - tcp;
      const established = all.filter((one) => one.state === 'ESTAB').length;
      tool.put(
        `Total: ${all.length}\nTCP:   ${tcp} (estab ${established}, closed 0, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\n` +
          [
            ['RAW', 0],
            ['UDP', udp],
            ['TCP', tcp],
            ['INET', udp + tcp],
            ['FRAG', 0],
          ]
            .map(([name, count]) => `${name}\t  ${String(count).padEnd(9)} ${String(count).padEnd(9)} 0        \n`)
            .join('') +
          '\n',
      );
      return 0;
    }
    const kinds = (['tcp', 'udp'] as const).filter((kind) => options.has(kind === 'tcp' ? 't' : 'u'));
    const wanted = kinds.length > 0 ? kinds : options.has('x', 'w') ? [] : (['tcp', 'udp'] as const);
    const filter = socketFilter(options.operands);
    const rows = all.filter((one) => {
      const listening = one.state !== 'ESTAB';
      if (!wanted.some((kind) => kind === one.protocol) || (options.has('6') && !one.address.includes(':')))
        return false;
      return (options.has('a') || listening === options.has('l')) && filter(one);
    });
    rows.sort((a, b) => wanted.indexOf(b.protocol as never) - wanted.indexOf(a.protocol as never));
    const withNetid = wanted.length !== 1;
    const process = (one: Socket) => {
      const owner = options.has('p') ? visibleOwner(one, tool.p) : undefined;
      return owner ? ` users:(("${owner.comm}",pid=${tool.p.machine.pids.numberOf(owner)},fd=${one.descriptor}))` : '';
    };
    const port = (value: number | undefined) =>
      value === undefined ? '*' : options.has('n') ? String(value) : (PORT_NAMES[value] ?? String(value));
    const cells = rows.map((one) => [
      ...(withNetid ? [one.protocol] : []),
      one.state,
      '0',
      String(one.sendQueue),
      `${shownAddress(one.address, false)}:`,
      port(one.port),
      `${shownAddress(one.peerAddress, one.address === '::')}:`,
      port(one.peerPort),
      process(one),
    ]);
    const columns = withNetid ? [NETID, ...COLUMNS] : COLUMNS.with(0, { header: 'State', before: '' });
    const header = options.has('H') ? [] : [columns.map((column) => column.header)];
    tool.put(table(columns, [...header, ...cells], tool.isTty(1) ? tool.columns : undefined));
    return 0;
  },
});

/** Fills up the columns; on a terminal what is left of its width goes to all of them. */
function table(columns: readonly Column[], rows: readonly (readonly string[])[], screen: number | undefined): string {
  const widths = columns.map((column, index) =>
    Math.max(...rows.map((row) => (row[index] ?? '').length), index === columns.length - 1 ? 0 : column.header.length),
  );
  const total = widths.reduce((sum, width, index) => sum + width + (columns[index]?.before.length ?? 0), 0);
  const room = screen === undefined ? 0 : Math.max(0, screen - total);
  const each = Math.floor(room / columns.length);
  const lines = rows.map((row) =>
    columns
      .map((column, index) => {
        const width = (widths[index] ?? 0) + each + (index < room % columns.length ? 1 : 0);
        const text = row[index] ?? '';
        return column.before + (column.right ? text.padStart(width) : text.padEnd(width));
      })
      .join(''),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** `state listening`, `sport = :80`, `'( dport = :22 or sport = :22 )'`: states and ports. */
function socketFilter(words: readonly string[]): (socket: Socket) => boolean {
  const text = words.join(' ').replace(/[()']/g, ' ');
  const state = /\bstate\s+(\S+)/.exec(text)?.[1];
  const parts = [...text.matchAll(/\b(sport|dport)\s*(?:=|==|eq)?\s*:(\w+)/g)];
  return (socket) => {
    if (state === 'listening' && socket.state !== 'LISTEN') return false;
    if (state === 'established' && socket.state !== 'ESTAB') return false;
    return (
      parts.length === 0 ||
      parts.some(([, side, port]) => {
        const own = side === 'sport' ? socket.port : socket.peerPort;
        return own !== undefined && (String(own) === port || PORT_NAMES[own] === port);
      })
    );
  };
}
