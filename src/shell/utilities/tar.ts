import { Errno } from '../../world/errno.ts';
import { Directory, type Inode, RegularFile, Symlink } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { globPattern } from './glob.ts';
import { GzipError, gunzip, gzip, isGzip } from './gzip-format.ts';
import { modeText } from './ls-format.ts';
import { type Options, optionSpec, parseOptions, Usage } from './options.ts';
import { finishArchive, padded, type TarMember, tarHeader, tarMembers } from './tar-format.ts';
import { formatTime, zoneOf } from './time-text.ts';
import type { Tool } from './tool.ts';
import { childrenOf, failureOf, within } from './tree.ts';
import { groupName, userName } from './users.ts';
import { utility } from './utility.ts';

const SPECS = [
  '-c --create',
  '-x --extract --get',
  '-t --list',
  '-r --append',
  '-v --verbose',
  '-f --file=',
  '-z --gzip',
  '-j --bzip2',
  '-J --xz',
  '-C --directory=',
  '-p --preserve-permissions',
  '-O --to-stdout',
  '--strip-components=',
  '--exclude=',
  '-k --keep-old-files',
  '--overwrite',
  '-P --absolute-names',
  '--no-same-owner',
  '--no-same-permissions',
  '-h --dereference',
  '-a --auto-compress',
  '-T --files-from=',
  '--wildcards',
  '-m --touch',
  '--help',
].map(optionSpec);

/** GNU tar with ustar archives, plain or packed by gzip. */
export const tar = utility({
  name: 'tar',
  usage: '[OPTION...] [FILE]...',
  about: 'GNU tar saves many files together into a single archive, and can restore\nindividual files from the archive.',
  usageStatus: 64,
  usageText: (name) => `Try '${name} --help' or '${name} --usage' for more information.\n`,
  package: 'GNU tar',
  *run(tool) {
    const [first, ...rest] = tool.args;
    // The old style: tar czf FILE …: letters first, their arguments after.
    let words = tool.args;
    if (first !== undefined && /^[A-Za-z]+$/.test(first)) {
      const queue = [...rest];
      words = [...first].flatMap((letter) =>
        'fC'.includes(letter) ? [`-${letter}`, queue.shift() ?? ''] : [`-${letter}`],
      );
      words = [...words, ...queue];
    }
    const options = parseOptions(words, SPECS);
    if (options.has('j', 'J')) throw new Fail("kubetutor's tar does not model bzip2 and xz", 2);
    const modes = ['c', 'x', 't', 'r'].filter((key) => options.has(key));
    if (modes.length === 0)
      throw new Usage("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options", 2);
    if (modes.length > 1)
      throw new Usage("You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option", 2);
    const directory = options.get('C');
    const archive = options.get('f') ?? '-';
    const path = archive === '-' ? archive : tool.path(archive);
    if (directory !== undefined) {
      if (!(tool.tryStat(directory) instanceof Directory)) {
        if (tool.busybox) throw new Fail(`can't change directory to '${directory}': No such file or directory`, 1);
        yield* tool.warn(`${directory}: Cannot open: No such file or directory`, 2);
        throw new Fail('Error is not recoverable: exiting now', 2);
      }
      tool.p.cwd = tool.files.realPath(tool.path(directory), tool.who);
    }
    if (options.has('r')) throw new Fail("kubetutor's tar does not model -r", 2);
    if (options.has('c')) return yield* create(tool, options, path, archive);
    return yield* readArchive(tool, options, path, archive);
  },
});

function header(name: string, inode: Inode, tool: Tool): Uint8Array {
  const { machine } = tool.p;
  return tarHeader({
    name,
    mode: inode.mode,
    uid: inode.uid,
    gid: inode.gid,
    mtime: inode.mtime,
    type: inode instanceof Directory ? '5' : inode instanceof Symlink ? '2' : '0',
    target: inode instanceof Symlink ? inode.target : '',
    owner: `${userName(machine, inode.uid)}/${groupName(machine, inode.gid)}`,
    size: inode instanceof RegularFile ? inode.content.length : 0,
  });
}

function* create(tool: Tool, options: Options, path: string, shown: string): Task<number> {
  const listed: string[] = [];
  for (const list of options.all('T'))
    listed.push(...(yield* tool.readText(list)).split('\n').filter((line) => line !== ''));
  if (options.operands.length === 0 && !options.has('T'))
    throw new Usage('Cowardly refusing to create an empty archive', 2);
  const parts: Uint8Array[] = [];
  let stripped = false;
  const add = function* (name: string): Task {
    if (
      options
        .all('exclude')
        .some(
          (pattern) =>
            globPattern(pattern).test(name) || globPattern(pattern).test(name.slice(name.lastIndexOf('/') + 1)),
        )
    )
      return;
    let inode: Inode;
    try {
      inode = options.has('h') ? tool.stat(name) : tool.lstat(name);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (tool.busybox) return yield* tool.warn(`${name}: ${error.text}`, 1);
      return yield* tool.warn(`${name}: Cannot stat: ${error.text}`, 2);
    }
    const absolute = name.startsWith('/') && !options.has('P');
    if (absolute && !stripped) {
      stripped = true;
      const text = tool.busybox ? "removing leading '/' from member names" : "Removing leading `/' from member names";
      yield* tool.complain(`${tool.name}: ${text}\n`);
    }
    const stored = absolute ? name.replace(/^\/+/, '') : name;
    const member = inode instanceof Directory ? `${stored.replace(/\/+$/, '')}/` : stored;
    if (options.has('v')) {
      const line = `${name}${inode instanceof Directory && !name.endsWith('/') ? '/' : ''}\n`;
      if (shown === '-') yield* tool.complain(line);
      else tool.put(line);
    }
    parts.push(header(member, inode, tool));
    if (inode instanceof RegularFile) parts.push(padded(inode.content));
    if (inode instanceof Directory) for (const child of childrenOf(tool, name)) yield* add(within(name, child));
  };
  for (const name of [...options.operands, ...listed]) yield* add(name);
  const plain = finishArchive(parts);
  const packs = options.has('z') || (options.has('a') && /\.(?:gz|tgz|taz)$/.test(shown));
  const all = packs ? gzip(plain, {}) : plain;
  if (shown === '-') tool.put(all);
  else {
    const error = failureOf(() => tool.files.writeFile(path, all, tool.who, 0o666 & ~tool.p.umask));
    if (error) {
      yield* tool.warn(`${shown}: Cannot open: ${error.text}`, 2);
      throw new Fail('Error is not recoverable: exiting now', 2);
    }
  }
  if (tool.status > 0)
    yield* tool.warn(
      tool.busybox ? 'error exit delayed from previous errors' : 'Exiting with failure status due to previous errors',
      tool.busybox ? 1 : 2,
    );
  return tool.status;
}

function* readArchive(tool: Tool, options: Options, path: string, shown: string): Task<number> {
  let bytes: Uint8Array;
  try {
    bytes = yield* tool.readFile(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* tool.warn(`${shown}: Cannot open: ${error.text}`, 2);
    throw new Fail('Error is not recoverable: exiting now', 2);
  }
  try {
    if (isGzip(bytes) || options.has('z')) bytes = gunzip(bytes);
  } catch (error) {
    if (!(error instanceof GzipError)) throw error;
    yield* tool.complain(`\ngzip: stdin: ${error.message}\n`);
    yield* tool.warn('Child returned status 1', 2);
    throw new Fail('Error is not recoverable: exiting now', 2);
  }
  const members = tarMembers(bytes);
  if (!members) {
    yield* tool.warn('This does not look like a tar archive', 2);
    throw new Fail('Exiting with failure status due to previous errors', 2);
  }
  const strip = Number(options.get('strip-components') ?? 0);
  const wanted = options.operands;
  const seen = new Set<string>();
  for (const member of members) {
    const match = wanted.find(
      (name) =>
        member.name === name ||
        member.name.replace(/\/$/, '') === name.replace(/\/$/, '') ||
        member.name.startsWith(`${name.replace(/\/$/, '')}/`),
    );
    if (wanted.length > 0 && match === undefined) continue;
    if (match !== undefined) seen.add(match);
    if (options.has('t')) tool.put(listing(tool, options, member));
    else yield* extract(tool, options, member, strip);
  }
  const missing = wanted.filter((name) => !seen.has(name));
  for (const name of missing) yield* tool.warn(`${name}: Not found in archive`, 2);
  if (tool.status > 0) yield* tool.warn('Exiting with failure status due to previous errors', 2);
  return tool.status;
}

function listing(tool: Tool, options: Options, member: TarMember): string {
  const link = member.type === '2' ? ` -> ${member.target}` : '';
  if (!options.has('v')) return `${member.name}\n`;
  const kind = member.type === '5' ? 'd' : member.type === '2' ? 'l' : '-';
  const letters = modeText(new RegularFile({ mode: member.mode, uid: 0, gid: 0, mtime: 0 })).slice(1);
  const size = String(member.content.length).padStart(Math.max(1, 18 - member.owner.length));
  return `${kind}${letters} ${member.owner} ${size} ${formatTime('%F %R', member.mtime, zoneOf(tool.env('TZ')))} ${member.name}${link}\n`;
}

function* extract(tool: Tool, options: Options, member: TarMember, strip: number): Task {
  const name = member.name.replace(/^\/+/, '').split('/').slice(strip).join('/').replace(/\/$/, '');
  if (name === '') return;
  if (options.has('v')) {
    if (options.has('O')) yield* tool.complain(`${member.name}\n`);
    else tool.put(`${member.name}\n`);
  }
  if (options.has('O')) return tool.put(member.content);
  const { files, who } = tool;
  const target = tool.path(name);
  const mode = member.mode & (who.uid === 0 || options.has('p') ? 0o7777 : 0o777 & ~tool.p.umask);
  const error = failureOf(() => {
    const slash = target.lastIndexOf('/');
    if (slash > 0) files.makeDirectories(target.slice(0, slash), who);
    if (member.type === '5') {
      if (!(tool.tryStat(name) instanceof Directory)) files.makeDirectory(target, who, mode);
    } else if (member.type === '2') {
      if (tool.tryLstat(name)) files.unlink(target, who);
      files.symlink(member.target, target, who);
      return;
    } else files.writeFile(target, member.content, who, mode);
    const inode = files.stat(target, who);
    if (!options.has('m')) inode.mtime = member.mtime;
    if (who.uid === 0 && !options.has('no-same-owner')) {
      inode.uid = member.uid;
      inode.gid = member.gid;
    }
  });
  if (error && tool.busybox) {
    const what = error.code === 'EROFS' ? `can't remove old file ${member.name}` : `can't open '${member.name}'`;
    throw new Fail(`${what}: ${error.text}`, 1);
  }
  if (error) yield* tool.warn(`${member.name}: Cannot open: ${error.text}`, 2);
  yield* tool.drain();
}
