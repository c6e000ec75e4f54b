import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { StorageError } from '../course/storage/storage.ts';

/**
 * Writes a file of the host: whoever looks sees what was there before or the whole, even when this process is killed or
 * the disk is full. Pipes and devices are written to. Raises StorageError.
 * @param flushed also wait until it is on the disk, for what nobody can make again
 */
export function writeWhole(file: string, content: string | Uint8Array, flushed = true): void {
  try {
    const there = existsSync(file);
    if (there && !statSync(file).isFile()) return writeFileSync(file, content);
    const place = there ? realpathSync(file) : file;
    const part = partOf(place);
    try {
      const descriptor = openSync(part, 'w');
      try {
        writeFileSync(descriptor, content);
        if (flushed) fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(part, place);
    } catch (error) {
      rmSync(part, { force: true });
      throw error;
    }
  } catch (error) {
    throw new StorageError(file, error);
  }
}

/** Writes a folder that is not there yet: it comes into being with all its files. Raises StorageError. */
export function writeFolder(folder: string, files: ReadonlyMap<string, string>): void {
  const place = path.resolve(folder);
  const part = partOf(place);
  try {
    mkdirSync(path.dirname(place), { recursive: true });
    for (const [name, text] of files) {
      mkdirSync(path.dirname(path.join(part, name)), { recursive: true });
      writeFileSync(path.join(part, name), text);
    }
    renameSync(part, place);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw new StorageError(folder, error);
  }
}

/** Beside it, on the same disk; packs and `grade` pass over names that begin with a dot. */
function partOf(place: string): string {
  return path.join(path.dirname(place), `.${path.basename(place).slice(0, 100)}.${process.pid}.part`);
}
