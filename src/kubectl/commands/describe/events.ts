import { humanDuration } from '../../../cluster/apimachinery/duration.ts';
import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Client } from '../../client.ts';
import { StatusError } from '../../errors.ts';
import { listAt, objectAt, textAt } from '../../json.ts';
import { numberAt } from './metadata.ts';
import type { DescribeWriter } from './writer.ts';

/** The events about an object; undefined when they cannot be read. */
export function* eventsOf(
  client: Client,
  object: JsonObject,
  kind: string,
  needed = false,
): Task<JsonObject[] | undefined> {
  const namespace = textAt(object, 'metadata', 'namespace');
  const parts = [
    ['involvedObject.name', textAt(object, 'metadata', 'name')],
    ['involvedObject.namespace', namespace],
    ['involvedObject.kind', kind],
    ['involvedObject.uid', uidInEvents(object)],
  ].filter(([, value]) => value !== '');
  const selector = parts.map(([name, value]) => `${name}=${value}`).join(',');
  const path = namespace === '' ? '/api/v1/events' : `/api/v1/namespaces/${namespace}/events`;
  try {
    const list = yield* client.get(path, [
      ['fieldSelector', selector],
      ['limit', '500'],
    ]);
    return listAt(list, 'items');
  } catch (error) {
    if (error instanceof StatusError && !needed) return undefined;
    throw error;
  }
}

/** The kubelet reports of a static Pod under the hash of its file, which is all that its mirror knows of it. */
const uidInEvents = (object: JsonObject): string =>
  textAt(object, 'metadata', 'annotations', 'kubernetes.io/config.mirror') || textAt(object, 'metadata', 'uid');

/** kubernetes: kubectl/pkg/describe DescribeEvents */
export function writeEvents(out: DescribeWriter, events: readonly JsonObject[], now: number): void {
  if (events.length === 0) {
    out.line(0, 'Events:\t<none>');
    return;
  }
  out.flush();
  const time = (event: JsonObject) => Date.parse(textAt(event, 'lastTimestamp')) || 0;
  const sorted = [...events].sort((a, b) => time(a) - time(b));
  out.write(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage\n');
  out.line(1, '----\t------\t----\t----\t-------');
  for (const event of sorted) {
    const from = textAt(event, 'source', 'component') || textAt(event, 'reportingComponent');
    const part = textAt(event, 'involvedObject', 'fieldPath');
    const message = `${part === '' ? '' : `${part}: `}${textAt(event, 'message').trim()}`;
    out.line(1, `${textAt(event, 'type')}\t${textAt(event, 'reason')}\t${ageOf(event, now)}\t${from}\t${message}`);
  }
}

/** `5s`, or `5s (x3 over 1m)`. */
export function ageOf(event: JsonObject, now: number): string {
  const since = (text: string) => (text === '' ? '<unknown>' : humanDuration(now - Date.parse(text)));
  const first = since(textAt(event, 'eventTime') || textAt(event, 'firstTimestamp'));
  const series = objectAt(event, 'series');
  if (event['series'])
    return `${since(textAt(series, 'lastObservedTime'))} (x${numberAt(series, 'count')} over ${first})`;
  const count = numberAt(event, 'count');
  return count > 1 ? `${since(textAt(event, 'lastTimestamp'))} (x${count} over ${first})` : first;
}
