import { humanDuration } from '../apimachinery/duration.ts';
import { parseTime } from '../apimachinery/time.ts';
import type { ApiObject, Stored } from './object.ts';
import type { Column, Resource } from './resource.ts';

/** `3d4h`, or `<unknown>`. kubernetes: pkg/printers/internalversion/printers.go translateTimestampSince */
export function ageSince(timestamp: string | null | undefined, now: number): string {
  // A time that was never set is null in what Go writes.
  return !timestamp ? '<unknown>' : humanDuration(now - parseTime(timestamp));
}

export const nameColumn: Column = { name: 'Name', format: 'name', value: (object) => object.metadata.name };
export const ageColumn: Column = {
  name: 'Age',
  value: (object, now) => ageSince(object.metadata.creationTimestamp, now),
};

const GENERIC_COLUMNS: readonly Column[] = [
  nameColumn,
  { name: 'Created At', format: 'date-time', type: 'date', value: (object) => object.metadata.creationTimestamp },
];

export interface TableRow {
  readonly cells: readonly (string | number)[];
  readonly object: unknown;
}

/** meta.k8s.io/v1 Table */
export interface TableObject {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: {
    readonly resourceVersion?: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly columnDefinitions: readonly {
    name: string;
    type: string;
    format: string;
    description: string;
    priority: number;
  }[];
  readonly rows: readonly TableRow[];
}

/** How much of the objects the rows carry: the request's includeObject. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

export function columnsOf(resource: Resource): readonly Column[] {
  return resource.strategy.columns ?? GENERIC_COLUMNS;
}

export function tableOf(
  resource: Resource,
  objects: readonly Stored[],
  now: number,
  include: IncludeObject,
  metadata: TableObject['metadata'],
): TableObject {
  const columns = columnsOf(resource);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((column) => ({
      name: column.name,
      type: column.type ?? 'string',
      format: column.format ?? '',
      description: '',
      priority: column.priority ?? 0,
    })),
    rows: inOrder(resource, objects).map((object) => ({
      cells: columns.map((column) => column.value(object, now)),
      object: include === 'None' ? null : include === 'Object' ? object : partialMetadata(object),
    })),
  };
}

function inOrder({ strategy }: Resource, objects: readonly Stored[]): readonly Stored[] {
  return strategy.tableOrder ? [...objects].sort(strategy.tableOrder) : objects;
}

export function partialMetadata(object: Stored): ApiObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
