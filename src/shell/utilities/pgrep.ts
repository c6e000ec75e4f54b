import { Errno } from '../../world/errno.ts';
import type { Process } from '../../world/process.ts';
import { parseSignal } from '../../world/signals.ts';
import { Fail } from './fail.ts';
import { type Options, Usage } from './options.ts';
import { byUser, pidOf } from './process-facts.ts';
import type { Tool } from './tool.ts';
import { lastName } from './tree.ts';
import { utility } from './utility.ts';

const MATCH_OPTIONS = [
  '-a --list-full',
  '-c --count',
  '-d --delimiter=',
  '-f --full',
  '-g --pgroup=',
  '-i --ignore-case',
  '-l --list-name',
  '-n --newest',
  '-o --oldest',
  '-P --parent=',
  '-t --terminal=',
  '-u --euid=',
  '-U --uid=',
  '-v --inverse',
  '-x --exact',
  '-s --session=',
];

function matching(tool: Tool, options: Options): Process[] {
  const [pattern, extra] = options.operands;
  if (extra !== undefined) throw new Usage('only one pattern can be provided');
  if (pattern === undefined && !options.has('P', 'u', 'U', 't', 'g', 's'))
    throw new Usage('no matching criteria specified');
  let test: RegExp;
  try {
    test = new RegExp(options.has('x') ? `^(?:${pattern ?? ''})$` : (pattern ?? ''), options.has('i') ? 'i' : '');
  } catch {
    throw new Fail(`Invalid preceding regular expression`, 2);
  }
  const parent = options.get('P');
  const user = options.get('u') ?? options.get('U');
  const ofUser = user === undefined ? () => true : byUser(tool, user);
  const terminal = options.get('t');
  let found = tool.p.machine.pids.visible.filter((process) => {
    if (process === tool.p || process.ended) return false;
    const matches = test.test(options.has('f') ? process.argv.join(' ') : process.comm);
    const rest =
      (parent === undefined || parent.split(',').includes(pidOf(tool, process.parent))) &&
      ofUser(process) &&
      (terminal === undefined || process.tty?.name === terminal);
    return (matches && rest) !== options.has('v');
  });
  if (options.has('n')) found = found.slice(-1);
  if (options.has('o')) found = found.slice(0, 1);
  return found;
}

export const pgrep = utility({
  name: 'pgrep',
  usage: '[options] <pattern>',
  about: 'Look up processes based on name.',
  usageStatus: 2,
  options: MATCH_OPTIONS,
  *run(tool, options) {
    const found = matching(tool, options);
    if (options.has('c')) tool.put(`${found.length}\n`);
    else if (found.length > 0)
      tool.put(
        `${found
          .map((process) =>
            options.has('a')
              ? `${pidOf(tool, process)} ${process.argv.join(' ')}`
              : options.has('l')
                ? `${pidOf(tool, process)} ${process.comm}`
                : pidOf(tool, process),
          )
          .join(options.get('d') ?? '\n')}\n`,
      );
    return found.length > 0 ? 0 : 1;
  },
});

function* signalAll(tool: Tool, found: readonly Process[], text: string) {
  const signal = parseSignal(text);
  for (const process of found) {
    try {
      if (tool.who.uid !== 0 && tool.who.uid !== process.credentials.uid) throw new Errno('EPERM');
      if (signal) tool.p.machine.pids.signal(process, signal);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* tool.warn(`killing pid ${process.pid} failed: ${error.text}`);
    }
  }
}

export const pkill = utility({
  name: 'pkill',
  usage: '[options] <pattern>',
  about: 'Signal processes based on name.',
  usageStatus: 2,
  options: [...MATCH_OPTIONS, '--signal=', '-e --echo'],
  old: (word) =>
    /^-(\d+|SIG[A-Z0-9]+|[A-Z]{2,}[0-9]?)$/.test(word) && parseSignal(word.slice(1))
      ? { key: 'signal', value: word.slice(1) }
      : undefined,
  *run(tool, options) {
    const found = matching(tool, options);
    if (options.has('e')) for (const process of found) tool.put(`${process.comm} killed (pid ${process.pid})\n`);
    yield* signalAll(tool, found, options.get('signal') ?? 'TERM');
    return found.length > 0 ? 0 : 1;
  },
});

export const killall = utility({
  name: 'killall',
  usage: '[OPTION]... [--] NAME...',
  about: 'Kill processes by name.',
  options: ['-q --quiet', '-s --signal=', '-v --verbose', '-w --wait', '-I', '-e', '-r'],
  old: (word) =>
    /^-(\d+|[A-Z]{2,}\d?)$/.test(word) && parseSignal(word.slice(1)) ? { key: 's', value: word.slice(1) } : undefined,
  *run(tool, options) {
    for (const name of options.operands) {
      const found = tool.p.machine.pids.visible.filter(
        (process) => process !== tool.p && !process.ended && process.comm === name,
      );
      if (found.length === 0) {
        tool.status = 1;
        if (!options.has('q'))
          yield* tool.complain(tool.busybox ? `killall: ${name}: no process killed\n` : `${name}: no process found\n`);
      }
      yield* signalAll(tool, found, options.get('s') ?? 'TERM');
    }
    return tool.status;
  },
});

export const pidof = utility({
  name: 'pidof',
  usage: '[options] [program [...]]',
  about: 'Find the process ID of a running program.',
  options: ['-s --single-shot', '-c', '-q', '-x', '-o=', '-w'],
  *run(tool, options) {
    const found = tool.p.machine.pids.visible
      .filter((process) => !process.ended && options.operands.some((name) => process.comm === lastName(name)))
      .map((process) => Number(pidOf(tool, process)))
      .sort((a, b) => b - a);
    if (found.length > 0) tool.put(`${(options.has('s') ? found.slice(0, 1) : found).join(' ')}\n`);
    return found.length > 0 ? 0 : 1;
  },
});
