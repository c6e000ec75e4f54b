import { Gunzip, gzipSync } from 'fflate/browser';

/** More than this is not unpacked: a bomb of some kB must not eat the host's memory. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What `gzip -l` needs to know of a file. */
export interface GzipHeader {
  /** Of the header, with the eight bytes at the end: the rest is what was packed. */
  readonly overhead: number;
  readonly size: number;
}

/** Why bytes could not be unpacked, in gzip's words. */
export class GzipError extends Error {}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Packed by deflate; the same bytes on every host. `mtime` in ms. */
export function gzip(
  bytes: Uint8Array,
  options: { readonly level?: number; readonly name?: string; readonly mtime?: number },
): Uint8Array {
  const { level = 6, name, mtime = 0 } = options;
  const levels = [1, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
  return gzipSync(bytes, {
    level: levels[level] ?? 6,
    mtime: mtime === 0 ? 0 : new Date(mtime),
    ...(name === undefined ? {} : { filename: name }),
  });
}

/** Raises GzipError. */
export function gunzip(bytes: Uint8Array): Uint8Array {
  if (!isGzip(bytes)) throw new GzipError('not in gzip format');
  const parts: Uint8Array[] = [];
  let length = 0;
  const unpack = new Gunzip((part) => {
    length += part.length;
    if (length > MOST_BYTES) throw new GzipError('kubetutor unpacks no more than 64 MiB');
    parts.push(part.slice());
  });
  try {
    // Piece by piece: what comes out of a piece is bounded before the next is looked at.
    for (let at = 0; at < bytes.length; at += 4096)
      unpack.push(bytes.subarray(at, at + 4096), at + 4096 >= bytes.length);
  } catch (error) {
    if (error instanceof GzipError) throw error;
    throw new GzipError(
      error instanceof Error && /EOF/.test(error.message)
        ? 'unexpected end of file'
        : 'invalid compressed data--format violated',
    );
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  if (length % 2 ** 32 !== statedSize(bytes)) throw new GzipError('unexpected end of file');
  return all;
}

/** Raises GzipError. */
export function gzipHeader(bytes: Uint8Array): GzipHeader {
  if (!isGzip(bytes)) throw new GzipError('not in gzip format');
  const named = ((bytes[3] ?? 0) & 8) !== 0;
  const end = named ? bytes.indexOf(0, 10) + 1 : 10;
  return { overhead: end + 8, size: statedSize(bytes) };
}

function statedSize(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(-4);
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
}
