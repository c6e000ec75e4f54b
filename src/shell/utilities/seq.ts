import { Fail } from './fail.ts';
import { Usage } from './options.ts';
import { formatPrintf } from './printf-format.ts';
import { quote } from './quote.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

export const seq = utility({
  name: 'seq',
  usage: '[OPTION]... LAST\n  or:  seq [OPTION]... FIRST LAST\n  or:  seq [OPTION]... FIRST INCREMENT LAST',
  about: 'Print numbers from FIRST to LAST, in steps of INCREMENT.',
  inOrder: true,
  options: ['-f --format=', '-s --separator=', '-w --equal-width'],
  old: (word) => (/^-\.?\d/.test(word) ? { key: 'number', value: word } : undefined),
  *run(tool, options) {
    const operands = [...options.all('number'), ...options.operands];
    if (operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    if (operands.length > 3) throw new Usage(`extra operand ${quote(tool, operands[3] ?? '')}`);
    for (const text of operands) numeric(tool, text);
    const last = operands.at(-1) ?? '1';
    const first = operands.length > 1 ? (operands[0] ?? '1') : '1';
    const step = operands.length > 2 ? (operands[1] ?? '1') : '1';
    const decimals = Math.max(places(first), places(step));
    const by = Number(step);
    if (by === 0) throw new Usage(`invalid Zero increment value: ${quote(tool, step)}`);
    const separator = options.get('s') ?? '\n';
    const format = options.get('f');
    if (format !== undefined && !/%[-+ #0']*\d*(\.\d+)?[aefgAEFG]/.test(format))
      throw new Usage(`format ${quote(tool, format)} has no % directive`);
    const width = options.has('w')
      ? Math.max(Number(first).toFixed(decimals).length, Number(last).toFixed(decimals).length)
      : 0;
    const begin = Number(first);
    const end = Number(last);
    let any = false;
    for (let i = 0; ; i++) {
      const value = begin + i * by;
      if (by > 0 ? value > end + by * 1e-10 : value < end + by * 1e-10) break;
      const sign = value < 0 ? '-' : '';
      const plain = Math.abs(value).toFixed(decimals);
      const text =
        format === undefined
          ? sign + plain.padStart(width - sign.length, '0')
          : formatPrintf(format, [String(value)]).text;
      tool.put((any ? separator : '') + text);
      any = true;
      yield* tool.drain();
    }
    if (any) tool.put('\n');
    return 0;
  },
});

function places(text: string): number {
  return /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
}

function numeric(tool: Tool, text: string): void {
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) && !/^[-+]?inf(inity)?$/i.test(text))
    throw new Usage(`invalid floating point argument: ${quote(tool, text)}`);
  if (/inf/i.test(text)) throw new Fail("kubetutor's seq does not model infinity");
}

export const yes = utility({
  name: 'yes',
  usage: '[STRING]...',
  about: "Repeatedly output a line with all specified STRING(s), or 'y'.",
  inOrder: true,
  options: [],
  *run(tool, options) {
    const line = `${options.operands.length > 0 ? options.operands.join(' ') : 'y'}\n`;
    const block = line.repeat(Math.max(1, Math.floor(8192 / line.length)));
    for (;;) {
      tool.put(block);
      yield* tool.flush();
    }
  },
});
