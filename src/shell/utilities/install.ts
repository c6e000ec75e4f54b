import { Errno } from '../../world/errno.ts';
import { Directory, RegularFile } from '../../world/files/inode.ts';
import { baseName } from '../../world/files/paths.ts';
import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { parseMode } from './mode.ts';
import { type Options, Usage } from './options.ts';
import { quoteShell } from './quote.ts';
import type { Tool } from './tool.ts';
import { failureOf, within } from './tree.ts';
import { groupsOf, usersOf } from './users.ts';
import { utility } from './utility.ts';

interface Owner {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** coreutils: src/install.c */
export const install = utility({
  name: 'install',
  usage:
    '[OPTION]... [-T] SOURCE DEST\n  or:  install [OPTION]... SOURCE... DIRECTORY\n  or:  install [OPTION]... -d DIRECTORY...',
  about: 'Copy files and set their attributes.',
  options: [
    '-b',
    '-c',
    '-C --compare',
    '-d --directory',
    '-D',
    '-g --group=',
    '-m --mode=',
    '-o --owner=',
    '-p --preserve-timestamps',
    '-s --strip',
    '-t --target-directory=',
    '-T --no-target-directory',
    '-v --verbose',
  ],
  *run(tool, options) {
    const mode = parseMode(options.get('m') ?? '0755')?.(0, false, 0);
    if (mode === undefined) throw new Fail(`invalid mode ${quoteShell(options.get('m') ?? '')}`, 1);
    const owner = ownerOf(tool, options);
    const operands = [...options.operands];
    if (operands.length === 0) throw new Usage('missing file operand');
    if (options.has('d')) {
      for (const path of operands) yield* makeDirectory(tool, options, path, mode, owner);
      return tool.status;
    }
    const folder = options.get('t');
    if (folder === undefined && operands.length === 1)
      throw new Usage(`missing destination file operand after ${quoteShell(operands[0] ?? '')}`);
    const to = folder ?? operands.pop() ?? '';
    const isDirectory = folder !== undefined || (!options.has('T') && tool.tryStat(to) instanceof Directory);
    if (!isDirectory && operands.length > 1) throw new Fail(`target ${quoteShell(to)}: No such file or directory`, 1);
    for (const from of operands)
      yield* place(tool, options, from, isDirectory ? within(to, baseName(from)) : to, mode, owner);
    return tool.status;
  },
});

function ownerOf(tool: Tool, options: Options): Owner {
  const find = (
    known: readonly { readonly name: string; readonly id: number }[],
    text: string | undefined,
    what: string,
  ) => {
    if (text === undefined) return undefined;
    const id = known.find(({ name }) => name === text)?.id ?? (/^\d+$/.test(text) ? Number(text) : undefined);
    if (id === undefined) throw new Fail(`invalid ${what} ${quoteShell(text)}`, 1);
    return id;
  };
  const users = usersOf(tool.p.machine).map(({ name, uid }) => ({ name, id: uid }));
  const groups = groupsOf(tool.p.machine).map(({ name, gid }) => ({ name, id: gid }));
  return { uid: find(users, options.get('o'), 'user'), gid: find(groups, options.get('g'), 'group') };
}

function* makeDirectory(tool: Tool, options: Options, path: string, mode: number, owner: Owner): Task {
  const { files, who } = tool;
  const error = failureOf(() => {
    files.makeDirectories(tool.path(path), who);
    files.chmod(tool.path(path), mode, who);
  });
  if (error) return yield* tool.warn(`cannot create directory ${quoteShell(path)}: ${error.text}`);
  if (options.has('v')) tool.put(`install: creating directory ${quoteShell(path)}\n`);
  yield* give(tool, path, owner);
}

function* place(tool: Tool, options: Options, from: string, to: string, mode: number, owner: Owner): Task {
  const { files, who } = tool;
  const source = tool.tryStat(from);
  if (!source) return yield* tool.warn(`cannot stat ${quoteShell(from)}: No such file or directory`);
  if (!(source instanceof RegularFile)) return yield* tool.warn(`omitting directory ${quoteShell(from)}`);
  if (!files.may(source, 4, who)) {
    const text = new Errno('EACCES').text;
    return yield* tool.warn(`cannot open ${quoteShell(from)} for reading: ${text}`);
  }
  const target = tool.path(to);
  const error = failureOf(() => {
    if (options.has('D')) files.makeDirectories(target.slice(0, target.lastIndexOf('/')) || '/', who);
    // A new file always: one that runs is left to those who have it open.
    if (tool.tryLstat(to)) files.unlink(target, who);
    files.writeFile(target, source.content.slice(), who, mode);
    const copy = files.stat(target, who);
    if (copy instanceof RegularFile && source.program !== undefined) {
      copy.program = source.program;
      copy.statedSize = source.statedSize;
    }
    if (options.has('p')) copy.mtime = source.mtime;
  });
  if (error) return yield* tool.warn(`cannot create regular file ${quoteShell(to)}: ${error.text}`);
  if (options.has('v')) tool.put(`${quoteShell(from)} -> ${quoteShell(to)}\n`);
  yield* give(tool, to, owner);
}

function* give(tool: Tool, path: string, { uid, gid }: Owner): Task {
  if (uid === undefined && gid === undefined) return;
  const error = failureOf(() => {
    const inode = tool.stat(path);
    if (tool.who.uid !== 0 && ((uid ?? inode.uid) !== inode.uid || (gid ?? inode.gid) !== inode.gid))
      throw new Errno('EPERM');
    inode.uid = uid ?? inode.uid;
    inode.gid = gid ?? inode.gid;
  });
  if (error) yield* tool.warn(`cannot change ownership of ${quoteShell(path)}: ${error.text}`);
}
