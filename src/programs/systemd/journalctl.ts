import { Fail } from '../../shell/utilities/fail.ts';
import type { Options } from '../../shell/utilities/options.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import type { JournalEntry, Unit } from '../../world/units.ts';
import { journalLine } from './text.ts';

/** How often `-f` looks for news, ms. */
const POLL = 200;
const SPANS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** journalctl(1) over what the services of the machine said. */
export const journalctl = utility({
  name: 'journalctl',
  usage: '[OPTIONS...] [MATCHES...]',
  about: 'Query the journal.',
  package: 'systemd',
  options: [
    '-u --unit=',
    '-n --lines=?',
    '-f --follow',
    '--no-pager',
    '-e --pager-end',
    '-x --catalog',
    '-b --boot=?',
    '-k --dmesg',
    '-r --reverse',
    '-q --quiet',
    '-o --output=',
    '-S --since=',
    '-U --until=',
    '-g --grep=',
    '-p --priority=',
    '-t --identifier=',
    '-a --all',
    '-l --full',
    '--no-hostname',
    '--no-tail',
    '--utc',
    '-D --directory=',
    '-m --merge',
  ],
  // `-n 20`, `-n20` and `-n` are all allowed: getopt takes the next word when it looks like a number.
  *run(tool, options) {
    const [word] = options.operands;
    const given = options.has('n') ? (options.get('n') ?? (word && /^(\d+|all)$/.test(word) ? word : '10')) : undefined;
    if (given !== undefined && !/^\+?\d+$|^all$/.test(given)) throw new Fail(`Failed to parse lines '${given}'`);
    const stray = options.operands.filter((operand) => operand !== given);
    if (stray[0] !== undefined && !/^_?[A-Z_]+=/.test(stray[0]))
      throw new Fail(`Failed to add match '${stray[0]}': Invalid argument`);
    const count =
      given === undefined
        ? options.has('f') && !options.has('no-tail')
          ? 10
          : undefined
        : given === 'all'
          ? undefined
          : Number(given);
    const units = selected(tool, options);
    const wanted = filterOf(tool, options);
    const all = collect(units).filter(wanted);
    let shown = count === undefined ? all : count === 0 ? [] : all.slice(-count);
    if (options.has('r')) shown = [...shown].reverse();
    const format = options.get('o') ?? 'short';
    const show = (entry: JournalEntry) => tool.put(`${journalLine(tool.p.machine, entry, format)}\n`);
    if (shown.length === 0 && !options.has('q') && !options.has('f')) tool.put('-- No entries --\n');
    for (const entry of shown) {
      show(entry);
      yield* tool.drain();
    }
    if (!options.has('f')) return 0;
    const last = new Map(units.map((unit) => [unit, unit.journal.at(-1)]));
    for (;;) {
      yield* tool.flush();
      yield* tool.p.sleep(POLL);
      for (const unit of units) {
        const seen = last.get(unit);
        const from = seen ? unit.journal.lastIndexOf(seen) + 1 : 0;
        for (const entry of unit.journal.slice(from)) if (wanted(entry)) show(entry);
        last.set(unit, unit.journal.at(-1));
      }
    }
  },
});

function selected(tool: Tool, options: Options): Unit[] {
  const { units } = tool.p.machine;
  if (options.has('k')) return [];
  const names = options.all('u');
  if (names.length === 0) return units.all();
  return names.flatMap((name) => {
    if (!/[*?]/.test(name)) return units.find(name) ?? [];
    const pattern = new RegExp(
      `^${name
        .replace(/[.+^${}()|\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.')}(\\.service)?$`,
    );
    return units.all().filter((unit) => pattern.test(unit.name));
  });
}

function collect(units: readonly Unit[]): JournalEntry[] {
  // Sorting is stable: entries of one service stay in order.
  return units.flatMap((unit) => unit.journal).sort((a, b) => a.time - b.time);
}

function filterOf(tool: Tool, options: Options): (entry: JournalEntry) => boolean {
  const since = timeOf(tool, options.get('S'));
  const until = timeOf(tool, options.get('U'));
  const text = options.get('g');
  const identifiers = options.all('t');
  const pattern =
    text === undefined
      ? undefined
      : new RegExp(text.replace(/[^\w\s.*+?|()[\]^$\\-]/g, '\\$&'), /[A-Z]/.test(text) ? '' : 'i');
  return (entry) =>
    (since === undefined || entry.time >= since) &&
    (until === undefined || entry.time <= until) &&
    (identifiers.length === 0 || identifiers.includes(entry.identifier)) &&
    (!pattern || pattern.test(entry.message));
}

/** `5 min ago`, `-10m`, `today`, `2026-09-01 09:00:00`, `09:00`. */
function timeOf(tool: Tool, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const { now } = tool.p;
  const midnight = now - (now % 86_400_000);
  if (text === 'now') return now;
  if (text === 'today') return midnight;
  if (text === 'yesterday') return midnight - 86_400_000;
  const relative = /^-?\s*((?:\d+\s*[a-z]+\s*)+?)\s*(?:ago)?$/i.exec(text);
  if (relative && (/ago$/.test(text) || text.startsWith('-'))) {
    let length = 0;
    for (const [, number, unit = ''] of (relative[1] ?? '').matchAll(/(\d+)\s*([a-z]+)/gi))
      length += Number(number) * (SPANS[unit.charAt(0).toLowerCase()] ?? 0);
    return now - length;
  }
  const full = /^(?:(\d{4})-(\d\d)-(\d\d))?[ T]?(?:(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
  if (!full || text === '') throw new Fail(`Failed to parse timestamp: ${text}`);
  const [, year, month, day, hour = '0', minute = '0', second = '0'] = full;
  const date = year === undefined ? midnight : Date.UTC(Number(year), Number(month) - 1, Number(day));
  return date + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000;
}
