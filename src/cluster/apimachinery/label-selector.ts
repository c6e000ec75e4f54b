import { aggregate, FieldError } from './field-error.ts';
import { child, index, key as keyed } from './field-path.ts';
import { FormatError } from './format-error.ts';
import { compareStrings } from './json-value.ts';
import { validateLabelValue, validateQualifiedName } from './names.ts';

/** How a requirement compares. */
export type LabelOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!';

/** The binary operators in the order in which errors name them. */
export const binaryOperators: readonly LabelOperator[] = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'];

/** One term of a label selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

type LabelSet = { readonly [key: string]: unknown };

/** A label selector: all its requirements must hold. kubernetes: apimachinery/pkg/labels/selector.go */
export class LabelSelector {
  readonly requirements: readonly LabelRequirement[];
  /** Selects nothing at all: what an absent selector of most kinds does. */
  readonly nothing: boolean;

  constructor(requirements: readonly LabelRequirement[], nothing = false) {
    this.requirements = [...requirements].sort((a, b) => compareStrings(a.key, b.key));
    this.nothing = nothing;
  }

  static readonly everything = new LabelSelector([]);
  static readonly none = new LabelSelector([], true);

  /** Exactly these labels. Not validated. */
  static ofSet(labels: LabelSet): LabelSelector {
    return new LabelSelector(
      Object.entries(labels).map(([key, value]) => ({ key, operator: '=', values: [String(value)] })),
    );
  }

  /** Whether it restricts nothing. */
  get isEmpty(): boolean {
    return !this.nothing && this.requirements.length === 0;
  }

  matches(labels: LabelSet | undefined | null): boolean {
    return !this.nothing && this.requirements.every((requirement) => requirementMatches(requirement, labels ?? {}));
  }

  toString(): string {
    return this.requirements.map(formatRequirement).join(',');
  }
}

/** Checks a requirement. FormatError names all that is wrong. kubernetes: labels.NewRequirement */
export function checkedRequirement(key: string, operator: string, values: readonly string[]): LabelRequirement {
  const errors: FieldError[] = [];
  const wrongKey = validateQualifiedName(key);
  if (wrongKey.length > 0) errors.push(FieldError.invalid('key', key, wrongKey.join('; ')));
  const wrongCount = countError(operator, values.length);
  if (wrongCount !== undefined)
    errors.push(FieldError.invalid('values', values.length > 0 ? [...values] : null, wrongCount));
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, i) => {
      if (isInteger(value)) return;
      errors.push(
        FieldError.invalid(index('values', i), value, "for 'Gt', 'Lt' operators, the value must be an integer"),
      );
    });
  }
  const known = [...binaryOperators, 'exists', '!'].find((name) => name === operator) as LabelOperator | undefined;
  if (!known)
    errors.push(FieldError.notSupported(child('', 'operator'), operator, [...binaryOperators, 'exists', '!']));
  values.forEach((value, i) => {
    const wrong = validateLabelValue(value);
    if (wrong.length > 0) errors.push(FieldError.invalid(keyed(index('values', i), key), value, wrong.join('; ')));
  });
  if (errors.length > 0 || !known) throw new FormatError(aggregate(errors));
  return { key, operator: known, values };
}

function countError(operator: string, count: number): string | undefined {
  switch (operator) {
    case 'in':
    case 'notin':
      return count === 0 ? "for 'in', 'notin' operators, values set can't be empty" : undefined;
    case '=':
    case '==':
    case '!=':
      return count === 1 ? undefined : 'exact-match compatibility requires one single value';
    case 'gt':
    case 'lt':
      return count === 1 ? undefined : "for 'Gt', 'Lt' operators, exactly one value is required";
    default:
      return count > 0 ? 'values set must be empty for exists and does not exist' : undefined;
  }
}

function requirementMatches({ key, operator, values }: LabelRequirement, labels: LabelSet): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (operator === 'exists') return value !== undefined;
  if (operator === '!') return value === undefined;
  if (value === undefined) return operator === 'notin' || operator === '!=';
  const text = String(value);
  if (operator === 'gt' || operator === 'lt') {
    const [bound = ''] = values;
    if (!isInteger(text) || !isInteger(bound)) return false;
    return operator === 'gt' ? BigInt(text) > BigInt(bound) : BigInt(text) < BigInt(bound);
  }
  const listed = values.includes(text);
  return operator === 'notin' || operator === '!=' ? !listed : listed;
}

function isInteger(text: string): boolean {
  return /^[-+]?[0-9]{1,19}$/.test(text);
}

const symbols: Partial<Record<LabelOperator, string>> = { gt: '>', lt: '<' };

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  if (operator === 'exists') return key;
  if (operator === '!') return `!${key}`;
  const list = [...values].sort(compareStrings).join(',');
  if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${list})`;
  return key + (symbols[operator] ?? operator) + list;
}
