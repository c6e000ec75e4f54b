import { calendarOf, MONTHS, WEEKDAYS, type Zone, zoneOf } from './time-text.ts';

interface Shift {
  years: number;
  months: number;
  ms: number;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  sec: 1000,
  second: 1000,
  min: 60_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  fortnight: 1_209_600_000,
};
const ORDINALS: Readonly<Record<string, number>> = {
  last: -1,
  this: 0,
  next: 1,
  first: 1,
  third: 3,
  fourth: 4,
  fifth: 5,
  sixth: 6,
  tenth: 10,
  twelfth: 12,
  a: 1,
  an: 1,
};

/** `date -d`: the phrases of GNU date that people use, ms since 1970; undefined when it is none. */
export function parseDate(text: string, now: number, here: Zone): number | undefined {
  return new Phrase(text, now, here).result();
}

class Phrase {
  private rest: string;
  private zone: Zone;
  private date: { year: number; month: number; day: number } | undefined;
  private time: { hour: number; minute: number; second: number } | undefined;
  private readonly shift: Shift = { years: 0, months: 0, ms: 0 };
  private weekday: { day: number; ordinal: number } | undefined;
  private epoch: number | undefined;

  constructor(
    text: string,
    private readonly now: number,
    here: Zone,
  ) {
    this.rest = text.trim().replace(/^TZ="([^"]*)"\s*/, (_, name: string) => {
      here = zoneOf(name);
      return '';
    });
    this.zone = here;
  }

  result(): number | undefined {
    while (this.rest !== '') {
      const before = this.rest;
      if (!this.part()) return undefined;
      this.rest = this.rest.replace(/^[\s,]+/, '');
      if (this.rest === before) return undefined;
    }
    return this.value();
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.rest);
    if (!match) return undefined;
    this.rest = this.rest.slice(match[0].length);
    return match;
  }

  private part(): boolean {
    let match = this.take(/^@(-?\d+(?:\.\d+)?)/);
    if (match) {
      this.epoch = Number(match[1]) * 1000;
      return true;
    }
    match =
      this.take(/^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](?=\d))?/) ??
      this.take(/^(\d{4})\/(\d{1,2})\/(\d{1,2})/) ??
      this.take(/^(\d{4})(\d\d)(\d\d)(?!\d)/);
    if (match) return this.setDate(Number(match[1]), Number(match[2]), Number(match[3]));
    match = this.take(/^(\d{1,2})\/(\d{1,2})\/(\d{2,4})/);
    if (match) return this.setDate(fullYear(Number(match[3])), Number(match[1]), Number(match[2]));
    match = this.take(/^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?/i);
    if (match)
      return this.setTime(Number(match[1]), Number(match[2]), Number(match[3] ?? 0), match[4]) && this.zoneSuffix();
    match = this.take(/^(\d{1,2})\s*([ap]\.?m\.?)\b/i);
    if (match) return this.setTime(Number(match[1]), 0, 0, match[2]);
    return this.words();
  }

  private zoneSuffix(): boolean {
    const match = this.take(/^\s*([-+])(\d\d):?(\d\d)(?!\d)/);
    if (match) {
      const minutes = Number(match[2]) * 60 + Number(match[3]);
      this.zone = { name: '', offset: match[1] === '-' ? -minutes : minutes };
    }
    return true;
  }

  private words(): boolean {
    const months = MONTHS.map((month) => month.slice(0, 3)).join('|');
    let match = this.take(new RegExp(`^(\\d{1,2})[ -](${months})[a-z]*\\.?(?:[ ,-]+(\\d{4})(?!:))?`, 'i'));
    if (match) return this.setNamed(match[2] ?? '', Number(match[1]), match[3]);
    match = this.take(new RegExp(`^(${months})[a-z]*\\.? +(\\d{1,2})(?!\\d|:)(?:[ ,]+(\\d{4})(?!:))?`, 'i'));
    if (match) return this.setNamed(match[1] ?? '', Number(match[2]), match[3]);
    match = this.take(
      /^([-+]?\s*\d+|last|this|next|first|third|fourth|fifth|sixth|tenth|twelfth|an?)?\s*(sec|second|min|minute|hour|day|week|fortnight|month|year)s?\b(\s+ago\b)?/i,
    );
    if (match) return this.addUnit(match[1], (match[2] ?? '').toLowerCase(), match[3] !== undefined);
    match = this.take(/^(?:(last|this|next)\s+)?(sun|mon|tue|wed|thu|fri|sat)[a-z]*\.?/i);
    if (match) {
      this.weekday = {
        day: WEEKDAYS.findIndex((name) => name.slice(0, 3).toLowerCase() === match?.[2]?.toLowerCase()),
        ordinal: ORDINALS[match[1]?.toLowerCase() ?? 'this'] ?? 0,
      };
      return true;
    }
    match = this.take(/^(now|today|yesterday|tomorrow|midnight|noon|utc|gmt|z|kst|jst)\b/i);
    if (match) return this.word((match[1] ?? '').toLowerCase());
    match = this.take(/^(\d{4})(?!\d)/);
    if (match && this.date) {
      this.date.year = Number(match[1]);
      return true;
    }
    return false;
  }

  private word(word: string): boolean {
    if (word === 'yesterday') this.shift.ms -= 86_400_000;
    else if (word === 'tomorrow') this.shift.ms += 86_400_000;
    else if (word === 'midnight') this.setTime(0, 0, 0, undefined);
    else if (word === 'noon') this.setTime(12, 0, 0, undefined);
    else if (word === 'utc' || word === 'gmt' || word === 'z') this.zone = { name: 'UTC', offset: 0 };
    else if (word === 'kst' || word === 'jst') this.zone = { name: word.toUpperCase(), offset: 540 };
    return true;
  }

  private addUnit(count: string | undefined, unit: string, ago: boolean): boolean {
    const word = count?.toLowerCase().replace(/\s+/g, '');
    let number = word === undefined || word === '' ? 1 : (ORDINALS[word] ?? Number(word));
    if (ago) number = -number;
    if (unit === 'month') this.shift.months += number;
    else if (unit === 'year') this.shift.years += number;
    else this.shift.ms += number * (UNIT_MS[unit] ?? 0);
    return true;
  }

  private setDate(year: number, month: number, day: number): boolean {
    if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return false;
    this.date = { year, month: month - 1, day };
    return true;
  }

  private setNamed(month: string, day: number, year: string | undefined): boolean {
    const index = MONTHS.findIndex((name) => name.slice(0, 3).toLowerCase() === month.toLowerCase());
    return this.setDate(year === undefined ? calendarOf(this.now, this.zone).year : Number(year), index + 1, day);
  }

  private setTime(hour: number, minute: number, second: number, half: string | undefined): boolean {
    if (minute > 59 || second > 60 || hour > (half ? 12 : 24)) return false;
    const pm = half?.toLowerCase().startsWith('p');
    this.time = { hour: half ? (hour % 12) + (pm ? 12 : 0) : hour, minute, second };
    return true;
  }

  private value(): number | undefined {
    if (this.epoch !== undefined) return this.epoch + this.shift.ms;
    const today = calendarOf(this.now, this.zone);
    const date = this.date ?? { year: today.year, month: today.month, day: today.day };
    const fresh = this.date !== undefined || this.weekday !== undefined;
    const time = this.time ?? (fresh ? { hour: 0, minute: 0, second: 0 } : today);
    let day = date.day;
    if (this.weekday && !this.date) {
      const weekday = new Date(Date.UTC(date.year, date.month, date.day)).getUTCDay();
      const ahead = (this.weekday.day - weekday + 7) % 7;
      const weeks = this.weekday.ordinal > 0 && ahead !== 0 ? this.weekday.ordinal - 1 : this.weekday.ordinal;
      day += ahead + 7 * weeks;
    }
    const fraction = fresh || this.time ? 0 : this.now - Math.floor(this.now / 1000) * 1000;
    const local = Date.UTC(
      date.year + this.shift.years,
      date.month + this.shift.months,
      day,
      time.hour,
      time.minute,
      time.second,
    );
    const value = local - this.zone.offset * 60_000 + this.shift.ms + fraction;
    return Number.isFinite(value) ? value : undefined;
  }
}

function fullYear(year: number): number {
  return year >= 100 ? year : year < 69 ? 2000 + year : 1900 + year;
}
