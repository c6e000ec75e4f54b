import { isRecord } from '../input.ts';
import type { Lesson, Step } from '../lesson/lesson.ts';
import { type Parameters, placesIn } from './parameters.ts';

/** The value of a lesson.yaml without what a student must not have: hidden checks, solutions, near misses, symptoms. */
export function studentValue(value: unknown): unknown {
  if (!isRecord(value) || !Array.isArray(value['steps'])) return value;
  return { ...value, steps: value['steps'].map(studentStep) };
}

const SECRETS: ReadonlySet<string> = new Set(['solutions', 'nearMisses', 'symptoms', 'checks', 'unproved']);

function studentStep(step: unknown): unknown {
  if (!isRecord(step)) return step;
  const kept = Object.entries(step).filter(([key]) => !SECRETS.has(key));
  const checks: unknown[] = Array.isArray(step['checks']) ? step['checks'] : [];
  const isHidden = (check: unknown) => isRecord(check) && check['hidden'] === true;
  const hidden = checks.filter(isHidden);
  const points = hidden.reduce<number>((sum, check) => sum + (isRecord(check) ? Number(check['points'] ?? 1) : 0), 0);
  return {
    ...Object.fromEntries(kept),
    ...(step['checks'] === undefined ? {} : { checks: checks.filter((check) => !isHidden(check)) }),
    ...(hidden.length > 0 ? { hiddenChecks: { count: hidden.length, points } } : {}),
  };
}

/** What of a student's copy must stay as it was for work to be graded: what they read and were judged by, not how many hidden checks there are. */
export function playedValue(value: unknown): unknown {
  const form = studentValue(value);
  if (!isRecord(form) || !Array.isArray(form['steps'])) return form;
  return { ...form, steps: form['steps'].map(playedStep) };
}

function playedStep(step: unknown): unknown {
  if (!isRecord(step)) return step;
  const { hiddenChecks: _, checks, ...rest } = step;
  // A step of hidden checks only is a step without checks.
  return Array.isArray(checks) && checks.length > 0 ? { ...rest, checks } : rest;
}

/** The same for a lesson that has been read. */
export function studentLesson(lesson: Lesson): Lesson {
  return { ...lesson, steps: lesson.steps.map(studentStepOf) };
}

function studentStepOf(step: Step): Step {
  const hidden = step.checks.filter((check) => check.hidden);
  const points = hidden.reduce((sum, check) => sum + check.points, 0);
  return {
    ...step,
    checks: step.checks.filter((check) => !check.hidden),
    ...(hidden.length > 0 ? { hiddenChecks: { count: hidden.length, points } } : {}),
    solutions: [],
    nearMisses: [],
    symptoms: [],
  };
}

/**
 * The parameters that a student's copy still needs, without the fields that only solutions and hidden checks name. What
 * is drawn stays the same: the number of values does.
 */
export function studentParameters(parameters: Parameters, texts: readonly string[]): Parameters {
  const used = usedPlaces(parameters, texts);
  const kept: [string, Parameters[string]][] = [];
  for (const [name, parameter] of Object.entries(parameters)) {
    if (!Array.isArray(parameter)) {
      if (used.has(name)) kept.push([name, parameter]);
      continue;
    }
    const values = parameter.map((value) =>
      typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).filter(([field]) => used.has(`${name}.${field}`)))
        : used.has(name)
          ? value
          : '',
    );
    if (values.some((value) => (typeof value === 'object' ? Object.keys(value).length > 0 : value !== '')))
      kept.push([name, values]);
  }
  return Object.fromEntries(kept);
}

/** Parameters that no text names, nor a value that a text names: what they draw makes no task another. */
export function unusedParameters(parameters: Parameters, texts: readonly string[]): string[] {
  const used = new Set([...usedPlaces(parameters, texts)].map((place) => place.split('.')[0]));
  return Object.keys(parameters).filter((name) => !used.has(name));
}

/** Those that the texts name, and those that their values name. */
function usedPlaces(parameters: Parameters, texts: readonly string[]): ReadonlySet<string> {
  const used = new Set(texts.flatMap(placesIn));
  for (const [name, parameter] of Object.entries(parameters)) {
    for (const value of Array.isArray(parameter) ? parameter : []) {
      const parts = typeof value === 'object' ? Object.entries(value) : [['', value] as const];
      for (const [field, part] of parts) {
        if (!used.has(field === '' ? name : `${name}.${field}`)) continue;
        for (const place of placesIn(String(part))) used.add(place);
      }
    }
  }
  return used;
}
