/** Types lessons from beginning to end and says which steps passed. Exit status: 0 all passed, 1 not all, 2 wrong usage. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readLessonFolder } from '../../src/course/library.ts';
import { messages } from '../../src/tui/locale/locale.ts';
import { Learner } from './learner.ts';
import { Reader, type Screen } from './screen.ts';
import { Tmux } from './tmux.ts';

const USAGE = `usage: node scripts/type-lesson.mjs LESSON... [--lang en|ko|en,ko] [--size 100x30] [--solution N] [--frames DIR]
Types the reference solution number N (1) of each step of these lessons of lessons/ into \`kubetutor start\` (dist/, so build
before) inside tmux; checks each step and goes on. Screens as text are kept in DIR (a new folder below the temporary one).`;

const LOCALES = { en: 'C.UTF-8', ko: 'ko_KR.UTF-8' } as const;
type Language = keyof typeof LOCALES;

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      lang: { type: 'string', default: 'en,ko' },
      size: { type: 'string', default: '100x30' },
      solution: { type: 'string', default: '1' },
      frames: { type: 'string' },
    },
  });
  const languages = values.lang.split(',').filter((name): name is Language => Object.hasOwn(LOCALES, name));
  const [columns = 0, rows = 0] = values.size.split('x').map(Number);
  const solution = Number(values.solution);
  const wrong = languages.length === 0 || !(columns >= 40) || !(rows >= 10) || !(solution >= 1);
  if (positionals.length === 0 || wrong) throw new Error(USAGE);
  const frames = values.frames ?? mkdtempSync(path.join(os.tmpdir(), 'type-lesson-'));
  return { lessons: positionals, languages, columns, rows, solution, frames };
}

type Options = ReturnType<typeof options>;

/** One lesson in one language. Gives whether its end was reached. */
async function typeLesson(id: string, language: Language, options: Options): Promise<boolean> {
  const { columns, rows, frames, solution } = options;
  const { lesson, problems } = await readLessonFolder(path.join('lessons', id));
  if (!lesson) throw new Error(problems.map((problem) => problem.message).join('\n'));
  const folder = path.join(frames, `${id}-${language}-${columns}x${rows}`);
  mkdirSync(folder, { recursive: true });
  const keep = (name: string, screen: Screen) =>
    writeFileSync(path.join(folder, `${name}.txt`), `${screen.rows.join('\n')}\n`);
  const home = mkdtempSync(path.join(os.tmpdir(), 'type-lesson-home-'));
  const env = `env -u LC_ALL -u LC_MESSAGES LANG=${LOCALES[language]} KUBETUTOR_HOME='${home}'`;
  const tmux = new Tmux(
    `${id}-${language}`,
    columns,
    rows,
    `${env} '${process.execPath}' dist/kubetutor.js start ${id}`,
  );
  const texts = messages(language);
  let passed = 0;
  let left = false;
  try {
    const learner = new Learner(tmux, new Reader(columns, rows, texts), texts, lesson, keep);
    for await (const outcome of learner.play(solution - 1)) {
      const { step, problem } = outcome;
      console.log(`${outcome.passed ? 'passed' : 'FAILED'}  ${id} ${language} ${columns}x${rows}  ${step}`);
      if (outcome.passed) passed++;
      else console.log(problem);
    }
    left = await learner.leave();
    if (!left) console.log(`FAILED  ${id} ${language}: the tutor does not end`);
  } finally {
    tmux.close();
    // What is killed may write a last time.
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  console.log(`${id} ${language} ${columns}x${rows}: ${passed} of ${lesson.steps.length} steps; screens in ${folder}`);
  return left && passed === lesson.steps.length;
}

async function main(): Promise<number> {
  let given: Options;
  try {
    given = options();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 2;
  }
  if (!existsSync('dist/kubetutor.js')) {
    console.error('dist/kubetutor.js is not there: npm run build');
    return 2;
  }
  let whole = true;
  for (const id of given.lessons) {
    for (const language of given.languages) {
      try {
        whole = (await typeLesson(id, language, given)) && whole;
      } catch (error) {
        console.log(`FAILED  ${id} ${language}: ${error instanceof Error ? error.message : error}`);
        whole = false;
      }
    }
  }
  return whole ? 0 : 1;
}

process.exitCode = await main();
