import {
  array,
  boolean,
  enum as choice,
  exactOptional,
  gte,
  type infer as Infer,
  int,
  lte,
  number,
  positive,
  refine,
  regex,
  strictObject,
  string,
  toJSONSchema,
  union,
} from 'zod';
import { parseDuration } from '../duration.ts';
import { id, parameters, text } from '../lesson/schema.ts';
import { LANGUAGES } from '../text.ts';

// pack.yaml as instructors write it.

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const time = string().check(
  regex(TIME, 'a time is written 2026-12-01T23:59+09:00, with its zone'),
  refine((text) => !TIME.test(text) || isRealTime(text), 'there is no such day or hour'),
);
const duration = string().check(regex(/^(\d+(\.\d+)?(s|m|h|d))+$/, 'a duration is written 90s, 15m, 2h or 1d'));
const period = duration.check(refine((text) => parseDuration(text) !== 0, 'it takes no time at all'));
const percent = number().check(gte(0), lte(100));

/** A time as people and servers write it, with its zone, in ms since 1970; undefined when it is none or says no zone. */
export function zonedTime(text: string): number | undefined {
  const plain = text
    .trim()
    .replace(/^(\S+) +(\d)/, '$1T$2')
    .replace(/ *(Z|[+-]\d\d:?\d\d)$/, '$1');
  const whole = plain.replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
  return TIME.test(whole) && isRealTime(whole) ? Date.parse(whole) : undefined;
}

/** 30 February is written like a day and is none. */
function isRealTime(text: string): boolean {
  const [day = '', rest = ''] = text.split('T');
  const midnight = new Date(`${day}T00:00Z`);
  return !Number.isNaN(Date.parse(`${day}T${rest}`)) && midnight.toISOString().startsWith(day);
}

export const policies = strictObject({
  attempts: exactOptional(
    strictObject({
      /** Submissions that count at most; later ones are graded and not counted. */
      max: exactOptional(int().check(positive())),
      /** Which of them counts. Default: best. */
      count: exactOptional(choice(['best', 'last', 'first', 'average'])),
    }),
  ),
  deadline: exactOptional(time),
  late: exactOptional(
    strictObject({
      /** Points taken off, in percent of the maximum, for each `per` that has begun. */
      percent,
      per: exactOptional(period),
      /** Not more than this, in percent. Default: 100. */
      max: exactOptional(percent),
      /** Not late yet. */
      grace: exactOptional(duration),
    }),
  ),
  /** What a step is worth, in percent, after its solution was shown. Default: 100. */
  solutionShown: exactOptional(percent),
  /** What each hint that was shown takes off a step, in percent. Default: 0. */
  hint: exactOptional(percent),
});

export const packFile = strictObject({
  id,
  version: int().check(positive()),
  title: union([text, string().min(1), strictObject({ en: string() }), strictObject({ ko: string() })]),
  languages: exactOptional(array(choice(LANGUAGES)).min(1)),
  lessons: exactOptional(array(id)),
  parameters: exactOptional(parameters),
  policies: exactOptional(policies),
  /** Written by `kubetutor pack --student`: this is a student's copy. */
  student: exactOptional(boolean()),
});

export type PackFile = Infer<typeof packFile>;
export type PolicyFile = Infer<typeof policies>;

/** JSON Schema of pack.yaml, for editors. */
export function packJsonSchema(): unknown {
  return { title: 'A pack of kubetutor', ...toJSONSchema(packFile) };
}
