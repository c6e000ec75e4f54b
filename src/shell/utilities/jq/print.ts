import type { Json } from './json.ts';
import { isObject, numberText, sortedObject, stringText, toJson } from './values.ts';

export interface PrintRules {
  /** Undefined: all in one line. */
  readonly indent: string | undefined;
  readonly sortKeys: boolean;
  readonly ascii: boolean;
  readonly colour: boolean;
}

/** jq 1.7's colours: null, false, true, numbers, strings, arrays, objects, keys. */
const COLOURS = {
  null: '1;30',
  false: '0;39',
  true: '0;39',
  number: '0;39',
  string: '0;32',
  array: '1;39',
  object: '1;39',
  key: '34;1',
} as const;
const OFF = '\x1b[0m';

/** A value as jq shows it. */
export function printJson(value: Json, rules: PrintRules): string {
  const shown = rules.sortKeys ? sortedObject(value) : value;
  if (rules.indent === undefined && !rules.ascii && !rules.colour) return toJson(shown);
  return print(shown, rules, 0);
}

function print(value: Json, rules: PrintRules, depth: number): string {
  const paint = (kind: keyof typeof COLOURS, text: string) =>
    rules.colour ? `\x1b[${COLOURS[kind]}m${text}${OFF}` : text;
  if (value === null) return paint('null', 'null');
  if (typeof value === 'boolean') return paint(value ? 'true' : 'false', String(value));
  if (typeof value === 'number') return paint('number', numberText(value));
  if (typeof value === 'string') return paint('string', stringText(value, rules.ascii));
  const { indent } = rules;
  const line = (level: number) => (indent === undefined ? '' : `\n${indent.repeat(level)}`);
  if (Array.isArray(value)) {
    if (value.length === 0) return paint('array', '[]');
    const start = rules.colour ? `\x1b[${COLOURS.array}m[` : '[';
    const items = value.map(
      (item, i) =>
        `${i === 0 ? '' : rules.colour ? `\x1b[${COLOURS.array}m,` : ','}${line(depth + 1)}${print(item, rules, depth + 1)}`,
    );
    return `${start}${items.join('')}${rules.colour ? `\x1b[${COLOURS.array}m` : ''}${line(depth)}${rules.colour ? `\x1b[${COLOURS.array}m]${OFF}` : ']'}`;
  }
  if (!isObject(value)) return '';
  if (value.size === 0) return paint('object', '{}');
  const colon = indent === undefined ? ':' : ': ';
  const members = [...value].map(([key, item], i) => {
    const separator = i === 0 ? '' : rules.colour ? `\x1b[${COLOURS.object}m,` : ',';
    const name = rules.colour
      ? `${OFF}\x1b[${COLOURS.key}m${stringText(key, rules.ascii)}${OFF}\x1b[${COLOURS.object}m:${indent === undefined ? '' : ' '}${OFF}`
      : stringText(key, rules.ascii) + colon;
    return `${separator}${line(depth + 1)}${name}${print(item, rules, depth + 1)}`;
  });
  const start = rules.colour ? `\x1b[${COLOURS.object}m{` : '{';
  return `${start}${members.join('')}${rules.colour ? `\x1b[${COLOURS.object}m` : ''}${line(depth)}${rules.colour ? `\x1b[${COLOURS.object}m}${OFF}` : '}'}`;
}
