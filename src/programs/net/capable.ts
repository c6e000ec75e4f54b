import type { Process } from '../../world/process.ts';

/** Whether the kernel lets a process do what needs this capability. linux: capabilities(7) */
export function capable(process: Process, _capability: 'NET_ADMIN' | 'NET_RAW'): boolean {
  return process.credentials.uid === 0;
}
