import type { Json } from '../../../cluster/apimachinery/json-value.ts';
import { membersOf } from '../models/models.ts';
import { CliError } from './errors.ts';

/** What `--generate-cli-skeleton` may be given. awscli: customizations/generatecliskeleton.py */
export const SKELETONS = ['input', 'output', 'yaml-input'];

/** A request with a value in each of its places. Raises CliError for the other kinds. botocore: utils.py, ArgumentGenerator */
export function skeletonText(service: string, shape: string, kind: string): string {
  if (kind !== 'input') throw new CliError(`kubetutor does not model --generate-cli-skeleton ${kind}`, 255);
  return `${JSON.stringify(structure(service, shape, []), null, 4)}\n`;
}

function structure(service: string, shape: string, within: readonly string[]): Json {
  if (within.includes(shape)) return {};
  return Object.fromEntries(
    membersOf(service, shape).map(({ name, type, first }) => [name, sample(service, type, first, [...within, shape])]),
  );
}

function sample(service: string, type: string, first: string, within: readonly string[]): Json {
  const rest = type.slice(1);
  if (type.startsWith('[')) return [sample(service, rest, first, within)];
  if (type.startsWith('{')) return { KeyName: sample(service, rest, first, within) };
  if (type.startsWith('@')) return structure(service, rest, within);
  const values: Readonly<Record<string, Json>> = { i: 0, d: 0, b: true, t: '1970-01-01T00:00:00', B: null };
  return values[type] ?? first;
}
