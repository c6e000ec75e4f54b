import { Errno } from '../../world/errno.ts';
import { parseSignal } from '../../world/signals.ts';
import { anyOf, type Task, wait } from '../../world/task.ts';
import { become, failureStatus, shellStatus, startCommand } from './execute.ts';
import { Fail } from './fail.ts';
import { Usage } from './options.ts';
import { quote, quoteShell } from './quote.ts';
import { parseInterval } from './sleep.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

/** Becomes the command, or says why not. */
function* replaceWith(tool: Tool, words: readonly string[]): Task<number> {
  try {
    return yield* become(tool.p, words);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const name = quoteShell(words[0] ?? '');
    yield* tool.warn(
      tool.busybox ? `can't execute '${words[0]}': ${error.text}` : `failed to run command ${name}: ${error.text}`,
    );
    return failureStatus(error);
  }
}

export const nohup = utility({
  name: 'nohup',
  usage: 'COMMAND [ARG]...\n  or:  nohup OPTION',
  about: 'Run COMMAND, ignoring hangup signals.',
  usageStatus: 125,
  inOrder: true,
  options: [],
  *run(tool, options) {
    const { operands } = options;
    if (operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    const input = tool.isTty(0);
    const output = tool.isTty(1);
    if (input) {
      const fd = tool.openFor('/dev/null', { read: true });
      tool.p.setFile(0, tool.p.file(fd));
      tool.close(fd);
    }
    if (output) {
      const fd = tool.openFor('nohup.out', { write: true, append: true, create: true }, 0o600);
      yield* tool.complain(
        `${tool.name}: ${input ? 'ignoring input and ' : ''}appending output to ${quote(tool, 'nohup.out')}\n`,
      );
      tool.p.setFile(1, tool.p.file(fd));
      tool.close(fd);
    } else if (input)
      yield* tool.complain(`${tool.name}: ignoring input${tool.isTty(2) ? ' and redirecting stderr to stdout' : ''}\n`);
    if (tool.isTty(2)) tool.p.setFile(2, tool.p.file(1));
    tool.p.onSignal('HUP', 'ignore');
    return yield* replaceWith(tool, operands);
  },
});

export const nice = utility({
  name: 'nice',
  usage: '[OPTION] [COMMAND [ARG]...]',
  about: 'Run COMMAND with an adjusted niceness.',
  usageStatus: 125,
  inOrder: true,
  options: ['-n --adjustment='],
  *run(tool, options) {
    if (options.operands.length > 0) return yield* replaceWith(tool, options.operands);
    tool.put('0\n');
    return 0;
  },
});

export const setsid = utility({
  name: 'setsid',
  usage: '[options] <program> [arguments ...]',
  about: 'Run a program in a new session.',
  inOrder: true,
  options: ['-c --ctty', '-f --fork', '-w --wait'],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage('no command specified');
    return yield* replaceWith(tool, options.operands);
  },
});

export const timeout = utility({
  name: 'timeout',
  usage: '[OPTION] DURATION COMMAND [ARG]...',
  about: 'Start COMMAND, and kill it if still running after DURATION.',
  usageStatus: 125,
  inOrder: true,
  options: ['--foreground', '-k --kill-after=', '-p --preserve-status', '-s --signal=', '-v --verbose'],
  *run(tool, options) {
    const [duration, ...words] = options.operands;
    if (duration === undefined || words.length === 0) throw new Usage('');
    const ms = parseInterval(duration);
    if (ms === undefined) throw new Usage(`invalid time interval ${quote(tool, duration)}`);
    const signal = parseSignal(options.get('s') ?? 'TERM');
    if (!signal) throw new Usage(`${quote(tool, options.get('s') ?? '')}: invalid signal`);
    const killText = options.get('k');
    const kill = killText === undefined ? undefined : parseInterval(killText);
    if (killText !== undefined && kill === undefined) throw new Usage(`invalid time interval ${quote(tool, killText)}`);
    let child: ReturnType<typeof startCommand>;
    try {
      child = startCommand(tool.p, words);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* tool.warn(
        tool.busybox
          ? `can't execute '${words[0]}': ${error.text}`
          : `failed to run command ${quote(tool, words[0] ?? '')}: ${error.text}`,
      );
      return failureStatus(error);
    }
    // What is sent to timeout is meant for its command.
    for (const passed of ['TERM', 'INT', 'HUP', 'QUIT'] as const)
      tool.p.onSignal(passed, { handle: () => child.signal(passed), interrupt: false });
    let timedOut = false;
    let killedHard = false;
    let left = ms > 0 ? ms : Number.POSITIVE_INFINITY;
    for (let stage = 0; ; ) {
      const status = child.takeStatus(false);
      if (status && killedHard) {
        // timeout then ends itself in the same way, so that its parent sees it.
        tool.p.signal('KILL');
        yield* tool.p.sleep(0);
      }
      if (status && tool.busybox && status.kind === 'killed') {
        // busybox becomes the command itself, and is killed from outside.
        tool.p.onSignal(status.signal, 'default');
        tool.p.signal(status.signal);
        yield* tool.p.sleep(0);
      }
      if (status)
        return timedOut && !options.has('p') && !tool.busybox
          ? status.kind === 'killed' && status.signal === 'KILL'
            ? 137
            : 124
          : shellStatus(status);
      const before = tool.p.now;
      const bounded = Number.isFinite(left) ? [child.stateChange, tool.p.timer(left)] : [child.stateChange];
      const woken = yield* wait(anyOf(...bounded));
      if (woken.index === 0) {
        left -= tool.p.now - before;
        continue;
      }
      const sent = stage === 0 ? signal : 'KILL';
      killedHard = sent === 'KILL';
      if (options.has('v'))
        yield* tool.complain(`${tool.name}: sending signal ${sent} to command ${quote(tool, words[0] ?? '')}\n`);
      timedOut = true;
      child.signal(sent);
      child.signal('CONT');
      left = stage === 0 && kill !== undefined ? kill : Number.POSITIVE_INFINITY;
      stage++;
    }
  },
});

export const stty = utility({
  name: 'stty',
  usage: '[-F DEVICE | --file=DEVICE] [SETTING]...',
  about: 'Print or change terminal characteristics.',
  *run(tool) {
    const terminal = tool.p.hasFile(0) ? tool.p.file(0).tty : undefined;
    if (!terminal)
      throw new Fail(`${tool.busybox ? 'standard input' : "'standard input'"}: Inappropriate ioctl for device`);
    const words = tool.args;
    if (words[0] === 'size') tool.put(`${terminal.rows} ${terminal.columns}\n`);
    else if (words.length === 0 || words[0] === '-a') {
      const { termios } = terminal;
      const flag = (on: boolean, name: string) => (on ? name : `-${name}`);
      tool.put('speed 38400 baud');
      tool.put(
        words[0] === '-a'
          ? `; rows ${terminal.rows}; columns ${terminal.columns}; line = 0;\nintr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; susp = ^Z; werase = ^W; lnext = ^V;\n${flag(termios.crToLf, 'icrnl')}\n${flag(termios.lfToCrLf, 'opost')} ${flag(termios.lfToCrLf, 'onlcr')}\n${flag(termios.signals, 'isig')} ${flag(termios.canonical, 'icanon')} ${flag(termios.echo, 'echo')}\n`
          : '; line = 0;\n',
      );
    } else if (words[0] === '-g') tool.put(`${JSON.stringify(terminal.termios)}\n`);
    else {
      const cooked = { echo: true, canonical: true, signals: true, crToLf: true, lfToCrLf: true };
      for (let i = 0; i < words.length; i++) {
        const word = words[i] ?? '';
        const on = !word.startsWith('-');
        const name = word.replace(/^-/, '');
        const { termios } = terminal;
        if (word === 'sane' || word === 'cooked') terminal.termios = cooked;
        else if (word === 'raw' || word === '-cooked')
          terminal.termios = { echo: termios.echo, canonical: false, signals: false, crToLf: false, lfToCrLf: false };
        else if (word === '-raw') terminal.termios = { ...cooked, echo: termios.echo };
        else if (name === 'echo') termios.echo = on;
        else if (name === 'icanon') termios.canonical = on;
        else if (name === 'isig') termios.signals = on;
        else if (name === 'icrnl') termios.crToLf = on;
        else if (name === 'onlcr' || name === 'opost') termios.lfToCrLf = on;
        else if (word === 'cols' || word === 'columns')
          terminal.resize(Number(words[++i]) || terminal.columns, terminal.rows);
        else if (word === 'rows') terminal.resize(terminal.columns, Number(words[++i]) || terminal.rows);
        else if (/^\{/.test(word)) continue;
        else if (!['ixon', 'iutf8', 'echoe', 'echok', 'echoctl', 'tostop'].includes(name))
          throw new Usage(`invalid argument ${quote(tool, word)}`);
      }
    }
    return 0;
  },
});

const TPUT: Readonly<Record<string, string>> = {
  clear: '\x1b[H\x1b[2J',
  bold: '\x1b[1m',
  smul: '\x1b[4m',
  rmul: '\x1b[24m',
  rev: '\x1b[7m',
  smso: '\x1b[7m',
  rmso: '\x1b[27m',
  sgr0: '\x1b(B\x1b[m',
  civis: '\x1b[?25l',
  cnorm: '\x1b[?25h',
  smcup: '\x1b[?1049h',
  rmcup: '\x1b[?1049l',
  el: '\x1b[K',
  ed: '\x1b[J',
  dim: '\x1b[2m',
  blink: '\x1b[5m',
  home: '\x1b[H',
  sc: '\x1b7',
  rc: '\x1b8',
  bel: '\x07',
  reset: '\x1bc',
};

export const tput = utility({
  name: 'tput',
  usage: '[options] [command]',
  about: 'Put terminal capabilities.',
  *run(tool) {
    const words = tool.args[0] === '-T' ? tool.args.slice(2) : tool.args;
    const [name = '', one = '0', two = '0'] = words;
    const terminal = [1, 2, 0]
      .map((fd) => (tool.p.hasFile(fd) ? tool.p.file(fd).tty : undefined))
      .find((found) => found);
    if (name === '') throw new Fail('usage: tput [-V] [-S] [-x] [-T term] capname', 2);
    if (name === 'cols') tool.put(`${terminal?.columns ?? 80}\n`);
    else if (name === 'lines') tool.put(`${terminal?.rows ?? 24}\n`);
    else if (name === 'colors') tool.put('256\n');
    else if (name === 'setaf') tool.put(Number(one) < 8 ? `\x1b[3${one}m` : `\x1b[38;5;${one}m`);
    else if (name === 'setab') tool.put(Number(one) < 8 ? `\x1b[4${one}m` : `\x1b[48;5;${one}m`);
    else if (name === 'cup') tool.put(`\x1b[${Number(one) + 1};${Number(two) + 1}H`);
    else if (TPUT[name] !== undefined) tool.put(TPUT[name]);
    else throw new Fail(`unknown terminfo capability '${name}'`, 4);
    return 0;
  },
});
