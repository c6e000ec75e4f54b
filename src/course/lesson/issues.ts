import type { core } from 'zod';
import { closest, type Problem } from './problem.ts';
import { CHECK_KIND_NAMES } from './schema.ts';
import type { Path, PositionedYaml } from './yaml-positions.ts';

/** Of one thing that is wrong so many times the first are enough: whoever wrote it may have meant to drown us. */
const MOST_TOLD = 100;

/** Issues of zod as problems with a place. */
export function problemsOfAll(issues: readonly core.$ZodIssue[], yaml: PositionedYaml, base: Path): Problem[] {
  return issues.slice(0, MOST_TOLD).flatMap((issue) => problemsOf(issue, yaml, base));
}

/** An issue of zod as problems with a place. */
function problemsOf(issue: core.$ZodIssue, yaml: PositionedYaml, base: Path): Problem[] {
  const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, MOST_TOLD)
      .map((key) => yaml.problem(path, `unknown key ${key}${meant(key, knownKeys(path))}`, key));
  }
  if (issue.code === 'invalid_union') {
    const [first] = issue.errors.toSorted((a, b) => wrongs(a) - wrongs(b));
    return problemsOfAll(first ?? [], yaml, path);
  }
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  const name = nameOf(path);
  return [yaml.problem(path, missing ? `${name} is missing` : `${name}: ${lower(issue.message)}`)];
}

/** Each key that does not belong counts: what was meant is the form that fits best. */
const wrongs = (issues: readonly core.$ZodIssue[]) =>
  issues.reduce((all, issue) => all + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);

/** `languages[0]`: the last key, and which item of it. */
function nameOf(path: Path): string {
  const at = path.findLastIndex((part) => typeof part === 'string');
  if (at < 0) return 'the file';
  return [path[at], ...path.slice(at + 1).map((index) => `[${index}]`)].join('');
}

/** What people call the types of zod in YAML. */
const WORDS: Readonly<Record<string, string>> = {
  array: 'list',
  tuple: 'list',
  object: 'mapping',
  record: 'mapping',
  null: 'nothing',
};

function lower(message: string): string {
  return message
    .replace(/^Invalid input: /, '')
    .replace(
      /^expected (\w+), received (\w+)$/,
      (_, wanted, given) => `expected ${word(wanted)}, received ${word(given)}`,
    )
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

function word(type: string): string {
  return WORDS[type] ?? type;
}

/** Keys that could have been meant somewhere. */
function knownKeys(path: Path): readonly string[] {
  const last = path.findLast((part) => typeof part === 'string');
  if (last === undefined)
    return [
      ...['id', 'version', 'title', 'summary', 'world', 'seed', 'minutes', 'prerequisites', 'parameters', 'steps'],
      ...['languages', 'lessons', 'policies'],
    ];
  if (last === 'policies') return ['attempts', 'deadline', 'late', 'solutionShown', 'hint'];
  if (last === 'attempts') return ['max', 'count'];
  if (last === 'late') return ['percent', 'per', 'max', 'grace'];
  if (last === 'steps')
    return ['id', 'title', 'setup', 'symptoms', 'checks', 'hints', 'par', 'solutions', 'nearMisses'];
  if (last === 'checks') return ['id', 'title', 'points', 'needs', 'hidden', ...CHECK_KIND_NAMES];
  if (last === 'symptoms') return ['id', ...CHECK_KIND_NAMES];
  if (last === 'setup') return ['run', 'machine', 'manifest', 'file'];
  if (last === 'where' || last === 'yaml') {
    return [
      'path',
      'equals',
      'not',
      'contains',
      'lacks',
      'matches',
      'gte',
      'lte',
      'exists',
      'absent',
      'setEquals',
      'in',
      'selects',
    ];
  }
  return [
    'kind',
    'name',
    'namespace',
    'selector',
    'where',
    'ready',
    'absent',
    'cluster',
    'count',
    'path',
    'script',
    'words',
    'flags',
    'points',
    'checks',
    'comment',
  ];
}

/** `; did you mean NAME?` where one is near. */
export function meant(name: string, options: readonly string[]): string {
  const option = closest(name, options);
  // It is a key, and has no place here.
  return option === undefined || option === name ? '' : `; did you mean ${option}?`;
}
