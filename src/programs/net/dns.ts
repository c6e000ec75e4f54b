import { Errno } from '../../world/errno.ts';
import { type DnsMessage, decodeDns, encodeDns, type RecordType, withEdns } from '../../world/network/dns-message.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';

/** resolv.conf(5) as far as resolvers here use it. */
export interface ResolverConfig {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly ndots: number;
  /** ms */
  readonly timeout: number;
  readonly attempts: number;
}

export function resolverConfig(process: Process): ResolverConfig {
  const { files } = process.machine;
  const text = files.tryStat('/etc/resolv.conf') ? files.readText('/etc/resolv.conf') : '';
  const values = (key: string) =>
    [...text.matchAll(new RegExp(`^${key}[ \\t]+(.*)$`, 'gm'))].flatMap((match) =>
      (match[1] ?? '').trim().split(/\s+/),
    );
  const option = (name: string, fallback: number) => {
    const found = values('options').find((value) => value.startsWith(`${name}:`));
    return found === undefined ? fallback : Number(found.slice(name.length + 1));
  };
  return {
    servers: values('nameserver').slice(0, 3),
    search: values('search').filter((domain) => domain !== '.'),
    ndots: option('ndots', 1),
    timeout: option('timeout', 5) * 1000,
    attempts: option('attempts', 2),
  };
}

export type QueryResult = { readonly message: DnsMessage } | { readonly problem: 'timeout' | 'refused' };

export interface DnsQuestion {
  readonly name: string;
  readonly type: RecordType;
}

export interface QuerySettings {
  /** ms */
  readonly timeout: number;
  readonly port?: number;
  readonly tcp?: boolean;
  /** Says how much it takes. */
  readonly edns?: boolean;
}

/** Why nothing can be sent to an address from here: what connect(2) says of a datagram socket. */
export function routeProblem({ machine: { network } }: Process, address: string): 'no-network' | 'no-host' | undefined {
  if (network.isLocal(address)) return undefined;
  const route = network.routes.lookup(address);
  if (!route) return 'no-network';
  return route.type === 'unreachable' ? 'no-host' : undefined;
}

/** Asks one server one question. */
export function* queryServer(
  process: Process,
  server: string,
  asked: DnsQuestion,
  { timeout, port = 53, tcp = false, edns = false }: QuerySettings,
): Task<QueryResult> {
  const { network, random } = process.machine.world;
  const plain = encodeDns({
    id: random.integer(65536),
    response: false,
    code: 'NOERROR',
    authoritative: false,
    recursionAvailable: false,
    question: asked,
    answers: [],
    authority: [],
  });
  const query = edns ? withEdns(plain) : plain;
  try {
    const bytes = tcp
      ? yield* overTcp(process, server, port, query, timeout)
      : yield* network.datagram(process, server, port, query, timeout);
    const message = bytes && decodeDns(bytes);
    return message ? { message } : { problem: 'timeout' };
  } catch (error) {
    if (error instanceof Errno) return { problem: error.code === 'ETIMEDOUT' ? 'timeout' : 'refused' };
    throw error;
  }
}

/** A message with its length before it, and the answer likewise. */
function* overTcp(
  process: Process,
  server: string,
  port: number,
  query: Uint8Array,
  timeout: number,
): Task<Uint8Array | undefined> {
  const connection = (yield* process.machine.world.network.connect(process, server, port, timeout)).retain();
  try {
    yield* connection.write(process, Uint8Array.from([query.length >> 8, query.length & 255, ...query]));
    const answer = yield* connection.read(process, 65_537);
    return answer.length > 2 ? answer.subarray(2) : undefined;
  } finally {
    connection.release();
  }
}

/** The names that are tried for a name, in order: the search list comes first for names with few dots. */
export function candidates(name: string, config: ResolverConfig): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const dots = name.split('.').length - 1;
  const searched = config.search.map((domain) => `${name}.${domain}`);
  return dots >= config.ndots ? [name, ...searched] : [...searched, name];
}

/** The first address of a name; undefined when no server has one. `silent` is told when none answered. */
export function* lookupAddress(process: Process, name: string, silent?: () => void): Task<string | undefined> {
  const config = resolverConfig(process);
  let failed = false;
  for (const candidate of candidates(name, config)) {
    const answer = yield* askEach(process, config, candidate, 'A');
    // A name tried as it is leaves the search to be tried, whatever came of it; in the search silence ends it. glibc: resolv/res_query.c
    if (answer === 'silent' && candidate !== name) {
      failed = true;
      break;
    }
    if (typeof answer === 'string') {
      failed = true;
      continue;
    }
    const addresses = answer.answers.filter((record) => record.type === 'A').map(({ value }) => value);
    // getaddrinfo: what lies in the own subnet comes first. RFC 6724 6, rule 9
    const own = process.machine.network.primaryAddress?.replace(/\.\d+$/, '.');
    const address = addresses.find((one) => own !== undefined && one.startsWith(own)) ?? addresses[0];
    if (address) return address;
  }
  if (failed) silent?.();
  return undefined;
}

/** Asks the configured servers in turn; 'unreachable' when none answers. */
export function* askAll(
  process: Process,
  config: ResolverConfig,
  name: string,
  type: RecordType,
): Task<DnsMessage | 'unreachable'> {
  const answer = yield* askEach(process, config, name, type);
  return typeof answer === 'string' ? 'unreachable' : answer;
}

/** The same; 'failed' when those that answered could not tell. */
function* askEach(
  process: Process,
  config: ResolverConfig,
  name: string,
  type: RecordType,
): Task<DnsMessage | 'failed' | 'silent'> {
  let failed = false;
  for (let attempt = 0; attempt < config.attempts; attempt++) {
    for (const server of config.servers) {
      const result = yield* queryServer(process, server, { name, type }, { timeout: config.timeout });
      // A server that failed is asked again, and so is the next one.
      if (!('message' in result)) continue;
      if (result.message.code !== 'SERVFAIL') return result.message;
      failed = true;
    }
  }
  return failed ? 'failed' : 'silent';
}
