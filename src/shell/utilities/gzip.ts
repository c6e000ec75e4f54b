import { Errno } from '../../world/errno.ts';
import { Directory } from '../../world/files/inode.ts';
import { baseName } from '../../world/files/paths.ts';
import type { Task } from '../../world/task.ts';
import { GzipError, gzipHeader, gzip as packed, gunzip as unpacked } from './gzip-format.ts';
import type { Options } from './options.ts';
import type { Tool } from './tool.ts';
import { childrenOf, failureOf, within } from './tree.ts';
import { type Utility, utility } from './utility.ts';

const OPTIONS = [
  '-a --ascii',
  '-c --stdout --to-stdout',
  '-d --decompress --uncompress',
  '-f --force',
  '-k --keep',
  '-l --list',
  '-n --no-name',
  '-N --name',
  '-q --quiet',
  '-r --recursive',
  '-S --suffix=',
  '-t --test',
  '-v --verbose',
  '-1 --fast',
  '-2',
  '-3',
  '-4',
  '-5',
  '-6',
  '-7',
  '-8',
  '-9 --best',
];
/** What `gunzip` takes off a name. */
const SUFFIXES = ['.gz', '-gz', '.z', '-z', '.tgz', '.taz', '_z'];

type Mode = 'pack' | 'unpack' | 'list' | 'test';

/** gzip and its other names. gzip: gzip.c */
function member(name: string, given: readonly string[]): Utility {
  return utility({
    name,
    usage: '[OPTION]... [FILE]...',
    about: 'Compress or uncompress FILEs (by default, compress FILES in-place).',
    package: 'gzip',
    usageText: (tool) => `Try \`${tool} --help' for more information.\n`,
    options: OPTIONS,
    *run(tool, options) {
      const has = (letter: string) => options.has(letter) || given.includes(letter);
      const mode = has('l') ? 'list' : has('t') ? 'test' : has('d') ? 'unpack' : 'pack';
      const work = { tool, options, mode, toStandard: has('c') } satisfies Work;
      if (mode === 'list') tool.put('         compressed        uncompressed  ratio uncompressed_name\n');
      const operands = options.operands.length > 0 ? options.operands : ['-'];
      for (const path of operands) yield* treat(work, path);
      return tool.status;
    },
  });
}

export const gzipUtilities: readonly Utility[] = [
  member('gzip', []),
  member('gunzip', ['d']),
  member('zcat', ['d', 'c']),
];

/** The other names are scripts that call gzip. */
function* warn(tool: Tool, message: string, status = 1): Task {
  tool.status = Math.max(tool.status, status);
  yield* tool.complain(`gzip: ${message}\n`);
}

interface Work {
  readonly tool: Tool;
  readonly options: Options;
  readonly mode: Mode;
  readonly toStandard: boolean;
}

function* treat(work: Work, path: string): Task {
  const { tool, options, mode } = work;
  if (path === '-') return yield* standard(work);
  const name = mode === 'pack' || bare(path) !== undefined || tool.tryStat(path) ? path : `${path}.gz`;
  const inode = tool.tryStat(name);
  if (!inode) return yield* warn(tool, `${name}: No such file or directory`);
  if (inode instanceof Directory) {
    if (!options.has('r')) return yield* warn(tool, `${path} is a directory -- ignored`, 2);
    for (const child of childrenOf(tool, path)) yield* treat(work, within(path, child));
    return;
  }
  try {
    const bytes = yield* tool.readFile(name);
    if (mode === 'list') tool.put(listed(bytes, bare(name) ?? name));
    else if (mode === 'test') unpacked(bytes);
    else yield* convert(work, name, bytes, inode.mtime);
  } catch (error) {
    yield* refuse(tool, name, error);
  }
}

function* refuse(tool: Tool, name: string, error: unknown): Task {
  if (error instanceof GzipError) {
    yield* tool.complain('\n');
    yield* warn(tool, `${name}: ${error.message}`);
  } else if (error instanceof Errno && error.code !== 'EPIPE') yield* warn(tool, `${name}: ${error.text}`);
  else throw error;
}

function* standard({ tool, options, mode }: Work): Task {
  if (mode === 'pack' && tool.isTty(1) && !options.has('f')) {
    yield* tool.complain(
      `gzip: compressed data not written to a terminal. Use -f to force compression.\nFor help, type: gzip -h\n`,
    );
    tool.status = 1;
    return;
  }
  const bytes = yield* tool.readAll(0);
  try {
    if (mode === 'list') tool.put(listed(bytes, 'stdout'));
    else if (mode === 'test') unpacked(bytes);
    else tool.put(mode === 'pack' ? packed(bytes, { level: levelOf(options) }) : unpacked(bytes));
  } catch (error) {
    yield* refuse(tool, 'stdin', error);
  }
}

/** One file into another, or to standard output. */
function* convert({ tool, options, mode, toStandard }: Work, path: string, bytes: Uint8Array, mtime: number): Task {
  if (mode === 'pack' && !toStandard && bare(path) !== undefined && !options.has('f'))
    return yield* tool.complain(`gzip: ${path} already has ${suffixOf(path)} suffix -- unchanged\n`);
  const to = mode === 'pack' ? `${path}${suffix(options)}` : bare(path);
  if (to === undefined && !toStandard) return yield* warn(tool, `${path}: unknown suffix -- ignored`, 2);
  const named = options.has('n') ? {} : { name: baseName(path), mtime };
  const result = mode === 'pack' ? packed(bytes, { level: levelOf(options), ...named }) : unpacked(bytes);
  yield* tool.cost(bytes.length + result.length);
  if (toStandard || to === undefined) return tool.put(result);
  if (tool.tryStat(to) && !options.has('f') && !(yield* overwrites(tool, to))) return;
  const inode = tool.stat(path);
  const error = failureOf(() => {
    tool.files.writeFile(tool.path(to), result, tool.who, inode.mode);
    tool.stat(to).mtime = mtime;
    if (!options.has('k')) tool.files.unlink(tool.path(path), tool.who);
  });
  if (error) return yield* warn(tool, `${to}: ${error.text}`);
  if (!options.has('v')) return;
  const [plain, small] = mode === 'pack' ? [bytes, result] : [result, bytes];
  const told = options.has('k') ? 'created' : 'replaced with';
  yield* tool.complain(
    `${path}:\t${ratio(plain.length, small.length - gzipHeader(small).overhead)} -- ${told} ${to}\n`,
  );
}

function* overwrites(tool: Tool, to: string): Task<boolean> {
  if (!tool.isTty(0)) {
    yield* tool.complain(`gzip: ${to} already exists;\tnot overwritten\n`);
    tool.status = 2;
    return false;
  }
  yield* tool.complain(`gzip: ${to} already exists; do you wish to overwrite (y or n)? `);
  const answer = yield* tool.read(0, 80);
  if (/^[yY]/.test(String.fromCharCode(answer[0] ?? 0))) return true;
  yield* tool.complain('\tnot overwritten\n');
  tool.status = 2;
  return false;
}

function listed(bytes: Uint8Array, name: string): string {
  const { overhead, size } = gzipHeader(bytes);
  const share = ratio(size, bytes.length - overhead);
  return `${String(bytes.length).padStart(19)} ${String(size).padStart(19)} ${share} ${name}\n`;
}

/** How much smaller it has become. gzip: util.c display_ratio */
function ratio(plain: number, small: number): string {
  const share = plain === 0 ? 0 : Math.max(-1, (plain - small) / plain);
  return `${(share * 100).toFixed(1).padStart(5)}%`;
}

function levelOf(options: Options): number {
  const given = options.given.filter((option) => /^[1-9]$/.test(option.key)).at(-1);
  return Number(given?.key ?? 6);
}

function suffix(options: Options): string {
  return options.get('S') ?? '.gz';
}

const suffixOf = (path: string) => SUFFIXES.find((one) => path.endsWith(one)) ?? '.gz';

/** The name without what says that it is packed. */
function bare(path: string): string | undefined {
  const found = SUFFIXES.find((one) => path.endsWith(one) && path.length > one.length);
  if (found === undefined) return undefined;
  return path.slice(0, -found.length) + (/^\.t/.test(found) ? '.tar' : '');
}
