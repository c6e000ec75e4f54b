import { parseGoDuration } from './go-duration.ts';

/** Which minutes, hours, … a schedule has: sets of numbers. */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number>;
  /** Whether the day of the month, of the week was `*`: if both are restricted, either will do. */
  readonly anyDayOfMonth: boolean;
  readonly anyDayOfWeek: boolean;
  /** Of `@every 90s`: ms; undefined for all else. */
  readonly every: number | undefined;
}

/** A schedule that is none. The message is that of github.com/robfig/cron/v3, which Kubernetes uses. */
export class CronError extends Error {
  override name = 'CronError';
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const BOUNDS = {
  minutes: { min: 0, max: 59 },
  hours: { min: 0, max: 23 },
  daysOfMonth: { min: 1, max: 31 },
  months: { min: 1, max: 12, names: MONTHS },
  daysOfWeek: { min: 0, max: 6, names: DAYS },
};
const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** Parses `0 3 * * 1-5`, `@daily`, `@every 90s`; a zone in front (`TZ=UTC`) is skipped. CronError. */
export function parseCron(text: string): CronSchedule {
  if (text === '') throw new CronError('empty spec string');
  const spec = text.replace(/^(CRON_)?TZ=\S*\s*/, '').trim();
  if (spec.startsWith('@every ')) return everySchedule(spec);
  const expanded = spec.startsWith('@') ? DESCRIPTORS[spec] : spec;
  if (expanded === undefined) throw new CronError(`unrecognized descriptor: ${spec}`);
  const fields = expanded.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5)
    throw new CronError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  return {
    minutes: fieldOf(minute, BOUNDS.minutes).set,
    hours: fieldOf(hour, BOUNDS.hours).set,
    daysOfMonth: fieldOf(day, BOUNDS.daysOfMonth).set,
    months: fieldOf(month, BOUNDS.months).set,
    daysOfWeek: fieldOf(weekday, BOUNDS.daysOfWeek).set,
    anyDayOfMonth: fieldOf(day, BOUNDS.daysOfMonth).any,
    anyDayOfWeek: fieldOf(weekday, BOUNDS.daysOfWeek).any,
    every: undefined,
  };
}

function everySchedule(spec: string): CronSchedule {
  const text = spec.slice('@every '.length);
  const every = parseGoDuration(text);
  if (every === undefined) {
    throw new CronError(`failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(text)}`);
  }
  const none = new Set<number>();
  const rest = { minutes: none, hours: none, daysOfMonth: none, months: none, daysOfWeek: none };
  return { ...rest, anyDayOfMonth: false, anyDayOfWeek: false, every: Math.max(1000, Math.floor(every / 1000) * 1000) };
}

function fieldOf(field: string, bounds: Bounds): { set: Set<number>; any: boolean } {
  const set = new Set<number>();
  let any = false;
  for (const expression of field.split(',').filter((part) => part !== '')) {
    const range = rangeOf(expression, bounds);
    any ||= range.any;
    for (let value = range.start; value <= range.end; value += range.step) set.add(value);
  }
  return { set, any };
}

function rangeOf(expression: string, bounds: Bounds): { start: number; end: number; step: number; any: boolean } {
  const [range = '', stepText, ...tooMany] = expression.split('/');
  const ends = range.split('-');
  const [low = '', high] = ends;
  let start = bounds.min;
  let end = bounds.max;
  let any = low === '*' || low === '?';
  if (!any) {
    start = numberOf(low, bounds);
    if (ends.length > 2) throw new CronError(`too many hyphens: ${expression}`);
    end = high === undefined ? start : numberOf(high, bounds);
  }
  let step = 1;
  if (tooMany.length > 0) throw new CronError(`too many slashes: ${expression}`);
  if (stepText !== undefined) {
    step = integerOf(stepText);
    if (ends.length === 1 && !any) end = bounds.max;
    if (step > 1) any = false;
  }
  if (start < bounds.min)
    throw new CronError(`beginning of range (${start}) below minimum (${bounds.min}): ${expression}`);
  if (end > bounds.max) throw new CronError(`end of range (${end}) above maximum (${bounds.max}): ${expression}`);
  if (start > end) throw new CronError(`beginning of range (${start}) beyond end of range (${end}): ${expression}`);
  if (step === 0) throw new CronError(`step of range should be a positive number: ${expression}`);
  return { start, end, step, any };
}

function numberOf(text: string, bounds: Bounds): number {
  const named = bounds.names?.indexOf(text.toLowerCase()) ?? -1;
  return named >= 0 ? named + bounds.min : integerOf(text);
}

function integerOf(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) {
    throw new CronError(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  const value = Number(text);
  if (value < 0) throw new CronError(`negative number (${value}) not allowed: ${text}`);
  return value;
}
