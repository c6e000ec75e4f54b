import { isRecord } from '../../cluster/api/object.ts';
import { jsonResponse } from '../../cluster/api/response.ts';
import type { EtcdDatabase } from '../../cluster/etcd/database.ts';
import { decode } from '../../world/bytes.ts';
import { type HttpResponse, textResponse } from '../../world/network/http.ts';

/** A member of an etcd cluster, which is the only one of its cluster. */
export interface EtcdMember {
  /** Sixteen digits at most, without leading zeros where they are shown. */
  readonly id: string;
  readonly clusterId: string;
  readonly name: string;
  readonly peerURLs: string;
  readonly clientURLs: string;
  readonly database: EtcdDatabase;
}

/** 3.6: a quota of 2 GiB unless it is told another. */
const QUOTA = 2_147_483_648;
const RAFT_TERM = 2;
/** Of each key-value pair beside its text: bbolt's pages are never full. */
const PAGE_OVERHEAD = 1.4;
const PAGE = 4096;

/** What a member answers to a call of its gRPC services, as JSON. etcd: api/etcdserverpb/rpc.proto */
export function answerEtcd(member: EtcdMember, path: string, body: Uint8Array): HttpResponse {
  const request = requestOf(body);
  const answer = CALLS[path]?.(member, request);
  if (answer instanceof Uint8Array) return { status: 200, headers: new Map(), body: { kind: 'bytes', bytes: answer } };
  if (answer === undefined) return textResponse(501, `kubetutor does not model the call ${path} of etcd`);
  return jsonResponse(200, { header: headerOf(member), ...answer });
}

function requestOf(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(decode(body));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

const headerOf = ({ id, clusterId, database }: EtcdMember) => ({
  cluster_id: clusterId,
  member_id: id,
  revision: database.revision,
  raft_term: RAFT_TERM,
});

type Answer = Readonly<Record<string, unknown>> | Uint8Array;
type Call = (member: EtcdMember, request: Readonly<Record<string, unknown>>) => Answer;
const text = (value: unknown) => (typeof value === 'string' ? value : '');

const CALLS: Readonly<Record<string, Call>> = {
  '/etcdserverpb.Cluster/MemberList': ({ id, name, peerURLs, clientURLs }) => ({
    members: [{ ID: id, name, peerURLs: peerURLs.split(','), clientURLs: clientURLs.split(',') }],
  }),
  '/etcdserverpb.Maintenance/Status': (member) => {
    const used = sizeOf(member);
    // Each write has an entry of its own in the log, and some go before the first.
    const index = member.database.revision + 8;
    return {
      version: '3.6.8',
      storageVersion: '3.6.0',
      dbSize: Math.ceil((used * PAGE_OVERHEAD) / PAGE) * PAGE,
      dbSizeInUse: Math.ceil(used / PAGE) * PAGE,
      dbSizeQuota: QUOTA,
      leader: member.id,
      raftIndex: index,
      raftTerm: RAFT_TERM,
      raftAppliedIndex: index,
      downgradeInfo: {},
    };
  },
  '/etcdserverpb.Maintenance/HashKV': (member) => ({ hash: checksum(member), hash_revision: member.database.revision }),
  '/etcdserverpb.Maintenance/Snapshot': ({ database }) => database.write(database.snapshot(), true),
  '/etcdserverpb.Maintenance/Defragment': () => ({}),
  '/etcdserverpb.Maintenance/Alarm': () => ({ alarms: [] }),
  '/etcdserverpb.KV/Range': ({ database }, { key, range_end }) => {
    const kvs = database.range(text(key), text(range_end));
    return { kvs, count: kvs.length };
  },
  '/etcdserverpb.KV/Put': ({ database }, { key, value }) => {
    if (text(key).startsWith('/registry/'))
      return { refused: 'kubetutor does not model objects that are written into etcd by hand' };
    database.put(text(key), text(value));
    return {};
  },
  '/etcdserverpb.KV/DeleteRange': ({ database }, { key, range_end }) => ({
    deleted: database.remove(text(key), text(range_end)),
  }),
};

function sizeOf({ database }: EtcdMember): number {
  return database.write(database.snapshot(), false).length;
}

/** A number that is the same as long as nothing changes. */
function checksum({ database }: EtcdMember): number {
  let sum = 0x811c9dc5;
  for (const { key, modRevision } of database.range('', '\u{10ffff}'))
    for (const char of `${key}@${modRevision}`) sum = Math.imul(sum ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return sum;
}
