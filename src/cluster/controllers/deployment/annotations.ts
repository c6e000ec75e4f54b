import type { Stored } from '../../api/object.ts';
import type { Deployment } from '../../api/types.generated.ts';
import { DESIRED_REPLICAS, MAX_REPLICAS, maxSurge, REVISION, REVISION_HISTORY, wanted } from './replica-sets.ts';

type Annotations = { [key: string]: string };

/** Annotations of a Deployment that its ReplicaSets do not get. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);
/** Length of the revision history, characters. */
const HISTORY_LENGTH = 2000;

/** What a ReplicaSet's annotations should be as the Deployment's newest. kubernetes: SetNewReplicaSetAnnotations */
export function newSetAnnotations(
  deployment: Stored<Deployment>,
  current: Annotations,
  revision: number,
  exists: boolean,
): Annotations {
  const next: Annotations = { ...current };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!NOT_COPIED.has(key)) next[key] = value;
  }
  const before = current[REVISION];
  if (before !== undefined && before !== '' && !/^-?[0-9]+$/.test(before)) return next;
  if (Number(before ?? 0) < revision) {
    next[REVISION] = String(revision);
    if (before !== undefined) next[REVISION_HISTORY] = longerHistory(current[REVISION_HISTORY] ?? '', before);
  }
  return exists ? next : { ...next, ...replicasAnnotations(deployment) };
}

function longerHistory(history: string, revision: string): string {
  if (history === '') return revision;
  const revisions = [...history.split(','), revision];
  while (revisions.join(',').length > HISTORY_LENGTH) revisions.shift();
  return revisions.join(',');
}

/** How large the Deployment was when the ReplicaSet was last scaled: what proportional scaling starts from. */
export function replicasAnnotations(deployment: Deployment): Annotations {
  const size = wanted(deployment);
  return { [DESIRED_REPLICAS]: String(size), [MAX_REPLICAS]: String(size + maxSurge(deployment)) };
}
