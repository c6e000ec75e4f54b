import { digest } from '../../../world/describe.ts';
import type { Stored } from '../../api/object.ts';

/** The runtime's id of a Pod's sandbox: 64 digits, the same for the same Pod. `number`: how many sandboxes it has had before. */
export function qualifiedSandbox(pod: Stored, number = 0): string {
  return digest(['sandbox', pod.metadata.uid, ...(number > 0 ? [number] : [])]).slice(0, 64);
}
