import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostClock } from '../../src/cli/host.ts';
import { problemText } from '../../src/course/lesson/problem.ts';
import { lessonFolders, readLessonFolder } from '../../src/course/library.ts';
import { proveLesson } from '../../src/course/prove.ts';
import { scenarioSource } from '../../src/course/scenario-source.ts';

describe.each(lessonFolders(path.resolve('lessons')))('%s', (folder) => {
  it('is right, scores 0 untouched, 100 % with each solution, and fails each near miss where it should', async () => {
    const { lesson, problems } = await readLessonFolder(folder);
    expect(problems.map(problemText)).toEqual([]);
    // What a script says of a failure is said in Korean as well.
    const scripts = (lesson?.steps ?? []).flatMap((step) => step.checks.flatMap((check) => check.bash?.script ?? []));
    for (const script of scripts) expect(script).not.toMatch(/echo "(?!ko: )[^"]*" >&2/);
    if (lesson) await scenarioSource.load?.(lesson.world);
    expect(lesson && proveLesson(lesson, { source: scenarioSource, clock: hostClock })).toEqual({
      wrong: [],
      ended: true,
    });
  }, 120_000);
});
