import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../errors.ts';
import { numberOf, type Params, textOf, textsOf } from '../params.ts';
import type { Region } from '../region.ts';
import type { LogEvent, LogGroup, LogStream } from '../types/logs.ts';
import type { Service } from './call.ts';

/** Events that a stream keeps; the oldest go first. A real one keeps all: kubetutor's are bounded. */
const KEPT = 2000;

/** Adds a line to a stream, which comes to be with it. */
export function putLogEvent(region: Region, groupName: string, streamName: string, message: string): void {
  const { account } = region;
  let group = region.logGroups.get(groupName);
  if (!group) {
    group = {
      name: groupName,
      arn: region.arn('logs', `log-group:${groupName}`),
      created: account.now,
      streams: new Map(),
    };
    region.logGroups.set(groupName, group);
  }
  let stream = group.streams.get(streamName);
  if (!stream) {
    stream = { name: streamName, created: account.now, events: [], written: 0 };
    group.streams.set(streamName, stream);
  }
  stream.written++;
  stream.events.push({ timestamp: Math.floor(account.now), message, id: `${streamName}/${stream.written}` });
  if (stream.events.length > KEPT) stream.events.shift();
}

/** Raises ResourceNotFoundException. */
function groupOf(region: Region, params: Params): LogGroup {
  const name = textOf(params, 'logGroupName') ?? textOf(params, 'logGroupIdentifier') ?? '';
  const found = region.logGroups.get(name);
  if (!found) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  return found;
}

const bytesOf = ({ events }: LogStream) => events.reduce((sum, { message }) => sum + message.length + 26, 0);

function groupView({ name, arn, created, streams }: LogGroup): JsonObject {
  const storedBytes = [...streams.values()].reduce((sum, stream) => sum + bytesOf(stream), 0);
  return { logGroupName: name, creationTime: created, metricFilterCount: 0, arn: `${arn}:*`, storedBytes };
}

function streamView(group: LogGroup, stream: LogStream): JsonObject {
  const [first] = stream.events;
  const last = stream.events.at(-1);
  return {
    logStreamName: stream.name,
    creationTime: stream.created,
    ...(first && last
      ? { firstEventTimestamp: first.timestamp, lastEventTimestamp: last.timestamp, lastIngestionTime: last.timestamp }
      : {}),
    arn: `${group.arn}:log-stream:${stream.name}`,
    storedBytes: 0,
  };
}

/** Whether a message meets a filter pattern of words: all of them, or one of those with `?`, and none of those with `-`. */
function filterOf(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (/^[{[%]/.test(text)) throw notModelled('filter patterns other than words: JSON, columns and regular expressions');
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(([, sign = '', quoted, bare = '']) => ({
    sign,
    word: quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1'),
  }));
  const of = (sign: string) => terms.filter((term) => term.sign === sign).map(({ word }) => word);
  const [all, any, none] = [of(''), of('?'), of('-')];
  return (message) =>
    all.every((word) => message.includes(word)) &&
    (any.length === 0 || all.length > 0 || any.some((word) => message.includes(word))) &&
    !none.some((word) => message.includes(word));
}

function inTime(params: Params, { timestamp }: LogEvent): boolean {
  return timestamp >= (numberOf(params, 'startTime') ?? 0) && timestamp < (numberOf(params, 'endTime') ?? Infinity);
}

function filtered(region: Region, params: Params): JsonObject {
  const group = groupOf(region, params);
  const names = textsOf(params, 'logStreamNames');
  const prefix = textOf(params, 'logStreamNamePrefix') ?? '';
  const wanted = filterOf(textOf(params, 'filterPattern') ?? '');
  const streams = [...group.streams.values()].filter(
    ({ name }) => (names.length === 0 || names.includes(name)) && name.startsWith(prefix),
  );
  const events = streams.flatMap((stream) =>
    stream.events.flatMap((event): JsonObject[] =>
      inTime(params, event) && wanted(event.message)
        ? [
            {
              logStreamName: stream.name,
              timestamp: event.timestamp,
              message: event.message,
              ingestionTime: event.timestamp,
              eventId: event.id,
            },
          ]
        : [],
    ),
  );
  events.sort((a, b) => Number(a['timestamp']) - Number(b['timestamp']));
  return { events, searchedLogStreams: [] };
}

/** CloudWatch Logs 2014-03-28: what the control planes of EKS write, when they are told to. */
export const logs: Service = {
  DescribeLogGroups: ({ region, params }) => {
    const prefix = textOf(params, 'logGroupNamePrefix') ?? '';
    const part = textOf(params, 'logGroupNamePattern') ?? '';
    const chosen = [...region.logGroups.values()].filter(({ name }) => name.startsWith(prefix) && name.includes(part));
    return { logGroups: chosen.sort((a, b) => (a.name < b.name ? -1 : 1)).map(groupView) };
  },
  DescribeLogStreams: ({ region, params }) => {
    const group = groupOf(region, params);
    const prefix = textOf(params, 'logStreamNamePrefix') ?? '';
    const late = textOf(params, 'orderBy') === 'LastEventTime';
    const lastTime = ({ events }: LogStream) => events.at(-1)?.timestamp ?? 0;
    const streams = [...group.streams.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .sort((a, b) => (late ? lastTime(a) - lastTime(b) : a.name < b.name ? -1 : 1));
    if (params['descending'] === true) streams.reverse();
    return { logStreams: streams.slice(0, numberOf(params, 'limit')).map((stream) => streamView(group, stream)) };
  },
  GetLogEvents: ({ region, params }) => {
    const stream = groupOf(region, params).streams.get(textOf(params, 'logStreamName') ?? '');
    if (!stream) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    const events = stream.events.filter((event) => inTime(params, event));
    const limit = numberOf(params, 'limit') ?? 10_000;
    const chosen = params['startFromHead'] === true ? events.slice(0, limit) : events.slice(-limit);
    return {
      events: chosen.map(({ timestamp, message }) => ({ timestamp, message, ingestionTime: timestamp })),
      nextForwardToken: `f/${stream.written}`,
      nextBackwardToken: 'b/0',
    };
  },
  FilterLogEvents: ({ region, params }) => filtered(region, params),
  DeleteLogGroup: ({ region, params }) => {
    region.logGroups.delete(groupOf(region, params).name);
    return {};
  },
};
