import { PathError, parsePath } from '../checks/path.ts';
import { patternProblem } from '../checks/pattern.ts';
import { isRecord } from '../input.ts';
import type { SetupBlock } from './lesson.ts';
import type { Problem } from './problem.ts';
import { CHECK_KIND_NAMES, type LessonFile, type StepFile, type SymptomFile } from './schema.ts';
import type { Path, PositionedYaml } from './yaml-positions.ts';

/** What a schema cannot say: references, exactly-one-of, paths, regular expressions, hints that tell too much. */
export function checkMeaning(
  file: LessonFile,
  yaml: PositionedYaml,
  problems: Problem[],
  options: { readonly withoutSolutions?: boolean } = {},
): void {
  const say = (path: Path, message: string) => problems.push(yaml.problem(path, message));
  if (file.minutes[0] > file.minutes[1]) say(['minutes'], 'minutes are given as [from, to]');
  const ids = new Set<string>();
  file.steps.forEach((step, index) => {
    const path = ['steps', index];
    if (ids.has(step.id)) say([...path, 'id'], `a second step ${step.id}`);
    ids.add(step.id);
    checkStep(step, path, say, options.withoutSolutions ?? false);
  });
}

type Say = (path: Path, message: string) => void;

function checkStep(step: StepFile, path: Path, say: Say, withoutSolutions: boolean): void {
  const checks = step.checks ?? [];
  const before = new Set<string>();
  const hidden = new Set(checks.filter((check) => check.hidden).map((check) => check.id));
  checks.forEach((check, index) => {
    const here = [...path, 'checks', index];
    if (before.has(check.id)) say([...here, 'id'], `a second check ${check.id}`);
    (check.needs ?? []).forEach((need, at) => {
      if (!before.has(need)) say([...here, 'needs', at], `needs names a check that comes before this one, not ${need}`);
    });
    for (const need of check.needs ?? []) {
      if (hidden.has(need) && !check.hidden)
        say([...here, 'needs'], `${check.id} needs ${need}, which a student's copy does not have: it is hidden`);
    }
    before.add(check.id);
    checkKinds(check, here, say);
  });
  if (checks.length > 0 && !withoutSolutions && !step.unproved && (step.solutions ?? []).length === 0)
    say([...path, 'id'], `step ${step.id} has checks but no solution`);
  (step.symptoms ?? []).forEach((symptom, index) => {
    checkKinds(symptom, [...path, 'symptoms', index], say);
    if (symptom.history) say([...path, 'symptoms', index, 'history'], 'nothing is watched before the step begins');
  });
  (step.nearMisses ?? []).forEach((miss, index) => {
    if (!before.has(miss.fails))
      say([...path, 'nearMisses', index, 'fails'], `no check of this step has the id ${miss.fails}`);
  });
  (step.setup ?? []).forEach((block, index) => {
    checkSetup(block, [...path, 'setup', index], say);
  });
  checkHints(step, path, say);
}

function checkSetup(block: SetupBlock, path: Path, say: Say): void {
  const given = [block.run, block.manifest, block.file].filter((part) => part !== undefined).length;
  if (given !== 1) say(path, 'a setup block has exactly one of run, manifest, file');
  if (block.machine !== undefined && block.run === undefined) say([...path, 'machine'], 'machine goes with run only');
}

/** A hint helps to find the solution; it is not the solution. */
function checkHints(step: StepFile, path: Path, say: Say): void {
  const secret = (step.solutions ?? [])
    .flatMap((solution) => solution.split('\n'))
    .map(squeeze)
    .filter((line) => line.length >= 12 && line.includes(' '));
  (step.hints ?? []).forEach((hint, index) => {
    for (const language of ['en', 'ko'] as const) {
      const told = secret.find((line) => squeeze(hint[language]).includes(line));
      if (told !== undefined)
        say([...path, 'hints', index, language], `the hint contains a line of a solution: ${told}`);
    }
  });
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function checkKinds(check: SymptomFile, path: Path, say: Say): void {
  const kinds = CHECK_KIND_NAMES.filter((kind) => Object.hasOwn(check, kind));
  if (kinds.length !== 1) {
    say(
      path,
      `a check has exactly one of ${CHECK_KIND_NAMES.join(', ')}${kinds.length === 0 ? '' : `; this one has ${kinds.join(' and ')}`}`,
    );
  }
  const { history } = check;
  if (
    history &&
    [history.never, history.always, history.eventually].filter((moment) => moment !== undefined).length !== 1
  ) {
    say([...path, 'history'], 'history has exactly one of never, always, eventually');
  }
  checkValues(check, path, say);
}

/** Paths and regular expressions, wherever they are in a check. */
function checkValues(value: unknown, path: Path, say: Say): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      checkValues(item, [...path, index], say);
    });
    return;
  }
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    const here = [...path, key];
    if ((key === 'where' || key === 'yaml') && Array.isArray(item)) {
      item.forEach((condition, index) => {
        checkCondition(condition, [...here, index], say);
      });
    } else if (key === 'matches' && typeof item === 'string') checkPattern(item, here, say);
    else checkValues(item, here, say);
  }
}

function checkCondition(condition: unknown, path: Path, say: Say): void {
  if (!isRecord(condition)) return;
  if (Object.keys(condition).length < 2)
    say(path, 'a condition needs an operator: equals, not, contains, matches, gte, …');
  if (typeof condition['matches'] === 'string') checkPattern(condition['matches'], [...path, 'matches'], say);
  try {
    parsePath(String(condition['path']));
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    say([...path, 'path'], error.message);
  }
}

function checkPattern(pattern: string, path: Path, say: Say): void {
  const problem = patternProblem(pattern);
  if (problem !== undefined) say(path, problem);
}
