import { stringify } from 'yaml';
import type { Language } from '../text.ts';
import type { Files } from './files.ts';

/** What each part of an exercise is called in the banks there are. */
const NAMES = {
  setup: ['setup.sh', 'init.sh', 'background.sh', 'prepare.sh'],
  question: ['question.md', 'task.md', 'text.md', 'README.md', 'readme.md'],
  validate: ['validate.sh', 'verify.sh', 'check.sh', 'test.sh'],
  solution: ['solution.sh', 'solve.sh', 'answer.sh'],
} as const;

/** An exercise of the setup.sh / question.md / validate.sh kind, as a lesson of one step. */
export interface ImportedExercise {
  readonly id: string;
  /** Its folder in the bank. */
  readonly from: string;
  readonly setup: string | undefined;
  readonly validate: string;
  readonly solution: string | undefined;
  /** The files of the lesson. */
  readonly files: ReadonlyMap<string, string>;
  /** What was left behind, in words. */
  readonly left: readonly string[];
}

/** Finds the exercises of a bank: each folder with a validate.sh (or its like). */
export function findExercises(files: Files, language: Language, world: string): ImportedExercise[] {
  const folders = new Set(
    [...files.keys()]
      .filter((name) => NAMES.validate.some((one) => name === one || name.endsWith(`/${one}`)))
      .map((name) => name.split('/').slice(0, -1).join('/')),
  );
  const taken = new Set<string>();
  return [...folders].sort().map((folder) => {
    const id = uniqueId(folder, taken);
    return exerciseOf(files, folder, id, language, world);
  });
}

function exerciseOf(files: Files, folder: string, id: string, language: Language, world: string): ImportedExercise {
  const used = new Set<string>();
  const part = (kind: keyof typeof NAMES): string | undefined => {
    const name = NAMES[kind].map((one) => (folder === '' ? one : `${folder}/${one}`)).find((one) => files.has(one));
    if (name !== undefined) used.add(name);
    return name === undefined ? undefined : files.text(name)?.replace(/\r\n/g, '\n');
  };
  const setup = part('setup');
  const question = part('question');
  const validate = part('validate') ?? 'false';
  const solution = part('solution');
  const prefix = folder === '' ? '' : `${folder}/`;
  const left = [...files.keys()]
    .filter((name) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/') && !used.has(name))
    .map((name) => `${name}: not taken; only setup, question, validation and solution are`);
  if (question === undefined) left.push(`${folder}: there is no question.md`);
  if (solution === undefined)
    left.push(`${folder}: there is no solution.sh, so \`lint --prove\` cannot show that it can be solved`);
  const title = titleOf(question, id);
  const lesson = {
    id,
    version: 1,
    title,
    summary: title,
    world,
    minutes: [5, 20],
    steps: [
      {
        id: 'task',
        ...(setup === undefined ? {} : { setup: [{ run: escaped(setup) }] }),
        checks: [{ id: 'valid', title: VALID[language], bash: { script: escaped(validate), timeout: 120 } }],
        ...(solution === undefined ? { unproved: true } : { solutions: [escaped(solution)] }),
      },
    ],
  };
  const text = `## task: ${title}\n${bodyOf(question ?? title)}\n`;
  return {
    id,
    from: folder === '' ? '.' : folder,
    setup,
    validate,
    solution,
    files: new Map([
      ['lesson.yaml', stringify(lesson, { lineWidth: 0 })],
      [`text.${language}.md`, escaped(text)],
    ]),
    left,
  };
}

const VALID: Readonly<Record<Language, string>> = {
  en: 'The validation script succeeds',
  ko: '검증 스크립트가 성공한다',
};

/** Scripts of others know nothing of parameters. */
function escaped(text: string): string {
  return text.replace(/@(?=@?\{[A-Za-z])/g, '@@');
}

function titleOf(question: string | undefined, id: string): string {
  const heading = /^#{1,6}\s+(.+?)\s*#*$/m.exec(question ?? '')?.[1];
  return (heading ?? id.replace(/-/g, ' ')).replace(/[*_`]/g, '').slice(0, 100);
}

/** The text without its first heading; other headings go below that of the step. Code blocks stay as they are. */
function bodyOf(question: string): string {
  let fence = false;
  let first = true;
  const lines = question.split('\n').flatMap((line) => {
    if (/^\s{0,3}(```|~~~)/.test(line)) fence = !fence;
    const heading = fence ? null : /^(#{1,6})\s+(.*)$/.exec(line);
    if (!heading) return [line];
    if (first) {
      first = false;
      return [];
    }
    return [`${'#'.repeat(Math.min(6, Math.max(3, (heading[1]?.length ?? 1) + 1)))} ${heading[2] ?? ''}`];
  });
  if (fence) lines.push('```');
  const body = lines.join('\n').trim();
  return body === '' ? question.replace(/^#+\s*/gm, '').trim() : body;
}

function uniqueId(folder: string, taken: Set<string>): string {
  const base =
    folder
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'exercise';
  let id = base;
  for (let number = 2; taken.has(id); number++) id = `${base}-${number}`;
  taken.add(id);
  return id;
}
