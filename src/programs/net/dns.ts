import { Errno } from '../../world/errno.ts';
import { type DnsMessage, decodeDns, encodeDns, type RecordType } from '../../world/network/dns-message.ts';
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

/** Asks one server one question. */
export function* queryServer(
  process: Process,
  server: string,
  name: string,
  type: RecordType,
  timeout: number,
): Task<QueryResult> {
  const { network, random } = process.machine.world;
  const id = random.integer(65536);
  const question = {
    id,
    response: false,
    code: 'NOERROR',
    authoritative: false,
    recursionAvailable: false,
    question: { name, type },
    answers: [],
    authority: [],
  } as const;
  try {
    const bytes = yield* network.datagram(process, server, 53, encodeDns(question), timeout);
    const message = bytes && decodeDns(bytes);
    return message ? { message } : { problem: 'timeout' };
  } catch (error) {
    if (error instanceof Errno) return { problem: 'refused' };
    throw error;
  }
}

/** The names that are tried for a name, in order: the search list comes first for names with few dots. */
export function candidates(name: string, config: ResolverConfig): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const dots = name.split('.').length - 1;
  const searched = config.search.map((domain) => `${name}.${domain}`);
  return dots >= config.ndots ? [name, ...searched] : [...searched, name];
}

/** The first address of a name; undefined when no server has one. */
export function* lookupAddress(process: Process, name: string): Task<string | undefined> {
  const known = process.machine.world.network.names.get(name);
  const config = resolverConfig(process);
  for (const candidate of candidates(name, config)) {
    const answer = yield* askAll(process, config, candidate, 'A');
    if (answer === 'unreachable') break;
    const address = answer?.answers.find((record) => record.type === 'A');
    if (address) return address.value;
  }
  return known?.[0];
}

/** Asks the configured servers in turn; 'unreachable' when none answers. */
export function* askAll(
  process: Process,
  config: ResolverConfig,
  name: string,
  type: RecordType,
): Task<DnsMessage | 'unreachable'> {
  for (let attempt = 0; attempt < config.attempts; attempt++) {
    for (const server of config.servers) {
      const result = yield* queryServer(process, server, name, type, config.timeout);
      if ('message' in result) return result.message;
    }
  }
  return 'unreachable';
}
