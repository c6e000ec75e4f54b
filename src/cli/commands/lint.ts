import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Lesson } from '../../course/lesson/lesson.ts';
import { PositionedYaml } from '../../course/lesson/yaml-positions.ts';
import { lessonFolders, readLessonFolder } from '../../course/library.ts';
import { scenarioSource } from '../../course/scenario-source.ts';
import { WRONG_USAGE } from '../exit.ts';
import { hostClock } from '../host.ts';
import { cliLanguage, cliMessages } from '../locale/messages.ts';
import { problemLine } from '../locale/problem-line.ts';

export interface LintFlags {
  readonly prove?: boolean;
  readonly schema?: boolean | string;
}

/** `kubetutor lint`: folders of lessons, and packs. */
export async function lint(given: readonly string[], options: LintFlags): Promise<number> {
  const say = cliMessages();
  if (options.schema) return await printSchema(options.schema);
  const lessons: { readonly folder: string; readonly lesson: Lesson }[] = [];
  let wrong = 0;
  let packs = 0;
  for (const place of given.length > 0 ? given : ['.']) {
    const root = packAround(place);
    if (isPack(root)) {
      const { lintPack } = await import('./lint-pack.ts');
      const found = await lintPack(root, options.prove ?? false);
      if (found > 0) wrong++;
      packs++;
      continue;
    }
    const folders = lessonFolders(root);
    if (folders.length === 0) {
      process.stderr.write(`${say.lintNothing(root)}\n`);
      return WRONG_USAGE;
    }
    for (const folder of folders) {
      const { lesson, problems } = await readLessonFolder(folder, scenarioSource.names());
      wrong += problems.length;
      for (const problem of problems) process.stdout.write(`${problemLine(problem)}\n`);
      if (!lesson) continue;
      lessons.push({ folder, lesson });
      wrong += await lintLessonTexts(folder, lesson);
    }
  }
  if (options.prove) wrong += await prove(lessons);
  if (wrong > 0) return 1;
  if (lessons.length > 0 || packs === 0) process.stdout.write(`${say.lintOk(lessons.length)}\n`);
  return 0;
}

async function lintLessonTexts(folder: string, lesson: Lesson): Promise<number> {
  const { lintTexts } = await import('../../course/lesson/lint-texts.ts');
  const problems = lintTexts(lesson);
  if (problems.length === 0) return 0;
  const yaml = yamlOf(folder);
  for (const { path: place, text, offset, message } of problems)
    process.stdout.write(`${problemLine(yaml.problemIn(place, text, offset, message))}\n`);
  return problems.length;
}

function yamlOf(folder: string): PositionedYaml {
  const file = path.join(folder, 'lesson.yaml');
  return new PositionedYaml(path.relative('', file), readFileSync(file, 'utf8'));
}

/** A folder with a pack.yaml, or an archive. */
function isPack(place: string): boolean {
  return existsSync(path.join(place, 'pack.yaml')) || (existsSync(place) && statSync(place).isFile());
}

/** The pack that a folder lies in: a lesson of one is nothing without its pack.yaml. The folder itself where there is none. */
function packAround(place: string): string {
  for (let at = path.resolve(place); path.dirname(at) !== at; at = path.dirname(at))
    if (existsSync(path.join(at, 'pack.yaml'))) return path.relative('.', at) || '.';
  return place;
}

async function printSchema(which: boolean | string): Promise<number> {
  const { lessonJsonSchema } = await import('../../course/lesson/schema.ts');
  const { packJsonSchema } = await import('../../course/pack/schema.ts');
  const { resultsJsonSchema } = await import('../../course/results/schema.ts');
  const schemas = { lesson: lessonJsonSchema, pack: packJsonSchema, results: resultsJsonSchema };
  const schema = which === 'pack' ? schemas.pack : which === 'results' ? schemas.results : schemas.lesson;
  process.stdout.write(`${JSON.stringify(schema(), undefined, 2)}\n`);
  return 0;
}

async function prove(lessons: readonly { readonly folder: string; readonly lesson: Lesson }[]): Promise<number> {
  const { proveLesson } = await import('../../course/prove.ts');
  let wrong = 0;
  for (const { folder, lesson } of lessons) {
    process.stderr.write(`${cliMessages().proves(lesson.id)}\n`);
    await scenarioSource.load?.(lesson.world);
    const proof = proveLesson(lesson, { source: scenarioSource, clock: hostClock, language: cliLanguage() });
    wrong += proof.wrong.length;
    if (proof.wrong.length === 0) continue;
    const yaml = yamlOf(folder);
    for (const { path: place, text } of proof.wrong)
      process.stdout.write(`${problemLine(yaml.problem(place, text))}\n`);
  }
  return wrong;
}
