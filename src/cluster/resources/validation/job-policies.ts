import type { JobSpec } from '../../api/types.generated.ts';
import { FieldError } from '../../apimachinery/errors.ts';
import { type Errors, nonNegative, oneOf, qualifiedName } from './field.ts';

// kubernetes: pkg/apis/batch/validation/validation.go validatePodFailurePolicy, validateSuccessPolicy

type FailureRule = NonNullable<NonNullable<JobSpec['podFailurePolicy']>['rules']>[number];
type SuccessRule = NonNullable<NonNullable<JobSpec['successPolicy']>['rules']>[number];

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];
const MAX_RULES = 20;
const MAX_PATTERNS = 20;
const MAX_VALUES = 255;
const MAX_INDEXES_LENGTH = 64 * 1024;

export function validatePodFailurePolicy(spec: JobSpec | undefined, path: string): Errors {
  const rules = spec?.podFailurePolicy?.rules ?? [];
  const { containers, initContainers } = spec?.template?.spec ?? {};
  const names = [...(containers ?? []), ...(initContainers ?? [])].map(({ name }) => name);
  return [
    ...atMost(rules, MAX_RULES, `${path}.rules`),
    ...rules.flatMap((rule, i) => validateFailureRule(rule, names, spec, `${path}.rules[${i}]`)),
  ];
}

function validateFailureRule(
  rule: FailureRule,
  names: readonly string[],
  spec: JobSpec | undefined,
  path: string,
): Errors {
  const errors = [
    ...validateAction(rule.action, spec, `${path}.action`),
    ...validateExitCodes(rule.onExitCodes, names, `${path}.onExitCodes`),
    ...validateConditions(rule.onPodConditions ?? [], `${path}.onPodConditions`),
  ];
  const byConditions = (rule.onPodConditions ?? []).length > 0;
  if (rule.onExitCodes && byConditions) {
    const both = 'specifying both OnExitCodes and OnPodConditions is not supported';
    errors.push(FieldError.invalid(path, undefined, both));
  }
  if (!rule.onExitCodes && !byConditions) {
    const none = 'specifying one of OnExitCodes and OnPodConditions is required';
    errors.push(FieldError.invalid(path, undefined, none));
  }
  return errors;
}

function validateAction(action: string | undefined, spec: JobSpec | undefined, path: string): Errors {
  if (action === 'FailIndex' && spec?.backoffLimitPerIndex === undefined)
    return [FieldError.invalid(path, action, 'requires the backoffLimitPerIndex to be set')];
  return requiredOneOf(action, ACTIONS, path);
}

function validateConditions(patterns: NonNullable<FailureRule['onPodConditions']>, path: string): Errors {
  return [
    ...atMost(patterns, MAX_PATTERNS, path),
    ...patterns.flatMap(({ type, status }, i) => [
      ...qualifiedName(type ?? '', `${path}[${i}].type`),
      ...requiredOneOf(status, STATUSES, `${path}[${i}].status`),
    ]),
  ];
}

function validateExitCodes(codes: FailureRule['onExitCodes'], names: readonly string[], path: string): Errors {
  if (!codes) return [];
  const { operator, containerName } = codes;
  const values = codes.values ?? [];
  const errors = requiredOneOf(operator, OPERATORS, `${path}.operator`);
  if (containerName !== undefined && !names.includes(containerName)) {
    const must = 'must be one of the container or initContainer names in the pod template';
    errors.push(FieldError.invalid(`${path}.containerName`, containerName, must));
  }
  if (values.length === 0) errors.push(FieldError.invalid(`${path}.values`, values, 'at least one value is required'));
  errors.push(...atMost(values, MAX_VALUES, `${path}.values`));
  for (const [i, value] of values.entries()) {
    const at = `${path}.values[${i}]`;
    if (value === 0 && operator === 'In') errors.push(FieldError.invalid(at, 0, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < i) errors.push(FieldError.duplicate(at, value));
  }
  if (values.some((value, i) => value < (values[i - 1] ?? value)))
    errors.push(FieldError.invalid(`${path}.values`, values, 'must be ordered'));
  return errors;
}

export function validateSuccessPolicy(spec: JobSpec | undefined, path: string): Errors {
  const policy = spec?.successPolicy;
  if (!policy) return [];
  const rules = policy.rules ?? [];
  if (spec.completionMode !== 'Indexed') {
    const Rules = rules.map(({ succeededIndexes = null, succeededCount = null }) => ({
      SucceededIndexes: succeededIndexes,
      SucceededCount: succeededCount,
    }));
    return [FieldError.invalid(path, { Rules }, 'requires indexed completion mode')];
  }
  const errors: Errors = [];
  if (rules.length === 0) {
    const must = 'at least one rules must be specified when the successPolicy is specified';
    errors.push(FieldError.required(`${path}.rules`, must));
  }
  return [
    ...errors,
    ...atMost(rules, MAX_RULES, `${path}.rules`),
    ...rules.flatMap((rule, i) => validateSuccessRule(rule, spec.completions ?? 0, `${path}.rules[${i}]`)),
  ];
}

function validateSuccessRule(rule: SuccessRule, completions: number, path: string): Errors {
  const { succeededIndexes: indexes, succeededCount: count } = rule;
  if (count === undefined && indexes === undefined)
    return [FieldError.required(path, 'at least one of succeededCount or succeededIndexes must be specified')];
  const errors: Errors = [];
  const total = indexes === undefined ? undefined : countIndexes(indexes, completions);
  if (indexes !== undefined && indexes.length > MAX_INDEXES_LENGTH)
    errors.push(FieldError.tooLong(`${path}.succeededIndexes`, '', MAX_INDEXES_LENGTH));
  if (typeof total === 'string') {
    const why = `error parsing succeededIndexes: ${total}`;
    errors.push(FieldError.invalid(`${path}.succeededIndexes`, indexes, why));
  }
  if (count === undefined) return errors;
  const at = `${path}.succeededCount`;
  errors.push(...nonNegative(count, at));
  const atMostWords = (limit: number, of: string) =>
    FieldError.invalid(at, count, `must be less than or equal to ${limit} (the number of ${of})`);
  if (count > completions) errors.push(atMostWords(completions, 'specified completions'));
  const listed = typeof total === 'string' ? 0 : total;
  if (listed !== undefined && count > listed)
    errors.push(atMostWords(listed, 'indexes in the specified succeededIndexes field'));
  return errors;
}

/** How many indexes `0-2,5` names, or what is wrong with it. kubernetes: validateIndexesFormat */
function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0;
  let last: number | undefined;
  let total = 0;
  for (const interval of text.split(',')) {
    const limits = interval.split('-');
    if (limits.length > 2)
      return `the fragment ${JSON.stringify(interval)} violates the requirement that an index interval can have at most two parts separated by '-'`;
    for (const limit of limits) {
      if (!/^[+-]?\d+$/.test(limit)) return `cannot convert string to integer for index: ${JSON.stringify(limit)}`;
      if (Number(limit) >= completions) return `too large index: ${JSON.stringify(limit)}`;
    }
    const [from = 0, to = from] = limits.map(Number);
    if (limits.length === 2 && from >= to) return `non-increasing order, previous: ${from}, current: ${to}`;
    if (last !== undefined && last >= from) return `non-increasing order, previous: ${last}, current: ${from}`;
    last = to;
    total += to - from + 1;
  }
  return total;
}

function requiredOneOf(value: string | undefined, supported: readonly string[], path: string): Errors {
  if (!value) return [FieldError.required(path, `valid values: [${supported.map((one) => `"${one}"`).join(' ')}]`)];
  return oneOf(value, supported, path);
}

function atMost(items: readonly unknown[], limit: number, path: string): Errors {
  return items.length > limit ? [FieldError.tooMany(path, items.length, limit)] : [];
}
