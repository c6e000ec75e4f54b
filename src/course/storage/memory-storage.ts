import { concat, EMPTY } from '../../world/bytes.ts';
import { type AppendFile, type Lock, LockedError, type Storage } from './storage.ts';

/** Saves that last as long as the process: for `--no-save`, grading and tests. */
export class MemoryStorage implements Storage {
  readonly place = 'memory';
  readonly files = new Map<string, Uint8Array>();
  private readonly locks = new Set<string>();

  read(name: string): Uint8Array | undefined {
    return this.files.get(name);
  }

  append(name: string, length: number): AppendFile {
    this.files.set(name, (this.files.get(name) ?? EMPTY).subarray(0, length));
    return {
      append: (bytes) => {
        this.files.set(name, concat([this.files.get(name) ?? EMPTY, bytes]));
      },
      close: () => {},
    };
  }

  rename(from: string, to: string): void {
    const bytes = this.files.get(from);
    if (bytes) this.files.set(to, bytes);
    this.files.delete(from);
  }

  remove(name: string): void {
    this.files.delete(name);
  }

  names(folder: string): readonly string[] {
    return [...this.files.keys()].filter((name) => name.startsWith(`${folder}/`)).sort();
  }

  lock(name: string): Lock {
    if (this.locks.has(name)) throw new LockedError(name, 0);
    this.locks.add(name);
    return { release: () => this.locks.delete(name) };
  }
}
