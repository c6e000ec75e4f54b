import { decodeText, encodeText } from './text.ts';

const BLOCK = 512;
/** Archives end on a record of this size. */
const RECORD = 10_240;

/** What an archive says of one of its files. */
export interface TarEntry {
  readonly name: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** ms. */
  readonly mtime: number;
  /** `0` file, `2` symbolic link, `5` directory. */
  readonly type: string;
  /** Of a link. */
  readonly target: string;
  /** `user/group`. */
  readonly owner: string;
}

export interface TarMember extends TarEntry {
  readonly content: Uint8Array;
}

/** The block before the content of a file. POSIX ustar */
export function tarHeader(entry: TarEntry & { readonly size: number }): Uint8Array {
  const { name } = entry;
  const block = new Uint8Array(BLOCK);
  const put = (text: string, at: number, length: number) => block.set(encodeText(text).subarray(0, length), at);
  const octal = (value: number, at: number, length: number) =>
    put(value.toString(8).padStart(length - 1, '0'), at, length - 1);
  const long = encodeText(name).length > 100;
  const cut = long ? name.lastIndexOf('/', name.length - 2) : -1;
  put(long ? name.slice(cut + 1) : name, 0, 100);
  if (long) put(name.slice(0, cut), 345, 155);
  octal(entry.mode & 0o7777, 100, 8);
  octal(entry.uid, 108, 8);
  octal(entry.gid, 116, 8);
  octal(entry.size, 124, 12);
  octal(Math.floor(entry.mtime / 1000), 136, 12);
  put(entry.type, 156, 1);
  put(entry.target, 157, 100);
  put('ustar\u000000', 257, 8);
  const [user = '', group = ''] = entry.owner.split('/');
  put(user, 265, 32);
  put(group, 297, 32);
  put('        ', 148, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8);
  return block;
}

/** Content up to the end of its last block. */
export function padded(content: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(content.length / BLOCK) * BLOCK);
  out.set(content);
  return out;
}

/** The whole archive of headers and contents. */
export function finishArchive(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, BLOCK * 2);
  const all = new Uint8Array(Math.ceil(size / RECORD) * RECORD);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The files of an archive; undefined when it is none. */
export function tarMembers(bytes: Uint8Array): TarMember[] | undefined {
  const members: TarMember[] = [];
  if (bytes.length < BLOCK) return bytes.length === 0 ? members : undefined;
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) return members;
    const text = (from: number, length: number) =>
      decodeText(block.subarray(from, from + length)).replace(/\0[\s\S]*$/, '');
    const octal = (from: number, length: number) => Number.parseInt(text(from, length).trim() || '0', 8);
    if (text(257, 5) !== 'ustar') return undefined;
    const size = octal(124, 12);
    const prefix = text(345, 155);
    members.push({
      name: prefix ? `${prefix}/${text(0, 100)}` : text(0, 100),
      mode: octal(100, 8),
      uid: octal(108, 8),
      gid: octal(116, 8),
      mtime: octal(136, 12) * 1000,
      type: text(156, 1) || '0',
      target: text(157, 100),
      owner: `${text(265, 32)}/${text(297, 32)}`,
      content: bytes.slice(at + BLOCK, at + BLOCK + size),
    });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return members;
}
