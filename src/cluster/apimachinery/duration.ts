import { FormatError } from './format-error.ts';
import { goQuote } from './go-quote.ts';

const unitsInNanoseconds = new Map<string, bigint>([
  ['ns', 1n],
  ['us', 1000n],
  ['µs', 1000n],
  ['μs', 1000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);
const maxInt64 = 2n ** 63n - 1n;

/** Parses `1h30m`, `250ms`, `-1.5s` to milliseconds (fractions are microseconds and nanoseconds). go: time.ParseDuration */
export function parseDuration(text: string): number {
  const invalid = () => new FormatError(`time: invalid duration ${goQuote(text)}`);
  const negative = text.startsWith('-');
  let rest = /^[-+]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0;
  if (rest === '') throw invalid();
  let total = 0n;
  while (rest !== '') {
    const match = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest);
    const [number = '', integer = '', fraction = ''] = match ?? [];
    if (integer === '' && fraction === '') throw invalid();
    rest = rest.slice(number.length);
    const unit = /^[^.0-9]*/.exec(rest)?.[0] ?? '';
    if (unit === '') throw new FormatError(`time: missing unit in duration ${goQuote(text)}`);
    const nanoseconds = unitsInNanoseconds.get(unit);
    if (nanoseconds === undefined)
      throw new FormatError(`time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`);
    rest = rest.slice(unit.length);
    total += BigInt(integer || '0') * nanoseconds;
    if (fraction !== '') total += (BigInt(fraction) * nanoseconds) / 10n ** BigInt(fraction.length);
    if (total > maxInt64) throw invalid();
  }
  const milliseconds = Number(total / 1_000_000n) + Number(total % 1_000_000n) / 1e6;
  return negative ? -milliseconds : milliseconds;
}

/** Milliseconds as Go prints a duration: `1h30m0s`, `1.5s`, `250ms`, `0s`. go: time.Duration.String */
export function formatDuration(milliseconds: number): string {
  const magnitude = Math.abs(milliseconds);
  const whole = Math.trunc(magnitude);
  const nanoseconds = BigInt(whole) * 1_000_000n + BigInt(Math.round((magnitude - whole) * 1e6));
  if (nanoseconds === 0n) return '0s';
  return (milliseconds < 0 ? '-' : '') + formatNanoseconds(nanoseconds);
}

function formatNanoseconds(nanoseconds: bigint): string {
  if (nanoseconds < 1000n) return `${nanoseconds}ns`;
  if (nanoseconds < 1_000_000n) return `${decimal(nanoseconds, 3)}µs`;
  if (nanoseconds < 1_000_000_000n) return `${decimal(nanoseconds, 6)}ms`;
  const minutes = nanoseconds / 60_000_000_000n;
  const seconds = `${decimal(nanoseconds % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, places: number): string {
  const unit = 10n ** BigInt(places);
  const fraction = (value % unit).toString().padStart(places, '0').replace(/0+$/, '');
  return fraction === '' ? `${value / unit}` : `${value / unit}.${fraction}`;
}

const secondsIn = { minute: 60, hour: 3600, day: 86_400, year: 365 * 86_400 };

/** An age as kubectl's AGE column shows it: `2m5s`, `3h`, `5d2h`, `2y30d`. kubernetes: apimachinery/pkg/util/duration */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  const tooYoung = beforeNow(seconds);
  if (tooYoung !== undefined) return tooYoung;
  if (seconds < 2 * secondsIn.minute) return `${seconds}s`;
  const minutes = Math.trunc(seconds / secondsIn.minute);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 3 * 60) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 24 * 8) return withRest(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  return hours < 24 * 365 * 8 ? withRest(years, 'y', days % 365, 'd') : `${years}y`;
}

/** An age in one unit, as events and some columns show it: `5m`, `3h`, `2d`. */
export function shortHumanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  const tooYoung = beforeNow(seconds);
  if (tooYoung !== undefined) return tooYoung;
  if (seconds < secondsIn.minute) return `${seconds}s`;
  if (seconds < secondsIn.hour) return `${Math.trunc(seconds / secondsIn.minute)}m`;
  if (seconds < secondsIn.day) return `${Math.trunc(seconds / secondsIn.hour)}h`;
  if (seconds < secondsIn.year) return `${Math.trunc(seconds / secondsIn.day)}d`;
  return `${Math.trunc(seconds / secondsIn.year)}y`;
}

// Clocks of two machines may differ by a second; more is an error.
function beforeNow(seconds: number): string | undefined {
  if (seconds < -1) return '<invalid>';
  return seconds < 0 ? '0s' : undefined;
}

function withRest(value: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${value}${unit}` : `${value}${unit}${rest}${restUnit}`;
}
