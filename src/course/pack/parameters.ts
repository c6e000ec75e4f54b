import { Random } from '../../world/random.ts';
import { isRecord } from '../input.ts';
import { meant } from '../lesson/issues.ts';
import type { ParameterFile } from '../lesson/schema.ts';
import type { Path } from '../lesson/yaml-positions.ts';

export type Scalar = string | number;
/** What was drawn for one student: a value, or a record whose fields are named `@{parameter.field}`. */
export type Drawn = ReadonlyMap<string, Scalar | Readonly<Record<string, Scalar>>>;
export type Parameters = Readonly<Record<string, ParameterFile>>;

/** How many values a parameter may take; 1 for a name, whose end does not matter to a task. */
export function optionsOf(parameter: ParameterFile): number {
  if (Array.isArray(parameter)) return parameter.length;
  if ('name' in parameter) return 1;
  return Math.max(1, Math.floor((parameter.to - parameter.from) / (parameter.step ?? 1)) + 1);
}

/** The value of a place in the list of values. */
function valueAt(parameter: ParameterFile, index: number, random: Random): Scalar | Readonly<Record<string, Scalar>> {
  if (Array.isArray(parameter)) return parameter[index] ?? '';
  if ('name' in parameter) return `${parameter.name}-${random.suffix(4)}`;
  return parameter.from + index * (parameter.step ?? 1);
}

/**
 * Draws for a student. Each parameter is drawn by itself: a function of the pack's id, the student's id and its own
 * name (with the lesson's, where it is one of a lesson), so that adding one changes no other.
 */
export function draw(parameters: Parameters, pack: string, student: string, scope: string): Drawn {
  return new Map(
    Object.entries(parameters).map(([name, parameter]) => {
      const random = new Random(['parameter', pack, student, scope, name].join('\n'));
      return [name, valueAt(parameter, random.integer(optionsOf(parameter)), random)];
    }),
  );
}

/** Values may name other parameters: a fault says what it breaks. One round: values in values in values stay as they are. */
export function resolved(drawn: Drawn): Drawn {
  const budget = new Budget();
  const fill = (value: Scalar) => (typeof value === 'string' ? fillText(value, drawn, () => {}, budget) : value);
  return new Map(
    [...drawn].map(([name, value]) => [
      name,
      typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([field, item]) => [field, fill(item)]))
        : fill(value),
    ]),
  );
}

/** The place of a value in the list of values, to prove it. */
export type Choice = ReadonlyMap<string, number>;

/** Draws of which every value of every list is in one, and the bounds and the middle of every range. */
export function coveringChoices(parameters: Parameters): Choice[] {
  const names = Object.entries(parameters).map(([name, parameter]) => [name, placesToProve(parameter)] as const);
  const most = Math.max(1, ...names.map(([, places]) => places.length));
  return Array.from(
    { length: most },
    (_, index) => new Map(names.map(([name, places], at) => [name, places[(index + at) % places.length] ?? 0])),
  );
}

function placesToProve(parameter: ParameterFile): readonly number[] {
  const last = optionsOf(parameter) - 1;
  if (Array.isArray(parameter)) return parameter.map((_, index) => index);
  return [...new Set([0, last >> 1, last])];
}

export function chosen(parameters: Parameters, choice: Choice): Drawn {
  return new Map(
    Object.entries(parameters).map(([name, parameter]) => {
      return [name, valueAt(parameter, choice.get(name) ?? 0, new Random(`variant ${name}`))];
    }),
  );
}

/** How many different tasks there are. */
export function variantCount(parameters: Parameters): number {
  return Object.values(parameters).reduce((product, parameter) => product * optionsOf(parameter), 1);
}

const PLACE = /@(@?)\{([A-Za-z][A-Za-z0-9_-]*)(?:\.([A-Za-z][A-Za-z0-9_-]*))?\}/g;

/** Names of parameters, `name` or `name.field`, that a text uses. */
export function placesIn(text: string): string[] {
  return [...text.matchAll(PLACE)]
    .filter(([, escaped]) => escaped === '')
    .map(([, , name = '', field]) => (field === undefined ? name : `${name}.${field}`));
}

/** With its parameters put in a lesson is longer than any is. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';

  constructor() {
    super(`with its parameters put in it is longer than ${MOST_CHARACTERS / 1e6} million characters`);
  }
}

const MOST_CHARACTERS = 5_000_000;

/** Characters that values may still add to a lesson: values in values in many places make much of little. */
export class Budget {
  private left = MOST_CHARACTERS;

  /** Raises TooLongError. */
  take(characters: number): void {
    this.left -= characters;
    if (this.left < 0) throw new TooLongError();
  }
}

/**
 * Puts values into a text. `@@{x}` is the text `@{x}`. A value of several lines keeps the indentation of its place. Raises
 * TooLongError.
 */
export function fillText(
  text: string,
  drawn: Drawn,
  unknown: (name: string, at: number) => void,
  budget = new Budget(),
): string {
  if (!text.includes('@')) return text;
  return text.replace(PLACE, (whole: string, escaped: string, name: string, field: string | undefined, at: number) => {
    if (escaped !== '') return whole.slice(1);
    const value = lookUp(drawn, name, field);
    if (value === undefined) {
      unknown(field === undefined ? name : `${name}.${field}`, at);
      return whole;
    }
    const before = text.slice(text.lastIndexOf('\n', at) + 1, at);
    const indented = /^\s*$/.test(before)
      ? String(value)
          .trimEnd()
          .replace(/\n(?=.)/g, `\n${before}`)
      : String(value);
    budget.take(indented.length);
    return indented;
  });
}

/** A value of a file with its texts filled; a text that is one place and nothing else keeps the value's type. */
export function fillValue(
  value: unknown,
  drawn: Drawn,
  say: (path: Path, message: string) => void,
  budget: Budget,
  path: Path = [],
): unknown {
  if (typeof value === 'string') {
    const unknown = (name: string) => say(path, `there is no parameter ${name}${meant(name, namesOf(drawn))}`);
    const [only] = value.matchAll(PLACE);
    if (only && only[0] === value && only[1] === '') {
      const found = lookUp(drawn, only[2] ?? '', only[3]);
      if (found !== undefined) return found;
    }
    return fillText(value, drawn, unknown, budget);
  }
  if (Array.isArray(value)) return value.map((item, index) => fillValue(item, drawn, say, budget, [...path, index]));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillValue(item, drawn, say, budget, [...path, key])]),
  );
}

function lookUp(drawn: Drawn, name: string, field: string | undefined): Scalar | undefined {
  const value = drawn.get(name);
  if (field === undefined) return typeof value === 'object' ? undefined : value;
  return typeof value === 'object' && Object.hasOwn(value, field) ? value[field] : undefined;
}

function namesOf(drawn: Drawn): string[] {
  return [...drawn].flatMap(([name, value]) =>
    typeof value === 'object' ? Object.keys(value).map((field) => `${name}.${field}`) : [name],
  );
}
