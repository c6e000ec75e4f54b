import type { Text } from '../text.ts';

/** A file that only grows. */
export interface AppendFile {
  /** Writes and flushes to the disk. Raises StorageError. */
  append(bytes: Uint8Array): void;
  close(): void;
}

/** Held by one process at a time. */
export interface Lock {
  release(): void;
}

/** Where saves live: the only door of `course` to the host. Names are relative, with `/`. */
export interface Storage {
  /** What a learner would call the place, for messages. */
  readonly place: string;
  /** Undefined when there is no such file. Raises StorageError. */
  read(name: string): Uint8Array | undefined;
  /** Opens for appending after the first `length` bytes; what follows them is cut off. Raises StorageError. */
  append(name: string, length: number): AppendFile;
  rename(from: string, to: string): void;
  remove(name: string): void;
  names(folder: string): readonly string[];
  /** Raises LockedError when another running process holds it. A lock of a process that is gone is taken over. */
  lock(name: string): Lock;
}

/** A file could not be read or written: full disk, read-only folder, no permission. `detail` is the system's word for it. */
export class StorageError extends Error {
  readonly detail: string;

  constructor(
    readonly path: string,
    cause: unknown,
  ) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    super(detail);
    this.detail = detail;
  }
}

/** Another kubetutor has it open. */
export class LockedError extends Error {
  constructor(
    readonly path: string,
    readonly pid: number,
  ) {
    super(`locked by process ${pid}: ${path}`);
  }
}

export function lockedText(error: LockedError): Text {
  return {
    en: `This lesson is open in another kubetutor (process ${error.pid}). Close it there and try again, or go on here with --no-save: then nothing is saved.`,
    ko: `이 레슨은 다른 kubetutor(프로세스 ${error.pid})에서 열려 있습니다. 그쪽을 닫고 다시 시도하거나, --no-save로 저장 없이 계속하세요.`,
  };
}

export function notSavedText(error: StorageError): Text {
  return {
    en: `journal not saved: ${error.detail}. The lesson goes on, but would be lost at the end.`,
    ko: `저널이 저장되지 않았습니다: ${error.detail}. 레슨은 계속되지만 끝내면 사라집니다.`,
  };
}
