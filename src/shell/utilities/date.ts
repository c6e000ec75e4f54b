import { parseDate } from './date-phrase.ts';
import { Fail } from './fail.ts';
import { LineReader } from './lines.ts';
import { Usage } from './options.ts';
import { quote, quoteShell } from './quote.ts';
import { formatTime, zoneOf } from './time-text.ts';
import { utility } from './utility.ts';

const ISO: Readonly<Record<string, string>> = {
  date: '%F',
  hours: '%FT%H%:z',
  minutes: '%FT%R%:z',
  seconds: '%FT%T%:z',
  ns: '%FT%T,%N%:z',
};
const RFC3339: Readonly<Record<string, string>> = { date: '%F', seconds: '%F %T%:z', ns: '%F %T.%N%:z' };

export const date = utility({
  name: 'date',
  usage: '[OPTION]... [+FORMAT]',
  about: 'Display date and time in the given FORMAT.',
  options: [
    '-d --date=',
    '--debug',
    '-f --file=',
    '-I --iso-8601=?',
    '-r --reference=',
    '-R --rfc-email',
    '--rfc-3339=',
    '-s --set=',
    '-u --utc --universal',
    '-D=',
  ],
  *run(tool, options) {
    const zone = options.has('u') ? zoneOf('UTC') : zoneOf(tool.env('TZ'));
    const formats = options.operands.filter((operand) => operand.startsWith('+'));
    const other = options.operands.find((operand) => !operand.startsWith('+'));
    if (formats.length > 1) throw new Usage(`extra operand ${quote(tool, formats[1] ?? '')}`);
    if (other !== undefined && options.has('d'))
      throw new Usage(
        `the argument ${quote(tool, other)} lacks a leading '+';\nwhen using an option to specify date(s), any non-option\nargument must be a format string beginning with '+'`,
      );
    if (other !== undefined && formats.length > 0) throw new Usage(`extra operand ${quote(tool, other)}`);
    if (other !== undefined && !/^\d{8}/.test(other)) throw new Fail(`invalid date ${quote(tool, other)}`);
    if (other !== undefined || options.has('s')) throw new Fail('cannot set date: Operation not permitted');
    const format =
      formats[0]?.slice(1) ??
      standardFormat(options.last('I', 'R', 'rfc-3339'), options.get('I'), options.get('rfc-3339'), tool.busybox);
    const phrases: (string | undefined)[] = [options.get('d')];
    const file = options.get('f');
    if (file !== undefined) {
      phrases.length = 0;
      const reader = new LineReader(tool, tool.open(file));
      for (let line = yield* reader.next(); line !== undefined; line = yield* reader.next()) phrases.push(line);
    }
    for (const phrase of phrases) {
      const reference = options.get('r');
      let time = reference === undefined ? tool.p.now : (tool.tryStat(reference)?.mtime ?? Number.NaN);
      if (Number.isNaN(time)) throw new Fail(`${quoteShell(reference ?? '').slice(1, -1)}: No such file or directory`);
      if (phrase !== undefined) {
        const parsed = parseDate(phrase, tool.p.now, zone);
        if (parsed === undefined) {
          yield* tool.warn(`invalid date ${tool.busybox ? `'${phrase}'` : quote(tool, phrase)}`);
          continue;
        }
        // Without a time of day GNU date counts from midnight.
        time = phrase.trim() === '' ? (parseDate('today 00:00', tool.p.now, zone) ?? parsed) : parsed;
      }
      tool.put(`${formatTime(format, time, zone)}\n`);
    }
    return tool.status;
  },
});

function standardFormat(
  which: string | undefined,
  iso: string | undefined,
  rfc: string | undefined,
  busybox: boolean,
): string {
  if (which === 'I') return pick(ISO, iso ?? 'date', '--iso-8601');
  if (which === 'rfc-3339') return pick(RFC3339, rfc ?? '', '--rfc-3339');
  if (which === 'R') return '%a, %d %b %Y %H:%M:%S %z';
  return busybox ? '%a %b %e %H:%M:%S %Z %Y' : '%a %b %e %H:%M:%S %Z %Y';
}

function pick(table: Readonly<Record<string, string>>, word: string, option: string): string {
  const key = Object.keys(table).find((one) => word !== '' && one.startsWith(word));
  if (key === undefined) {
    const names = option === '--iso-8601' ? ['hours', 'minutes', 'date', 'seconds', 'ns'] : ['date', 'seconds', 'ns'];
    const list = names.map((name) => `\n  - ‘${name}’`).join('');
    throw new Usage(`invalid argument ‘${word}’ for ‘${option}’\nValid arguments are:${list}`);
  }
  return table[key] ?? '';
}
