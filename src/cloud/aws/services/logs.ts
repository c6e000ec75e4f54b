import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import { AwsError, notModelled } from '../errors.ts';
import { numberOf, type Params, textOf, textsOf } from '../params.ts';
import type { Region } from '../region.ts';
import type { LogEvent, LogGroup, LogStream } from '../types/logs.ts';
import type { Service } from './call.ts';

/** Events that a stream keeps; the oldest go first. A real one keeps all: kubetutor's are bounded. */
const KEPT = 2000;

function addLogGroup(region: Region, name: string): LogGroup {
  const arn = region.arn('logs', `log-group:${name}`);
  const group: LogGroup = { name, arn, created: Math.floor(region.account.now), streams: new Map() };
  region.logGroups.set(name, group);
  return group;
}

/** What CloudWatch lets one choose, in days. */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Raises InvalidParameterException. */
function createLogGroup(region: Region, params: Params): JsonObject {
  const name = textOf(params, 'logGroupName') ?? '';
  if (!/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name))
    throw new AwsError(
      'InvalidParameterException',
      `1 validation error detected: Value '${name}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
    );
  if (region.logGroups.has(name))
    throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
  addLogGroup(region, name);
  return {};
}

/** Raises InvalidParameterException, ResourceNotFoundException. Events that are older go when somebody looks. */
function putRetention(region: Region, params: Params): JsonObject {
  const group = groupOf(region, params);
  const days = numberOf(params, 'retentionInDays') ?? 0;
  if (!RETENTIONS.includes(days))
    throw new AwsError(
      'InvalidParameterException',
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTIONS.join(', ')}]`,
    );
  group.retention = days;
  return {};
}

/** Adds a line to a stream, which comes to be with it. */
export function putLogEvent(region: Region, groupName: string, streamName: string, message: string): void {
  const { account } = region;
  const group = region.logGroups.get(groupName) ?? addLogGroup(region, groupName);
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
  const oldest = region.account.now - (found.retention ?? Number.POSITIVE_INFINITY) * 86_400_000;
  for (const stream of found.streams.values())
    if ((stream.events[0]?.timestamp ?? oldest) < oldest)
      stream.events = stream.events.filter(({ timestamp }) => timestamp >= oldest);
  return found;
}

const bytesOf = ({ events }: LogStream) => events.reduce((sum, { message }) => sum + message.length + 26, 0);

function groupView({ name, arn, created, retention, streams }: LogGroup): JsonObject {
  const storedBytes = [...streams.values()].reduce((sum, stream) => sum + bytesOf(stream), 0);
  return {
    logGroupName: name,
    creationTime: created,
    ...(retention === undefined ? {} : { retentionInDays: retention }),
    metricFilterCount: 0,
    arn: `${arn}:*`,
    storedBytes,
    logGroupClass: 'STANDARD',
    logGroupArn: arn,
  };
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
  CreateLogGroup: ({ region, params }) => createLogGroup(region, params),
  PutRetentionPolicy: ({ region, params }) => putRetention(region, params),
  DeleteRetentionPolicy: ({ region, params }) => {
    delete groupOf(region, params).retention;
    return {};
  },
  DeleteLogGroup: ({ region, params }) => {
    region.logGroups.delete(groupOf(region, params).name);
    return {};
  },
};
