import { FormatError } from './format-error.ts';
import { compareStrings } from './json-value.ts';

/** One term of a field selector. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** A field selector: all its terms must hold. kubernetes: apimachinery/pkg/fields/selector.go */
export class FieldSelector {
  readonly requirements: readonly FieldRequirement[];

  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements;
  }

  static readonly everything = new FieldSelector([]);

  get isEmpty(): boolean {
    return this.requirements.length === 0;
  }

  /** Whether the fields match; an absent field is ''. */
  matches(fields: (field: string) => string | undefined): boolean {
    return this.requirements.every(
      ({ field, operator, value }) => ((fields(field) ?? '') === value) === (operator === '='),
    );
  }

  /** The value that a field must have, if the selector says one. */
  requiresExactMatch(field: string): string | undefined {
    return this.requirements.find((term) => term.field === field && term.operator === '=')?.value;
  }

  toString(): string {
    return this.requirements.map(({ field, operator, value }) => field + operator + escapeFieldValue(value)).join(',');
  }
}

/** Parses `metadata.name=web,status.phase!=Running`. FormatError with upstream's text when it is no selector. */
export function parseFieldSelector(text: string): FieldSelector {
  const terms = splitTerms(text).sort(compareStrings);
  return new FieldSelector(terms.filter((term) => term !== '').map((term) => parseTerm(text, term)));
}

/** A value with `\`, `,` and `=` escaped. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

function splitTerms(text: string): string[] {
  return text === '' ? [] : splitAtCommas(text);
}

function splitAtCommas(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...terms, text.slice(start)];
}

function parseTerm(selector: string, term: string): FieldRequirement {
  const match = /^([\s\S]*?)(!=|==|=)([\s\S]*)$/.exec(term);
  if (!match) throw new FormatError(`invalid selector: '${selector}'; can't understand '${term}'`);
  const [, field = '', operator, value = ''] = match;
  return { field, operator: operator === '!=' ? '!=' : '=', value: unescapeValue(value) };
}

function unescapeValue(value: string): string {
  let out = '';
  for (let i = 0; i < value.length; i++) {
    const character = value[i] ?? '';
    if (character === ',' || character === '=') {
      throw new FormatError(`invalid field selector: unescaped character in value: ${character.charCodeAt(0)}`);
    }
    if (character !== '\\') {
      out += character;
      continue;
    }
    const escaped = value[++i] ?? '';
    if (!/^[\\,=]$/.test(escaped))
      throw new FormatError(`invalid field selector: invalid escape sequence: \\${escaped}`);
    out += escaped;
  }
  return out;
}
