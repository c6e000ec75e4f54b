import { sha1 } from '@noble/hashes/legacy.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Store } from '../../cluster/api/store.ts';
import { bootstrapStore } from '../../cluster/bootstrap/bootstrap.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { EtcdDatabase, type EtcdSnapshot, InvalidDatabase } from '../../cluster/etcd/database.ts';
import { concat, encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import type { FileSystem } from '../../world/files/file-system.ts';
import { RegularFile } from '../../world/files/inode.ts';
import type { Machine } from '../../world/machine.ts';
import { bodyBytes, type HttpRequest, type HttpResponse, textResponse } from '../../world/network/http.ts';
import type { Listener } from '../../world/network/namespace.ts';
import { chainProblem } from '../../world/pki/verify.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { type Task, wait } from '../../world/task.ts';
import { serveHealth, untilStopped } from '../control-plane.ts';
import { answerEtcd, type EtcdMember } from './etcd-service.ts';

/** The database file of a member; while etcd works with it, what is in it is what is stored now. */
class DatabaseFile extends RegularFile {
  live: (() => Uint8Array) | undefined;

  override get size(): number {
    return this.live ? this.live().length : super.size;
  }
}

/** The etcd of a cluster: its keys, and the file that they lie in. */
export class ClusterEtcd {
  readonly database: EtcdDatabase;
  private file: DatabaseFile | undefined;

  constructor(readonly cluster: Cluster) {
    const { store } = cluster.server;
    const isCustom = (resource: string) => store.get(DEFINITIONS, resource) !== undefined;
    this.database = new EtcdDatabase(store, isCustom);
  }

  /** Puts the database of a running cluster into a folder of its control plane. */
  placeIn(machine: Machine, folder: string): void {
    this.follow(makeMember(machine.files, folder, machine.world.now));
  }

  /** Works with a folder from now on. Raises InvalidDatabase. */
  open(files: FileSystem, folder: string, now: number): void {
    const path = `${folder}/member/snap/db`;
    const found = files.tryStat(path);
    if (found && found === this.file) return;
    if (found) {
      const snapshot = this.database.read(files.readFile(path));
      this.leave();
      this.database.load(snapshot);
      const file = new DatabaseFile(found.meta);
      files.unlink(path);
      files.place(path, file);
      return this.follow(file);
    }
    this.leave();
    this.database.load(EMPTY_SNAPSHOT);
    bootstrapStore(this.cluster.server);
    this.follow(makeMember(files, folder, now));
  }

  private follow(file: DatabaseFile): void {
    this.file = file;
    file.live = () => this.database.write(this.database.snapshot(), false);
    file.computed = file.live;
  }

  /** The file keeps what was stored last. */
  private leave(): void {
    const { file } = this;
    if (!file) return;
    const snapshot = this.database.snapshot();
    file.live = undefined;
    file.computed = undefined;
    file.lazy = () => this.database.write(snapshot, false);
    this.file = undefined;
  }
}

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
const EMPTY_SNAPSHOT: EtcdSnapshot = { store: { revision: 0, entries: [] }, extra: [] };

function makeMember(files: FileSystem, folder: string, now: number): DatabaseFile {
  files.makeDirectories(`${folder}/member/snap`, undefined, 0o700);
  files.makeDirectories(`${folder}/member/wal`, undefined, 0o700);
  files.writeFile(`${folder}/member/wal/0000000000000000-0000000000000000.wal`, '', undefined, 0o600);
  const file = new DatabaseFile({ mode: 0o600, uid: 0, gid: 0, mtime: now });
  files.place(`${folder}/member/snap/db`, file);
  return file;
}

/** A setting of etcd, from its command line. */
function setting({ argv }: Process, name: string): string | undefined {
  for (const [at, word] of argv.entries()) {
    if (word.startsWith(`--${name}=`)) return word.slice(name.length + 3);
    if (word === `--${name}`) return argv[at + 1];
  }
  return undefined;
}

/** etcd: while the process of the control plane's lives, the API server has a store. */
export function etcdProgram(etcd: ClusterEtcd): Program {
  const { cluster } = etcd;
  return {
    name: 'etcd',
    *main(process) {
      const [address = ''] = cluster.options.address.split(':');
      const isOwn = process.machine.network.addresses.has(address);
      const database = isOwn ? etcd.database : new EtcdDatabase(new Store(), () => false);
      const problem = openData(process, isOwn ? etcd : undefined) ?? certificateProblem(process);
      if (problem !== undefined) {
        yield* process.printError(logLine(process.now, 'fatal', problem));
        return 1;
      }
      const member = memberOf(process, database);
      const closeClients = listen(process, member);
      if (typeof closeClients === 'string') {
        yield* process.printError(
          logLine(process.now, 'fatal', `listen tcp ${closeClients}: bind: address already in use`),
        );
        return 1;
      }
      const closeHealth = serveHealth(process, 2381, false, { '/health': '{"health":"true","reason":""}' });
      if (isOwn) cluster.etcdUp = true;
      try {
        return yield* untilStopped(process);
      } finally {
        if (isOwn) cluster.etcdUp = false;
        closeHealth();
        closeClients();
      }
    },
  };
}

function logLine(now: number, level: string, error: string): string {
  const ts = new Date(now).toISOString().replace('Z', '000Z');
  return `${JSON.stringify({ level, ts, caller: 'etcdmain/etcd.go:198', msg: 'listener failed', error })}\n`;
}

/** Why the data directory is of no use. */
function openData(process: Process, etcd: ClusterEtcd | undefined): string | undefined {
  const folder = setting(process, 'data-dir');
  if (folder === undefined || !etcd) return undefined;
  try {
    etcd.open(process.machine.files, folder, process.now);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidDatabase) return `failed to open database: ${error.message}`;
    if (error instanceof Errno) return `cannot access data directory: ${error.message}`;
    throw error;
  }
}

function certificateProblem(process: Process): string | undefined {
  const { files } = process.machine;
  for (const name of [
    'cert-file',
    'key-file',
    'trusted-ca-file',
    'peer-cert-file',
    'peer-key-file',
    'peer-trusted-ca-file',
  ]) {
    const path = setting(process, name);
    if (path !== undefined && !files.exists(path)) return `open ${path}: no such file or directory`;
  }
  return undefined;
}

const firstBytes = (bytes: Uint8Array) => bytesToHex(bytes.subarray(0, 8));
const CLUSTER_TOKEN = 'etcd-cluster';

/** server/etcdserver/api/membership/member.go: ids are hashes of the addresses. */
function memberOf(process: Process, database: EtcdDatabase): EtcdMember {
  const peers = setting(process, 'initial-advertise-peer-urls') ?? 'http://localhost:2380';
  const token = setting(process, 'initial-cluster-token') ?? CLUSTER_TOKEN;
  const id = sha1(concat([encode(peers), encode(token)])).subarray(0, 8);
  return {
    id: firstBytes(id),
    clusterId: firstBytes(sha1(id)),
    name: setting(process, 'name') ?? 'default',
    peerURLs: peers,
    clientURLs: setting(process, 'advertise-client-urls') ?? 'http://localhost:2379',
    database,
  };
}

/** Listens for clients and peers. The value closes all, or is the address that is taken. */
function listen(process: Process, member: EtcdMember): (() => void) | string {
  const { network, files } = process.machine;
  const open: Listener[] = [];
  const close = () => {
    for (const listener of open) network.close(listener);
  };
  const read = (name: string) => () => {
    const path = setting(process, name);
    return path !== undefined && files.exists(path) ? files.readText(path) : undefined;
  };
  const clients = setting(process, 'listen-client-urls') ?? 'http://localhost:2379';
  const peers = setting(process, 'listen-peer-urls') ?? 'http://localhost:2380';
  for (const [urls, forClients] of [
    [clients, true],
    [peers, false],
  ] as const)
    for (const url of urls.split(',')) {
      const { scheme, address, port } = urlParts(url);
      const listener: Listener = {
        protocol: 'tcp',
        address,
        port,
        owner: process,
        ...(scheme === 'https'
          ? { tls: { names: ['localhost'], certificate: read(forClients ? 'cert-file' : 'peer-cert-file') } }
          : {}),
        ...(forClients ? { grpcHealth: () => 'SERVING', http: clientHandler(process, member, read) } : {}),
      };
      if (!network.listen(listener)) {
        close();
        return `${address}:${port}`;
      }
      open.push(listener);
    }
  return close;
}

function clientHandler(process: Process, member: EtcdMember, read: (name: string) => () => string | undefined) {
  const needsCertificate = setting(process, 'client-cert-auth') === 'true';
  return function* (request: HttpRequest): Task<HttpResponse> {
    yield* wait(process.timer(1));
    const given = request.tls?.clientCertificate;
    if (needsCertificate && given === undefined) return textResponse(495, 'remote error: tls: certificate required');
    if (needsCertificate && chainProblem(given ?? '', [read('trusted-ca-file')() ?? ''], process.now))
      return textResponse(495, 'remote error: tls: unknown certificate authority');
    if (request.method !== 'POST') return textResponse(404, '404 page not found\n');
    return answerEtcd(member, request.path, bodyBytes(request.body));
  };
}

function urlParts(url: string): { readonly scheme: string; readonly address: string; readonly port: number } {
  const [, scheme = 'http', host = 'localhost', port = '2379'] =
    /^(?:(https?):\/\/)?([^:/]+)(?::(\d+))?/.exec(url) ?? [];
  return { scheme, address: host === 'localhost' ? '127.0.0.1' : host, port: Number(port) };
}
