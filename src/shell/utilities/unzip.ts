import { Errno } from '../../world/errno.ts';
import { Directory } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { globPattern } from './glob.ts';
import type { Options } from './options.ts';
import { formatTime, zoneOf } from './time-text.ts';
import type { Tool } from './tool.ts';
import { failureOf } from './tree.ts';
import { utility } from './utility.ts';
import { type ZipMember, zipMembers } from './zip-format.ts';

/** Info-ZIP's UnZip 6.00, for archives whose members are stored. */
export const unzip = utility({
  name: 'unzip',
  usage: '[-Z] [-opts[modifiers]] file[.zip] [list] [-x xlist] [-d exdir]',
  about: 'List, test and extract compressed files in a ZIP archive.',
  usageStatus: 10,
  options: ['-d=', '-o', '-n', '-q', '-l', '-t', '-p', '-j', '-u', '-x='],
  *run(tool, options) {
    const [archive, ...wanted] = options.operands;
    if (archive === undefined) {
      tool.put('UnZip 6.00 of 20 April 2009, by Debian. Original by Info-ZIP.\n');
      return 10;
    }
    const found = [archive, `${archive}.zip`, `${archive}.ZIP`].find((name) => tool.tryStat(name)?.kind === 'file');
    if (found === undefined) {
      yield* tool.complain(`unzip:  cannot find or open ${archive}, ${archive}.zip or ${archive}.ZIP.\n`);
      return 9;
    }
    const members = zipMembers(yield* tool.readFile(found));
    if (!members) {
      yield* tool.complain(
        `Archive:  ${found}\n  End-of-central-directory signature not found.  Either this file is not\n  a zipfile, or it constitutes one disk of a multi-part archive.  In the\n  latter case the central directory and zipfile comment will be found on\n  the last disk(s) of this archive.\nunzip:  cannot find zipfile directory in one of ${found} or\n        ${found}.zip, and cannot find ${found}.ZIP, period.\n`,
      );
      return 9;
    }
    const chosen = members.filter(
      ({ name }) =>
        (wanted.length === 0 || wanted.some((pattern) => globPattern(pattern).test(name))) &&
        !options.all('x').some((pattern) => globPattern(pattern).test(name)),
    );
    if (!options.has('q', 'p')) tool.put(`Archive:  ${found}\n`);
    if (options.has('l')) return list(tool, chosen);
    for (const member of chosen) {
      if (options.has('p')) tool.put(member.content);
      else if (options.has('t')) tool.put(`    testing: ${member.name.padEnd(22)}  OK\n`);
      else if (!(yield* extract(tool, options, member))) return 50;
    }
    if (options.has('t')) tool.put(`No errors detected in compressed data of ${found}.\n`);
    for (const pattern of wanted)
      if (!members.some(({ name }) => globPattern(pattern).test(name))) {
        yield* tool.complain(`caution: filename not matched:  ${pattern}\n`);
        tool.status = 11;
      }
    return tool.status;
  },
});

function list(tool: Tool, members: readonly ZipMember[]): number {
  const zone = zoneOf(tool.env('TZ'));
  tool.put('  Length      Date    Time    Name\n---------  ---------- -----   ----\n');
  for (const { name, content, mtime } of members)
    tool.put(`${String(content.length).padStart(9)}  ${formatTime('%Y-%m-%d %H:%M', mtime, zone)}   ${name}\n`);
  const sum = members.reduce((total, { content }) => total + content.length, 0);
  const files = `${members.length} file${members.length === 1 ? '' : 's'}`;
  tool.put(`---------                     -------\n${String(sum).padStart(9)}                     ${files}\n`);
  return 0;
}

/** Whether the file could be written. An existing one is replaced only when the user says so. */
function* extract(tool: Tool, options: Options, member: ZipMember): Task<boolean> {
  const folder = options.get('d');
  const bare = options.has('j') ? member.name.slice(member.name.lastIndexOf('/') + 1) : member.name;
  const name = folder === undefined ? bare : `${folder.replace(/\/$/, '')}/${bare}`;
  if (bare === '' || bare.split('/').includes('..')) return true;
  const { files, who } = tool;
  if (member.name.endsWith('/')) {
    if (tool.tryStat(name) instanceof Directory) return true;
    if (!options.has('q')) tool.put(`   creating: ${name}\n`);
    return yield* written(tool, name, () => files.makeDirectories(tool.path(name.replace(/\/$/, '')), who));
  }
  if (tool.tryStat(name) && !options.has('o')) {
    if (options.has('n') || !(yield* mayReplace(tool, name))) return true;
  }
  if (!options.has('q')) tool.put(` extracting: ${name.padEnd(22)}  \n`);
  return yield* written(tool, name, () => {
    const target = tool.path(name);
    const slash = target.lastIndexOf('/');
    if (slash > 0) files.makeDirectories(target.slice(0, slash), who);
    files.writeFile(target, member.content, who, member.mode & 0o777);
    files.stat(target, who).mtime = member.mtime;
  });
}

function* written(tool: Tool, name: string, write: () => void): Task<boolean> {
  const error = failureOf(write);
  if (!error) return true;
  yield* tool.complain(`error:  cannot create ${name}\n        ${new Errno(error.code).text}\n`);
  return false;
}

const answers = new WeakMap<Tool, 'all' | 'none'>();

function* mayReplace(tool: Tool, name: string): Task<boolean> {
  const settled = answers.get(tool);
  if (settled !== undefined) return settled === 'all';
  for (;;) {
    yield* tool.complain(`replace ${name}? [y]es, [n]o, [A]ll, [N]one, [r]ename: `);
    const line = yield* readLine(tool);
    if (line === undefined) {
      yield* tool.complain(' NULL\n(EOF or read error, treating as "[N]one" ...)\n');
      answers.set(tool, 'none');
      return false;
    }
    if (line === 'A' || line === 'N') answers.set(tool, line === 'A' ? 'all' : 'none');
    if (/^[yA]/.test(line)) return true;
    if (/^[nN]/.test(line)) return false;
    yield* tool.complain(
      line === 'r'
        ? "kubetutor's unzip does not model renaming\n"
        : `error:  invalid response [${line || '{ENTER}'}]\n`,
    );
  }
}

function* readLine(tool: Tool): Task<string | undefined> {
  let text = '';
  for (;;) {
    const bytes = yield* tool.read(0, 1);
    if (bytes.length === 0) return text === '' ? undefined : text;
    const char = String.fromCharCode(bytes[0] ?? 10);
    if (char === '\n') return text;
    text += char;
  }
}
