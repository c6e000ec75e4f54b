import type { CronSchedule } from '../../resources/validation/cron-schedule.ts';

const MINUTE = 60_000;
/** A schedule that does not come in five years never comes. */
const YEARS = 5;

interface Clock {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What clocks in a time zone show at a time. Without a zone: UTC. RangeError for a zone that does not exist. */
function clockIn(time: number, zone: string): Clock {
  if (zone === '' || zone === 'UTC' || zone === 'Etc/UTC') {
    const date = new Date(time);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
    };
  }
  let format = formats.get(zone);
  if (!format) {
    const numeric = 'numeric' as const;
    const options = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric };
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone, hourCycle: 'h23' });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(new Date(time))) parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = parts;
  return { year, month, day, hour, minute };
}

/** How far a zone's clocks are ahead of UTC, ms. */
function offsetOf(time: number, zone: string): number {
  const { year, month, day, hour, minute } = clockIn(time, zone);
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(time / MINUTE) * MINUTE;
}

/** The schedule's first time after `after`, ms; undefined when there is none. kubernetes: robfig/cron SpecSchedule.Next */
export function nextTime(schedule: CronSchedule, after: number, zone = ''): number | undefined {
  if (schedule.every !== undefined) return Math.floor(after / 1000) * 1000 + schedule.every;
  let time = Math.floor(after / MINUTE) * MINUTE + MINUTE;
  const end = clockIn(time, zone).year + YEARS;
  for (;;) {
    const clock = clockIn(time, zone);
    if (clock.year > end) return undefined;
    if (!schedule.months.has(clock.month) || !dayMatches(schedule, clock)) time = startOfNextDay(time, clock, zone);
    else if (!schedule.hours.has(clock.hour)) time += (60 - clock.minute) * MINUTE;
    else if (!schedule.minutes.has(clock.minute)) time += MINUTE;
    else return time;
  }
}

/** Midnight, or the first moment after it where clocks skip midnight. */
function startOfNextDay(time: number, { year, month, day }: Clock, zone: string): number {
  const midnight = Date.UTC(year, month - 1, day + 1);
  const guess = midnight - offsetOf(midnight - offsetOf(midnight, zone), zone);
  return guess > time ? guess : time + MINUTE;
}

/** When both days are restricted, either will do. */
function dayMatches(schedule: CronSchedule, { year, month, day }: Clock): boolean {
  const inMonth = schedule.daysOfMonth.has(day);
  const inWeek = schedule.daysOfWeek.has(new Date(Date.UTC(year, month - 1, day)).getUTCDay());
  return schedule.anyDayOfMonth || schedule.anyDayOfWeek ? inMonth && inWeek : inMonth || inWeek;
}

/** RFC 3339 in a zone: `2026-11-21T04:15:00+01:00`. */
export function formatIn(time: number, zone: string): string {
  const offset = offsetOf(time, zone);
  const local = new Date(time + offset).toISOString().slice(0, 19);
  if (offset === 0) return `${local}Z`;
  const minutes = Math.abs(offset) / MINUTE;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}
