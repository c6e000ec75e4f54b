import { type ApiObject, at, isRecord, type Stored } from '../../api/object.ts';
import type { Conversion } from '../../api/resource.ts';

/** What a field of v1 Event is called in events.k8s.io/v1. kubernetes: pkg/apis/events/v1/conversion.go */
const NAMES: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

/** Events are kept in v1, whichever group they were written in. */
export const eventConversion: Conversion = {
  table: 'events',
  apiVersion: 'v1',
  toStored: (object) => renamed(object, 'v1', 1, 0) as ApiObject,
  fromStored: (object) => renamed(object, 'events.k8s.io/v1', 0, 1) as Stored,
};

function renamed(object: ApiObject, apiVersion: string, from: 0 | 1, to: 0 | 1): unknown {
  const names = new Map(NAMES.map((pair) => [pair[from], pair[to]]));
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) result[names.get(key) ?? key] = value;
  // v1 writes these even when they are empty.
  if (to === 0) {
    result['involvedObject'] ??= {};
    result['source'] ??= {};
    result['firstTimestamp'] ??= null;
    result['lastTimestamp'] ??= null;
    result['reportingComponent'] ??= '';
    result['reportingInstance'] ??= '';
  }
  return { ...result, apiVersion };
}

/** Fields that selectors of events.k8s.io/v1 may name. kubernetes: pkg/apis/events/v1/conversion.go AddFieldLabelConversionsForEvent */
export function eventFields(event: Stored): Readonly<Record<string, string>> {
  const regarding = at(event, 'involvedObject');
  const of = (name: string) => (isRecord(regarding) ? String(regarding[name] ?? '') : '');
  return {
    'regarding.kind': of('kind'),
    'regarding.namespace': of('namespace'),
    'regarding.name': of('name'),
    'regarding.uid': of('uid'),
    'regarding.apiVersion': of('apiVersion'),
    'regarding.resourceVersion': of('resourceVersion'),
    'regarding.fieldPath': of('fieldPath'),
    reason: String(at(event, 'reason') ?? ''),
    reportingController: String(at(event, 'reportingComponent') ?? ''),
    type: String(at(event, 'type') ?? ''),
  };
}
