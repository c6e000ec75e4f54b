import { Errno } from '../../world/errno.ts';
import { Device, Directory, RegularFile, Symlink } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { Fail } from './fail.ts';
import { eachInput } from './inputs.ts';
import { parseSize } from './numbers.ts';
import { type Options, Usage } from './options.ts';
import { decodeText } from './text.ts';
import type { Tool } from './tool.ts';
import { utility } from './utility.ts';

const hex = (value: number, width: number) => value.toString(16).padStart(width, '0');
const printable = (byte: number) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.');

function* inputOf(tool: Tool, paths: readonly string[]): Task<Uint8Array> {
  const parts: number[] = [];
  yield* eachInput(tool, paths, function* (fd) {
    for (const byte of yield* tool.readAll(fd)) parts.push(byte);
  });
  return Uint8Array.from(parts);
}

export const xxd = utility({
  name: 'xxd',
  usage: '[options] [infile [outfile]]',
  about: 'Make a hex dump or do the reverse.',
  options: ['-r', '-p -ps', '-c=', '-l=', '-s=', '-g=', '-u', '-i', '-b'],
  *run(tool, options) {
    const bytes = yield* inputOf(tool, options.operands.slice(0, 1));
    if (options.has('r')) {
      const text = decodeText(bytes);
      const digits = options.has('p')
        ? text.replace(/\s/g, '')
        : text
            .split('\n')
            .map((line) => /^[0-9a-f]+: ((?:[0-9a-f]{2,} ?)+)/.exec(line)?.[1]?.replace(/ /g, '') ?? '')
            .join('');
      tool.put(Uint8Array.from(digits.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? []));
      return tool.status;
    }
    const start = Number(options.get('s') ?? 0);
    const part = bytes.subarray(start, options.has('l') ? start + Number(options.get('l')) : undefined);
    const columns = Number(options.get('c') ?? (options.has('p') ? 30 : 16));
    const group = Number(options.get('g') ?? 2);
    for (let at = 0; at < part.length; at += columns) {
      const row = [...part.subarray(at, at + columns)];
      const digits = row.map((byte) => (options.has('u') ? hex(byte, 2).toUpperCase() : hex(byte, 2)));
      if (options.has('p')) {
        tool.put(`${digits.join('')}\n`);
        continue;
      }
      let text = '';
      for (let i = 0; i < columns; i++) text += (digits[i] ?? '  ') + (group > 0 && i % group === group - 1 ? ' ' : '');
      tool.put(
        `${hex(start + at, 8)}: ${text.trimEnd().padEnd(columns * 2 + (group > 0 ? Math.ceil(columns / group) : 0))} ${row.map(printable).join('')}\n`,
      );
    }
    return tool.status;
  },
});

export const hexdump = utility({
  name: 'hexdump',
  usage: '[options] <file>...',
  about: 'Display file contents in hexadecimal.',
  options: ['-C --canonical', '-n --length=', '-s --skip=', '-v --no-squeezing', '-x', '-e='],
  *run(tool, options) {
    if (options.has('e')) throw new Fail("kubetutor's hexdump does not model -e");
    const all = yield* inputOf(tool, options.operands);
    const start = parseSize(options.get('s') ?? '0') ?? 0;
    const bytes = all.subarray(start, options.has('n') ? start + (parseSize(options.get('n') ?? '0') ?? 0) : undefined);
    const canonical = options.has('C');
    dump(tool, options, bytes, start, canonical ? 8 : 7, (row) =>
      canonical ? `${grouped(row)}  |${row.map(printable).join('')}|` : words(row),
    );
    return tool.status;
  },
});

/** Rows of 16 bytes; the same row again is a star. */
function dump(
  tool: Tool,
  options: Options,
  bytes: Uint8Array,
  start: number,
  width: number,
  show: (row: number[]) => string,
  radix = 16,
): void {
  let before = '';
  let starred = false;
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const text = show(row);
    if (text === before && row.length === 16 && !options.has('v')) {
      if (!starred) tool.put('*\n');
      starred = true;
      continue;
    }
    starred = false;
    before = text;
    tool.put(`${(start + at).toString(radix).padStart(width, '0')}${text}\n`);
  }
  if (bytes.length > 0 || radix === 8) tool.put(`${(start + bytes.length).toString(radix).padStart(width, '0')}\n`);
}

function grouped(row: readonly number[]): string {
  let text = '';
  for (let i = 0; i < 16; i++)
    text += `${i % 8 === 0 ? '  ' : ' '}${row[i] === undefined ? '  ' : hex(row[i] ?? 0, 2)}`;
  return text;
}

function words(row: readonly number[]): string {
  let text = '';
  for (let i = 0; i < row.length; i += 2) text += ` ${hex((row[i] ?? 0) | ((row[i + 1] ?? 0) << 8), 4)}`;
  return text.padEnd(40);
}

const NAMES: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};

export const od = utility({
  name: 'od',
  usage: '[OPTION]... [FILE]...',
  about: 'Write an unambiguous representation, octal bytes by default,\nof FILE to standard output.',
  options: [
    '-A --address-radix=',
    '-t --format=',
    '-c',
    '-x',
    '-b',
    '-d',
    '-o',
    '-a',
    '-N --read-bytes=',
    '-j --skip-bytes=',
    '-v --output-duplicates',
    '-w --width=?',
  ],
  *run(tool, options) {
    const all = yield* inputOf(tool, options.operands);
    const start = parseSize(options.get('j') ?? '0') ?? 0;
    const bytes = all.subarray(start, options.has('N') ? start + (parseSize(options.get('N') ?? '0') ?? 0) : undefined);
    const radix = { d: 10, o: 8, x: 16, n: 0 }[options.get('A') ?? 'o'];
    if (radix === undefined)
      throw new Fail(`invalid output address radix '${options.get('A')}'; it must be one character from [doxn]`);
    const type =
      options.get('t') ??
      (options.has('c') ? 'c' : options.has('x') ? 'x2' : options.has('b') ? 'o1' : options.has('d') ? 'u2' : 'o2');
    const show = odFormat(type);
    if (!show) throw new Fail(`kubetutor's od does not model the type ${type}`);
    if (radix === 0) {
      for (let at = 0; at < bytes.length; at += 16) tool.put(`${show([...bytes.subarray(at, at + 16)])}\n`);
    } else dump(tool, options, bytes, start, radix === 16 ? 6 : 7, show, radix);
    return tool.status;
  },
});

function odFormat(type: string): ((row: number[]) => string) | undefined {
  const match = /^([acdoux])(\d?)(z?)$/.exec(type);
  if (!match) return undefined;
  if (match[1] === 'c' || match[1] === 'a')
    return (row) =>
      row
        .map((byte) =>
          (
            NAMES[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'))
          ).padStart(4),
        )
        .join('');
  const size = Number(match[2] || 4);
  if (![1, 2, 4].includes(size)) return undefined;
  const radix = match[1] === 'o' ? 8 : match[1] === 'x' ? 16 : 10;
  const width =
    radix === 16
      ? size * 2
      : radix === 8
        ? ({ 1: 3, 2: 6, 4: 11 }[size] ?? 3)
        : ({ 1: match[1] === 'd' ? 4 : 3, 2: match[1] === 'd' ? 6 : 5, 4: match[1] === 'd' ? 11 : 10 }[size] ?? 3);
  return (row) => {
    let text = '';
    for (let i = 0; i < row.length; i += size) {
      let value = 0;
      for (let j = size - 1; j >= 0; j--) value = value * 256 + (row[i + j] ?? 0);
      if (match[1] === 'd' && value >= 2 ** (size * 8 - 1)) value -= 2 ** (size * 8);
      const digits = value.toString(radix);
      text += ` ${radix === 10 ? digits.padStart(width) : digits.padStart(width, '0')}`;
    }
    return match[3] ? `${text.padEnd((width + 1) * (16 / size))}  >${row.map(printable).join('')}<` : text;
  };
}

export const strings = utility({
  name: 'strings',
  usage: '[option(s)] [file(s)]',
  about: 'Display printable strings in [file(s)] (stdin by default).',
  options: ['-a --all', '-n --bytes=', '-t --radix=', '-f --print-file-name', '-e='],
  old: (word) => (/^-\d+$/.test(word) ? { key: 'n', value: word.slice(1) } : undefined),
  *run(tool, options) {
    const least = Number(options.get('n') ?? 4);
    for (const path of options.operands.length > 0 ? options.operands : ['-']) {
      try {
        const text = new TextDecoder('latin1').decode(yield* tool.readFile(path));
        for (const match of text.matchAll(new RegExp(`[\\x20-\\x7e\\t]{${Math.max(1, least)},}`, 'g')))
          tool.put(`${options.has('f') ? `${path}: ` : ''}${match[0]}\n`);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* tool.complain(
          error.code === 'ENOENT'
            ? `${tool.name}: '${path}': No such file\n`
            : `${tool.name}: ${path}: ${error.text}\n`,
        );
        tool.status = 1;
      }
    }
    return tool.status;
  },
});

export const file = utility({
  name: 'file',
  usage: '[-bcCdEhikLlNnprsSvzZ0] [file ...]',
  about: 'Determine type of FILEs.',
  options: [
    '-b --brief',
    '-i --mime',
    '--mime-type',
    '-L --dereference',
    '-h --no-dereference',
    '-s --special-files',
    '-z --uncompress',
    '-0 --print0',
  ],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage('');
    const width = Math.max(...options.operands.map((path) => path.length));
    for (const path of options.operands) {
      const kind = kindOf(tool, path, options.has('i', 'mime-type'));
      tool.put(options.has('b') ? `${kind}\n` : `${`${path}:`.padEnd(width + 1)} ${kind}\n`);
    }
    return 0;
  },
});

function kindOf(tool: Tool, path: string, mime: boolean): string {
  const inode = tool.tryLstat(path);
  if (!inode) return `cannot open \`${path}' (No such file or directory)`;
  if (inode instanceof Directory) return mime ? 'inode/directory' : 'directory';
  if (inode instanceof Symlink)
    return mime ? 'inode/symlink' : `${tool.tryStat(path) ? '' : 'broken '}symbolic link to ${inode.target}`;
  if (inode instanceof Device) return `character special (${inode.major}/${inode.minor})`;
  if (!(inode instanceof RegularFile)) return inode.kind;
  const bytes = inode.content;
  const elf = bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
  if (inode.program !== undefined || elf)
    return mime
      ? 'application/x-pie-executable'
      : 'ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, interpreter /lib64/ld-linux-x86-64.so.2, stripped';
  if (bytes.length === 0) return mime ? 'inode/x-empty' : 'empty';
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return mime ? 'application/gzip' : 'gzip compressed data';
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3)
    return mime ? 'application/zip' : 'Zip archive data, at least v1.0 to extract, compression method=store';
  const text = decodeText(bytes.subarray(0, 65536));
  if (text.includes('\0') || /[\udc80-\udcff]/.test(text))
    return mime ? 'application/octet-stream' : text.slice(257, 262) === 'ustar' ? 'POSIX tar archive (GNU)' : 'data';
  const encoding = /[^\x00-\x7f]/.test(text) ? 'Unicode text, UTF-8 text' : 'ASCII text';
  const shebang = /^#! ?(\S+)/.exec(text)?.[1];
  if (mime) return shebang ? 'text/x-shellscript' : /^\s*[{[]/.test(text) ? 'application/json' : 'text/plain';
  const endings = text.includes('\r\n')
    ? ', with CRLF line terminators'
    : text.includes('\n')
      ? ''
      : ', with no line terminators';
  if (shebang)
    return `${/bash$/.test(shebang) ? 'Bourne-Again shell' : /\bsh$/.test(shebang) ? 'POSIX shell' : `a ${shebang}`} script, ${encoding} executable`;
  if (/^-----BEGIN CERTIFICATE/.test(text)) return 'PEM certificate';
  if (/^-----BEGIN (RSA )?PRIVATE KEY/.test(text)) return 'PEM RSA private key';
  if (/^\s*[{[]/.test(text)) {
    try {
      JSON.parse(text);
      return 'JSON text data';
    } catch {
      // Not JSON then.
    }
  }
  return encoding + endings;
}
