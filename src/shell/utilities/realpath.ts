import { Errno } from '../../world/errno.ts';
import { Symlink } from '../../world/files/inode.ts';
import { baseName, directoryName, joinPath } from '../../world/files/paths.ts';
import { Usage } from './options.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

/** `/a/b` seen from `/a/c` is `../b`. */
export function relativePath(path: string, from: string): string {
  const names = path.split('/').filter(Boolean);
  const base = from.split('/').filter(Boolean);
  let same = 0;
  while (same < names.length && same < base.length && names[same] === base[same]) same++;
  return [...base.slice(same).map(() => '..'), ...names.slice(same)].join('/') || '.';
}

/** Resolves as realpath(1) does: all names must exist (`existing`), all but the last, or none (`missing`). */
function resolve(tool: Tool, path: string, need: 'all' | 'parent' | 'none'): string {
  const absolute = tool.path(path);
  if (need === 'all') tool.stat(path);
  try {
    return tool.files.realPath(absolute, tool.who);
  } catch (error) {
    if (!(error instanceof Errno) || need !== 'none') throw error;
    const parent = directoryName(absolute);
    return parent === absolute ? absolute : joinPath(resolve(tool, parent, 'none'), baseName(absolute));
  }
}

export const realpath = utility({
  name: 'realpath',
  usage: '[OPTION]... FILE...',
  about: 'Print the resolved absolute file name.',
  options: [
    '-e --canonicalize-existing',
    '-m --canonicalize-missing',
    '-L --logical',
    '-P --physical',
    '-q --quiet',
    '--relative-to=',
    '--relative-base=',
    '-s --strip --no-symlinks',
    '-z --zero',
  ],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    for (const path of options.operands) {
      try {
        const need = options.has('m') ? 'none' : options.has('e') ? 'all' : 'parent';
        const full = options.has('s') ? joinPath(tool.p.cwd, path) : resolve(tool, path, need);
        const from = options.get('relative-to');
        tool.put(from === undefined ? full : relativePath(full, resolve(tool, from, 'none')));
        tool.put(options.has('z') ? '\0' : '\n');
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        tool.status = 1;
        if (!options.has('q')) yield* tool.warn(`${path}: ${error.text}`.replace(/^: /, "'': "));
      }
    }
    return tool.status;
  },
});

export const readlink = utility({
  name: 'readlink',
  usage: '[OPTION]... FILE...',
  about: 'Print value of a symbolic link or canonical file name',
  options: [
    '-f --canonicalize',
    '-e --canonicalize-existing',
    '-m --canonicalize-missing',
    '-n --no-newline',
    '-q --quiet',
    '-s --silent',
    '-v --verbose',
    '-z --zero',
  ],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    for (const path of options.operands) {
      try {
        const mode = options.last('f', 'e', 'm');
        const inode = mode === undefined ? tool.lstat(path) : undefined;
        if (inode && !(inode instanceof Symlink)) throw new Errno('EINVAL', path);
        const text =
          inode instanceof Symlink
            ? inode.target
            : resolve(tool, path, mode === 'e' ? 'all' : mode === 'm' ? 'none' : 'parent');
        tool.put(text + (options.has('n') && options.operands.length === 1 ? '' : options.has('z') ? '\0' : '\n'));
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        tool.status = 1;
        if (options.has('v')) yield* tool.warn(`${path}: ${error.text}`);
      }
    }
    return tool.status;
  },
});

export const basename = utility({
  name: 'basename',
  usage: 'NAME [SUFFIX]\n  or:  basename OPTION... NAME...',
  about: 'Print NAME with any leading directory components removed.\nIf specified, also remove a trailing SUFFIX.',
  inOrder: true,
  options: ['-a --multiple', '-s --suffix=', '-z --zero'],
  *run(tool, options) {
    const { operands } = options;
    if (operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    const many = options.has('a', 's');
    if (!many && operands.length > 2) throw new Usage(`extra operand '${operands[2]}'`);
    const suffix = options.get('s') ?? (many ? '' : (operands[1] ?? ''));
    for (const path of many ? operands : operands.slice(0, 1)) {
      const name = path === '' ? '' : baseName(path);
      const cut = suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
      tool.put(cut + (options.has('z') ? '\0' : '\n'));
    }
    return 0;
  },
});

export const dirname = utility({
  name: 'dirname',
  usage: '[OPTION] NAME...',
  about: 'Output each NAME with its last non-slash component and trailing slashes removed.',
  options: ['-z --zero'],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    for (const path of options.operands)
      tool.put((/^\/+$/.test(path) ? '/' : directoryName(path)) + (options.has('z') ? '\0' : '\n'));
    return 0;
  },
});
