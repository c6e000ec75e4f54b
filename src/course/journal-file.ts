import { type Entry, type JournalContent, type JournalHeader, readJournal, sealEntry, sealHeader } from './journal.ts';
import { type AppendFile, type Lock, notSavedText, type Storage, StorageError } from './storage/storage.ts';
import type { Text } from './text.ts';

const LF = 0x0a;

/** The journal of one lesson on a disk. Whatever goes wrong with the disk, the lesson goes on: `warning` says what. */
export class JournalFile {
  warning: Text | undefined;
  private file: AppendFile | undefined;
  private digest = '';
  /** Where the file is continued when it can be opened at last. */
  private openAt = 0;
  /** Lines that could not be written yet. */
  private pending: Uint8Array[] = [];

  private constructor(
    private readonly storage: Storage,
    private readonly name: string,
    private readonly lock: Lock | undefined,
  ) {}

  /**
   * Opens the journal `name`. Raises LockedError when another kubetutor has it open, JournalError when it cannot be
   * read by this version. A disk that cannot be written is a warning.
   */
  static open(storage: Storage, name: string): { file: JournalFile; content: JournalContent | undefined } {
    let lock: Lock | undefined;
    let warning: Text | undefined;
    try {
      lock = storage.lock(name);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      warning = notSavedText(error);
    }
    const file = new JournalFile(storage, name, lock);
    file.warning = warning;
    try {
      const bytes = storage.read(name) ?? new Uint8Array(0);
      const content = readJournal(bytes);
      if (content) file.goOnAfter(content, bytes);
      return { file, content };
    } catch (error) {
      if (error instanceof StorageError) {
        file.warning = notSavedText(error);
        return { file, content: undefined };
      }
      lock?.release();
      throw error;
    }
  }

  private goOnAfter(content: JournalContent, bytes: Uint8Array): void {
    this.digest = content.digest;
    this.openAt = content.goodBytes;
    this.tryDisk(() => {
      // A torn last line is nothing; whole lines that cannot be used may still be worth something to somebody.
      if (bytes.indexOf(LF, content.goodBytes) >= 0) this.keepDamaged(bytes.subarray(0, content.goodBytes));
      this.file ??= this.storage.append(this.name, this.openAt);
    });
  }

  private keepDamaged(good: Uint8Array): void {
    this.storage.rename(this.name, `${this.name}.damaged`);
    this.file = this.storage.append(this.name, 0);
    this.file.append(good);
  }

  /** Begins anew; what was there is kept as `aside` when that is given. */
  start(header: JournalHeader, aside?: string): void {
    this.file?.close();
    this.file = undefined;
    const { line, digest } = sealHeader(header);
    this.digest = digest;
    this.openAt = 0;
    this.pending = [];
    this.tryDisk(() => {
      if (aside !== undefined) this.storage.rename(this.name, aside);
      this.file = this.storage.append(this.name, 0);
    });
    this.write(line);
  }

  /** Writes and flushes one line. */
  append(entry: Entry): void {
    const { line, digest } = sealEntry(this.digest, entry);
    this.digest = digest;
    this.write(line);
  }

  private write(line: Uint8Array): void {
    this.pending.push(line);
    this.tryDisk(() => {
      const file = this.file ?? this.storage.append(this.name, this.openAt);
      this.file = file;
      for (let next = this.pending[0]; next; next = this.pending[0]) {
        file.append(next);
        this.pending.shift();
      }
      this.warning = undefined;
    });
  }

  private tryDisk(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.warning = notSavedText(error);
    }
  }

  close(): void {
    this.file?.close();
    this.lock?.release();
  }
}
