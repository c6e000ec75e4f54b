import { Usage } from '../../shell/utilities/options.ts';
import { compareText, encodeText } from '../../shell/utilities/text.ts';
import type { Tool } from '../../shell/utilities/tool.ts';
import { utility } from '../../shell/utilities/utility.ts';
import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';

const ROOT = '/proc/sys';
const SYSTEM = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/lib/sysctl.d'];

interface How {
  readonly values: boolean;
  readonly names: boolean;
  readonly quiet: boolean;
  readonly ignore: boolean;
}

/** sysctl of procps: looks at /proc/sys and writes there. */
export const sysctl = utility({
  name: 'sysctl',
  usage: '[options] [variable[=value] ...]',
  about: 'configure kernel parameters at runtime',
  options: [
    '-a --all',
    '-A',
    '-X',
    '-e --ignore',
    '-n --values',
    '-N --names',
    '-q --quiet',
    '-w --write',
    '-p --load',
    '-f',
    '--system',
  ],
  *run(tool, options) {
    const how = {
      values: options.has('n'),
      names: options.has('N'),
      quiet: options.has('q'),
      ignore: options.has('e'),
    };
    if (options.has('system')) {
      for (const file of systemFiles(tool)) yield* load(tool, file, how, true);
      return tool.status;
    }
    if (options.has('p') || options.has('f')) {
      const files = options.operands.length > 0 ? options.operands : ['/etc/sysctl.conf'];
      for (const file of files) yield* load(tool, file, how, false);
      return tool.status;
    }
    if (options.has('a') || options.has('A') || options.has('X')) {
      for (const key of keysBelow(tool, '')) yield* show(tool, key, how);
      return tool.status;
    }
    if (options.operands.length === 0) throw new Usage('');
    for (const operand of options.operands) {
      if (operand.includes('=')) yield* set(tool, operand, how);
      else if (options.has('w')) yield* tool.warn('command line(0): invalid syntax, continuing...');
      else for (const key of keysOf(tool, nameOf(operand))) yield* show(tool, key, how);
    }
    return tool.status;
  },
});

/** `net.ipv4.ip_forward` of what may have slashes. */
function nameOf(text: string): string {
  return text.trim().replaceAll('/', '.');
}

function pathOf(name: string): string {
  return `${ROOT}/${name.replaceAll('.', '/')}`;
}

/** A directory stands for all that is below it. */
function keysOf(tool: Tool, name: string): readonly string[] {
  return tool.tryStat(pathOf(name))?.kind === 'directory' ? keysBelow(tool, name) : [name];
}

function keysBelow(tool: Tool, name: string): string[] {
  const path = name === '' ? ROOT : pathOf(name);
  return tool.files
    .readDirectory(path)
    .toSorted(compareText)
    .flatMap((entry) => {
      const key = name === '' ? entry : `${name}.${entry}`;
      return tool.tryStat(pathOf(key))?.kind === 'directory' ? keysBelow(tool, key) : [key];
    });
}

function* missing(tool: Tool, name: string, { ignore }: How): Task {
  if (!ignore) yield* tool.warn(`cannot stat ${pathOf(name)}: No such file or directory`);
}

function* show(tool: Tool, name: string, how: How): Task {
  if (!tool.tryStat(pathOf(name))) return yield* missing(tool, name, how);
  const value = tool.files.readText(pathOf(name)).replace(/\n$/, '');
  tool.put(`${line(name, value, how)}\n`);
}

function line(name: string, value: string, { values, names }: How): string {
  if (names) return name;
  return values ? value : `${name} = ${value}`;
}

/** `NAME=VALUE`; a minus before it forgives what is wrong. */
function* set(tool: Tool, text: string, how: How): Task {
  const at = text.indexOf('=');
  const forgiven = text.startsWith('-');
  const name = nameOf(text.slice(forgiven ? 1 : 0, at));
  const value = text.slice(at + 1).trim();
  if (!tool.tryStat(pathOf(name))) return yield* missing(tool, name, how);
  try {
    const fd = tool.openFor(pathOf(name), { write: true });
    yield* tool.p.write(fd, encodeText(`${value}\n`));
    tool.close(fd);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (forgiven) return;
    const denied = error.code === 'EACCES' || error.code === 'EPERM';
    yield* tool.warn(denied ? `permission denied on key "${name}"` : `setting key "${name}": ${error.text}`);
    return;
  }
  if (!how.quiet) tool.put(`${line(name, value, how)}\n`);
}

/** Settings from a file. */
function* load(tool: Tool, file: string, how: How, told: boolean): Task {
  if (told) tool.put(`* Applying ${file} ...\n`);
  if (!tool.tryStat(file)) {
    yield* tool.warn(`cannot open "${file}": No such file or directory`);
    return;
  }
  const lines = (yield* tool.readText(file)).split('\n');
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '' || text.startsWith('#') || text.startsWith(';')) continue;
    if (text.includes('=')) yield* set(tool, text, how);
    else if (!text.startsWith('-'))
      yield* tool.complain(`sysctl: ${file}(${index + 1}): invalid syntax, continuing...\n`);
  }
}

/** Files of the same name count once, that of the first directory. */
function systemFiles(tool: Tool): string[] {
  const found = new Map<string, string>();
  for (const folder of SYSTEM) {
    if (tool.tryStat(folder)?.kind !== 'directory') continue;
    for (const name of tool.files.readDirectory(folder))
      if (name.endsWith('.conf') && !found.has(name)) found.set(name, `${folder}/${name}`);
  }
  const files = [...found].toSorted(([a], [b]) => compareText(a, b)).map(([, path]) => path);
  return tool.tryStat('/etc/sysctl.conf') ? [...files, '/etc/sysctl.conf'] : files;
}
