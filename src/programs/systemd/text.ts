import { formatTime } from '../../shell/utilities/time-text.ts';
import type { Machine } from '../../world/machine.ts';
import type { ProcessStatus } from '../../world/process.ts';
import type { JournalEntry } from '../../world/units.ts';

const UTC = { name: 'UTC', offset: 0 };
const UNITS: readonly (readonly [string, number])[] = [
  ['month', 2_629_800_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
];

/** systemd: format_timespan. `1min 3.200s`; ms. */
export function span(ms: number): string {
  const parts: string[] = [];
  let rest = Math.floor(ms);
  for (const [name, length] of UNITS) {
    if (rest < length) continue;
    parts.push(`${Math.floor(rest / length)}${name}`);
    rest %= length;
  }
  if (parts.length === 0 && rest < 1000) return `${rest}ms`;
  if (rest > 0) parts.push(`${(rest / 1000).toFixed(3)}s`);
  return parts.join(' ');
}

/** systemd: format_timestamp_relative. `1min 3s ago`; ms. */
export function ago(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds >= 172_800) return `${Math.floor(seconds / 86_400)} days ago`;
  if (seconds >= 90_000) return `1 day ${Math.floor((seconds % 86_400) / 3600)}h ago`;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}min ago`;
  if (seconds >= 300) return `${Math.floor(seconds / 60)}min ago`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)}min ${seconds % 60}s ago`;
  return seconds >= 1 ? `${seconds}s ago` : `${Math.max(1, Math.floor(ms))}ms ago`;
}

/** `code=exited, status=1/FAILURE` */
export function exitText(status: ProcessStatus): string {
  if (status.kind === 'exited')
    return `code=exited, status=${status.code}/${status.code === 0 ? 'SUCCESS' : status.code === 203 ? 'EXEC' : 'FAILURE'}`;
  return `code=killed, signal=${status.signal}`;
}

/** `Sep 01 09:00:00 node01 systemd[1]: …` */
export function journalLine(machine: Machine, entry: JournalEntry, format = 'short'): string {
  if (format === 'cat') return entry.message;
  const time = {
    short: '%b %d %H:%M:%S',
    'short-iso': '%Y-%m-%dT%H:%M:%S%:z',
    'short-precise': '%b %d %H:%M:%S.%6N',
    'short-full': '%a %Y-%m-%d %H:%M:%S UTC',
  }[format];
  return `${formatTime(time ?? '%b %d %H:%M:%S', entry.time, UTC)} ${machine.hostname} ${entry.identifier}[${entry.pid}]: ${entry.message}`;
}
