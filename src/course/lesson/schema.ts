import {
  array,
  boolean,
  enum as choice,
  exactOptional,
  type infer as Infer,
  int,
  lte,
  number,
  positive,
  record,
  refine,
  regex,
  strictObject,
  string,
  toJSONSchema,
  tuple,
  union,
  unknown,
  type ZodType,
} from 'zod';
import type { CheckKinds } from './lesson.ts';

// The files of a lesson as authors write them. Every object is strict: an unknown key is a typing error.

export const id = string().check(regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'an id is made of a-z, 0-9 and single -'));
export const text = strictObject({ en: string().min(1), ko: string().min(1) });
const scalar = union([string(), number()]);

/** Seconds that a check script may be given. */
const MAX_TIMEOUT = 600;

const condition = strictObject({
  path: string().min(1),
  equals: exactOptional(unknown()),
  not: exactOptional(unknown()),
  contains: exactOptional(unknown()),
  lacks: exactOptional(unknown()),
  matches: exactOptional(string()),
  gte: exactOptional(scalar),
  lte: exactOptional(scalar),
  exists: exactOptional(boolean()),
  absent: exactOptional(boolean()),
  setEquals: exactOptional(array(unknown())),
  in: exactOptional(array(unknown())),
  selects: exactOptional(record(string(), string())),
});

const selection = {
  kind: string().min(1),
  name: exactOptional(string()),
  namespace: exactOptional(string()),
  selector: exactOptional(string()),
  where: exactOptional(array(condition)),
  ready: exactOptional(boolean()),
  cluster: exactOptional(string()),
};
const bounds = {
  equals: exactOptional(int()),
  gte: exactOptional(int()),
  lte: exactOptional(int()),
};
const moment = strictObject({ ...selection, count: exactOptional(strictObject(bounds)) });
const { kind: _kind, ...podSelection } = selection;

const kinds: { readonly [K in keyof CheckKinds]: ZodType<CheckKinds[K]> } = {
  object: strictObject({ ...selection, absent: exactOptional(boolean()) }),
  count: strictObject({ ...selection, ...bounds }),
  history: strictObject({
    never: exactOptional(moment),
    always: exactOptional(moment),
    eventually: exactOptional(moment),
    after: exactOptional(union([moment, array(moment)])),
  }),
  file: strictObject({
    path: string().min(1),
    machine: exactOptional(string()),
    absent: exactOptional(boolean()),
    contains: exactOptional(string()),
    matches: exactOptional(string()),
    lacks: exactOptional(string()),
    equals: exactOptional(string()),
    mode: exactOptional(string().check(regex(/^[0-7]{3,4}$/, 'a mode is octal, as in "0644" (with quotes)'))),
    yaml: exactOptional(array(condition)),
  }),
  command: strictObject({
    program: exactOptional(string()),
    words: exactOptional(array(string())),
    flags: exactOptional(array(string())),
    withoutFlags: exactOptional(array(string())),
    success: exactOptional(boolean()),
    never: exactOptional(boolean()),
  }),
  bash: strictObject({
    script: string().min(1),
    machine: exactOptional(string()),
    timeout: exactOptional(number().check(positive(), lte(MAX_TIMEOUT))),
    expected: exactOptional(text),
  }),
  access: strictObject({
    user: string().min(1),
    groups: exactOptional(array(string())),
    verb: string().min(1),
    resource: string().min(1),
    group: exactOptional(string()),
    namespace: exactOptional(string()),
    name: exactOptional(string()),
    allowed: exactOptional(boolean()),
    cluster: exactOptional(string()),
  }),
  reachable: strictObject({
    from: exactOptional(
      union([strictObject({ machine: string() }), strictObject({ pod: strictObject(podSelection) })]),
    ),
    to: union([
      strictObject({ address: string() }),
      strictObject({ service: string(), namespace: exactOptional(string()) }),
      strictObject({ url: string().min(1) }),
    ]),
    port: exactOptional(int()),
    protocol: exactOptional(choice(['tcp', 'udp'])),
    reachable: exactOptional(boolean()),
  }),
  account: strictObject({
    empty: exactOptional(boolean()),
    ignore: exactOptional(array(string())),
    kind: exactOptional(string()),
    equals: exactOptional(int()),
    gte: exactOptional(int()),
    lte: exactOptional(int()),
  }),
  answer: strictObject({
    path: string().min(1),
    equals: exactOptional(array(scalar)),
    matches: exactOptional(string()),
    setEquals: exactOptional(array(scalar)),
    output: exactOptional(string().min(1)),
  }),
};

const oneKind = {
  object: exactOptional(kinds.object),
  count: exactOptional(kinds.count),
  history: exactOptional(kinds.history),
  file: exactOptional(kinds.file),
  command: exactOptional(kinds.command),
  bash: exactOptional(kinds.bash),
  access: exactOptional(kinds.access),
  reachable: exactOptional(kinds.reachable),
  account: exactOptional(kinds.account),
  answer: exactOptional(kinds.answer),
};

const check = strictObject({
  id,
  title: text,
  hidden: exactOptional(boolean()),
  points: exactOptional(int().check(positive())),
  needs: exactOptional(array(id)),
  ...oneKind,
});

const symptom = strictObject({ id, ...oneKind });

const setup = strictObject({
  run: exactOptional(string()),
  machine: exactOptional(string()),
  manifest: exactOptional(string()),
  file: exactOptional(strictObject({ path: string().min(1), content: string() })),
});

/** Values that a parameter may take: each is played when a pack is proved. */
const MAX_VALUES = 1000;
const MAX_PARAMETERS = 100;

/** Values that are drawn for each student: one of a list, an integer between bounds, or a name with a random end. */
const parameter = union([
  array(union([scalar, record(string().check(regex(/^[a-z][A-Za-z0-9_-]*$/)), scalar)]))
    .min(1)
    .max(MAX_VALUES),
  strictObject({ from: int(), to: int(), step: exactOptional(int().check(positive())) }),
  strictObject({ name: string().check(regex(/^[a-z][a-z0-9-]*$/, 'a name begins with a letter; a-z, 0-9 and -')) }),
]);
export const parameters = record(
  string().check(regex(/^[a-z][A-Za-z0-9_-]*$/, 'a parameter is made of letters, 0-9, _ and -, a small letter first')),
  parameter,
).check(refine((all) => Object.keys(all).length <= MAX_PARAMETERS, `more than ${MAX_PARAMETERS} parameters`));

const step = strictObject({
  id,
  /** In a student's copy of a pack: how many criteria only the instructor's copy has, and their points. */
  hiddenChecks: exactOptional(strictObject({ count: int(), points: int() })),
  title: exactOptional(text),
  setup: exactOptional(array(setup)),
  symptoms: exactOptional(array(symptom)),
  checks: exactOptional(array(check)),
  hints: exactOptional(array(text)),
  par: exactOptional(number().check(positive())),
  solutions: exactOptional(array(string().min(1))),
  nearMisses: exactOptional(array(strictObject({ script: string(), fails: id }))),
  /** Nobody has written a solution: an exercise that was carried over. */
  unproved: exactOptional(boolean()),
});

export const lessonFile = strictObject({
  id,
  version: int().check(positive()),
  title: text,
  summary: text,
  world: string().min(1),
  seed: exactOptional(scalar),
  minutes: tuple([number(), number()]),
  prerequisites: exactOptional(array(id)),
  parameters: exactOptional(parameters),
  steps: array(step).min(1),
});

export type LessonFile = Infer<typeof lessonFile>;
export type StepFile = LessonFile['steps'][number];
export type ParameterFile = Infer<typeof parameter>;
export type CheckFile = Infer<typeof check>;
export type SymptomFile = Infer<typeof symptom>;

export const CHECK_KIND_NAMES = Object.keys(kinds);

/** JSON Schema of `lesson.yaml`, for editors. */
export function lessonJsonSchema(): unknown {
  return { title: 'A lesson of kubetutor', ...toJSONSchema(lessonFile) };
}
