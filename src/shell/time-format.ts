import { MONTHS, WEEKDAYS } from './utilities/time-text.ts';

const two = (value: number, fill = '0') => String(value).padStart(2, fill);

/** strftime in UTC, the time zone of the world's machines. */
export function formatTime(time: number, format: string): string {
  const date = new Date(time);
  const year = date.getUTCFullYear();
  const [month, day, weekday] = [date.getUTCMonth(), date.getUTCDate(), date.getUTCDay()];
  const [hour, minute, second] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  const dayOfYear = Math.floor((Date.UTC(year, month, day) - Date.UTC(year, 0, 1)) / 86_400_000) + 1;
  const clock = `${two(hour)}:${two(minute)}:${two(second)}`;
  const values: Readonly<Record<string, string>> = {
    Y: String(year),
    C: two(Math.floor(year / 100)),
    y: two(year % 100),
    m: two(month + 1),
    d: two(day),
    e: two(day, ' '),
    H: two(hour),
    I: two(hour % 12 || 12),
    k: two(hour, ' '),
    l: two(hour % 12 || 12, ' '),
    M: two(minute),
    S: two(second),
    N: `${String(Math.floor(time) % 1000).padStart(3, '0')}000000`,
    s: String(Math.floor(time / 1000)),
    p: hour < 12 ? 'AM' : 'PM',
    P: hour < 12 ? 'am' : 'pm',
    A: WEEKDAYS[weekday] ?? '',
    a: (WEEKDAYS[weekday] ?? '').slice(0, 3),
    B: MONTHS[month] ?? '',
    b: (MONTHS[month] ?? '').slice(0, 3),
    h: (MONTHS[month] ?? '').slice(0, 3),
    j: String(dayOfYear).padStart(3, '0'),
    u: String(weekday || 7),
    w: String(weekday),
    F: `${year}-${two(month + 1)}-${two(day)}`,
    D: `${two(month + 1)}/${two(day)}/${two(year % 100)}`,
    x: `${two(month + 1)}/${two(day)}/${two(year % 100)}`,
    T: clock,
    X: clock,
    R: `${two(hour)}:${two(minute)}`,
    r: `${two(hour % 12 || 12)}:${two(minute)}:${two(second)} ${hour < 12 ? 'AM' : 'PM'}`,
    c: `${(WEEKDAYS[weekday] ?? '').slice(0, 3)} ${(MONTHS[month] ?? '').slice(0, 3)} ${two(day, ' ')} ${clock} ${year}`,
    z: '+0000',
    Z: 'UTC',
    n: '\n',
    t: '\t',
    '%': '%',
  };
  return format.replace(/%-?([A-Za-z%])/g, (whole, letter: string) => {
    const value = values[letter];
    if (value === undefined) return whole;
    return whole.startsWith('%-') ? value.replace(/^[0 ](?=.)/, '') : value;
  });
}
