import type { Resolver } from '../../world/network/network.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { lookupAddress } from './dns.ts';

const ADDRESS = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

export function isAddress(text: string): boolean {
  const parts = ADDRESS.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part <= 255) ?? text.includes(':');
}

/** getaddrinfo: numbers, /etc/hosts, then DNS by /etc/resolv.conf. Undefined when the name cannot be resolved. */
export function* resolveHost(process: Process, name: string): Task<string | undefined> {
  return knownHost(process, name) ?? (yield* lookupAddress(process, name));
}

/** The same, with what was wrong. */
export const resolveName: Resolver = function* (process, name) {
  const known = knownHost(process, name);
  if (known !== undefined) return { address: known };
  let answered = true;
  const address = yield* lookupAddress(process, name, () => {
    answered = false;
  });
  return address === undefined ? { problem: answered ? 'unknown' : 'try-again' } : { address };
};

/** What needs no server to be known. */
function knownHost(process: Process, name: string): string | undefined {
  if (isAddress(name)) return name;
  const { files } = process.machine;
  const hosts = files.tryStat('/etc/hosts') ? files.readText('/etc/hosts') : '';
  for (const line of hosts.split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address && names.includes(name) && !address.includes(':')) return address;
  }
  return name === 'localhost' ? '127.0.0.1' : undefined;
}
