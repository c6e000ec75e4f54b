import { stringify } from 'yaml';
import type { Language } from '../text.ts';
import type { Files } from './files.ts';
import { type BankExercise, type BankStep, killercodaScenario } from './killercoda.ts';

/** What each part of an exercise is called in the banks there are. */
const NAMES = {
  setup: ['setup.sh', 'init.sh', 'background.sh', 'prepare.sh'],
  question: ['question.md', 'task.md', 'text.md', 'README.md', 'readme.md'],
  validate: ['validate.sh', 'verify.sh', 'check.sh', 'test.sh'],
  solution: ['solution.sh', 'solve.sh', 'answer.sh'],
} as const;

/** An exercise of a bank, as a lesson. */
export interface ImportedExercise {
  readonly id: string;
  /** Its folder in the bank. */
  readonly from: string;
  readonly steps: readonly BankStep[];
  /** The files of the lesson. */
  readonly files: ReadonlyMap<string, string>;
  /** What was left behind, in words. */
  readonly left: readonly string[];
}

/** Finds the exercises of a bank: scenarios with an index.json, and each other folder with a validate.sh (or its like). */
export function findExercises(files: Files, language: Language, world: string): ImportedExercise[] {
  const found = new Map<string, BankExercise>();
  for (const name of files.keys()) {
    const folder = folderOf(name);
    const scenario = name === inFolder(folder, 'index.json') ? killercodaScenario(files, folder) : undefined;
    if (scenario) found.set(folder, scenario);
  }
  const scenarios = [...found.keys()];
  for (const name of files.keys()) {
    const folder = folderOf(name);
    const belongs = scenarios.some((scenario) => scenario === '' || `${folder}/`.startsWith(`${scenario}/`));
    if (!belongs && NAMES.validate.some((one) => name === inFolder(folder, one)))
      found.set(folder, folderExercise(files, folder));
  }
  const taken = new Set<string>();
  return [...found.keys()].sort().map((folder) => {
    const exercise = found.get(folder) ?? folderExercise(files, folder);
    const inner = [...found.keys()].filter((other) => other !== folder && other.startsWith(inFolder(folder, '')));
    return imported(files, folder, exercise, inner, uniqueId(folder, taken), language, world);
  });
}

const folderOf = (name: string) => name.split('/').slice(0, -1).join('/');
const inFolder = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`);

/** A folder with setup.sh, question.md and validate.sh: one step. */
function folderExercise(files: Files, folder: string): BankExercise {
  const used = new Set<string>();
  const part = (kind: keyof typeof NAMES): string | undefined => {
    const name = NAMES[kind].map((one) => inFolder(folder, one)).find((one) => files.has(one));
    if (name !== undefined) used.add(name);
    return name === undefined ? undefined : files.text(name);
  };
  const step = {
    setup: part('setup'),
    text: part('question'),
    validate: part('validate') ?? 'false',
    solution: part('solution'),
  };
  return { title: undefined, steps: [{ ...step, title: undefined }], used, absent: [] };
}

function imported(
  files: Files,
  folder: string,
  { title: named, steps, used, absent }: BankExercise,
  /** Folders below that are exercises of their own. */
  inner: readonly string[],
  id: string,
  language: Language,
  world: string,
): ImportedExercise {
  const beside = (name: string) =>
    name.startsWith(inFolder(folder, '')) &&
    !used.has(name) &&
    !inner.some((other) => name.startsWith(`${other}/`)) &&
    (steps.length > 1 || used.has(inFolder(folder, 'index.json')) || folderOf(name) === folder);
  const left = [
    ...[...files.keys()]
      .filter(beside)
      .map((name) => `${name}: not taken; only setup, question, validation and solution are`),
    ...absent.map((name) => `${name}: its index names it, and it is not there`),
    ...[...used]
      .filter((name) => files.text(name)?.includes('\ufffd'))
      .map((name) => `${name}: not in UTF-8; some letters of it are lost`),
  ];
  const several = steps.length > 1;
  const title = named ?? titleOf(steps[0]?.text, id);
  const idOf = (index: number) => (several ? `task-${index + 1}` : 'task');
  steps.forEach((step, index) => {
    const where = several ? `${folder}, step ${index + 1}` : folder;
    if (step.text === undefined) left.push(`${where}: there is no question.md`);
    if (step.validate !== undefined && step.solution === undefined)
      left.push(`${where}: there is no solution.sh, so \`lint --prove\` cannot show that it can be solved`);
  });
  const lesson = {
    id,
    version: 1,
    title: escaped(title),
    summary: escaped(title),
    world,
    minutes: [5, 20],
    steps: steps.map(({ setup, validate, solution }, index) => ({
      id: idOf(index),
      ...(setup === undefined ? {} : { setup: [{ run: escaped(setup) }] }),
      ...(validate === undefined
        ? {}
        : { checks: [{ id: 'valid', title: VALID[language], bash: { script: escaped(validate), timeout: 120 } }] }),
      ...(solution === undefined ? { unproved: true } : { solutions: [escaped(solution)] }),
    })),
  };
  const text = steps.map((step, index) => {
    const heading = step.title ?? titleOf(step.text, title);
    return `## ${idOf(index)}: ${heading}\n${bodyOf(step.text ?? heading)}\n`;
  });
  return {
    id,
    from: folder === '' ? '.' : folder,
    steps,
    files: new Map([
      ['lesson.yaml', stringify(lesson, { lineWidth: 0 })],
      [`text.${language}.md`, escaped(text.join('\n'))],
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
