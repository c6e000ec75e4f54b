import { Errno } from '../../world/errno.ts';
import { Fail } from './fail.ts';
import { splitLines } from './lines.ts';
import type { Options } from './options.ts';
import { compareKeys, type Key, keyText, type Ordering, orderingOf, parseKey } from './sort-keys.ts';
import { compareText, decodeText } from './text.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

const LETTERS = ['b', 'd', 'f', 'g', 'h', 'i', 'M', 'n', 'R', 'r', 'V'];

export const sort = utility({
  name: 'sort',
  usage: '[OPTION]... [FILE]...',
  about: 'Write sorted concatenation of all FILE(s) to standard output.',
  usageStatus: 2,
  options: [
    '-b --ignore-leading-blanks',
    '-d --dictionary-order',
    '-f --ignore-case',
    '-g --general-numeric-sort',
    '-i --ignore-nonprinting',
    '-M --month-sort',
    '-h --human-numeric-sort',
    '-n --numeric-sort',
    '-R --random-sort',
    '--random-source=',
    '-r --reverse',
    '--sort=',
    '-V --version-sort',
    '--batch-size=',
    '-c',
    '--check=?',
    '-C',
    '--debug',
    '-k --key=',
    '-m --merge',
    '-o --output=',
    '-s --stable',
    '-S --buffer-size=',
    '-t --field-separator=',
    '-T --temporary-directory=',
    '--parallel=',
    '-u --unique',
    '-z --zero-terminated',
  ],
  *run(tool, options) {
    const separator = options.has('z') ? '\0' : '\n';
    const compare = comparison(tool, options);
    let lines: string[] = [];
    for (const path of options.operands.length > 0 ? options.operands : ['-']) {
      try {
        const read = splitLines(decodeText(yield* tool.readFile(path)), separator);
        lines = lines.length === 0 ? read : lines.concat(read);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        const what = error.code === 'EISDIR' ? 'read failed' : 'cannot read';
        throw new Fail(tool.busybox ? `${path}: ${error.text}` : `${what}: ${path}: ${error.text}`, 2);
      }
    }
    if (options.has('c', 'C', 'check')) return yield* check(tool, options, lines, compare);
    yield* tool.p.cpu(lines.length * 0.002);
    const shuffle = options.has('R') ? tool.p.machine.world.random.fork(`sort/${tool.p.pid}`) : undefined;
    if (shuffle) {
      const order = new Map<string, number>();
      for (const line of lines) if (!order.has(line)) order.set(line, shuffle.next());
      lines.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
    } else lines.sort(compare.full);
    if (options.has('u')) lines = lines.filter((line, i) => i === 0 || compare.keys(lines[i - 1] ?? '', line) !== 0);
    const output = options.get('o');
    const text = lines.length === 0 ? '' : lines.join(separator) + separator;
    if (output === undefined) tool.put(text);
    else {
      const fd = tool.openFor(output, { write: true, create: true, truncate: true });
      yield* tool.p.write(fd, text);
      tool.close(fd);
    }
    return 0;
  },
});

function comparison(tool: Tool, options: Options) {
  const word = options.get('sort');
  const byWord =
    { 'general-numeric': 'g', 'human-numeric': 'h', month: 'M', numeric: 'n', random: 'R', version: 'V' }[word ?? ''] ??
    '';
  const global = orderingOf(LETTERS.filter((letter) => options.has(letter)).join('') + byWord);
  const given = options.get('t');
  if (given !== undefined && [...given].length !== 1 && given !== '\\0')
    throw new Fail(given === '' ? 'empty tab' : `multi-character tab ‘${given}’`, 2);
  const tab = given === '\\0' ? '\0' : given;
  const keys: Key[] = options.all('k').map((text) => {
    const key = parseKey(text);
    if (typeof key === 'string') throw new Fail(tool.busybox ? `bad field specification '${text}'` : key, 2);
    return key;
  });
  const both = (a: string, b: string, ordering: Ordering) => {
    const result = compareKeys(a, b, ordering);
    return ordering.reverse ? -result : result;
  };
  const byKeys = (a: string, b: string): number => {
    if (keys.length === 0) {
      const trim = (text: string) => (global.blanksStart ? text.replace(/^[ \t]+/, '') : text);
      return both(trim(a), trim(b), global);
    }
    for (const key of keys) {
      const ordering = key.ordering ?? global;
      const result = both(keyText(a, key, tab, ordering), keyText(b, key, tab, ordering), ordering);
      if (result !== 0) return result;
    }
    return 0;
  };
  const lastResort = !options.has('s', 'u');
  return {
    keys: byKeys,
    full: (a: string, b: string) =>
      byKeys(a, b) || (lastResort ? (global.reverse ? -compareText(a, b) : compareText(a, b)) : 0),
  };
}

function* check(tool: Tool, options: Options, lines: readonly string[], compare: ReturnType<typeof comparison>) {
  for (let i = 1; i < lines.length; i++) {
    const result = options.has('u')
      ? compare.keys(lines[i - 1] ?? '', lines[i] ?? '')
      : compare.full(lines[i - 1] ?? '', lines[i] ?? '');
    if (result < 0 || (result === 0 && !options.has('u'))) continue;
    if (!options.has('C') && options.get('check') !== 'quiet')
      yield* tool.warn(`${options.operands[0] ?? '-'}:${i + 1}: disorder: ${lines[i]}`);
    return 1;
  }
  return 0;
}
