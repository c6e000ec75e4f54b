import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { permissionText } from './ls-format.ts';
import { parseMode } from './mode.ts';
import { type Options, optionSpec, parseOptions, Usage } from './options.ts';
import { quote, quoteShell } from './quote.ts';
import type { Tool } from './tool.ts';
import { childrenOf, failureOf, isDirectory, within } from './tree.ts';
import { groupsOf, usersOf } from './users.ts';
import { utility } from './utility.ts';

const CHMOD_OPTIONS = [
  '-c --changes',
  '-f --silent --quiet',
  '-v --verbose',
  '--preserve-root',
  '--no-preserve-root',
  '--reference=',
  '-R --recursive',
  '--help',
];

export const chmod = utility({
  name: 'chmod',
  usage: '[OPTION]... MODE[,MODE]... FILE...',
  about: 'Change the mode of each FILE to MODE.',
  *run(tool) {
    // A mode may look like an option: chmod -x FILE.
    const at = tool.args.findIndex((word) => /^-[rwxXstugo]+(,|$)/.test(word) && word !== '-R');
    const words = at < 0 ? [...tool.args] : tool.args.filter((_, i) => i !== at);
    const options = parseOptions(words, CHMOD_OPTIONS.map(optionSpec));
    const operands = at < 0 ? options.operands : [tool.args[at] ?? '', ...options.operands];
    if (operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    const [text = '', ...paths] = options.has('reference') ? ['', ...operands] : operands;
    if (paths.length === 0) throw new Usage(tool.busybox ? '' : `missing operand after ${quote(tool, text)}`);
    const reference = options.get('reference');
    const referenced = reference === undefined ? undefined : tool.stat(reference).mode;
    const change = referenced === undefined ? parseMode(text) : () => referenced;
    if (!change)
      throw new (tool.busybox ? Fail : Usage)(`invalid mode${tool.busybox ? ` '${text}'` : `: ${quote(tool, text)}`}`);
    for (const path of paths) yield* apply(tool, options, path, change);
    return tool.status;
  },
});

function* apply(
  tool: Tool,
  options: Options,
  path: string,
  change: (mode: number, directory: boolean, umask: number) => number,
): Task {
  const inode = tool.tryStat(path);
  if (!inode) {
    const error = failureOf(() => tool.stat(path));
    if (!options.has('f'))
      yield* tool.warn(tool.busybox ? `${path}: ${error?.text}` : `cannot access ${quoteShell(path)}: ${error?.text}`);
    tool.status = 1;
    return;
  }
  const before = inode.mode;
  const mode = change(before, isDirectory(inode), tool.p.umask);
  const error = failureOf(() => tool.files.chmod(tool.path(path), mode, tool.who));
  if (error) {
    tool.status = 1;
    if (!options.has('f'))
      yield* tool.warn(
        tool.busybox ? `${path}: ${error.text}` : `changing permissions of ${quoteShell(path)}: ${error.text}`,
      );
  } else if (options.has('v') || (options.has('c') && before !== mode)) {
    const show = (value: number) => `${value.toString(8).padStart(4, '0')} (${permissionText(value)})`;
    tool.put(
      before === mode
        ? `mode of ${quoteShell(path)} retained as ${show(mode)}\n`
        : `mode of ${quoteShell(path)} changed from ${show(before)} to ${show(mode)}\n`,
    );
  }
  if (!options.has('R') || !isDirectory(inode) || tool.tryLstat(path)?.kind === 'symlink') return;
  for (const name of childrenOf(tool, path))
    if (tool.tryLstat(within(path, name))?.kind !== 'symlink') yield* apply(tool, options, within(path, name), change);
}

export const chown = ownerUtility(
  'chown',
  '[OPTION]... [OWNER][:[GROUP]] FILE...',
  'Change the owner and/or group of each FILE to OWNER and/or GROUP.',
);
export const chgrp = ownerUtility('chgrp', '[OPTION]... GROUP FILE...', 'Change the group of each FILE to GROUP.');

function ownerUtility(name: string, usage: string, about: string) {
  return utility({
    name,
    usage,
    about,
    options: [
      '-c --changes',
      '-f --silent --quiet',
      '-v --verbose',
      '-h --no-dereference',
      '--from=',
      '--reference=',
      '-R --recursive',
      '-H',
      '-L',
      '-P',
      '--preserve-root',
      '--no-preserve-root',
    ],
    *run(tool, options) {
      const reference = options.get('reference');
      const [text = '', ...paths] = reference === undefined ? options.operands : ['', ...options.operands];
      if (options.operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
      if (paths.length === 0) throw new Usage(tool.busybox ? '' : `missing operand after ${quote(tool, text)}`);
      const wanted =
        reference === undefined ? ownerOf(tool, name === 'chgrp' ? `:${text}` : text, text) : tool.stat(reference);
      for (const path of paths) yield* own(tool, options, path, wanted);
      return tool.status;
    },
  });
}

function ownerOf(tool: Tool, text: string, shown: string): { uid?: number; gid?: number } {
  const [user = '', group] = text.includes(':') ? text.split(':') : text.split('.');
  const users = usersOf(tool.p.machine);
  const found = users.find((one) => one.name === user);
  const uid =
    user === '' ? undefined : (found?.uid ?? (/^\+?\d+$/.test(user) ? Number(user) : user === 'root' ? 0 : undefined));
  if (user !== '' && uid === undefined)
    throw new Fail(tool.busybox ? `unknown user ${user}` : `invalid user: ${quote(tool, shown)}`);
  if (group === undefined) return { ...(uid === undefined ? {} : { uid }) };
  const gid =
    group === ''
      ? found?.gid
      : (groupsOf(tool.p.machine).find((one) => one.name === group)?.gid ??
        (/^\+?\d+$/.test(group) ? Number(group) : group === 'root' ? 0 : undefined));
  if (group !== '' && gid === undefined)
    throw new Fail(tool.busybox ? `unknown group ${group}` : `invalid group: ${quote(tool, shown)}`);
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}

function* own(tool: Tool, options: Options, path: string, wanted: { uid?: number; gid?: number }): Task {
  const error = failureOf(() => {
    const inode = tool.stat(path);
    tool.files.chown(tool.path(path), wanted.uid ?? inode.uid, wanted.gid ?? inode.gid, tool.who);
  });
  if (error && !options.has('f')) {
    const what =
      error.code === 'ENOENT' || error.code === 'ENOTDIR'
        ? 'cannot access'
        : wanted.uid === undefined
          ? 'changing group of'
          : 'changing ownership of';
    yield* tool.warn(tool.busybox ? `${path}: ${error.text}` : `${what} ${quoteShell(path)}: ${error.text}`);
  }
  if (error) tool.status = 1;
  if (error || !options.has('R') || !isDirectory(tool.tryLstat(path))) return;
  for (const name of childrenOf(tool, path)) yield* own(tool, options, within(path, name), wanted);
}
