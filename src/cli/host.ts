import type { Lesson } from '../course/lesson/lesson.ts';
import { problemText } from '../course/lesson/problem.ts';
import { builtInLibrary, type Library, lessonFolders, libraryOf, readLessonFolder } from '../course/library.ts';
import { dataFolder } from '../course/storage/data-folder.ts';
import { FolderStorage } from '../course/storage/folder-storage.ts';

/** Saves in the learner's data folder. */
export function hostStorage(): FolderStorage {
  return new FolderStorage(dataFolder());
}

/** The lessons of this build; KUBETUTOR_LESSONS names a folder with others, for authors. */
export async function hostLibrary(): Promise<Library> {
  const folder = process.env['KUBETUTOR_LESSONS'];
  if (!folder) return builtInLibrary();
  const lessons: Lesson[] = [];
  for (const place of lessonFolders(folder)) {
    const { lesson, problems } = await readLessonFolder(place);
    for (const problem of problems) process.stderr.write(`${problemText(problem)}\n`);
    if (lesson) lessons.push(lesson);
  }
  return libraryOf(lessons);
}

export const hostClock = (): number => performance.now();
