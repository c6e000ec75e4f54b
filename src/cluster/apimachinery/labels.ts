import { FieldError } from './field-error.ts';
import { FormatError } from './format-error.ts';
import { goQuote } from './go-quote.ts';
import { compareStrings, isObject, type JsonObject, own } from './json-value.ts';
import {
  binaryOperators,
  checkedRequirement,
  type LabelOperator,
  type LabelRequirement,
  LabelSelector,
} from './label-selector.ts';
import { validateQualifiedName } from './names.ts';

type TokenKind = 'end' | 'identifier' | ')' | ',' | '!' | '==' | '=' | '>' | 'in' | '<' | '!=' | 'notin' | '(';

interface Token {
  kind: TokenKind;
  text: string;
}

/**
 * Parses `app=web,tier in (a, b),!legacy`. FormatError with upstream's text when it is no selector.
 * kubernetes: apimachinery/pkg/labels/selector.go
 */
export function parseLabelSelector(text: string): LabelSelector {
  return new LabelSelector(new Parser(text).selector());
}

function scan(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /[ \t\r\n]*(?:(==|!=|[=!(),<>])|([^=!(),<> \t\r\n]+))/y;
  for (;;) {
    const match = pattern.exec(text);
    if (!match) break;
    const [, symbol, word] = match;
    if (symbol !== undefined) tokens.push({ kind: symbol as TokenKind, text: symbol });
    else if (word !== undefined)
      tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

class Parser {
  private readonly tokens: Token[];
  private position = 0;

  constructor(text: string) {
    this.tokens = scan(text);
  }

  selector(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const next = this.peek();
      if (next.kind === 'end') return requirements;
      if (next.kind !== 'identifier' && next.kind !== '!') {
        throw new FormatError(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.requirementOrError());
      const separator = this.take();
      if (separator.kind === 'end') return requirements;
      if (separator.kind !== ',') throw new FormatError(`found '${separator.text}', expected: ',' or 'end of string'`);
      const after = this.peek();
      if (after.kind !== 'identifier' && after.kind !== '!') {
        throw new FormatError(`found '${after.text}', expected: identifier after ','`);
      }
    }
  }

  private requirementOrError(): LabelRequirement {
    try {
      return this.requirement();
    } catch (error) {
      if (error instanceof FormatError) throw new FormatError(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  private requirement(): LabelRequirement {
    const negated = this.peek().kind === '!';
    if (negated) this.take();
    const key = this.take();
    if (key.kind !== 'identifier') throw new FormatError(`found '${key.text}', expected: identifier`);
    const wrong = validateQualifiedName(key.text);
    // The path is nil here, and Go prints it so.
    if (wrong.length > 0) throw new FormatError(String(FieldError.invalid('<nil>', key.text, wrong.join('; '))));
    const next = this.peek();
    if (negated) return checkedRequirement(key.text, '!', []);
    if (next.kind === 'end' || next.kind === ',') return checkedRequirement(key.text, 'exists', []);
    const operator = this.operator();
    const values = operator === 'in' || operator === 'notin' ? this.list() : [this.exactValue()];
    return checkedRequirement(key.text, operator, [...new Set(values)].sort(compareStrings));
  }

  private operator(): LabelOperator {
    const token = this.take(false);
    switch (token.kind) {
      case 'in':
      case 'notin':
      case '=':
      case '==':
      case '!=':
        return token.kind;
      case '>':
        return 'gt';
      case '<':
        return 'lt';
      default:
        throw new FormatError(`found '${token.text}', expected: ${binaryOperators.join(', ')}`);
    }
  }

  private exactValue(): string {
    const next = this.peek();
    if (next.kind === 'end' || next.kind === ',') return '';
    const token = this.take();
    if (token.kind !== 'identifier') throw new FormatError(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  private list(): string[] {
    const open = this.take();
    if (open.kind !== '(') throw new FormatError(`found '${open.text}' expected: '('`);
    const first = this.peek();
    if (first.kind === ')') {
      this.take();
      return [''];
    }
    if (first.kind !== 'identifier' && first.kind !== ',') {
      throw new FormatError(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values: string[] = [];
    for (;;) {
      const token = this.take();
      const next = this.peek();
      if (token.kind === 'identifier') {
        values.push(token.text);
        if (next.kind !== ',' && next.kind !== ')') throw new FormatError(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        if (values.length === 0 || next.kind === ',' || next.kind === ')') values.push('');
      } else {
        throw new FormatError(`found '${token.text}', expected: ',', or identifier`);
      }
      if (next.kind === ')') {
        this.take();
        return values;
      }
    }
  }

  // Where a value may stand, `in` and `notin` are words like any other.
  private peek(): Token {
    const token = this.tokens[this.position] ?? { kind: 'end', text: '' };
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token;
  }

  private take(asValue = true): Token {
    const token = asValue ? this.peek() : (this.tokens[this.position] ?? { kind: 'end', text: '' });
    this.position++;
    return token;
  }
}

const objectOperators: Record<string, LabelOperator> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

/** Stored objects never change, and their selectors are asked for again at every event. */
const selectors = new WeakMap<object, LabelSelector>();

/** The selector of a LabelSelector object (`matchLabels`, `matchExpressions`): absent selects nothing, `{}` everything. */
export function labelSelectorAsSelector(object: unknown): LabelSelector {
  if (!isObject(object)) return LabelSelector.none;
  let selector = selectors.get(object);
  if (!selector) {
    selector = selectorOf(object);
    selectors.set(object, selector);
  }
  return selector;
}

function selectorOf(object: JsonObject): LabelSelector {
  const requirements: LabelRequirement[] = [];
  const matchLabels = own(object, 'matchLabels');
  if (isObject(matchLabels)) {
    for (const [key, value] of Object.entries(matchLabels))
      requirements.push(checkedRequirement(key, '=', [String(value)]));
  }
  const expressions = own(object, 'matchExpressions');
  for (const expression of Array.isArray(expressions) ? expressions : []) {
    if (!isObject(expression)) continue;
    const name = String(own(expression, 'operator') ?? '');
    const operator = Object.hasOwn(objectOperators, name) ? objectOperators[name] : undefined;
    if (!operator) throw new FormatError(`${goQuote(name)} is not a valid label selector operator`);
    const values = own(expression, 'values');
    const key = String(own(expression, 'key') ?? '');
    requirements.push(checkedRequirement(key, operator, Array.isArray(values) ? values.map(String) : []));
  }
  return new LabelSelector(requirements);
}

/** Whether labels match a LabelSelector object. FormatError when the object is wrong. */
export function labelSelectorMatches(
  object: unknown,
  labels: { readonly [key: string]: unknown } | undefined,
): boolean {
  return labelSelectorAsSelector(object).matches(labels);
}

/** A LabelSelector object as kubectl prints it: `a=b,c in (d,e)`, `<none>`, `<error>`. */
export function formatLabelSelector(object: unknown): string {
  try {
    const text = labelSelectorAsSelector(object).toString();
    return text === '' ? '<none>' : text;
  } catch (error) {
    if (error instanceof FormatError) return '<error>';
    throw error;
  }
}

/** Labels as kubectl prints them: `app=web,tier=front`, `<none>`. */
export function formatLabels(labels: { readonly [key: string]: unknown } | undefined | null): string {
  const text = LabelSelector.ofSet(labels ?? {}).toString();
  return text === '' ? '<none>' : text;
}
