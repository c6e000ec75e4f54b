import { concat, EMPTY } from '../../world/bytes.ts';
import { Errno } from '../../world/errno.ts';
import { RegularFile } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { parseSize } from './numbers.ts';
import { Usage } from './options.ts';
import { quote, quoteShell } from './quote.ts';
import type { Tool } from './tool.ts';
import { failureOf } from './tree.ts';
import { utility } from './utility.ts';

const OPERANDS = ['if', 'of', 'bs', 'ibs', 'obs', 'count', 'skip', 'conv', 'iflag', 'oflag', 'status'];

export const dd = utility({
  name: 'dd',
  usage: '[OPERAND]...',
  about: 'Copy a file, converting and formatting according to the operands.',
  *run(tool) {
    const given = new Map<string, string>();
    for (const word of tool.args) {
      const [name = '', ...value] = word.split('=');
      if (name === 'seek') throw new Fail("kubetutor's dd does not model seek=");
      if (!OPERANDS.includes(name) || value.length === 0) throw new Usage(`unrecognized operand ${quote(tool, word)}`);
      given.set(name, value.join('='));
    }
    const number = (name: string) => {
      const text = given.get(name);
      const size = text === undefined ? undefined : parseSize(text);
      if (text !== undefined && (size === undefined || (name === 'bs' && size === 0)))
        throw new Fail(`invalid number: ${quote(tool, text)}`);
      return size;
    };
    const block = Math.min(number('bs') ?? number('ibs') ?? 512, 64 * 1024 * 1024);
    const from = openFor(tool, given.get('if'), true, 0);
    const to = openFor(tool, given.get('of'), false, 1, (given.get('conv') ?? '').includes('notrunc'));
    const began = tool.p.now;
    const count = number('count') ?? Number.POSITIVE_INFINITY;
    for (let skip = number('skip') ?? 0; skip > 0; skip--)
      if ((yield* readBlock(tool, from, block)).length === 0) break;
    let [whole, partial, written] = [0, 0, 0];
    // What was read and could not be written.
    let lost = 0;
    while (whole + partial < count) {
      const bytes = yield* readBlock(tool, from, block);
      if (bytes.length === 0) break;
      try {
        yield* tool.p.write(to, bytes);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* tool.warn(`error writing ${quoteShell(given.get('of') ?? 'standard output')}: ${error.text}`);
        lost = 1;
        break;
      }
      if (bytes.length === block) whole++;
      else partial++;
      written += bytes.length;
    }
    // That of busybox tells nothing of the time when it has failed. busybox: coreutils/dd.c
    const short = given.get('status') === 'noxfer' || (tool.busybox && tool.status !== 0);
    if (given.get('status') !== 'none')
      yield* tool.complain(report(whole, partial, lost, written, tool.p.now - began, short));
    return tool.status;
  },
});

function openFor(tool: Tool, path: string | undefined, read: boolean, standard: number, keep = false): number {
  if (path === undefined) return standard;
  try {
    return read ? tool.openFor(path, { read }) : tool.openFor(path, { write: true, create: true, truncate: !keep });
  } catch (error) {
    if (error instanceof Errno)
      throw new Fail(
        tool.busybox ? `can't open '${path}': ${error.text}` : `failed to open ${quoteShell(path)}: ${error.text}`,
      );
    throw error;
  }
}

/** One read, as dd makes it; a file gives whole blocks. */
function* readBlock(tool: Tool, fd: number, block: number): Task<Uint8Array> {
  const first = yield* tool.read(fd, block);
  if (first.length === block || first.length === 0 || tool.p.file(fd).description.startsWith('pipe:')) return first;
  const parts = [first];
  let size = first.length;
  while (size < block) {
    const more = yield* tool.read(fd, block - size);
    if (more.length === 0) break;
    parts.push(more);
    size += more.length;
  }
  return parts.length > 0 ? concat(parts) : EMPTY;
}

/** `10485760 bytes (10 MB, 10 MiB) copied, 0.01 s, 1.0 GB/s` */
function report(whole: number, partial: number, lost: number, bytes: number, ms: number, short: boolean): string {
  const head = `${whole + lost}+${partial} records in\n${whole}+${partial} records out\n`;
  if (short) return head;
  const sizes =
    bytes < 1000
      ? ''
      : bytes < 1024
        ? ` (${unit(bytes, 1000, 'B')})`
        : ` (${unit(bytes, 1000, 'B')}, ${unit(bytes, 1024, 'iB')})`;
  const seconds = Math.max(ms, 0.05) / 1000;
  return `${head}${bytes} byte${bytes === 1 ? '' : 's'}${sizes} copied, ${Number(seconds.toPrecision(6))} s, ${unit(bytes / seconds, 1000, 'B')}/s\n`;
}

function unit(value: number, base: number, suffix: string): string {
  let rest = value;
  let power = 0;
  while (rest >= base && power < 5) {
    rest /= base;
    power++;
  }
  const letter = power === 0 ? '' : power === 1 && base === 1000 ? 'k' : (' KMGTP'[power] ?? '');
  return `${rest < 9.95 && power > 0 ? rest.toFixed(1) : Math.round(rest)} ${letter}${power === 0 ? 'B' : suffix}`;
}

export const truncate = utility({
  name: 'truncate',
  usage: 'OPTION... FILE...',
  about: 'Shrink or extend the size of each FILE to the specified size.',
  options: ['-c --no-create', '-s --size=', '-r --reference=', '-o --io-blocks'],
  *run(tool, options) {
    const text = options.get('s');
    if (text === undefined)
      throw new Usage(`you must specify either ${quote(tool, '--size')} or ${quote(tool, '--reference')}`);
    if (options.operands.length === 0) throw new Usage('missing file operand');
    const size = parseSize(text.replace(/^[-+]/, ''));
    if (size === undefined) throw new Fail(`Invalid number: ${quote(tool, text)}`);
    for (const path of options.operands) {
      if (options.has('c') && !tool.tryStat(path)) continue;
      const error = failureOf(() => {
        const file = tool.files.openForWriting(tool.path(path), tool.who, 0o666 & ~tool.p.umask, false);
        const before = file instanceof RegularFile ? file.used : 0;
        const wanted = text.startsWith('+') ? before + size : text.startsWith('-') ? Math.max(0, before - size) : size;
        if (wanted > before)
          tool.files.writeAt(file, before, new Uint8Array(Math.min(wanted - before, 512 * 1024 * 1024)));
        else tool.files.truncate(file, wanted);
      });
      if (error) yield* tool.warn(`cannot open ${quoteShell(path)} for writing: ${error.text}`);
    }
    return tool.status;
  },
});

export const envsubst = utility({
  name: 'envsubst',
  usage: '[OPTION] [SHELL-FORMAT]',
  about: 'Substitutes the values of environment variables.',
  options: ['-v --variables'],
  *run(tool, options) {
    const names = (text: string) =>
      [...text.matchAll(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g)].map((match) => match[1] ?? match[2] ?? '');
    const format = options.operands[0];
    if (options.has('v')) {
      tool.put(
        names(format ?? '')
          .map((name) => `${name}\n`)
          .join(''),
      );
      return 0;
    }
    const wanted = format === undefined ? undefined : names(format);
    const text = yield* tool.readText('-');
    tool.put(
      text.replace(
        /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g,
        (whole, braced: string | undefined, bare: string | undefined) => {
          const name = braced ?? bare ?? '';
          return wanted && !wanted.includes(name) ? whole : (tool.env(name) ?? '');
        },
      ),
    );
    return 0;
  },
});
