import { FormatError } from './format-error.ts';
import { goQuote } from './go-quote.ts';

/** Milliseconds since 1970 as a Time of the API, to the second: `2026-11-21T02:57:18Z`. */
export function toSeconds(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  // Most things that happen one after the other happen in the same second.
  if (second !== last.second) last = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` };
  return last.text;
}

let last = { second: 0, text: '1970-01-01T00:00:00Z' };

/** Milliseconds since 1970 as a MicroTime of the API (Leases, Events): `2026-11-21T02:57:18.123456Z`. */
export function toMicroseconds(milliseconds: number): string {
  const microseconds = Math.floor((milliseconds - Math.floor(milliseconds / 1000) * 1000) * 1000);
  return `${toSeconds(milliseconds).slice(0, 19)}.${String(microseconds).padStart(6, '0')}Z`;
}

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Parses an RFC 3339 time (fractions of seconds and offsets allowed) to milliseconds since 1970.
 * FormatError with the text of Go's time.Parse when it is none.
 */
export function parseTime(text: string): number {
  const failed = (why: string) => new FormatError(`parsing time ${goQuote(text)}${why}`);
  let rest = text;
  const take = (pattern: RegExp, layout: string): string => {
    const found = pattern.exec(rest)?.[0];
    if (found === undefined)
      throw failed(` as "2006-01-02T15:04:05Z07:00": cannot parse ${goQuote(rest)} as ${goQuote(layout)}`);
    rest = rest.slice(found.length);
    return found;
  };
  const year = Number(take(/^[0-9]{4}/, '2006'));
  take(/^-/, '-');
  const month = Number(take(/^[0-9]{2}/, '01'));
  if (month < 1 || month > 12) throw failed(': month out of range');
  take(/^-/, '-');
  const day = Number(take(/^[0-9]{2}/, '02'));
  take(/^T/, 'T');
  const hour = Number(take(/^[0-9]{1,2}/, '15'));
  if (hour > 23) throw failed(': hour out of range');
  take(/^:/, ':');
  const minute = Number(take(/^[0-9]{2}/, '04'));
  if (minute > 59) throw failed(': minute out of range');
  take(/^:/, ':');
  const second = Number(take(/^[0-9]{2}/, '05'));
  if (second > 59) throw failed(': second out of range');
  const fraction = /^[.,][0-9]+/.exec(rest)?.[0] ?? '';
  rest = rest.slice(fraction.length);
  const zone = take(/^(Z|[-+][0-9]{2}:[0-9]{2})/, 'Z07:00');
  if (rest !== '') throw failed(`: extra text: ${goQuote(rest)}`);
  if (zone !== 'Z' && Number(zone.slice(1, 3)) > 24) throw failed(': time zone offset hour out of range');
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  if (day < 1 || day > (daysOfMonth[month - 1] ?? 31) + leap) throw failed(': day out of range');
  const utc = new Date(0);
  utc.setUTCFullYear(year, month - 1, day);
  utc.setUTCHours(hour, minute, second);
  const fractionMs = fraction === '' ? 0 : Number(`0.${fraction.slice(1)}`) * 1000;
  return utc.getTime() + fractionMs - offsetOf(zone);
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}
