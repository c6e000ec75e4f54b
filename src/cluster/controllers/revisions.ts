import type { Client } from '../api/client.ts';
import { CONTROLLER_REVISIONS } from '../api/kinds.ts';
import { controllerOf, deepCopy, deepEqual, isRecord, type Stored } from '../api/object.ts';
import type { ControllerRevision, PodTemplateSpec } from '../api/types.generated.ts';
import { StatusError } from '../apimachinery/errors.ts';
import type { LabelSelector } from '../apimachinery/label-selector.ts';
import { claim, controllerReference } from './ownership.ts';
import { hashOf } from './template-hash.ts';

// Old templates of StatefulSets and DaemonSets. kubernetes: pkg/controller/history/controller_history.go

type Revision = Stored<ControllerRevision>;

/** What a revision keeps: a patch that puts the template back. It shares the template's parts, which nobody changes. */
export function revisionData(template: PodTemplateSpec | undefined): unknown {
  return { spec: { template: { ...template, $patch: 'replace' } } };
}

/** The template that a revision keeps. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const spec = isRecord(revision.data) ? revision.data['spec'] : undefined;
  const template = isRecord(spec) ? spec['template'] : undefined;
  if (!isRecord(template)) return {};
  const { $patch: _, ...rest } = template;
  return deepCopy(rest);
}

/** The revisions of an owner, oldest first. */
export function revisionsOf(client: Client, owner: Stored, selector: LabelSelector): Revision[] {
  const all = client.list(CONTROLLER_REVISIONS, owner.metadata.namespace);
  return claim(client, CONTROLLER_REVISIONS, owner, selector, all).sort(byRevision);
}

function byRevision(a: Revision, b: Revision): number {
  if (a.revision !== b.revision) return a.revision - b.revision;
  if (a.metadata.creationTimestamp !== b.metadata.creationTimestamp) {
    return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1;
  }
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

export interface NewRevision {
  readonly owner: Stored;
  readonly template: PodTemplateSpec | undefined;
  readonly labels: { readonly [key: string]: string };
  /** The label with the hash. */
  readonly hashLabel: string;
  readonly collisionCount: number;
}

/** The revision of the template as it is now: the newest, an old one that becomes the newest again, or a new one. */
export function currentRevision(client: Client, known: readonly Revision[], wanted: NewRevision): Revision {
  const data = revisionData(wanted.template);
  const newest = known.at(-1);
  const equal = [...known].reverse().find((revision) => deepEqual(revision.data, data));
  if (equal && equal === newest) return equal;
  const revision = (newest?.revision ?? 0) + 1;
  const namespace = wanted.owner.metadata.namespace ?? '';
  if (equal) {
    return client.modify(CONTROLLER_REVISIONS, namespace, equal.metadata.name, (old) => ({ ...old, revision }));
  }
  for (let collisions = wanted.collisionCount; ; collisions++) {
    const hash = hashOf(data, collisions);
    const name = `${wanted.owner.metadata.name.slice(0, 223)}-${hash}`;
    try {
      return client.create(CONTROLLER_REVISIONS, namespace, {
        metadata: {
          name,
          labels: { ...wanted.labels, [wanted.hashLabel]: hash },
          annotations: wanted.owner.metadata.annotations ? { ...wanted.owner.metadata.annotations } : undefined,
          ownerReferences: [controllerReference(wanted.owner)],
        },
        data: isRecord(data) ? data : {},
        revision,
      });
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
      const other = client.get(CONTROLLER_REVISIONS, namespace, name);
      if (other && controllerOf(other)?.uid === wanted.owner.metadata.uid && deepEqual(other.data, data)) return other;
    }
  }
}

/** Deletes the oldest revisions that nothing runs any more, beyond `limit`. */
export function truncateHistory(
  client: Client,
  revisions: readonly Revision[],
  inUse: ReadonlySet<string>,
  limit: number,
): void {
  const unused = revisions.filter((revision) => !inUse.has(revision.metadata.name));
  for (const revision of unused.slice(0, Math.max(0, unused.length - limit))) {
    client.delete(CONTROLLER_REVISIONS, revision.metadata.namespace ?? '', revision.metadata.name);
  }
}
