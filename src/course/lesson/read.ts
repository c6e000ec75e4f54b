import type { Text } from '../text.ts';
import { meant, problemsOfAll } from './issues.ts';
import type { Check, Lesson, Step } from './lesson.ts';
import { codeLines, readSections, type Section } from './markdown.ts';
import { checkMeaning } from './meaning.ts';
import type { Problem } from './problem.ts';
import { type CheckFile, lessonFile, type StepFile } from './schema.ts';
import { type Path, PositionedYaml } from './yaml-positions.ts';

/** The three files of a lesson; `name` is what messages call it. */
export interface LessonFiles {
  readonly yaml: { readonly name: string; readonly text: string };
  readonly en: { readonly name: string; readonly text: string };
  readonly ko: { readonly name: string; readonly text: string };
}

export interface ReadOptions {
  /** The worlds there are, when known. */
  readonly worlds?: readonly string[];
  /** What a pack does to the value of lesson.yaml before it is read: it puts parameters in, and the language that is left out. */
  readonly prepare?: (value: unknown, say: (path: Path, message: string) => void) => unknown;
  /** lesson.yaml as it was read before: a pack reads it for each student. */
  readonly yaml?: PositionedYaml;
  /** A student's copy of a pack has no solutions. */
  readonly withoutSolutions?: boolean;
}

/** Reads a lesson. Either it is right, or there are problems; never an exception. */
export function readLesson(
  files: LessonFiles,
  options: ReadOptions = {},
): { lesson: Lesson | undefined; problems: readonly Problem[] } {
  const { worlds, prepare } = options;
  const yaml = options.yaml ?? new PositionedYaml(files.yaml.name, files.yaml.text);
  const problems: Problem[] = [...yaml.problems];
  const texts = readTexts(files, problems);
  if (yaml.problems.length > 0) return { lesson: undefined, problems };
  const value = prepare
    ? prepare(yaml.value, (path, message) => problems.push(yaml.problem(path, message)))
    : yaml.value;
  const parsed = lessonFile.safeParse(value);
  if (!parsed.success) {
    problems.push(...problemsOfAll(parsed.error.issues, yaml, []));
    return { lesson: undefined, problems };
  }
  checkMeaning(parsed.data, yaml, problems, options);
  if (parsed.data.parameters && !prepare)
    problems.push(yaml.problem(['parameters'], 'parameters are for lessons of a pack: there is no pack.yaml'));
  if (worlds && !worlds.includes(parsed.data.world)) {
    problems.push(yaml.problem(['world'], `there is no world ${parsed.data.world}${meant(parsed.data.world, worlds)}`));
  }
  const steps = parsed.data.steps.map((step, index) => makeStep(step, index, texts, yaml, problems));
  const known = new Set(parsed.data.steps.map((step) => step.id));
  for (const language of ['en', 'ko'] as const) {
    for (const section of texts[language].values()) {
      if (known.has(section.id) || (language === 'ko' && texts.alone)) continue;
      problems.push({
        file: files[language].name,
        line: section.line,
        column: 4,
        message: `no step has the id ${section.id}${meant(section.id, [...known])}`,
      });
    }
  }
  if (problems.length > 0) return { lesson: undefined, problems };
  const { seed, prerequisites, parameters: _, ...rest } = parsed.data;
  return { lesson: { ...rest, seed: String(seed ?? rest.id), prerequisites: prerequisites ?? [], steps }, problems };
}

interface Sections {
  readonly en: ReadonlyMap<string, Section>;
  readonly ko: ReadonlyMap<string, Section>;
  /** Both are the same file. */
  readonly alone: boolean;
}

function readTexts(files: LessonFiles, problems: Problem[]): Sections {
  const read = ({ name, text }: { name: string; text: string }) => {
    const { sections, problems: found } = readSections(name, text);
    problems.push(...found);
    const map = new Map<string, Section>();
    for (const section of sections) {
      if (map.has(section.id))
        problems.push({ file: name, line: section.line, column: 4, message: `a second text for step ${section.id}` });
      map.set(section.id, section);
    }
    return map;
  };
  const en = read(files.en);
  const ko = read(files.ko);
  for (const [id, section] of en) {
    const other = ko.get(id);
    if (other) compareCode(files, section, other, problems);
  }
  return { en, ko, alone: files.en.name === files.ko.name };
}

/** Both languages show the same code. */
function compareCode(files: LessonFiles, en: Section, ko: Section, problems: Problem[]): void {
  const a = codeLines(en);
  const b = codeLines(ko);
  const at = a.findIndex((line, index) => line.text !== b[index]?.text);
  const difference = at >= 0 ? at : b.length > a.length ? a.length : -1;
  if (difference < 0) return;
  const wanted = a[difference];
  const found = b[difference];
  problems.push({
    file: files.ko.name,
    line: found?.line ?? ko.line,
    column: 1,
    message: `the code of step ${en.id} differs between the languages: ${show(wanted?.text)} in ${files.en.name}, ${show(found?.text)} here`,
  });
}

function show(text: string | undefined): string {
  return text === undefined ? 'nothing' : JSON.stringify(text);
}

function makeStep(step: StepFile, index: number, texts: Sections, yaml: PositionedYaml, problems: Problem[]): Step {
  const path: Path = ['steps', index];
  const section = (language: 'en' | 'ko') => {
    const found = texts[language].get(step.id);
    const name = texts.alone ? 'its text' : `text.${language}.md`;
    // A pack of one language has one file of texts: what is wrong with it is said once.
    if (language === 'ko' && texts.alone) return found;
    if (!found) problems.push(yaml.problem([...path, 'id'], `step ${step.id} has no section in ${name}`));
    const title = step.title?.[language];
    if (found && title !== undefined && title !== found.title) {
      problems.push(
        yaml.problem([...path, 'title', language], `the title differs from that in ${name}: ${found.title}`),
      );
    }
    if (found && found.body === '')
      problems.push(yaml.problem([...path, 'id'], `step ${step.id} has no text in ${name}`));
    return found;
  };
  const en = section('en');
  const ko = section('ko');
  const title: Text = { en: en?.title ?? '', ko: ko?.title ?? '' };
  return {
    id: step.id,
    title,
    text: { en: en?.body ?? '', ko: ko?.body ?? '' },
    setup: step.setup ?? [],
    symptoms: (step.symptoms ?? []).map((item) => makeCheck({ ...item, title: { en: item.id, ko: item.id } })),
    checks: (step.checks ?? []).map(makeCheck),
    ...(step.hiddenChecks ? { hiddenChecks: step.hiddenChecks } : {}),
    hints: step.hints ?? [],
    par: step.par ?? 120,
    solutions: step.solutions ?? [],
    nearMisses: step.nearMisses ?? [],
  };
}

function makeCheck(check: CheckFile): Check {
  return { ...check, points: check.points ?? 1, needs: check.needs ?? [] };
}
