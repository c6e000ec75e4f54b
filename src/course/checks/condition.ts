import { isRecord } from '../input.ts';
import { plain, type Text } from '../text.ts';
import { isPlural, isQuantityPath, parsePath, valuesAt } from './path.ts';
import { matchesPattern } from './pattern.ts';
import { quantityValue } from './quantity.ts';

/** A condition on the value at a path. Several operators must all hold. */
export interface Condition {
  readonly path: string;
  readonly equals?: unknown;
  readonly not?: unknown;
  /** A part of a text, an item of a list (by its given fields), a key of a map. */
  readonly contains?: unknown;
  readonly lacks?: unknown;
  /** A regular expression that some part of the text matches. */
  readonly matches?: string;
  readonly gte?: number | string;
  readonly lte?: number | string;
  readonly exists?: boolean;
  readonly absent?: boolean;
  /** The same items in any order. */
  readonly setEquals?: readonly unknown[];
  readonly in?: readonly unknown[];
  /** A label selector that only takes what has these labels, however it says so; a plain map of labels is one too. */
  readonly selects?: Readonly<Record<string, string>>;
}

export interface ConditionResult {
  readonly holds: boolean;
  readonly expected: Text;
  readonly actual: Text;
}

/** Judges a condition. Values are compared by meaning: 80 is "80"; below resources `500m` is 0.5. Raises PathError. */
export function judge(root: unknown, condition: Condition): ConditionResult {
  const path = parsePath(condition.path);
  const values = valuesAt(root, path);
  const value = isPlural(path) && condition.setEquals ? values : values[0];
  const quantity = isQuantityPath(path);
  const same = (a: unknown, b: unknown) => sameValue(a, b, quantity);
  const wanted: Text[] = [];
  let holds = true;
  const demand = (ok: boolean, text: Text) => {
    wanted.push(text);
    if (!ok) holds = false;
  };
  /** With `[*]` each value must satisfy it, and there must be one. */
  const each = (test: (value: unknown) => boolean) => values.length > 0 && values.every(test);
  const c = condition;
  if (c.equals !== undefined)
    demand(
      each((v) => same(v, c.equals)),
      plain(`= ${show(c.equals)}`),
    );
  if (c.not !== undefined) demand(!values.some((v) => same(v, c.not)), words('not', '아님:', c.not));
  if (c.in !== undefined) {
    const { in: options } = c;
    demand(
      each((v) => options.some((option) => same(v, option))),
      words('one of', '다음 중 하나:', options),
    );
  }
  if (c.contains !== undefined)
    demand(
      values.some((v) => holdsPart(v, c.contains)),
      words('contains', '포함:', c.contains),
    );
  if (c.lacks !== undefined)
    demand(!values.some((v) => holdsPart(v, c.lacks)), words('does not contain', '포함하지 않음:', c.lacks));
  if (c.matches !== undefined) {
    const { matches } = c;
    demand(
      each((v) => matchesPattern(matches, '', String(v).slice(0, 10_000))),
      words('matches', '패턴:', matches),
    );
  }
  if (c.gte !== undefined)
    demand(
      each((v) => compare(v, c.gte) >= 0),
      plain(`≥ ${c.gte}`),
    );
  if (c.lte !== undefined)
    demand(
      each((v) => compare(v, c.lte) <= 0),
      plain(`≤ ${c.lte}`),
    );
  if (c.setEquals !== undefined) {
    demand(
      sameSet(value, c.setEquals, same),
      words('exactly these, in any order:', '순서와 무관하게 정확히:', c.setEquals),
    );
  }
  const { selects } = c;
  if (selects !== undefined)
    demand(
      each((v) => Object.entries(selects).every(([key, label]) => demandsLabel(v, key, label))),
      words(
        'selects',
        '선택:',
        Object.entries(selects)
          .map((pair) => pair.join('='))
          .join(','),
      ),
    );
  if (c.exists === true || c.absent === false) demand(values.length > 0, { en: 'is set', ko: '설정됨' });
  if (c.absent === true || c.exists === false) demand(values.length === 0, { en: 'is not set', ko: '설정되지 않음' });
  return {
    holds,
    expected: joinTexts([plain(c.path), ...wanted], ' '),
    actual: plain(`${c.path} ${values.length === 0 ? '<none>' : `= ${show(values.length > 1 ? values : values[0])}`}`),
  };
}

function words(en: string, ko: string, value: unknown): Text {
  return { en: `${en} ${show(value)}`, ko: `${ko} ${show(value)}` };
}

export function joinTexts(texts: readonly Text[], separator: string): Text {
  return { en: texts.map((text) => text.en).join(separator), ko: texts.map((text) => text.ko).join(separator) };
}

/** A value for people: short, texts without quotes where that is clear. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 200 ? `${text.slice(0, 199)}…` : text === '' ? '""' : text;
}

/** By meaning, not by type. */
export function sameValue(a: unknown, b: unknown, quantity = false): boolean {
  if (quantity) {
    const x = quantityValue(a);
    const y = quantityValue(b);
    if (x !== undefined && y !== undefined) return x === y;
  }
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((v, i) => sameValue(v, b[i], quantity));
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => sameValue(a[key], b[key], quantity || isAmountKey(key)))
    );
  }
  if (typeof a === 'object' || typeof b === 'object') return a === b;
  return String(a) === String(b);
}

function isAmountKey(key: string): boolean {
  return key === 'limits' || key === 'requests';
}

function compare(value: unknown, bound: number | string | undefined): number {
  const a = quantityValue(value);
  const b = quantityValue(bound);
  return a === undefined || b === undefined ? Number.NaN : a - b;
}

function holdsPart(value: unknown, part: unknown): boolean {
  if (typeof value === 'string') return value.includes(String(part));
  if (Array.isArray(value)) return value.some((item) => covers(item, part));
  if (isRecord(value)) return isRecord(part) ? covers(value, part) : Object.hasOwn(value, String(part));
  return false;
}

/** Whether nothing without this label fulfils the selector. */
function demandsLabel(selector: unknown, key: string, label: string): boolean {
  if (!isRecord(selector)) return false;
  const { matchLabels, matchExpressions } = selector;
  if (matchLabels === undefined && matchExpressions === undefined) return selector[key] === label;
  const only = { key, operator: 'In', values: [label] };
  return (
    (isRecord(matchLabels) && matchLabels[key] === label) ||
    (Array.isArray(matchExpressions) && matchExpressions.some((rule) => sameValue(rule, only)))
  );
}

/** Whether `value` has all fields of `part`, with the same values. */
export function covers(value: unknown, part: unknown): boolean {
  if (!isRecord(part)) return sameValue(value, part);
  return isRecord(value) && Object.entries(part).every(([key, wanted]) => covers(value[key], wanted));
}

function sameSet(value: unknown, wanted: readonly unknown[], same: (a: unknown, b: unknown) => boolean): boolean {
  const items = Array.isArray(value)
    ? value
    : isRecord(value)
      ? Object.keys(value)
      : value === undefined
        ? []
        : [value];
  return (
    items.length === wanted.length &&
    items.every((item) => wanted.some((w) => same(item, w))) &&
    wanted.every((w) => items.some((item) => same(item, w)))
  );
}
