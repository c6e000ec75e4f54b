import { Errno } from '../../world/errno.ts';
import { joinPath } from '../../world/files/paths.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';
import { ask, type EtcdCall, type EtcdCommand, endOfPrefix, withNumbers } from './call.ts';
import { BAD_ARGUMENTS, BAD_IO, call, callForBytes, EtcdError } from './client.ts';
import { clientOptions, parseEtcdLine, settingOf } from './flags.ts';
import { framedTable, humanBytes, jsonLog, milliseconds } from './format.ts';
import { etcdctlUsage, GROUPS } from './help.ts';
import { get } from './keys.ts';

/** etcdctl: the client of etcd. etcd: etcdctl/ctlv3 */
export const etcdctl: Program = {
  name: 'etcdctl',
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

function* run(process: Process): Task<number> {
  const api = process.env.get('ETCDCTL_API');
  if (api !== undefined) yield* process.printError(unknownVariable(process, `ETCDCTL_API=${api}`));
  const line = parseEtcdLine(process.argv.slice(1));
  const [first = '', second = ''] = line.words;
  if (first === '' || first === 'help' || (line.flags.has('help') && !(first in COMMANDS) && !(first in GROUPS))) {
    yield* process.print(etcdctlUsage([]));
    return 0;
  }
  const name = first in GROUPS ? `${first} ${second}` : first;
  const command = COMMANDS[name];
  if (line.flags.has('help')) {
    yield* process.print(etcdctlUsage(name.trim().split(' ')));
    return 0;
  }
  if (!command && !(first in GROUPS))
    throw new EtcdError(`unknown command "${first}" for "etcdctl"\nRun 'etcdctl --help' for usage.`);
  if (!command) {
    if (GROUPS[first]?.[second] !== undefined) throw new EtcdError(`kubetutor does not model etcdctl ${name}`);
    yield* process.print(etcdctlUsage([first]));
    return 0;
  }
  return yield* command({
    process,
    line,
    options: clientOptions(process, line),
    words: line.words.slice(name.split(' ').length),
    output: settingOf(process, line, 'write-out') ?? 'simple',
  });
}

function unknownVariable(process: Process, text: string): string {
  return jsonLog('warn', process.now, {
    caller: 'flags/flag.go:94',
    msg: 'unrecognized environment variable',
    'environment-variable': text,
  });
}

const COMMANDS: Readonly<Record<string, EtcdCommand>> = {
  version,
  get,
  put,
  del,
  defrag,
  compaction: notModelled,
  watch: notModelled,
  txn: notModelled,
  'member list': memberList,
  'endpoint health': health,
  'endpoint status': status,
  'endpoint hashkv': hashkv,
  'snapshot save': save,
  'alarm list': alarms,
};

function* notModelled({ line }: EtcdCall): Task<number> {
  throw new EtcdError(`kubetutor does not model etcdctl ${line.words[0]}`);
}

function* version({ process }: EtcdCall): Task<number> {
  yield* process.print('etcdctl version: 3.6.8\nAPI version: 3.6\n');
  return 0;
}

const text = (value: unknown) => (value === undefined || value === null ? '' : String(value));
const list = (value: unknown): readonly Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? value : []);
const withoutZeros = (id: unknown) => text(id).replace(/^0+/, '');
function* memberList(asked: EtcdCall): Task<number> {
  const { process, output } = asked;
  const answer = yield* ask(asked, '/etcdserverpb.Cluster/MemberList');
  if (output === 'json') {
    yield* process.print(`${withNumbers(answer)}\n`);
    return 0;
  }
  const rows = list(answer['members']).map((member) => [
    withoutZeros(member['ID']),
    'started',
    text(member['name']),
    text(member['peerURLs']),
    text(member['clientURLs']),
    'false',
  ]);
  const header = ['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'];
  yield* process.print(
    output === 'table' ? framedTable(header, rows) : rows.map((row) => `${row.join(', ')}\n`).join(''),
  );
  return 0;
}

/** The endpoints that the flags name, or with --cluster those of all members. */
function* endpointsOf(asked: EtcdCall): Task<readonly string[]> {
  if (!asked.line.flags.has('cluster')) return asked.options.endpoints;
  const { members } = yield* ask(asked, '/etcdserverpb.Cluster/MemberList');
  return list(members).flatMap((member) => text(member['clientURLs']).split(','));
}

function* health(asked: EtcdCall): Task<number> {
  const { process, options, output } = asked;
  const rows: { readonly endpoint: string; readonly took: number; readonly error: string }[] = [];
  for (const endpoint of yield* endpointsOf(asked)) {
    const began = process.now;
    let error = '';
    try {
      yield* call(process, options, endpoint, '/etcdserverpb.KV/Range', { key: 'health', range_end: '' });
    } catch (problem) {
      if (!(problem instanceof EtcdError)) throw problem;
      error = problem.message;
    }
    rows.push({ endpoint, took: process.now - began, error });
  }
  const bad = rows.some(({ error }) => error !== '');
  if (output === 'table')
    yield* process.print(
      framedTable(
        ['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'],
        rows.map(({ endpoint, took, error }) => [endpoint, String(error === ''), milliseconds(took), error]),
      ),
    );
  else if (output === 'json')
    yield* process.print(
      `${JSON.stringify(rows.map(({ endpoint, took, error }) => ({ endpoint, health: error === '', took: milliseconds(took), ...(error === '' ? {} : { error }) })))}\n`,
    );
  else
    for (const { endpoint, took, error } of rows)
      if (error === '')
        yield* process.print(`${endpoint} is healthy: successfully committed proposal: took = ${milliseconds(took)}\n`);
      else yield* process.printError(`${endpoint} is unhealthy: failed to commit proposal: ${error}\n`);
  if (bad) throw new EtcdError('unhealthy cluster');
  return 0;
}

const STATUS_HEADER = [
  'ENDPOINT',
  'ID',
  'VERSION',
  'STORAGE VERSION',
  'DB SIZE',
  'IN USE',
  'PERCENTAGE NOT IN USE',
  'QUOTA',
  'IS LEADER',
  'IS LEARNER',
  'RAFT TERM',
  'RAFT INDEX',
  'RAFT APPLIED INDEX',
  'ERRORS',
  'DOWNGRADE TARGET VERSION',
  'DOWNGRADE ENABLED',
];

function* status(asked: EtcdCall): Task<number> {
  const { process, options, output } = asked;
  const found: { readonly endpoint: string; readonly answer: Readonly<Record<string, unknown>> }[] = [];
  let failed = false;
  for (const endpoint of yield* endpointsOf(asked)) {
    try {
      found.push({ endpoint, answer: yield* call(process, options, endpoint, '/etcdserverpb.Maintenance/Status') });
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      failed = true;
      yield* process.printError(`Failed to get the status of endpoint ${endpoint} (${error.message})\n`);
    }
  }
  const rows = found.map(({ endpoint, answer }) => statusRow(endpoint, answer));
  if (output === 'json')
    yield* process.print(
      `${withNumbers(found.map(({ endpoint, answer }) => ({ Endpoint: endpoint, Status: answer })))}\n`,
    );
  else
    yield* process.print(
      output === 'table' ? framedTable(STATUS_HEADER, rows) : rows.map((row) => `${row.join(', ')}\n`).join(''),
    );
  return failed ? 1 : 0;
}

function statusRow(endpoint: string, answer: Readonly<Record<string, unknown>>): string[] {
  const header: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(answer['header'] ?? {}));
  const [size, used] = [Number(answer['dbSize']), Number(answer['dbSizeInUse'])];
  return [
    endpoint,
    withoutZeros(header['member_id']),
    text(answer['version']),
    text(answer['storageVersion']),
    humanBytes(size),
    humanBytes(used),
    `${Math.round(((size - used) * 100) / Math.max(1, size))}%`,
    humanBytes(Number(answer['dbSizeQuota'])),
    String(header['member_id'] === answer['leader']),
    'false',
    text(answer['raftTerm']),
    text(answer['raftIndex']),
    text(answer['raftAppliedIndex']),
    '',
    '',
    'false',
  ];
}

function* hashkv(asked: EtcdCall): Task<number> {
  for (const endpoint of yield* endpointsOf(asked)) {
    const { hash, hash_revision } = yield* call(
      asked.process,
      asked.options,
      endpoint,
      '/etcdserverpb.Maintenance/HashKV',
    );
    yield* asked.process.print(`${endpoint}, ${text(hash)}, ${text(hash_revision)}\n`);
  }
  return 0;
}

function* defrag(asked: EtcdCall): Task<number> {
  const { process, options } = asked;
  for (const endpoint of yield* endpointsOf(asked)) {
    const began = process.now;
    yield* call(process, options, endpoint, '/etcdserverpb.Maintenance/Defragment');
    yield* process.print(
      `Finished defragmenting etcd member[${endpoint}]. took ${milliseconds(process.now - began)}\n`,
    );
  }
  return 0;
}

function* alarms(asked: EtcdCall): Task<number> {
  yield* ask(asked, '/etcdserverpb.Maintenance/Alarm');
  return 0;
}

function* put(asked: EtcdCall): Task<number> {
  const [key, value] = asked.words;
  if (key === undefined || value === undefined)
    throw new EtcdError('put command needs 1 argument and input from stdin or 2 arguments', BAD_ARGUMENTS);
  yield* ask(asked, '/etcdserverpb.KV/Put', { key, value });
  yield* asked.process.print('OK\n');
  return 0;
}

function* del(asked: EtcdCall): Task<number> {
  const { line, words } = asked;
  const [key, end] = words;
  if (key === undefined)
    throw new EtcdError('del command needs one argument as key and an optional argument as range_end', BAD_ARGUMENTS);
  const range = line.flags.has('prefix') ? endOfPrefix(key) : (end ?? `${key}\0`);
  const { deleted } = yield* ask(asked, '/etcdserverpb.KV/DeleteRange', { key, range_end: range });
  yield* asked.process.print(`${text(deleted)}\n`);
  return 0;
}

/** etcd: client/v3/snapshot/v3_snapshot.go SaveWithVersion */
function* save(asked: EtcdCall): Task<number> {
  const { process, options, words } = asked;
  const [path] = words;
  if (path === undefined || words.length !== 1)
    throw new EtcdError('snapshot save expects one argument <filename>', BAD_ARGUMENTS);
  const { files } = process.machine;
  const part = joinPath(process.cwd, `${path}.part`);
  const endpoint = options.endpoints[0] ?? '';
  const log = (caller: string, msg: string, more: Readonly<Record<string, unknown>> = {}, logger?: string) =>
    process.printError(jsonLog('info', process.now, { ...(logger ? { logger } : {}), caller, msg, ...more }));
  try {
    files.writeFile(part, '', process.credentials, 0o600);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new EtcdError(`could not open ${path}.part (open ${path}.part: ${error.text.toLowerCase()})`, BAD_IO);
  }
  yield* log('snapshot/v3_snapshot.go:83', 'created temporary db file', { path: `${path}.part` });
  const began = process.now;
  const bytes = yield* callForBytes(process, options, endpoint, '/etcdserverpb.Maintenance/Snapshot', {}, true);
  yield* log('v3@v3.6.8/maintenance.go:236', 'opened snapshot stream; downloading', {}, 'client');
  yield* log('snapshot/v3_snapshot.go:96', 'fetching snapshot', { endpoint });
  files.writeFile(part, bytes, process.credentials, 0o600);
  yield* log('v3@v3.6.8/maintenance.go:302', 'completed snapshot read; closing', {}, 'client');
  yield* log('snapshot/v3_snapshot.go:111', 'fetched snapshot', {
    endpoint,
    size: humanBytes(bytes.length),
    took: milliseconds(process.now - began),
    'etcd-version': '3.6.0',
  });
  const whole = joinPath(process.cwd, path);
  try {
    files.rename(part, whole, process.credentials);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new EtcdError(
      `could not rename ${path}.part to ${path} (rename ${path}.part ${path}: ${error.text.toLowerCase()})`,
      BAD_IO,
    );
  }
  yield* log('snapshot/v3_snapshot.go:121', 'saved', { path });
  yield* process.print(`Snapshot saved at ${path}\nServer version 3.6.0\n`);
  return 0;
}
