import { encode } from '../../world/bytes.ts';
import type { Task } from '../../world/task.ts';
import { ask, type EtcdCall, endOfPrefix, withNumbers } from './call.ts';
import { BAD_ARGUMENTS, EtcdError } from './client.ts';

/** A key as the server sends it. */
interface Pair {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
}

const ORDERS: Readonly<Record<string, (pair: Pair) => string | number>> = {
  KEY: ({ key }) => key,
  CREATE: ({ createRevision }) => createRevision,
  MODIFY: ({ modRevision }) => modRevision,
  VERSION: ({ version }) => version,
  VALUE: ({ value }) => value,
};

/** etcd: etcdctl/ctlv3/command/get_command.go */
export function* get(asked: EtcdCall): Task<number> {
  const { process, line, words, output } = asked;
  const { flags } = line;
  const [key, end] = words;
  if (key === undefined)
    throw new EtcdError('get command needs one argument as key and an optional argument as range_end', BAD_ARGUMENTS);
  if (flags.has('count-only') && output !== 'fields')
    throw new EtcdError('--count-only is only for `--write-out=fields`', BAD_ARGUMENTS);
  if (flags.has('prefix') && flags.has('from-key'))
    throw new EtcdError('`--prefix` and `--from-key` cannot be set at the same time, choose one', BAD_ARGUMENTS);
  const range = flags.has('prefix') ? endOfPrefix(key) : flags.has('from-key') ? '\u{10ffff}' : (end ?? `${key}\0`);
  const answer = yield* ask(asked, '/etcdserverpb.KV/Range', { key, range_end: range });
  const all: readonly Pair[] = Array.isArray(answer['kvs']) ? answer['kvs'] : [];
  const kvs = chosen(all, flags);
  yield* process.print(printed(asked, answer, kvs, all.length));
  return 0;
}

function chosen(all: readonly Pair[], flags: EtcdCall['line']['flags']): readonly Pair[] {
  const by = flags.get('sort-by')?.toUpperCase();
  const order = flags.get('order')?.toUpperCase();
  let kvs = [...all];
  if (by !== undefined || order !== undefined) {
    const value = ORDERS[by ?? 'KEY'];
    if (!value) throw new EtcdError(`bad sort target ${flags.get('sort-by')}`, BAD_ARGUMENTS);
    kvs.sort((a, b) => (value(a) < value(b) ? -1 : 1));
    if (order === 'DESCEND') kvs.reverse();
  }
  const limit = Number(flags.get('limit') ?? '0');
  if (limit > 0) kvs = kvs.slice(0, limit);
  return kvs;
}

function printed(
  { line, output }: EtcdCall,
  answer: Readonly<Record<string, unknown>>,
  kvs: readonly Pair[],
  count: number,
): string {
  const { flags } = line;
  const header: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(answer['header'] ?? {}));
  const value = (pair: Pair) => (flags.has('keys-only') ? '' : pair.value);
  switch (output) {
    case 'simple':
      if (flags.has('print-value-only')) return kvs.map((pair) => `${pair.value}\n`).join('');
      return kvs.map((pair) => `${pair.key}\n${value(pair)}\n`).join('');
    case 'json':
      return `${withNumbers({
        header,
        kvs: kvs.map((pair) => ({
          key: base64(pair.key),
          create_revision: pair.createRevision,
          mod_revision: pair.modRevision,
          version: pair.version,
          ...(value(pair) === '' ? {} : { value: base64(value(pair)) }),
        })),
        count,
      })}\n`;
    case 'fields': {
      const head = [
        ['ClusterID', BigInt(`0x${String(header['cluster_id'])}`)],
        ['MemberID', BigInt(`0x${String(header['member_id'])}`)],
        ['Revision', header['revision']],
        ['RaftTerm', header['raft_term']],
      ];
      const pairs = flags.has('count-only')
        ? []
        : kvs.flatMap((pair) => [
            ['Key', JSON.stringify(pair.key)],
            ['CreateRevision', pair.createRevision],
            ['ModRevision', pair.modRevision],
            ['Version', pair.version],
            ['Value', JSON.stringify(value(pair))],
            ['Lease', 0],
          ]);
      const tail = [
        ['More', kvs.length < count && !flags.has('count-only')],
        ['Count', count],
      ];
      return [...head, ...pairs, ...tail].map(([name, shown]) => `"${String(name)}" : ${String(shown)}\n`).join('');
    }
    default:
      throw new EtcdError(`${output} not supported as output format`, 4);
  }
}

function base64(text: string): string {
  return btoa(Array.from(encode(text), (byte) => String.fromCharCode(byte)).join(''));
}
