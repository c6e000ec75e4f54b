import { Usage } from './options.ts';
import { utility } from './utility.ts';

/** Utilities that are one line each. */
export const trueUtility = utility({
  name: 'true',
  usage: '',
  about: 'Exit with a status code indicating success.',
  *run() {
    return 0;
  },
});
export const falseUtility = utility({
  name: 'false',
  usage: '',
  about: 'Exit with a status code indicating failure.',
  *run() {
    return 1;
  },
});
/** `:` as a file does not exist; sync does, and the world's disks are always in step. */
export const sync = utility({
  name: 'sync',
  usage: '[FILE]...',
  about: 'Synchronize cached writes to persistent storage',
  *run() {
    return 0;
  },
});

export const nproc = utility({
  name: 'nproc',
  usage: '[OPTION]...',
  about: 'Print the number of processing units available to the current process.',
  options: ['--all', '--ignore='],
  *run(tool, options) {
    const count = Number(tool.p.machine.facts.get('cpus') ?? 2) - Number(options.get('ignore') ?? 0);
    tool.put(`${Math.max(1, count)}\n`);
    return 0;
  },
});

export const tty = utility({
  name: 'tty',
  usage: '[OPTION]...',
  about: 'Print the file name of the terminal connected to standard input.',
  options: ['-s --silent --quiet'],
  usageStatus: 2,
  *run(tool, options) {
    if (options.operands[0] !== undefined) throw new Usage(`extra operand '${options.operands[0]}'`);
    const terminal = tool.p.hasFile(0) ? tool.p.file(0).tty : undefined;
    if (!options.has('s')) tool.put(terminal ? `/dev/${terminal.name}\n` : 'not a tty\n');
    return terminal ? 0 : 1;
  },
});

export const clear = utility({
  name: 'clear',
  usage: '[options]',
  about: 'Clear the terminal screen.',
  options: ['-x', '-T=', '-V'],
  *run(tool) {
    tool.put(tool.busybox ? '\x1b[H\x1b[J' : '\x1b[H\x1b[2J\x1b[3J');
    return 0;
  },
});

export const reset = utility({
  name: 'reset',
  usage: '[options]',
  about: 'Initialize the terminal.',
  options: ['-q', '-I', '-c', '-Q', '-s', '-w'],
  *run(tool) {
    const terminal = tool.p.hasFile(1) ? tool.p.file(1).tty : undefined;
    if (terminal) terminal.termios = { echo: true, canonical: true, signals: true, crToLf: true, lfToCrLf: true };
    tool.put('\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>\x1b[H\x1b[2J\x1b[0m\x1b[?25h');
    return 0;
  },
});
