import { Errno } from '../../world/errno.ts';
import { Collector } from '../../world/files/devices.ts';
import { RegularFile } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import type { Options } from './options.ts';
import { SedMachine, type SedRules } from './sed/machine.ts';
import { parseScript, type ScriptPart } from './sed/script.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

const USAGE = (name: string) => `Usage: ${name} [OPTION]... {script-only-if-no-other-script} [input-file]...

  -n, --quiet, --silent
                 suppress automatic printing of pattern space
  -e script, --expression=script
                 add the script to the commands to be executed
  -f script-file, --file=script-file
                 add the contents of script-file to the commands to be executed
  -E, -r, --regexp-extended
                 use extended regular expressions in the script
                 (for portability use POSIX -E).
  -i[SUFFIX], --in-place[=SUFFIX]
                 edit files in place (makes backup if SUFFIX supplied)
  -s, --separate
                 consider files as separate rather than as a single
                 continuous long stream.
      --help     display this help and exit

If no -e, --expression, -f, or --file option is given, then the first
non-option argument is taken as the sed script to interpret.  All
remaining arguments are names of input files; if no input files are
specified, then the standard input is read.

`;

export const sed = utility({
  name: 'sed',
  usage: '[OPTION]... {script-only-if-no-other-script} [input-file]...',
  about: 'Stream editor.',
  package: 'GNU sed',
  options: [
    '-n --quiet --silent',
    '--debug',
    '-e --expression=',
    '-f --file=',
    '--follow-symlinks',
    '-i --in-place=?',
    '-l --line-length=',
    '--posix',
    '-E -r --regexp-extended',
    '-s --separate',
    '--sandbox',
    '-u --unbuffered',
    '-z --null-data',
  ],
  usageText: USAGE,
  *run(tool, options) {
    const operands = [...options.operands];
    const parts: ScriptPart[] = [];
    let expressions = 0;
    for (const { key, value = '' } of options.given) {
      if (key === 'e') parts.push({ kind: 'expression', name: String(++expressions), text: value });
      if (key === 'f') parts.push({ kind: 'file', name: value, text: yield* scriptFile(tool, value) });
    }
    if (parts.length === 0) {
      const script = operands.shift();
      if (script === undefined) {
        yield* tool.complain(USAGE(tool.name));
        return 1;
      }
      parts.push({ kind: 'expression', name: '1', text: script });
    }
    const quiet = options.has('n') || /^#n(\n|$)/.test(parts[0]?.text ?? '');
    const rules: SedRules = {
      quiet,
      separate: options.has('s', 'i'),
      separator: options.has('z') ? 0 : 10,
      unbuffered: options.has('u'),
      lineLength: Number(options.get('l') ?? 70),
      inPlace: options.has('i'),
    };
    const machine = new SedMachine(tool, parseScript(parts, options.has('E')), rules);
    if (rules.inPlace) return yield* editInPlace(tool, options, machine, operands);
    if (rules.separate) {
      for (const path of operands.length > 0 ? operands : ['-']) if (yield* machine.run([path])) break;
    } else yield* machine.run(operands.length > 0 ? operands : ['-']);
    return machine.status || tool.status;
  },
});

function* scriptFile(tool: Tool, path: string): Task<string> {
  try {
    return (yield* tool.readText(path)).replace(/\n$/, '');
  } catch (error) {
    if (error instanceof Errno) throw new Fail(`couldn't open file ${path}: ${error.text}`);
    throw error;
  }
}

function* editInPlace(tool: Tool, options: Options, machine: SedMachine, paths: readonly string[]): Task<number> {
  if (paths.length === 0) throw new Fail('no input files', tool.busybox ? 1 : 4);
  const suffix = options.get('i');
  for (const path of paths) {
    const inode = tool.tryStat(path);
    if (!inode) {
      yield* tool.warn(
        tool.busybox ? `${path}: No such file or directory` : `can't read ${path}: No such file or directory`,
        2,
      );
      continue;
    }
    if (!(inode instanceof RegularFile)) {
      yield* tool.warn(`couldn't edit ${path}: not a regular file`, 4);
      continue;
    }
    const chunks: Uint8Array[] = [];
    const standard = tool.p.file(1);
    // What is printed while the file is read goes into it.
    yield* tool.flush();
    tool.p.setFile(1, new Collector((bytes) => chunks.push(bytes.slice())));
    standard.retain();
    let stopped = false;
    try {
      stopped = yield* machine.run([path]);
      yield* tool.flush();
    } finally {
      tool.p.setFile(1, standard);
      standard.release();
    }
    const absolute = tool.path(path);
    const before = inode.content.slice();
    if (suffix !== undefined)
      tool.files.writeFile(
        tool.path(suffix.includes('*') ? suffix.replaceAll('*', path) : path + suffix),
        before,
        tool.who,
        inode.mode,
      );
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const after = new Uint8Array(size);
    let at = 0;
    for (const chunk of chunks) {
      after.set(chunk, at);
      at += chunk.length;
    }
    try {
      tool.files.writeFile(absolute, after, tool.who, inode.mode);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* tool.warn(`couldn't open temporary file ./sed${tool.p.pid}: ${error.text}`, 4);
    }
    if (stopped) break;
  }
  return machine.status || tool.status;
}
