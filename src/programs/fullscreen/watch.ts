import { lookUp } from '../../shell/utilities/execute.ts';
import { formatTime, zoneOf } from '../../shell/utilities/time-text.ts';
import { concat, decode, encode } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { Collector } from '../../world/files/devices.ts';
import { type Process, shellStatus } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import type { Task } from '../../world/task.ts';
import { cellWidth, cutTo, graphemes, wrapCells } from './cells.ts';
import { PLAIN, REVERSE } from './screen.ts';

const USAGE = `
Usage:
 watch [options] command

Options:
  -b, --beep             beep if command has a non-zero exit
  -c, --color            interpret ANSI color and style sequences
  -C, --no-color         do not interpret ANSI color and style sequences
  -d, --differences[=<permanent>]
                         highlight changes between updates
  -e, --errexit          exit if command has a non-zero exit
  -g, --chgexit          exit when output from command changes
  -n, --interval <secs>  seconds to wait between updates
  -p, --precise          attempt run command in precise intervals
  -t, --no-title         turn off header
  -w, --no-wrap          turn off line wrapping
  -x, --exec             pass command to exec instead of "sh -c"

 -h, --help     display this help and exit
 -v, --version  output version information and exit

For more details see watch(1).
`;

const LONG: Readonly<Record<string, string>> = {
  beep: 'b',
  color: 'c',
  'no-color': 'C',
  differences: 'd',
  errexit: 'e',
  chgexit: 'g',
  interval: 'n',
  precise: 'p',
  'no-title': 't',
  'no-wrap': 'w',
  exec: 'x',
  help: 'h',
  version: 'v',
};

interface Options {
  readonly flags: Set<string>;
  interval: number;
  permanent: boolean;
  words: readonly string[];
}

/** Output of one run that is kept, bytes: more than any screen shows. */
const LIMIT = 1 << 20;

/** procps-ng: src/watch.c; the text of a usage error, or what was asked for. */
function parse(args: readonly string[]): Options | string {
  const options: Options = { flags: new Set(), interval: 2, permanent: false, words: [] };
  let at = 0;
  const interval = (value: string | undefined): string | undefined => {
    if (value === undefined) return `watch: option requires an argument -- 'n'\n${USAGE}`;
    const seconds = Number(value.replace(',', '.'));
    if (value.trim() === '' || Number.isNaN(seconds)) return `watch: failed to parse argument: '${value}'\n`;
    options.interval = Math.min(Math.max(seconds, 0.1), 31 * 86_400);
    return undefined;
  };
  for (; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') {
      at++;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split(/=(.*)/s);
      const letter = LONG[name] ?? LONG[Object.keys(LONG).find((long) => long.startsWith(name)) ?? ''];
      if (!letter) return `watch: unrecognized option '${word}'\n${USAGE}`;
      options.flags.add(letter);
      if (letter === 'd' && value !== undefined) options.permanent = true;
      if (letter === 'n') {
        const problem = interval(value ?? args[++at]);
        if (problem) return problem;
      }
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word[i] ?? '';
      if (!Object.values(LONG).includes(letter)) return `watch: invalid option -- '${letter}'\n${USAGE}`;
      options.flags.add(letter);
      if (letter === 'd') {
        if (i + 1 < word.length && word[i + 1] === '=') {
          options.permanent = true;
          break;
        }
      } else if (letter === 'n') {
        const problem = interval(word.slice(i + 1) || args[++at]);
        if (problem) return problem;
        break;
      }
    }
  }
  options.words = args.slice(at);
  return options;
}

interface Run {
  readonly text: string;
  readonly status: number;
}

function* runOnce(process: Process, words: readonly string[]): Task<Run> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const output = new Collector((bytes) => {
    if (size > LIMIT) return;
    size += bytes.length;
    chunks.push(bytes.slice());
  });
  const files = process.openFiles();
  files.set(1, output).set(2, output);
  try {
    const { main, argv } = lookUp(process, words);
    const status = shellStatus(yield* process.waitFor(process.spawn({ argv, main, files })));
    return { text: chunks.length === 0 ? '' : decode(concat(chunks)), status };
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
    return { text: `watch: unable to execute '${words[0]}': ${error.text}\n`, status: 4 };
  }
}

/** The line at the top: the interval and command left, the machine and its time right. */
export function headerLine(command: string, seconds: number, right: string, columns: number): string {
  const left = `Every ${seconds.toFixed(1)}s: `;
  const room = columns - right.length - left.length - 1;
  if (room < 0) return right.length <= columns ? right.padStart(columns) : '';
  const shownCommand = cellWidth(command) <= room ? command : room > 3 ? `${cutTo(command, room - 3)}...` : '';
  const used = left.length + cellWidth(shownCommand);
  return `${left}${shownCommand}${' '.repeat(Math.max(0, columns - right.length - used))}${right}`;
}

const ANSI = /\x1b\[[\d;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\r/g;

/** The rows of a screen for an output. */
function bodyRows(text: string, columns: number, height: number, wrap: boolean): string[] {
  const lines = text.replace(ANSI, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const rows: string[] = [];
  for (const line of lines) {
    if (rows.length >= height) break;
    const wrapped = wrapCells(line, columns);
    rows.push(...(wrap ? wrapped : wrapped.slice(0, 1)));
  }
  return rows.slice(0, height);
}

/** `row` with what differs from `before` in reverse. */
export function highlight(row: string, before: string): string {
  const old = graphemes(before);
  let out = '';
  let inside = false;
  graphemes(row).forEach((grapheme, i) => {
    const differs = grapheme !== (old[i] ?? ' ');
    if (differs !== inside) out += differs ? REVERSE : PLAIN;
    inside = differs;
    out += grapheme;
  });
  return inside ? out + PLAIN : out;
}

/** watch: runs a command again and again and shows the top of its output. */
export const watch: Program = {
  name: 'watch',
  *main(process) {
    const options = parse(process.argv.slice(1));
    if (typeof options === 'string') {
      yield* process.printError(options);
      return 1;
    }
    const { flags, words } = options;
    if (flags.has('h')) {
      yield* process.print(USAGE);
      return 0;
    }
    if (flags.has('v')) {
      yield* process.print('watch from procps-ng 4.0.4\n');
      return 0;
    }
    if (words.length === 0) {
      yield* process.printError(USAGE);
      return 1;
    }
    const tty = process.file(1).tty;
    const command = words.join(' ');
    let over = false;
    let resized = false;
    for (const signal of ['INT', 'TERM', 'HUP'] as const)
      process.onSignal(signal, {
        handle: () => {
          over = true;
        },
        interrupt: true,
      });
    process.onSignal('WINCH', {
      handle: () => {
        resized = true;
      },
      interrupt: true,
    });
    let previous: string[] | undefined;
    let lastText: string | undefined;
    let run: Run | undefined;
    yield* process.print('\x1b[?1049h\x1b[H\x1b[2J\x1b[?25l');
    try {
      while (!over) {
        try {
          if (!resized || !run) run = yield* runOnce(process, flags.has('x') ? words : ['sh', '-c', command]);
          if (over) break;
          resized = false;
          const columns = tty?.columns ?? 80;
          const top = flags.has('t') ? 0 : 2;
          const rows = bodyRows(run.text, columns, Math.max(0, (tty?.rows ?? 24) - top), !flags.has('w'));
          const old = previous;
          const marked = flags.has('d') && old ? rows.map((row, i) => highlight(row, old[i] ?? '')) : rows;
          if (!options.permanent || !previous) previous = rows;
          const time = formatTime('%a %b %e %H:%M:%S %Y', process.now, zoneOf(process.env.get('TZ')));
          const header =
            top === 0
              ? []
              : [headerLine(command, options.interval, `${process.machine.hostname}: ${time}`, columns), ''];
          const all = [...header, ...marked];
          const bell = flags.has('b') && run.status !== 0 ? '\x07' : '';
          yield* process.print(`${bell}\x1b[H${all.map((row) => `${row}\x1b[K`).join('\r\n')}\x1b[J`);
          if (flags.has('e') && run.status !== 0) {
            yield* process.print(`\x1b[${tty?.rows ?? 24};1Hcommand exit with a non-zero status, press a key to exit`);
            yield* process.read(0);
            return 8;
          }
          if (flags.has('g') && lastText !== undefined && lastText !== run.text) return 0;
          lastText = run.text;
          yield* process.sleep(options.interval * 1000);
        } catch (error) {
          if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
        }
      }
      return 0;
    } finally {
      const rows = tty?.rows ?? 24;
      tty?.put(encode(`\x1b[${rows};1H\x1b[K\x1b[?25h\x1b[?1049l`));
    }
  },
};
