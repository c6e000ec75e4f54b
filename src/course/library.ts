import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import type { Lesson } from './lesson/lesson.ts';
import type { Problem } from './lesson/problem.ts';
import type { Text } from './text.ts';

/** A line of the list of lessons. */
export interface LessonEntry {
  readonly id: string;
  readonly title: Text;
  readonly summary: Text;
  readonly minutes: readonly [number, number];
  readonly steps: readonly string[];
}

/** Where lessons come from. */
export interface Library {
  readonly entries: readonly LessonEntry[];
  /** Undefined when there is none of that id. */
  lesson(id: string): Lesson | undefined;
}

export function builtInLibrary(): Library {
  return libraryOf(builtInLessons());
}

/** Lessons that a build has read and checked: `lessons.json.br` beside the bundle. */
export function builtInLessons(): readonly Lesson[] {
  // Chunks of the bundle lie one folder below its entry.
  const file = ['./lessons.json.br', '../lessons.json.br']
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((place) => existsSync(place));
  return file === undefined ? [] : JSON.parse(brotliDecompressSync(readFileSync(file)).toString('utf8'));
}

export function libraryOf(lessons: readonly Lesson[]): Library {
  return {
    entries: lessons.map(({ id, title, summary, minutes, steps }) => ({
      id,
      title,
      summary,
      minutes,
      steps: steps.map((step) => step.id),
    })),
    lesson: (id) => lessons.find((lesson) => lesson.id === id),
  };
}

/** Folders below `root` (or `root` itself) that hold a lesson.yaml. */
export function lessonFolders(root: string): string[] {
  if (existsSync(path.join(root, 'lesson.yaml'))) return [root];
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .flatMap((entry) => lessonFolders(path.join(root, entry.name)))
    .sort();
}

function missingText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'ENOENT'
    ? 'the file is missing; in one language only are lessons of a pack, whose pack.yaml says so'
    : error.message;
}

/** Reads a lesson from its folder. Missing files are problems, not exceptions. Loads the schema only when called. */
export async function readLessonFolder(
  folder: string,
  worlds?: readonly string[],
): Promise<{ lesson: Lesson | undefined; problems: readonly Problem[] }> {
  const { readLesson } = await import('./lesson/read.ts');
  const missing: Problem[] = [];
  const read = (name: string) => {
    const file = path.join(folder, name);
    try {
      return { name: path.relative('', file) || file, text: readFileSync(file, 'utf8') };
    } catch (error) {
      missing.push({ file, line: 1, column: 1, message: missingText(error) });
      return { name: file, text: '' };
    }
  };
  const files = { yaml: read('lesson.yaml'), en: read('text.en.md'), ko: read('text.ko.md') };
  return missing.length > 0 ? { lesson: undefined, problems: missing } : readLesson(files, worlds ? { worlds } : {});
}
