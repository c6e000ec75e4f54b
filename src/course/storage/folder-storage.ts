import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { type AppendFile, type Lock, LockedError, type Storage, StorageError } from './storage.ts';

/** Saves in a folder of the host. */
export class FolderStorage implements Storage {
  constructor(readonly place: string) {}

  read(name: string): Uint8Array | undefined {
    const file = this.path(name);
    if (!existsSync(file)) return undefined;
    return attempt(file, () => readFileSync(file));
  }

  append(name: string, length: number): AppendFile {
    const file = this.path(name);
    return attempt(file, () => {
      mkdirSync(path.dirname(file), { recursive: true });
      const descriptor = openSync(file, existsSync(file) ? 'r+' : 'w+', 0o600);
      ftruncateSync(descriptor, length);
      let at = length;
      return {
        append: (bytes) =>
          attempt(file, () => {
            // After a short write (full disk) the next attempt starts at the same place: no half line stays between two.
            let written = 0;
            while (written < bytes.length) {
              written += writeSync(descriptor, bytes, written, bytes.length - written, at + written);
            }
            fsyncSync(descriptor);
            at += bytes.length;
          }),
        close: () => closeSync(descriptor),
      };
    });
  }

  rename(from: string, to: string): void {
    attempt(this.path(from), () => renameSync(this.path(from), this.path(to)));
  }

  remove(name: string): void {
    attempt(this.path(name), () => rmSync(this.path(name), { force: true }));
  }

  names(folder: string): readonly string[] {
    const directory = this.path(folder);
    if (!existsSync(directory)) return [];
    return attempt(directory, () =>
      readdirSync(directory)
        .sort()
        .map((name) => `${folder}/${name}`),
    );
  }

  lock(name: string): Lock {
    const file = this.path(`${name}.lock`);
    attempt(file, () => mkdirSync(path.dirname(file), { recursive: true }));
    for (let tries = 0; tries < 5; tries++) {
      if (tryCreate(file)) return { release: () => rmSync(file, { force: true }) };
      const pid = holder(file);
      if (pid !== undefined && pid !== process.pid && isRunning(pid)) throw new LockedError(file, pid);
      discard(file);
    }
    throw new LockedError(file, holder(file) ?? 0);
  }

  private path(name: string): string {
    return path.join(this.place, name);
  }
}

function attempt<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new StorageError(file, error);
  }
}

function tryCreate(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new StorageError(file, error);
  }
}

/** The pid in a lock; undefined when it has none: the writer died in between. */
function holder(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Of two that find the same stale lock only one can move it away; the other tries again. */
function discard(file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    rmSync(aside, { force: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw new StorageError(file, error);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
