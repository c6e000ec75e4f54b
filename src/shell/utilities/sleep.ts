import { Usage } from './options.ts';
import { quote } from './quote.ts';
import { utility } from './utility.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `5`, `0.5s`, `2m`, `inf`: ms; undefined when it is no interval. */
export function parseInterval(text: string): number | undefined {
  if (/^\+?inf(inity)?[smhd]?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const match = /^\+?(\d+\.?\d*(?:e[-+]?\d+)?|\.\d+)([smhd]?)$/i.exec(text);
  return match ? Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN) : undefined;
}

export const sleep = utility({
  name: 'sleep',
  usage: 'NUMBER[SUFFIX]...',
  about:
    "Pause for NUMBER seconds.  SUFFIX may be 's' for seconds (the default),\n'm' for minutes, 'h' for hours or 'd' for days.",
  options: [],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    let total = 0;
    const wrong: string[] = [];
    for (const text of options.operands) {
      const ms = parseInterval(text);
      if (ms === undefined || Number.isNaN(ms)) wrong.push(text);
      else total += ms;
    }
    if (wrong.length > 0) {
      if (tool.busybox) throw new Usage(`invalid number '${wrong[0]}'`);
      for (const text of wrong.slice(0, -1)) yield* tool.warn(`invalid time interval ${quote(tool, text)}`);
      throw new Usage(`invalid time interval ${quote(tool, wrong.at(-1) ?? '')}`);
    }
    // A timer beyond all times would never fire: days at a time do.
    while (total > 0) {
      const part = Math.min(total, 86_400_000 * 365);
      yield* tool.p.sleep(part);
      total -= part;
    }
    return 0;
  },
});
