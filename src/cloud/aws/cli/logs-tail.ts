import type { Json, JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { TtyFile } from '../../../world/tty.ts';
import { objectsOf } from '../params.ts';
import { type Option, takeOptions } from './arguments.ts';
import { invalidChoice } from './choices.ts';
import { CliError, unknownToCommand, usageError } from './errors.ts';
import { commandHelp } from './help.ts';
import type { Session } from './session.ts';

const OPTIONS: readonly Option[] = [
  { name: '--since', takes: 'one' },
  { name: '--follow', takes: 'none' },
  { name: '--format', takes: 'one' },
  { name: '--filter-pattern', takes: 'one' },
  { name: '--log-stream-names', takes: 'many' },
  { name: '--log-stream-name-prefix', takes: 'one' },
];
const FORMATS = ['detailed', 'short', 'json'];
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
/** ms between two looks with --follow. */
const PAUSE = 5000;

/** `aws logs tail`. awscli: customizations/logs/tail.py */
export function* logsTail(session: Session, words: readonly string[]): Task<number> {
  const { process } = session;
  if (words[0] === 'help') return yield* commandHelp(process, 'tail', OPTIONS);
  const { given, rest } = takeOptions(words, OPTIONS);
  const [group, ...more] = rest;
  if (group === undefined) throw usageError('the following arguments are required: group_name');
  if (more.length > 0) throw unknownToCommand(more);
  const format = given.get('--format')?.[0] ?? 'detailed';
  if (!FORMATS.includes(format)) throw invalidChoice('--format', format, FORMATS);
  const params: JsonObject = {
    logGroupName: group,
    interleaved: true,
    startTime: since(given.get('--since')?.[0] ?? '10m', process.now),
  };
  for (const [option, name] of [
    ['--filter-pattern', 'filterPattern'],
    ['--log-stream-name-prefix', 'logStreamNamePrefix'],
  ] as const) {
    const value = given.get(option)?.[0];
    if (value !== undefined) params[name] = value;
  }
  const names = given.get('--log-stream-names');
  if (names) params['logStreamNames'] = [...names];
  const color = session.globals.get('--color')?.[0];
  const colored = color === 'on' || (color !== 'off' && process.file(1) instanceof TtyFile);
  const client = session.client('logs');
  const seen = new Set<Json>();
  for (;;) {
    const answer = yield* client.call('logs', 'FilterLogEvents', params);
    for (const event of objectsOf(answer, 'events')) {
      if (seen.has(event['eventId'] ?? '')) continue;
      seen.add(event['eventId'] ?? '');
      params['startTime'] = Number(event['timestamp']);
      yield* process.print(line(event, format, colored));
    }
    if (!given.has('--follow')) return 0;
    yield* process.sleep(PAUSE);
  }
}

/** `10m`, or a time. */
function since(text: string, now: number): number {
  const relative = /^(\d+)([smhdw])$/.exec(text);
  if (relative) return Math.floor(now - Number(relative[1]) * (SECONDS[relative[2] ?? ''] ?? 0) * 1000);
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new CliError(`Invalid timestamp "${text}": Unknown string format: ${text}`, 255);
  return time;
}

function line(event: JsonObject, format: string, colored: boolean): string {
  const paint = (code: number, text: string) => (colored ? `\u001b[${code}m${text}\u001b[0m` : text);
  const time = new Date(Number(event['timestamp'])).toISOString();
  const stream = paint(36, String(event['logStreamName']));
  const message = String(event['message']).trimEnd();
  if (format === 'short') return `${paint(32, time.slice(0, 19))} ${message}\n`;
  const precise = `${time.slice(0, 19)}.${time.slice(20, 23)}000+00:00`;
  if (format === 'detailed') return `${paint(32, precise)} ${stream} ${message}\n`;
  // datetime.isoformat leaves out a fraction that is nothing.
  return `${paint(32, precise.replace('.000000', ''))} ${stream} ${pretty(message)}\n`;
}

function pretty(message: string): string {
  try {
    return `\n${JSON.stringify(JSON.parse(message), null, 4)}`;
  } catch {
    return message;
  }
}
