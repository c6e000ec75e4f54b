import type { Process } from '../../world/process.ts';
import { formatTime, zoneOf } from './time-text.ts';
import type { Tool } from './tool.ts';
import { usersOf } from './users.ts';

/** What top, ps and free say of a machine's memory, KiB: facts of the machine. */
export function memory(tool: Tool) {
  const total = Number(tool.p.machine.facts.get('memoryKiB') ?? 4_012_536);
  const processes = tool.p.machine.processes.size;
  const used = Math.min(total, 520_000 + processes * 8192);
  const cache = Math.floor(total * 0.25);
  return { total, used, cache, free: Math.max(0, total - used - cache), available: total - used };
}

/** What a process, or another one of its namespace by its number there, is called where the tool runs. */
export function pidOf(tool: Tool, process: Process | undefined, number = process?.pid): string {
  const { pids } = tool.p.machine;
  if (!process || process.machine.pids === pids) return String(number ?? 0);
  return String(pids.numberOf(process.machine.pids.processes.get(number ?? 0)));
}

export const command = (process: Process) => (process.ended ? `[${process.comm}] <defunct>` : process.argv.join(' '));
export const rss = (process: Process) => 3200 + ((process.argv.join(' ').length * 37) % 4000);

export function state(tool: Tool, process: Process, long: boolean): string {
  const letter = process.ended ? 'Z' : process.stopped ? 'T' : process === tool.p ? 'R' : 'S';
  if (!long) return letter;
  const leads = process.session === process.pid ? 's' : '';
  return letter + leads + (process.tty && process.tty.foreground === process.group ? '+' : '');
}

export function clock(ms: number, hours: boolean): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  if (hours) return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

export function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (seconds < 3600) return rest;
  return `${days > 0 ? `${days}-` : ''}${two(Math.floor(seconds / 3600) % 24)}:${rest}`;
}

export function started(tool: Tool, process: Process): string {
  const zone = zoneOf(tool.env('TZ'));
  const today = formatTime('%F', tool.p.now, zone) === formatTime('%F', process.startTime, zone);
  return formatTime(today ? '%H:%M' : '%b%d', process.startTime, zone);
}

export const percent = (tool: Tool, process: Process) =>
  ((process.cpuTime * 100) / Math.max(1, tool.p.now - process.startTime)).toFixed(1);

export function byUser(tool: Tool, text: string): (process: Process) => boolean {
  const names = text.split(',');
  const ids = names.map((name) =>
    /^\d+$/.test(name) ? Number(name) : usersOf(tool.p.machine).find((user) => user.name === name)?.uid,
  );
  return (process) => ids.includes(process.credentials.uid);
}
