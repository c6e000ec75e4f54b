import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { askAll, candidates, queryServer, resolverConfig } from '../net/dns.ts';
import { resolveHost } from '../net/resolve.ts';

/** getaddrinfo, with all addresses of a name: a headless Service has several. */
export function* lookupAll(process: Process, name: string): Task<readonly string[]> {
  const first = yield* resolveHost(process, name);
  if (first === undefined) return [];
  const config = resolverConfig(process);
  for (const candidate of candidates(name, config)) {
    const answer = yield* askAll(process, config, candidate, 'A');
    if (answer === 'unreachable') break;
    const found = answer.answers.filter(({ type }) => type === 'A').map(({ value }) => value);
    if (found.includes(first)) return found.sort();
  }
  return [first];
}

export interface Resolved {
  readonly addresses: readonly string[];
  /** What the error log says when there are none. */
  readonly problem: string;
}

/** nginx's own resolver: asks one server, knows no search list and no /etc/hosts. */
export function* askResolver(process: Process, resolver: string, name: string): Task<Resolved> {
  const [host = ''] = resolver.split(':');
  const server = yield* resolveHost(process, host);
  const result =
    server === undefined
      ? { problem: 'refused' as const }
      : yield* queryServer(process, server, { name: name, type: 'A' }, { timeout: 5000 });
  if ('problem' in result)
    return { addresses: [], problem: `${name} could not be resolved (110: Operation timed out)` };
  const addresses = result.message.answers.filter(({ type }) => type === 'A').map(({ value }) => value);
  const why = result.message.code === 'SERVFAIL' ? '2: Server failure' : '3: Host not found';
  return { addresses, problem: `${name} could not be resolved (${why})` };
}
