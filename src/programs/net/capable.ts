import type { Process } from '../../world/process.ts';

/** Whether the kernel lets a process do what needs this capability. linux: capabilities(7) */
export function capable({ credentials }: Process, capability: 'NET_ADMIN' | 'NET_RAW' | 'SYS_ADMIN'): boolean {
  return credentials.uid === 0 && credentials.capabilities?.has(capability) !== false;
}
