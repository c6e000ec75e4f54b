import { sha1 } from '@noble/hashes/legacy.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { InvalidDatabase, isWhole, parseDatabase, partsOf } from '../../cluster/etcd/database.ts';
import { concat, encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';
import { BAD_ARGUMENTS, EtcdError } from './client.ts';
import { type EtcdLine, parseEtcdLine } from './flags.ts';
import { framedTable, humanBytes } from './format.ts';

/** etcdutl: works on the files of an etcd that does not run. etcd: etcdutl/etcdutl */
export const etcdutl: Program = {
  name: 'etcdutl',
  *main(process) {
    yield* process.cpu(15);
    try {
      return yield* run(process);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      yield* process.printError(`Error: ${error.message}\n`);
      return error.code;
    }
  },
};

const FLAGS =
  '\nGlobal Flags:\n  -w, --write-out string   set the output format (fields, json, protobuf, simple, table) (default "simple")\n';
const HELP = `Usage:
  etcdutl [command]

Available Commands:
  completion  Generate completion script
  defrag      Defragments the storage of the etcd
  hashkv      Prints the KV history hash of a given file
  help        Help about any command
  migrate     Migrates schema of etcd data dir files to make them compatible with different etcd version
  snapshot    Manages etcd node snapshots
  version     Prints the version of etcdutl

Flags:
  -h, --help               help for etcdutl
  -w, --write-out string   set the output format (fields, json, protobuf, simple, table) (default "simple")

Use "etcdutl [command] --help" for more information about a command.
`;
const SNAPSHOT_HELP = `Usage:
  etcdutl snapshot [command]

Available Commands:
  restore     Restores an etcd member snapshot to an etcd directory
  status      Gets backend snapshot status of a given file

Flags:
  -h, --help   help for snapshot
${FLAGS}
Use "etcdutl snapshot [command] --help" for more information about a command.
`;
const RESTORE_HELP = `Usage:
  etcdutl snapshot restore <filename> --data-dir {output dir} [options] [flags]

Flags:
      --bump-revision uint                   How much to increase the latest revision after restore
      --data-dir string                      Path to the output data directory
  -h, --help                                 help for restore
      --initial-advertise-peer-urls string   List of this member's peer URLs to advertise to the rest of the cluster (default "http://localhost:2380")
      --initial-cluster string               Initial cluster configuration for restore bootstrap (default "default=http://localhost:2380")
      --initial-cluster-token string         Initial cluster token for the etcd cluster during restore bootstrap (default "etcd-cluster")
      --initial-memory-map-size uint         Initial memory map size of the database in bytes. It uses the default value if not defined or defined to 0 (default 10737418240)
      --mark-compacted                       Mark the latest revision after restore as the point of scheduled compaction (required if --bump-revision > 0, disallowed otherwise)
      --name string                          Human-readable name for this member (default "default")
      --skip-hash-check                      Ignore snapshot integrity hash value (required if copied from data directory)
      --wal-dir string                       Path to the WAL directory (use --data-dir if none given)
${FLAGS}`;

function* run(process: Process): Task<number> {
  const line = parseEtcdLine(process.argv.slice(1));
  const [first = 'help', second] = line.words;
  const help = line.flags.has('help');
  if (first === 'version') {
    yield* process.print('etcdutl version: 3.6.8\nAPI version: 3.6\n');
    return 0;
  }
  if (first === 'help') {
    yield* process.print(HELP);
    return 0;
  }
  if (first !== 'snapshot') {
    if (!['completion', 'defrag', 'hashkv', 'migrate'].includes(first))
      throw new EtcdError(`unknown command "${first}" for "etcdutl"\nRun 'etcdutl --help' for usage.`);
    throw new EtcdError(`kubetutor does not model etcdutl ${first}`);
  }
  const words = line.words.slice(2);
  if (second === 'status' && !help) return yield* status(process, line, words);
  if (second === 'restore' && !help) return yield* restore(process, line, words);
  yield* process.print(second === 'restore' ? RESTORE_HELP : SNAPSHOT_HELP);
  return 0;
}

/** Raises EtcdError in Go's words. */
function readSnapshot(process: Process, path: string, verb: 'stat' | 'open'): Uint8Array {
  try {
    return process.machine.files.readFile(joinPath(process.cwd, path), process.credentials);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new EtcdError(`${verb} ${path}: ${error.text.toLowerCase()}`);
  }
}

function* status(process: Process, { flags }: EtcdLine, words: readonly string[]): Task<number> {
  const [path] = words;
  if (path === undefined || words.length !== 1)
    throw new EtcdError('snapshot status requires exactly one argument', BAD_ARGUMENTS);
  const bytes = readSnapshot(process, path, 'stat');
  const { store, extra } = databaseIn(bytes);
  const hash = bytesToHex(sha1(partsOf(bytes).text)).slice(0, 8);
  const keys = store.entries.length + extra.length;
  const size = humanBytes(bytes.length);
  switch (flags.get('write-out') ?? 'simple') {
    case 'table':
      yield* process.print(
        framedTable(
          ['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE', 'VERSION'],
          [[hash, String(store.revision), String(keys), size, '3.6.0']],
        ),
      );
      return 0;
    case 'json':
      yield* process.print(
        `${JSON.stringify({ hash: Number.parseInt(hash, 16), revision: store.revision, totalKey: keys, totalSize: bytes.length, version: '3.6.0' })}\n`,
      );
      return 0;
    default:
      yield* process.print(`${hash}, ${store.revision}, ${keys}, ${size}, 3.6.0\n`);
      return 0;
  }
}

function databaseIn(bytes: Uint8Array) {
  try {
    return parseDatabase(bytes);
  } catch (error) {
    if (!(error instanceof InvalidDatabase)) throw error;
    throw new EtcdError(error.message);
  }
}

/** etcd: etcdutl/snapshot/v3_snapshot.go Restore */
function* restore(process: Process, { flags }: EtcdLine, words: readonly string[]): Task<number> {
  const [path] = words;
  if (path === undefined || words.length !== 1)
    throw new EtcdError('snapshot restore requires exactly one argument', BAD_ARGUMENTS);
  const name = flags.get('name') ?? 'default';
  const folder = flags.get('data-dir') ?? `${name}.etcd`;
  const { files } = process.machine;
  const { credentials } = process;
  const target = joinPath(process.cwd, folder);
  const there = files.tryStat(target);
  if (there && (there.kind !== 'directory' || files.readDirectory(target).length > 0))
    throw new EtcdError(`data-dir "${folder}" not empty or could not be read`);
  const peers = flags.get('initial-advertise-peer-urls') ?? 'http://localhost:2380';
  const initial = flags.get('initial-cluster') ?? `${name}=http://localhost:2380`;
  if (!initial.split(',').includes(`${name}=${peers}`))
    throw new EtcdError(
      initial.split(',').some((one) => one.startsWith(`${name}=`))
        ? `--initial-cluster has ${initial} but missing from --initial-advertise-peer-urls=${peers} (resolved urls: ${JSON.stringify(peers)} [${peers}])`
        : `couldn't find local name "${name}" in the initial cluster configuration`,
    );
  const wal = flags.get('wal-dir') ?? `${folder}/member/wal`;
  const places = `{"path": "${path}", "wal-dir": "${wal}", "data-dir": "${folder}", "snap-dir": "${folder}/member/snap", "initial-memory-map-size": 10737418240}`;
  const log = (caller: string, text: string) =>
    process.printError(`${new Date(process.now).toISOString().slice(0, 19)}Z\tinfo\t${caller}\t${text}\n`);
  yield* log('snapshot/v3_snapshot.go:305', `restoring snapshot\t${places}`);
  const bytes = readSnapshot(process, path, 'open');
  databaseIn(bytes);
  const { text, hash } = partsOf(bytes);
  if (!flags.has('skip-hash-check')) {
    if (!hash) throw new EtcdError('snapshot missing hash but --skip-hash-check=false');
    if (!isWhole(bytes)) throw new EtcdError('expected sha256 of the snapshot, got another one');
  }
  try {
    files.makeDirectories(joinPath(process.cwd, `${folder}/member/snap`), credentials, 0o700);
    files.makeDirectories(joinPath(process.cwd, wal), credentials, 0o700);
    files.writeFile(`${target}/member/snap/db`, text, credentials, 0o600);
    files.writeFile(`${target}/member/snap/0000000000000001-0000000000000001.snap`, '', credentials);
    files.writeFile(joinPath(process.cwd, `${wal}/0000000000000000-0000000000000000.wal`), '', credentials, 0o600);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new EtcdError(`mkdir ${folder}: ${error.text.toLowerCase()}`);
  }
  yield* log('schema/membership.go:138', 'Trimming membership information from the backend...');
  const token = flags.get('initial-cluster-token') ?? 'etcd-cluster';
  const id = sha1(concat([encode(peers), encode(token)])).subarray(0, 8);
  const cluster = bytesToHex(sha1(id).subarray(0, 8)).replace(/^0+/, '');
  yield* log(
    'membership/cluster.go:424',
    `added member\t{"cluster-id": "${cluster}", "local-member-id": "0", "added-peer-id": "${bytesToHex(id).replace(/^0+/, '')}", "added-peer-peer-urls": ["${peers}"], "added-peer-is-learner": false}`,
  );
  yield* log('snapshot/v3_snapshot.go:333', `restored snapshot\t${places}`);
  return 0;
}
