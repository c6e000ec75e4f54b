import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { decode } from '../../world/bytes.ts';
import { PackError } from './pack-error.ts';

/** What a pack may weigh, unpacked, and how many files it may have: far more than lessons need. */
export const MAX_BYTES = 20_000_000;
const MAX_FILES = 2000;
const MAX_DEPTH = 10;
/** What one file that is read as text may weigh: forty times the longest lesson there is. */
const MAX_TEXT = 1_000_000;
/** Folders that no pack means to hand out. */
const PASSED_OVER = new Set(['node_modules', '__MACOSX']);

/** The files of a pack by their relative path, with `/`. Whoever made it, they stay within bounds. */
export class Files extends Map<string, Uint8Array> {
  private bytes = 0;

  /** Raises PackError for a name that leads out, a second file of a name, and what is too much. */
  add(name: string, content: Uint8Array): void {
    const clean = checkName(name);
    if (clean.split('/').some((part) => PASSED_OVER.has(part) || part.startsWith('._'))) return;
    if (this.has(clean)) throw refused(clean, 'a second file of this name', '같은 이름의 파일이 또 있습니다');
    this.bytes += content.length;
    if (this.size >= MAX_FILES || this.bytes > MAX_BYTES) throw tooMuch();
    this.set(clean, content);
  }

  /** A file as text; undefined when there is none. Raises PackError for one that is too long to be a lesson's. */
  text(name: string): string | undefined {
    const bytes = this.get(name);
    if (bytes && bytes.length > MAX_TEXT)
      throw refused(name, `a text of more than ${MAX_TEXT / 1e6} MB`, `${MAX_TEXT / 1e6} MB가 넘는 텍스트입니다`);
    // As git and editors of Windows write them: the same text has the same digest everywhere.
    return (
      bytes &&
      decode(bytes)
        .replace(/^\ufeff/, '')
        .replace(/\r\n/g, '\n')
    );
  }

  /** Without the one folder that holds everything, as archives of npm and git have it. */
  unwrapped(): Files {
    if (this.has('pack.yaml')) return this;
    const tops = new Set([...this.keys()].map((name) => name.split('/')[0] ?? ''));
    const [top] = tops;
    if (tops.size !== 1 || top === undefined || ![...this.keys()].every((name) => name.includes('/'))) return this;
    const inner = new Files();
    for (const [name, content] of this) inner.add(name.slice(top.length + 1), content);
    return inner;
  }
}

/** A relative path without detours. Raises PackError. */
export function checkName(name: string): string {
  const clean = name.replace(/^(\.\/)+/, '');
  const parts = clean.split('/');
  const wrong =
    clean === '' ||
    clean.startsWith('/') ||
    /[\\\x00-\x1f\x7f]|^[A-Za-z]:/.test(clean) ||
    parts.some((part) => part === '' || part === '.' || part === '..');
  if (wrong && clean !== '.' && clean !== '')
    throw refused(name, 'the path leads out of the pack', '경로가 팩 밖으로 나갑니다');
  if (parts.length > MAX_DEPTH) throw refused(name, 'folders lie too deep', '폴더가 너무 깊습니다');
  return clean;
}

/** The files of a folder. Links are refused, not followed. */
export function readFolder(root: string): Files {
  const files = new Files();
  let seen = 0;
  const visit = (relative: string) => {
    for (const name of readdirSync(path.join(root, relative)).sort()) {
      if (name.startsWith('.') || PASSED_OVER.has(name)) continue;
      const inner = relative === '' ? name : `${relative}/${name}`;
      // Folders count as well: many empty ones would take as long.
      if (++seen > 2 * MAX_FILES) throw tooMuch();
      const stat = lstatSync(path.join(root, inner));
      if (stat.isDirectory()) {
        checkName(inner);
        visit(inner);
      } else if (!stat.isFile())
        throw refused(inner, 'only files and folders are allowed, no links', '파일과 폴더만 허용됩니다 (링크 불가)');
      else if (stat.size > MAX_BYTES) throw tooMuch();
      else files.add(inner, readFileSync(path.join(root, inner)));
    }
  };
  visit('');
  return files;
}

export interface Bank {
  readonly files: Files;
  /** What was not taken, and why: lines for people. */
  readonly left: readonly string[];
}

/**
 * The files of a folder of exercises as somebody keeps it: what no pack may hold is left and told, not refused. Links to
 * files within it are followed, others are not. Raises PackError when there is more than a pack may have.
 */
export function readBank(root: string): Bank {
  const files = new Files();
  const left: string[] = [];
  const home = realpathSync(root);
  let seen = 0;
  const visit = (relative: string) => {
    for (const name of readdirSync(path.join(root, relative)).sort()) {
      if (name.startsWith('.') || PASSED_OVER.has(name)) continue;
      if (++seen > 2 * MAX_FILES) throw tooMuch();
      const inner = relative === '' ? name : `${relative}/${name}`;
      const why = take(inner);
      if (why !== undefined) left.push(`${inner}: ${why}`);
    }
  };
  const take = (inner: string): string | undefined => {
    const place = path.join(root, inner);
    try {
      checkName(inner);
      const link = lstatSync(place).isSymbolicLink();
      if (link && !isWithin(home, realpathSync(place))) return 'a link that leads out of the folder: not followed';
      const stat = statSync(place);
      if (stat.isDirectory() && link) return 'a link to a folder: not followed';
      if (stat.isDirectory()) visit(inner);
      else if (!stat.isFile()) return 'neither a file nor a folder: not read';
      else if (stat.size > MAX_TEXT) return `more than ${MAX_TEXT / 1e6} MB: not read`;
      else files.add(inner, readFileSync(place));
    } catch (error) {
      if (error instanceof TooMuch) throw error;
      if (error instanceof PackError) return error.text.en.replace(/^"(?:[^"\\]|\\.)*": /, '');
      if (!(error instanceof Error && 'code' in error)) throw error;
      return error.code === 'ENOENT' || error.code === 'ELOOP'
        ? 'a link that leads nowhere'
        : `not read: ${error.code}`;
    }
    return undefined;
  };
  visit('');
  return { files, left };
}

function isWithin(folder: string, place: string): boolean {
  return place === folder || place.startsWith(`${folder}${path.sep}`);
}

/** Whether a place on the host is a folder, and not a file. Raises PackError when it is neither. */
export function isFolder(place: string): boolean {
  try {
    const stat = statSync(place);
    if (stat.isDirectory()) return true;
    // Devices and pipes have no size, and may have no end.
    if (!stat.isFile())
      throw new PackError({ en: `${place} is no file and no folder`, ko: `${place}은(는) 파일도 폴더도 아닙니다` });
    if (stat.size > MAX_BYTES) throw tooMuch();
    return false;
  } catch (error) {
    if (error instanceof PackError) throw error;
    throw new PackError({ en: `there is no ${place}`, ko: `${place}이(가) 없습니다` });
  }
}

function refused(name: string, en: string, ko: string): PackError {
  return new PackError({ en: `${JSON.stringify(name)}: ${en}`, ko: `${JSON.stringify(name)}: ${ko}` });
}

/** Raised where there is more than a pack may have, whatever it is. */
class TooMuch extends PackError {}

function tooMuch(): PackError {
  return new TooMuch({
    en: `it has more than ${MAX_FILES} files or ${MAX_BYTES / 1e6} MB, and is refused`,
    ko: `파일 ${MAX_FILES}개 또는 ${MAX_BYTES / 1e6} MB를 넘어 거부했습니다`,
  });
}
