import {
  array,
  boolean,
  enum as choice,
  exactOptional,
  int,
  literal,
  number,
  record,
  strictObject,
  string,
  toJSONSchema,
  union,
  type ZodType,
} from 'zod';
import { text } from '../lesson/schema.ts';
import { policies } from '../pack/schema.ts';
import { REFUSALS, type RefusalKind } from '../submission/refusal.ts';
import type { ClassResults } from './types.ts';

// The results of a class as JSON: what `grade --json` writes and `merge` reads.

export const RESULTS_FORMAT = 1;

const texts = strictObject({ en: string(), ko: string() });
const kinds = Object.keys(REFUSALS).filter((kind): kind is RefusalKind => kind in REFUSALS);
const refused = strictObject({ kind: choice(kinds), message: texts });
const stamp = strictObject({ id: string(), version: int(), hash: string() });

const check = strictObject({
  id: string(),
  title: texts,
  points: number(),
  max: number(),
  result: choice(['passed', 'failed', 'undecided']),
  expected: texts,
  actual: texts,
  why: texts,
});

const step = strictObject({
  id: string(),
  title: texts,
  score: number(),
  max: number(),
  checks: array(check),
  seconds: number(),
  lines: int(),
  asked: int(),
  hints: int(),
  solutionShown: boolean(),
  reached: boolean(),
});

const lesson = strictObject({
  id: string(),
  title: texts,
  score: number(),
  max: number(),
  steps: array(step),
  inputs: int(),
});

const graded = strictObject({
  student: string(),
  pack: stamp,
  submitted: number(),
  work: string(),
  sketch: array(number()),
  lessons: array(lesson),
  score: number(),
  max: number(),
});

const outcome = union([strictObject({ graded }), strictObject({ refused, student: exactOptional(string()) })]);

export const fileResult = strictObject({
  file: string(),
  sha256: string(),
  received: exactOptional(number()),
  outcome,
});

const attempt = strictObject({
  file: string(),
  number: exactOptional(int()),
  submitted: exactOptional(number()),
  score: number(),
  max: number(),
  points: number(),
  late: number(),
  penalty: number(),
  counted: boolean(),
  refused: exactOptional(refused),
  notes: array(texts),
});

const student = strictObject({
  student: string(),
  name: exactOptional(string()),
  status: choice(['graded', 'refused', 'missing']),
  points: number(),
  max: number(),
  attempts: array(attempt),
  manual: number(),
  comment: exactOptional(string()),
  shown: exactOptional(graded),
});

const body = {
  pack: strictObject({ id: string(), version: int(), title: text, hash: exactOptional(string()) }),
  version: string(),
  policies,
  part: exactOptional(strictObject({ index: int(), of: int() })),
  files: array(fileResult),
  students: array(student),
  unknown: array(attempt),
};

/** Held to the type: a field that is forgotten here does not compile. */
const classSchema: ZodType<ClassResults> = strictObject(body);
const whole = strictObject({ kubetutor: literal('results'), format: literal(RESULTS_FORMAT), ...body });

export function resultsText(results: ClassResults): string {
  const text = JSON.stringify({ kubetutor: 'results', format: RESULTS_FORMAT, ...results }, undefined, 1);
  // What acts on a terminal and JSON does not escape by itself.
  return `${text.replace(/[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escaped)}\n`;
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Reads what `resultsText` wrote; undefined when it is something else. */
export function readResults(text: string): ClassResults | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = whole.safeParse(value);
  if (!parsed.success) return undefined;
  const { kubetutor: _, format: __, ...results } = parsed.data;
  return classSchema.parse(results);
}

/** JSON Schema of the results. */
export function resultsJsonSchema(): unknown {
  return { title: 'Results of a class, by kubetutor grade --json', ...toJSONSchema(whole) };
}

const manualEntry = strictObject({
  points: exactOptional(number()),
  checks: exactOptional(record(string(), number())),
  comment: exactOptional(string()),
});
/** The file of points and comments that people give: by student. */
export const manualFile = record(string(), manualEntry);
