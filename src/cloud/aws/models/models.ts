import { models as modelsText } from './models.generated.ts';

/** A waiter: the operation it repeats, s between, how often, and what ends it: [state, matcher, argument, expected]. */
export type Waiter = readonly [
  operation: string,
  delay: number,
  attempts: number,
  acceptors: readonly (readonly [string, string, string, unknown])[],
];

interface Model {
  /** `EKS`, as botocore's messages name the service. */
  readonly id: string;
  /** First label of its host names. */
  readonly endpoint: string;
  /** Shapes of input and output, the tokens of a list that comes in pages: [in, out, result, limit]; the path unless it is `/`. */
  readonly ops: Readonly<
    Record<string, readonly [string, string, (readonly [string, string, string, string] | null)?, string?]>
  >;
  readonly shapes: Readonly<Record<string, string>>;
  readonly waiters: Readonly<Record<string, Waiter>>;
}

/**
 * A type: `s` text, `i` integer, `d` number, `b` boolean, `t` time, `B` bytes, `[T` list, `{T` map, `@Name` structure.
 * In the model's text a scalar of a request may have its least length or value behind it, and the first of its values: `s1`, `s=gp2`.
 */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** Least length of a text, or least number; of the items of a list. */
  readonly least: number;
  /** The first of the values that it may have. */
  readonly first: string;
}

interface Models {
  readonly services: Readonly<Record<string, Model>>;
  /** What can be said after `aws` and after `aws SERVICE`, in the client's order. */
  readonly choices: Readonly<Record<string, string>>;
}

let parsed: Models | undefined;
const members = new Map<string, readonly Member[]>();

function isModels(value: unknown): value is Models {
  return typeof value === 'object' && value !== null && 'services' in value && 'choices' in value;
}

/** Read when somebody first asks. */
function read(): Models {
  if (!parsed) {
    const value: unknown = JSON.parse(modelsText());
    if (!isModels(value)) throw new TypeError('models.generated.ts is broken');
    parsed = value;
  }
  return parsed;
}

/** The model of a service; undefined for services the world does not have. */
export function modelOf(service: string): Model | undefined {
  const { services } = read();
  return Object.hasOwn(services, service) ? services[service] : undefined;
}

export function serviceNames(): string[] {
  return Object.keys(read().services).sort();
}

/** Words that the client takes after `aws`, or after `aws SERVICE`. */
export function recordedChoices(service: string): string[] {
  return (read().choices[service] ?? '').split(' ').filter((word) => word !== '');
}

/** The members of a structure, in the order that botocore reads them. */
export function membersOf(service: string, shape: string): readonly Member[] {
  const key = `${service}/${shape}`;
  let found = members.get(key);
  if (!found) {
    const text = modelOf(service)?.shapes[shape] ?? '';
    found = text === '' ? [] : text.split(',').map(memberOf);
    members.set(key, found);
  }
  return found;
}

function memberOf(text: string): Member {
  const required = text.startsWith('!');
  const [name = '', spelled = 's'] = text.slice(required ? 1 : 0).split(':');
  const [, type = spelled, least = '', first = ''] = /^([[{]*[sidbtB])(\d*)(?:=(.*))?$/.exec(spelled) ?? [];
  return { name, type, required, least: Number(least), first };
}

/** Names of a structure's members. */
export function structureMembers(service: string, shape: string): ReadonlySet<string> {
  return new Set(membersOf(service, shape).map((member) => member.name));
}
