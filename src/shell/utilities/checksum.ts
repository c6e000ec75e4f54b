import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { Errno } from '../../world/errno.ts';
import { splitLines } from './lines.ts';
import { decodeText } from './text.ts';
import type { Tool } from './tool.ts';
import { type Utility, utility } from './utility.ts';

function sumUtility(name: string, label: string, digest: (bytes: Uint8Array) => Uint8Array): Utility {
  const hex = (bytes: Uint8Array) => bytesToHex(digest(bytes));
  return utility({
    name,
    usage: '[OPTION]... [FILE]...',
    about: `Print or check ${label} checksums.`,
    options: [
      '-b --binary',
      '-c --check',
      '--ignore-missing',
      '--quiet',
      '--status',
      '--strict',
      '--tag',
      '-t --text',
      '-w --warn',
      '-z --zero',
    ],
    *run(tool, options) {
      for (const path of options.operands.length > 0 ? options.operands : ['-']) {
        try {
          const bytes = yield* tool.readFile(path);
          if (options.has('c'))
            yield* check(tool, path, decodeText(bytes), options.has('quiet', 'status'), options.has('status'), hex);
          else if (options.has('tag')) tool.put(`${label} (${path}) = ${hex(bytes)}\n`);
          else tool.put(`${hex(bytes)} ${options.has('b') ? '*' : ' '}${path}${options.has('z') ? '\0' : '\n'}`);
        } catch (error) {
          if (!(error instanceof Errno)) throw error;
          yield* tool.warn(tool.busybox ? `can't open '${path}': ${error.text}` : `${path}: ${error.text}`);
        }
      }
      return tool.status;
    },
  });
}

function* check(
  tool: Tool,
  list: string,
  text: string,
  quiet: boolean,
  silent: boolean,
  hex: (bytes: Uint8Array) => string,
) {
  let failed = 0;
  let missing = 0;
  let proper = 0;
  for (const line of splitLines(text)) {
    const match = /^\\?([0-9a-fA-F]{32,128}) [ *](.+)$/.exec(line) ?? /^\w+ \((.+)\) = ([0-9a-f]+)$/.exec(line);
    if (!match) continue;
    proper++;
    const [wanted = '', path = ''] = /^[0-9a-fA-F]+$/.test(match[1] ?? '')
      ? [match[1], match[2]]
      : [match[2], match[1]];
    try {
      const good = hex(yield* tool.readFile(path)) === wanted.toLowerCase();
      if (!good) failed++;
      if (!silent && !(good && quiet)) tool.put(`${path}: ${good ? 'OK' : 'FAILED'}\n`);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      missing++;
      yield* tool.warn(tool.busybox ? `can't open '${path}': ${error.text}` : `${path}: ${error.text}`);
      if (!silent) tool.put(`${path}: FAILED open or read\n`);
    }
  }
  if (proper === 0) yield* tool.warn(`${list}: no properly formatted checksum lines found`);
  if (missing > 0) yield* tool.warn(`WARNING: ${missing} listed file${missing === 1 ? '' : 's'} could not be read`);
  if (failed > 0 && !silent)
    yield* tool.warn(`WARNING: ${failed} computed checksum${failed === 1 ? '' : 's'} did NOT match`);
  if (failed > 0) tool.status = 1;
}

/** POSIX cksum: the CRC over the bytes and then their number, lowest byte first. */
function posixSum(bytes: Uint8Array): number {
  let crc = 0;
  const add = (byte: number) => {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  };
  for (const byte of bytes) add(byte);
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256)) add(length & 255);
  return ~crc >>> 0;
}

const cksum = utility({
  name: 'cksum',
  usage: '[FILE]...',
  about: 'Print the CRC checksum and the byte count of each FILE.',
  *run(tool, { operands }) {
    for (const path of operands.length > 0 ? operands : ['']) {
      try {
        const bytes = yield* tool.readFile(path === '' ? '-' : path);
        tool.put(`${posixSum(bytes)} ${bytes.length}${path === '' ? '' : ` ${path}`}\n`);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* tool.warn(`${path}: ${error.text}`);
      }
    }
    return tool.status;
  },
});

export const checksums: readonly Utility[] = [
  cksum,
  sumUtility('md5sum', 'MD5', md5),
  sumUtility('sha1sum', 'SHA1', sha1),
  sumUtility('sha224sum', 'SHA224', sha224),
  sumUtility('sha256sum', 'SHA256', sha256),
  sumUtility('sha384sum', 'SHA384', sha384),
  sumUtility('sha512sum', 'SHA512', sha512),
];
