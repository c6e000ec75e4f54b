/** The calendar of the world's clock: UTC, or a fixed offset said by TZ. */
export interface Calendar {
  readonly year: number;
  /** 0–11 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1–366 */
  readonly dayOfYear: number;
}

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export interface Zone {
  readonly name: string;
  /** Minutes east of Greenwich. */
  readonly offset: number;
}

/** Zones without summer time that people use; others count as UTC, as where tzdata is missing. */
const FIXED: Readonly<Record<string, Zone>> = {
  'Asia/Seoul': { name: 'KST', offset: 540 },
  'Asia/Tokyo': { name: 'JST', offset: 540 },
  'Asia/Shanghai': { name: 'CST', offset: 480 },
  'Asia/Singapore': { name: '+08', offset: 480 },
  'Asia/Kolkata': { name: 'IST', offset: 330 },
};

/** What TZ says: `UTC`, `Asia/Seoul`, `KST-9`. */
export function zoneOf(tz: string | undefined): Zone {
  const utc = { name: 'UTC', offset: 0 };
  if (!tz) return utc;
  const known = FIXED[tz.replace(/^:/, '')];
  if (known) return known;
  const match = /^([A-Za-z]{3,})([+-]?)(\d{1,2})(?::(\d\d))?$/.exec(tz);
  if (!match?.[1]) return utc;
  const minutes = Number(match[3]) * 60 + Number(match[4] ?? 0);
  return { name: match[1], offset: match[2] === '-' ? minutes : -minutes };
}

export function calendarOf(ms: number, zone: Zone): Calendar {
  const date = new Date(Math.floor(ms) + zone.offset * 60_000);
  const year = date.getUTCFullYear();
  const start = Date.UTC(year, 0, 1);
  return {
    year,
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
    dayOfYear: Math.floor((Date.UTC(year, date.getUTCMonth(), date.getUTCDate()) - start) / 86_400_000) + 1,
  };
}

const two = (value: number) => String(value).padStart(2, '0');

/** ISO 8601 week: its year and number. */
function isoWeek(calendar: Calendar): { year: number; week: number } {
  const weekday = (calendar.weekday + 6) % 7;
  const thursday = new Date(Date.UTC(calendar.year, calendar.month, calendar.day - weekday + 3));
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / 604_800_000) + 1;
  return { year, week };
}

export function zoneText(offset: number, colons: number): string {
  const minutes = Math.abs(offset);
  const sign = offset < 0 ? '-' : '+';
  const separator = colons > 0 ? ':' : '';
  const text = `${sign}${two(Math.floor(minutes / 60))}${separator}${two(minutes % 60)}`;
  return colons > 1 ? `${text}:00` : text;
}

/** strftime(3) with GNU date's flags (`-`, `_`, `0`, `^`, `#`), widths and `%N`. */
export function formatTime(format: string, ms: number, zone: Zone): string {
  const calendar = calendarOf(ms, zone);
  return format.replace(
    /%([-_0^#]*)(\d*)(:{0,3})([A-Za-z%+])/g,
    (whole, flags: string, width: string, colons: string, letter: string) => {
      const text = conversion(letter, calendar, ms, zone, colons.length, flags, width);
      if (text === undefined) return whole;
      return flagged(text, flags, width, letter);
    },
  );
}

function flagged(text: string, flags: string, width: string, letter: string): string {
  let shown = text;
  const numeric = /^[ 0-9]/.test(shown) && 'CdeFgGHIjklmMNsSuUVwWyY'.includes(letter);
  if (numeric && letter !== 'N' && letter !== 'F') {
    if (flags.includes('-')) shown = shown.replace(/^[ 0]+(?=.)/, '');
    else if (flags.includes('_')) shown = shown.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length));
    else if (flags.includes('0')) shown = shown.replace(/^ +/, (blanks) => '0'.repeat(blanks.length));
  }
  if (flags.includes('^')) shown = shown.toUpperCase();
  if (flags.includes('#')) shown = letter === 'Z' ? shown.toLowerCase() : shown.toUpperCase();
  if (width && letter !== 'N') shown = shown.padStart(Number(width), numeric && !flags.includes('_') ? '0' : ' ');
  return shown;
}

function conversion(
  letter: string,
  c: Calendar,
  ms: number,
  zone: Zone,
  colons: number,
  flags: string,
  width: string,
): string | undefined {
  const hour12 = c.hour % 12 || 12;
  const again = (format: string) => formatTime(format, ms, zone);
  switch (letter) {
    case '%':
      return '%';
    case 'a':
      return WEEKDAYS[c.weekday]?.slice(0, 3);
    case 'A':
      return WEEKDAYS[c.weekday];
    case 'b':
    case 'h':
      return MONTHS[c.month]?.slice(0, 3);
    case 'B':
      return MONTHS[c.month];
    case 'c':
      return again('%a %b %e %H:%M:%S %Y');
    case 'C':
      return two(Math.floor(c.year / 100));
    case 'd':
      return two(c.day);
    case 'D':
    case 'x':
      return again('%m/%d/%y');
    case 'e':
      return String(c.day).padStart(2);
    case 'F':
      return again('%Y-%m-%d');
    case 'g':
      return two(isoWeek(c).year % 100);
    case 'G':
      return String(isoWeek(c).year);
    case 'H':
      return two(c.hour);
    case 'I':
      return two(hour12);
    case 'j':
      return String(c.dayOfYear).padStart(3, '0');
    case 'k':
      return String(c.hour).padStart(2);
    case 'l':
      return String(hour12).padStart(2);
    case 'm':
      return two(c.month + 1);
    case 'M':
      return two(c.minute);
    case 'n':
      return '\n';
    case 'N':
      return nanoseconds(ms, width, flags);
    case 'p':
      return c.hour < 12 ? 'AM' : 'PM';
    case 'P':
      return c.hour < 12 ? 'am' : 'pm';
    case 'q':
      return String(Math.floor(c.month / 3) + 1);
    case 'r':
      return again('%I:%M:%S %p');
    case 'R':
      return again('%H:%M');
    case 's':
      return String(Math.floor(ms / 1000));
    case 'S':
      return two(c.second);
    case 't':
      return '\t';
    case 'T':
    case 'X':
      return again('%H:%M:%S');
    case 'u':
      return String(c.weekday || 7);
    case 'U':
      return two(Math.floor((c.dayOfYear + 6 - c.weekday) / 7));
    case 'V':
      return two(isoWeek(c).week);
    case 'w':
      return String(c.weekday);
    case 'W':
      return two(Math.floor((c.dayOfYear + 6 - ((c.weekday + 6) % 7)) / 7));
    case 'y':
      return two(c.year % 100);
    case 'Y':
      return String(c.year);
    case 'z':
      return zoneText(zone.offset, colons);
    case 'Z':
      return zone.name;
    default:
      return undefined;
  }
}

function nanoseconds(ms: number, width: string, flags: string): string {
  const fraction = Math.round((ms / 1000 - Math.floor(ms / 1000)) * 1e6) % 1e6;
  const digits = `${String(fraction).padStart(6, '0')}000`;
  if (width) return digits.slice(0, Number(width)).padEnd(Number(width), '0');
  return flags.includes('-') ? digits.replace(/0+$/, '') || '0' : digits;
}
