import { type CopyRules, copyTree, destinationDirectory } from './copy-tree.ts';
import { type Options, Usage } from './options.ts';
import { quoteShell } from './quote.ts';
import type { Tool } from './tool.ts';
import { lastName, within } from './tree.ts';
import { utility } from './utility.ts';

export const cp = utility({
  name: 'cp',
  usage:
    '[OPTION]... [-T] SOURCE DEST\n  or:  cp [OPTION]... SOURCE... DIRECTORY\n  or:  cp [OPTION]... -t DIRECTORY SOURCE...',
  about: 'Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.',
  options: [
    '-a --archive',
    '-b',
    '--backup=?',
    '-d',
    '-f --force',
    '-i --interactive',
    '-H',
    '-l --link',
    '-L --dereference',
    '-n --no-clobber',
    '-P --no-dereference',
    '-p',
    '--preserve=?',
    '--no-preserve=',
    '--parents',
    '-R -r --recursive',
    '--reflink=?',
    '--remove-destination',
    '--sparse=',
    '--strip-trailing-slashes',
    '-s --symbolic-link',
    '-S --suffix=',
    '-t --target-directory=',
    '-T --no-target-directory',
    '-u --update',
    '-v --verbose',
    '-x --one-file-system',
    '-Z',
  ],
  *run(tool, options) {
    const operands = [...options.operands];
    const stated = options.get('t');
    requireOperands(tool, operands, stated);
    const rules = rulesOf(options);
    const directory = yield* destinationDirectory(tool, operands, stated, options.has('T'));
    if (directory === false) return tool.status;
    const target = stated === undefined ? (operands.pop() ?? '') : stated;
    for (const source of operands) {
      const name = options.has('parents') ? source : lastName(source);
      const to = directory === undefined ? target : name === '..' || name === '.' ? directory : within(directory, name);
      if (options.has('b', 'backup')) backUp(tool, to, options.get('S') ?? '~');
      yield* copyTree(tool, source, to, rules);
      yield* tool.drain();
    }
    return tool.status;
  },
});

export function requireOperands(tool: Tool, operands: readonly string[], stated: string | undefined): void {
  if (operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing file operand');
  if (operands.length === 1 && stated === undefined)
    throw new Usage(tool.busybox ? '' : `missing destination file operand after ${quoteShell(operands[0] ?? '')}`);
}

export function backUp(tool: Tool, path: string, suffix: string): void {
  const inode = tool.tryLstat(path);
  if (inode && inode.kind !== 'directory') tool.files.rename(tool.path(path), tool.path(path + suffix), tool.who);
}

function rulesOf(options: Options): CopyRules {
  const archive = options.has('a');
  const kept = options.all('preserve').join(',');
  const keeps = (what: RegExp, byDefault: boolean) =>
    archive || options.has('p') || (options.has('preserve') && (kept === '' ? byDefault : what.test(kept)));
  const recursive = options.has('R') || archive;
  const last = options.last('L', 'P', 'd', 'H', 'a');
  const links =
    last === 'L'
      ? 'follow'
      : last === 'H'
        ? 'follow-named'
        : last !== undefined
          ? 'keep'
          : recursive
            ? 'keep'
            : 'follow';
  const overwrite = options.last('i', 'n', 'f');
  return {
    recursive,
    links,
    preserveTime: keeps(/timestamps|all/, true),
    preserveOwner: keeps(/ownership|all/, true),
    preserveMode: keeps(/mode|all/, true),
    force: options.has('f'),
    ask: options.last('i', 'n') === 'i',
    noClobber: overwrite === 'n' || options.last('i', 'n') === 'n',
    update: options.has('u'),
    verbose: options.has('v'),
    makeLink: options.has('l') ? 'hard' : options.has('s') ? 'symbolic' : undefined,
    removeDestination: options.has('remove-destination'),
  };
}
