import { Directory, Symlink } from '../../world/files/inode.ts';
import { directoryName, joinPath } from '../../world/files/paths.ts';
import { Usage } from './options.ts';
import { quoteShell } from './quote.ts';
import { relativePath } from './realpath.ts';
import { failureOf, lastName, within } from './tree.ts';
import { utility } from './utility.ts';

export const ln = utility({
  name: 'ln',
  usage: '[OPTION]... [-T] TARGET LINK_NAME\n  or:  ln [OPTION]... TARGET\n  or:  ln [OPTION]... TARGET... DIRECTORY',
  about: 'Create a link to TARGET with the name LINK_NAME.',
  options: [
    '-s --symbolic',
    '-f --force',
    '-n --no-dereference',
    '-i --interactive',
    '-v --verbose',
    '-r --relative',
    '-t --target-directory=',
    '-T --no-target-directory',
    '-b',
    '-L --logical',
    '-P --physical',
    '-S --suffix=',
  ],
  *run(tool, options) {
    const operands = [...options.operands];
    if (operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing file operand');
    const stated = options.get('t');
    const last = stated ?? (operands.length === 1 ? '.' : (operands.at(-1) ?? ''));
    const lastInode = tool.tryStat(last);
    const isLink = tool.tryLstat(last) instanceof Symlink;
    const directory =
      lastInode instanceof Directory && !options.has('T') && !(options.has('n') && isLink) ? last : undefined;
    if (stated === undefined && operands.length > 1) operands.pop();
    if (!directory && operands.length > 1) {
      yield* tool.warn(`target ${quoteShell(last)}: ${lastInode ? 'Not a directory' : 'No such file or directory'}`);
      return 1;
    }
    const symbolic = options.has('s');
    for (const target of operands) {
      const path = directory === undefined ? last : within(directory, lastName(target));
      const source = symbolic ? undefined : tool.tryLstat(target);
      if (!symbolic && !source) {
        yield* tool.warn(
          tool.busybox
            ? `${target}: No such file or directory`
            : `failed to access ${quoteShell(target)}: No such file or directory`,
        );
        continue;
      }
      if (source instanceof Directory) {
        yield* tool.warn(`${quoteShell(target)}: hard link not allowed for directory`.replace(/^'(.*)'(?=:)/, '$1'));
        continue;
      }
      const text =
        symbolic && options.has('r')
          ? relativePath(tool.files.realPath(tool.path(target), tool.who), directoryName(joinPath(tool.p.cwd, path)))
          : target;
      const error = failureOf(() => {
        if (options.has('f') && tool.tryLstat(path) && !(tool.tryLstat(path) instanceof Directory))
          tool.files.unlink(tool.path(path), tool.who);
        if (symbolic) tool.files.symlink(text, tool.path(path), tool.who);
        else tool.files.link(tool.path(target), tool.path(path), tool.who);
      });
      if (error && tool.busybox) yield* tool.warn(`${path}: ${error.text}`);
      else if (error)
        yield* tool.warn(
          `failed to create ${symbolic ? 'symbolic' : 'hard'} link ${quoteShell(path)}${symbolic ? '' : error.code === 'EEXIST' ? '' : ` => ${quoteShell(target)}`}: ${error.text}`,
        );
      else if (options.has('v')) tool.put(`${quoteShell(path)} ${symbolic ? '->' : '=>'} ${quoteShell(text)}\n`);
    }
    return tool.status;
  },
});
