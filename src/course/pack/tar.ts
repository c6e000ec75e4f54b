import { gunzipSync, gzipSync } from 'node:zlib';
import { concat, decode, encode } from '../../world/bytes.ts';
import { checkName, Files, MAX_BYTES } from './files.ts';
import { PackError } from './pack-error.ts';

// Tar archives of the kind that npm pack, git archive and tar -z write: POSIX.1-1988 (ustar) with pax headers.

const BLOCK = 512;
const REGULAR = new Set(['0', '\0', '7']);
const DIRECTORY = '5';
/** Headers that only say more about the next entry (pax, GNU long names), or about all. */
const PAX = 'x';
const PAX_GLOBAL = 'g';
const GNU_LONG_NAME = 'L';
const LINKS: Readonly<Record<string, string>> = { '1': 'hard link', '2': 'symbolic link' };

/** Reads a .tgz. Raises PackError for whatever a pack has no business to hold: links, devices, paths that lead out, bombs. */
export function readArchive(bytes: Uint8Array): Files {
  const files = new Files();
  const tar = unzip(bytes);
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    checkSum(header);
    const size = octal(header, 124, 12);
    const type = String.fromCharCode(header[156] ?? 0);
    const begin = at + BLOCK;
    if (begin + size > tar.length) throw broken('it ends in the middle of a file', '파일 중간에서 끝납니다');
    const content = tar.subarray(begin, begin + size);
    at = begin + Math.ceil(size / BLOCK) * BLOCK;
    if (type === PAX) longName = paxPath(content) ?? longName;
    else if (type === GNU_LONG_NAME) longName = decode(content).replace(/\0.*$/s, '');
    if (type === PAX || type === PAX_GLOBAL || type === GNU_LONG_NAME) continue;
    const prefix = field(header, 345, 155);
    const name = longName ?? (prefix === '' ? field(header, 0, 100) : `${prefix}/${field(header, 0, 100)}`);
    longName = undefined;
    if (type === DIRECTORY) {
      checkName(name.replace(/\/+$/, ''));
      continue;
    }
    if (!REGULAR.has(type)) throw notAFile(name, LINKS[type] ?? 'device');
    files.add(name, new Uint8Array(content));
  }
  return files;
}

function unzip(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_BYTES) throw tooLarge();
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: 2 * MAX_BYTES });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw broken('it is no gzip file or was cut off', 'gzip 파일이 아니거나 잘렸습니다');
  }
}

function checkSum(header: Uint8Array): void {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (header[i] ?? 0);
  const said = field(header, 148, 8).trim();
  if (!/^[0-7]+$/.test(said) || sum !== Number.parseInt(said, 8))
    throw broken('it is no tar archive', 'tar 아카이브가 아닙니다');
}

function field(header: Uint8Array, at: number, length: number): string {
  const bytes = header.subarray(at, at + length);
  const end = bytes.indexOf(0);
  return decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function octal(header: Uint8Array, at: number, length: number): number {
  const text = field(header, at, length).trim();
  // Sizes beyond 8 GB have another form: far too large in any case.
  if (text !== '' && !/^[0-7]+$/.test(text)) throw broken('a number in it is not octal', '8진수가 아닌 값이 있습니다');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

/** The path in a pax header: lines `LENGTH KEY=VALUE`. */
function paxPath(content: Uint8Array): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(decode(content))?.[1];
}

/** Writes a .tgz; the same files give the same bytes, whatever the machine and the day. */
export function writeArchive(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (const name of [...files.keys()].sort()) {
    const content = files.get(name) ?? new Uint8Array(0);
    // A name that the header has no room for goes before it, as pax has it.
    if (encode(name).length > 100) blocks.push(...entry('pax', paxRecord(name), PAX));
    blocks.push(...entry(name, content, '0'));
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  const zipped = gzipSync(concat(blocks), { level: 9 });
  // The tenth byte names the system that zipped it.
  zipped[9] = 0xff;
  return zipped;
}

function entry(name: string, content: Uint8Array, type: string): Uint8Array[] {
  return [headerOf(name, content.length, type), content, new Uint8Array((BLOCK - (content.length % BLOCK)) % BLOCK)];
}

/** `LENGTH path=NAME`, where the length counts itself. */
function paxRecord(name: string): Uint8Array {
  const rest = encode(` path=${name}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return concat([encode(String(length)), rest]);
}

function headerOf(name: string, size: number, type: string): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const put = (text: string, at: number) => header.set(encode(text), at);
  header.set(encode(name).subarray(0, 100), 0);
  const number = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  put(number(0o644, 7), 100);
  put(number(0, 7), 108);
  put(number(0, 7), 116);
  put(number(size, 11), 124);
  put(number(0, 11), 136);
  put('        ', 148);
  put(type, 156);
  put('ustar\x0000', 257);
  let sum = 0;
  for (const byte of header) sum += byte;
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function tooLarge(): PackError {
  return new PackError({
    en: `the archive is larger than ${MAX_BYTES / 1e6} MB when it is unpacked: it is refused`,
    ko: `압축을 풀면 ${MAX_BYTES / 1e6} MB보다 커서 거부했습니다`,
  });
}

function notAFile(name: string, what: string): PackError {
  return new PackError({
    en: `the archive holds a ${what}, ${JSON.stringify(name)}: only files and folders are allowed`,
    ko: `아카이브에 ${what} ${JSON.stringify(name)}이(가) 있습니다. 파일과 폴더만 허용됩니다`,
  });
}

function broken(en: string, ko: string): PackError {
  return new PackError({ en: `the archive cannot be read: ${en}`, ko: `아카이브를 읽을 수 없습니다: ${ko}` });
}
