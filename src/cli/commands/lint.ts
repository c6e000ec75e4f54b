import type { Lesson } from '../../course/lesson/lesson.ts';
import { problemText } from '../../course/lesson/problem.ts';
import { lessonFolders, readLessonFolder } from '../../course/library.ts';
import { scenarioSource } from '../../course/scenario-source.ts';
import { WRONG_USAGE } from '../exit.ts';
import { hostClock } from '../host.ts';
import { cliMessages } from '../locale/messages.ts';

/** `kubetutor lint`. */
export async function lint(given: readonly string[], options: { prove?: boolean; schema?: boolean }): Promise<number> {
  const say = cliMessages();
  if (options.schema) {
    const { lessonJsonSchema } = await import('../../course/lesson/schema.ts');
    process.stdout.write(`${JSON.stringify(lessonJsonSchema(), undefined, 2)}\n`);
    return 0;
  }
  const lessons: Lesson[] = [];
  let wrong = 0;
  for (const root of given.length > 0 ? given : ['.']) {
    const folders = lessonFolders(root);
    if (folders.length === 0) {
      process.stderr.write(`${say.lintNothing(root)}\n`);
      return WRONG_USAGE;
    }
    for (const folder of folders) {
      const { lesson, problems } = await readLessonFolder(folder, scenarioSource.names());
      wrong += problems.length;
      for (const problem of problems) process.stdout.write(`${problemText(problem)}\n`);
      if (lesson) lessons.push(lesson);
    }
  }
  if (options.prove) wrong += await prove(lessons);
  if (wrong > 0) return 1;
  process.stdout.write(`${say.lintOk(lessons.length)}\n`);
  return 0;
}

async function prove(lessons: readonly Lesson[]): Promise<number> {
  const { proveLesson } = await import('../../course/prove.ts');
  let wrong = 0;
  for (const lesson of lessons) {
    process.stderr.write(`${cliMessages().proves(lesson.id)}\n`);
    const found = proveLesson(lesson, { source: scenarioSource, clock: hostClock });
    wrong += found.length;
    for (const text of found) process.stdout.write(`${lesson.id}: ${text}\n`);
  }
  return wrong;
}
