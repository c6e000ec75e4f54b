import { decodeText, encodeText } from './text.ts';

/** A file of a zip archive; the name of a directory ends on a slash. */
export interface ZipMember {
  readonly name: string;
  readonly mode: number;
  /** ms. */
  readonly mtime: number;
  readonly content: Uint8Array;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_SIZE = 30;
const CENTRAL_SIZE = 46;
const END_SIZE = 22;

/** CRC-32 of IEEE 802.3, as zip and PNG have it. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** An archive whose members are stored as they are. PKWARE: APPNOTE.TXT 4.3 */
export function zipArchive(members: readonly ZipMember[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const member of members) {
    const name = encodeText(member.name);
    const common = (view: DataView, offset: number) => {
      view.setUint16(offset, 10, true);
      const { time, date } = dosTime(member.mtime);
      view.setUint16(offset + 6, time, true);
      view.setUint16(offset + 8, date, true);
      view.setUint32(offset + 10, crc32(member.content), true);
      view.setUint32(offset + 14, member.content.length, true);
      view.setUint32(offset + 18, member.content.length, true);
      view.setUint16(offset + 22, name.length, true);
    };
    const local = block(LOCAL_SIZE, LOCAL);
    common(local, 4);
    const central = block(CENTRAL_SIZE, CENTRAL);
    central.setUint16(4, 0x031e, true); // made by Unix, so that the mode counts
    common(central, 6);
    central.setUint32(38, ((member.name.endsWith('/') ? 0o40000 : 0o100000) | member.mode) * 0x10000, true);
    central.setUint32(42, at, true);
    parts.push(bytesOf(local), name, member.content);
    directory.push(bytesOf(central), name);
    at += LOCAL_SIZE + name.length + member.content.length;
  }
  const end = block(END_SIZE, END);
  end.setUint16(8, members.length, true);
  end.setUint16(10, members.length, true);
  end.setUint32(
    12,
    directory.reduce((sum, part) => sum + part.length, 0),
    true,
  );
  end.setUint32(16, at, true);
  return joined([...parts, ...directory, bytesOf(end)]);
}

/** The members in the order of the directory at the end; undefined when the bytes are no archive. */
export function zipMembers(bytes: Uint8Array): ZipMember[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - END_SIZE;
  while (end >= 0 && view.getUint32(end, true) !== END) end--;
  if (end < 0) return undefined;
  const members: ZipMember[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (at + CENTRAL_SIZE > end || view.getUint32(at, true) !== CENTRAL || view.getUint16(at + 10, true) !== 0)
      return undefined;
    const length = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    if (local + LOCAL_SIZE > bytes.length) return undefined;
    const start = local + LOCAL_SIZE + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    members.push({
      name: decodeText(bytes.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + length)),
      mode: (view.getUint32(at + 38, true) >>> 16) & 0o7777,
      mtime: unixTime(view.getUint16(at + 12, true), view.getUint16(at + 14, true)),
      content: bytes.slice(start, start + view.getUint32(at + 24, true)),
    });
    at += CENTRAL_SIZE + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return members;
}

function block(size: number, signature: number): DataView {
  const view = new DataView(new ArrayBuffer(size));
  view.setUint32(0, signature, true);
  return view;
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function dosTime(ms: number): { time: number; date: number } {
  const date = new Date(ms);
  return {
    time: (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1),
    date: ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate(),
  };
}

function unixTime(time: number, date: number): number {
  const year = 1980 + (date >> 9);
  return Date.UTC(year, ((date >> 5) & 15) - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2);
}
