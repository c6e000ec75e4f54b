import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { fileResult } from '../course/results/schema.ts';
import type { FileResult } from '../course/results/types.ts';
import { StorageError } from '../course/storage/storage.ts';
import { MAX_FILE } from '../course/submission/read.ts';
import { SUBMISSION_SUFFIX } from '../course/submission/submission.ts';
import { VERSION } from '../course/version.ts';

/** A file that was handed in. */
export interface HandedFile {
  readonly path: string;
  /** What results call it: the path as given. */
  readonly name: string;
  readonly sha256: string;
}

/**
 * Files, and the submissions in folders and their folders, in the order of their names. A link counts as the file that it
 * leads to (so volumes of Kubernetes hold theirs); pipes, devices and links that lead nowhere or to folders are `others`.
 */
export function handedIn(place: string): { readonly files: readonly HandedFile[]; readonly others: readonly string[] } {
  if (!existsSync(place)) return { files: [], others: [] };
  const given = statSync(place);
  if (given.isFile()) return { files: [handedFile(place)], others: [] };
  if (!given.isDirectory()) return { files: [], others: [place] };
  const all = readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
  const isSubmission = (file: string) =>
    file.toLowerCase().endsWith(SUBMISSION_SUFFIX) && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  return { files: all.filter(isSubmission).map(handedFile), others: all.filter((file) => !isSubmission(file)) };
}

/** Each file once, whatever ways it was named. */
export function eachOnce(files: readonly HandedFile[]): HandedFile[] {
  return [...new Map(files.toReversed().map((file) => [realpathSync(file.path), file])).values()].toReversed();
}

function handedFile(file: string): HandedFile {
  return {
    path: file,
    name: file.split(path.sep).join('/'),
    sha256: createHash('sha256').update(readWhole(file)).digest('hex'),
  };
}

/** The file's bytes; of one that is too large as many as show that, and of pipes and devices, which may have no end, none. */
export function readWhole(file: string): Uint8Array {
  if (!statSync(file).isFile()) return new Uint8Array(0);
  const descriptor = openSync(file, 'r');
  try {
    const bytes = new Uint8Array(Math.min(statSync(file).size, MAX_FILE + 1));
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** `2/8`; without text everything. */
export function parseShard(text: string | undefined): Shard | undefined {
  if (text === undefined) return { index: 1, of: 1 };
  const [, index = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  return index >= 1 && index <= of ? { index, of } : undefined;
}

/** The part of a class that a machine grades. Work of one student stays together by its place in the order only: `merge` joins it. */
export function inShard(files: readonly HandedFile[], { index, of }: Shard): readonly HandedFile[] {
  return files.filter((_, place) => place % of === index - 1);
}

/** What was graded before: a file of JSON lines that only grows. */
export class Handed {
  private readonly results = new Map<string, FileResult>();
  /** Its last line was not written to the end. */
  private torn = false;

  /** `about`: what the grade depends on beside the file. */
  constructor(
    private readonly file: string | undefined,
    private readonly about: string,
    /** ms that one file may take. */
    private readonly limit: number,
  ) {
    if (file === undefined || !existsSync(file) || !statSync(file).isFile()) return;
    const text = readFileSync(file, 'utf8');
    this.torn = text !== '' && !text.endsWith('\n');
    for (const line of text.split('\n')) {
      const entry = parseLine(line);
      if (entry?.about === this.key || entry?.about === this.keyOfBombs)
        this.results.set(entry.result.sha256, entry.result);
    }
  }

  /** The result of the same bytes, under the name they have now. */
  known(file: HandedFile): FileResult | undefined {
    const result = this.results.get(file.sha256);
    return result && { ...result, file: file.name };
  }

  remember(result: FileResult): void {
    const kind = 'refused' in result.outcome ? result.outcome.refused.kind : undefined;
    // What went wrong here may go well another time, and what took too long when it is given more.
    if (this.file === undefined || kind === 'fault') return;
    const about = kind === 'bomb' ? this.keyOfBombs : this.key;
    try {
      appendFileSync(this.file, `${this.torn ? '\n' : ''}${JSON.stringify({ about, result })}\n`);
    } catch (error) {
      throw new StorageError(this.file, error);
    }
    this.torn = false;
  }

  private get key(): string {
    return `${VERSION} ${this.about}`;
  }

  private get keyOfBombs(): string {
    return `${this.key} ${this.limit}`;
  }

  /** A text file of the host; undefined when it cannot be read. */
  static text(file: string): string | undefined {
    return existsSync(file) && statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
  }
}

/** A line that was cut off, or is of another kubetutor, is passed over: it is graded again. */
function parseLine(line: string): { about: string; result: FileResult } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('about' in value) || !('result' in value)) return undefined;
    const parsed = fileResult.safeParse(value.result);
    return parsed.success ? { about: String(value.about), result: parsed.data } : undefined;
  } catch {
    return undefined;
  }
}
