import type { Errno } from '../../world/errno.ts';
import { directoryName } from '../../world/files/paths.ts';
import { Fail } from './fail.ts';
import { parseMode } from './mode.ts';
import { Usage } from './options.ts';
import { quote, quoteShell } from './quote.ts';
import type { Tool } from './tool.ts';
import { failureOf, isDirectory } from './tree.ts';
import { utility } from './utility.ts';

export const mkdir = utility({
  name: 'mkdir',
  usage: '[OPTION]... DIRECTORY...',
  about: 'Create the DIRECTORY(ies), if they do not already exist.',
  options: ['-m --mode=', '-p --parents', '-v --verbose', '-Z'],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    const modeText = options.get('m');
    const change = modeText === undefined ? undefined : parseMode(modeText);
    if (modeText !== undefined && !change) throw new Fail(`invalid mode ${quote(tool, modeText)}`);
    const mode = change ? change(0o777, true, tool.p.umask) : 0o777 & ~tool.p.umask;
    for (const path of options.operands) {
      const made: string[] = [];
      const error = options.has('p') ? makeAll(tool, path, mode, made) : makeOne(tool, path, mode, made);
      for (const one of options.has('v') ? made : [])
        tool.put(`${tool.busybox ? '' : `${tool.name}: `}created directory ${quoteShell(one)}\n`);
      if (error) yield* complain(tool, error.path ?? path, error.error);
    }
    return tool.status;
  },
});

function* complain(tool: Tool, path: string, error: Errno) {
  const name = tool.busybox ? `can't create directory '${path}'` : `cannot create directory ${quote(tool, path)}`;
  yield* tool.warn(`${name}: ${error.text}`);
}

function makeOne(tool: Tool, path: string, mode: number, made: string[]) {
  const error = failureOf(() => tool.files.makeDirectory(tool.path(path.replace(/(.)\/+$/, '$1')), tool.who, mode));
  if (error) return { path, error };
  made.push(path);
  return undefined;
}

function makeAll(tool: Tool, path: string, mode: number, made: string[]) {
  const missing: string[] = [];
  let at = path.replace(/(.)\/+$/, '$1');
  while (!tool.tryStat(at) && at !== '' && at !== '.' && at !== '/') {
    missing.unshift(at);
    at = directoryName(at);
  }
  if (missing.length === 0 && !isDirectory(tool.tryStat(path))) return makeOne(tool, path, mode, made);
  for (const one of missing) {
    const error = failureOf(() =>
      tool.files.makeDirectory(
        tool.path(one),
        tool.who,
        one === missing.at(-1) ? mode : (0o777 & ~tool.p.umask) | 0o300,
      ),
    );
    if (error && error.code !== 'EEXIST')
      return { path: one === missing[0] && error.code === 'ENOTDIR' ? at : one, error };
    if (!error) made.push(one);
  }
  return undefined;
}

export const rmdir = utility({
  name: 'rmdir',
  usage: '[OPTION]... DIRECTORY...',
  about: 'Remove the DIRECTORY(ies), if they are empty.',
  options: ['-p --parents', '-v --verbose', '--ignore-fail-on-non-empty'],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    for (const operand of options.operands) {
      const paths = [operand];
      if (options.has('p'))
        for (let up = directoryName(operand); up !== '.' && up !== '/'; up = directoryName(up)) paths.push(up);
      for (const path of paths) {
        if (options.has('v')) tool.put(`${tool.name}: removing directory, ${quote(tool, path)}\n`);
        const error = failureOf(() => tool.files.removeDirectory(tool.path(path.replace(/(.)\/+$/, '$1')), tool.who));
        if (!error) continue;
        if (error.code === 'ENOTEMPTY' && options.has('ignore-fail-on-non-empty')) break;
        yield* tool.warn(
          tool.busybox
            ? `'${path}': ${error.text}`
            : `failed to remove ${path === operand ? '' : 'directory '}${quoteShell(path)}: ${error.text}`,
        );
        break;
      }
    }
    return tool.status;
  },
});
