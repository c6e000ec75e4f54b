import type { Stored } from '../../api/object.ts';
import type { Job, Pod } from '../../api/types.generated.ts';

export const INDEX = 'batch.kubernetes.io/job-completion-index';

export function isIndexed(job: Job): boolean {
  return job.spec?.completionMode === 'Indexed';
}

/** The index of a Pod of an Indexed Job; -1 for others. */
export function indexOf(pod: Stored<Pod>): number {
  const text = pod.metadata.annotations?.[INDEX] ?? '';
  return /^[0-9]+$/.test(text) ? Number(text) : -1;
}

/** `0-2,4` as numbers. */
export function parseIndexes(text: string | undefined): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? '').split(',')) {
    const [first, last = first] = part.split('-');
    if (!first) continue;
    for (let index = Number(first); index <= Number(last); index++) indexes.add(index);
  }
  return indexes;
}

/** Numbers as `0-2,4`; two in a row as `0,1`. kubernetes: orderedIntervals.String */
export function formatIndexes(indexes: Iterable<number>): string {
  const sorted = [...indexes].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length; i++) {
    const first = sorted[i] ?? 0;
    let last = first;
    while (sorted[i + 1] === last + 1) {
      last++;
      i++;
    }
    if (last === first) parts.push(`${first}`);
    else parts.push(last === first + 1 ? `${first},${last}` : `${first}-${last}`);
  }
  return parts.join(',');
}
