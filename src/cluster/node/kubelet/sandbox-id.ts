import { digest } from '../../../world/describe.ts';
import type { Stored } from '../../api/object.ts';

/** The runtime's id of a Pod's sandbox: 64 digits, the same for the same Pod. */
export function qualifiedSandbox(pod: Stored): string {
  return digest(['sandbox', pod.metadata.uid]).slice(0, 64);
}
