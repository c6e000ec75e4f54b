import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

/** Numbers from a seed: mulberry32. */
export class Dice {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  of<T>(list: readonly T[]): T {
    const item = list[this.below(list.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }
}

export type Data = { [key: string]: unknown };

export function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The manifests that the recordings play with, as texts. */
export function manifestTexts(): string[] {
  const golden = path.resolve('test/conformance/golden');
  const texts: string[] = [];
  for (const folder of readdirSync(golden).sort()) {
    for (const name of readdirSync(path.join(golden, folder)).sort()) {
      const scenario: unknown = parseAllDocuments(readFileSync(path.join(golden, folder, name), 'utf8'))[0]?.toJS();
      const files = isData(scenario) && isData(scenario['files']) ? scenario['files'] : {};
      for (const text of Object.values(files)) if (typeof text === 'string' && text.includes('kind:')) texts.push(text);
    }
  }
  return texts;
}

/** The objects in the manifests. */
export function manifestObjects(texts: readonly string[]): Data[] {
  return texts.flatMap((text) => {
    try {
      return parseAllDocuments(text, { logLevel: 'silent' })
        .filter((document) => document.errors.length === 0)
        .map((document): unknown => document.toJS())
        .filter((value): value is Data => isData(value) && 'kind' in value);
    } catch {
      return [];
    }
  });
}

function deep(levels: number): unknown {
  let value: unknown = 'bottom';
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? { a: value } : [value];
  return value;
}

const ODD: readonly ((dice: Dice) => unknown)[] = [
  () => null,
  () => [],
  () => ({}),
  () => '',
  () => true,
  () => -1,
  () => 0,
  () => 1.5,
  () => 2 ** 31,
  () => 2 ** 53,
  () => 1e308,
  () => -1e-7,
  () => '1e400',
  () => '99999999999999999999999999Gi',
  () => '0x10',
  () => 'x'.repeat(5000),
  () => '😀'.repeat(70),
  () => '\u202eevil\u0000\u0007',
  () => '\ud800',
  () => 'ß.Ω/한글',
  () => '../../etc/passwd',
  () => '{{ .Values }}',
  () => '2026-13-45T99:99:99Z',
  () => '100%',
  () => '-5%',
  () => deep(120),
  () => Array.from({ length: 200 }, (_, i) => i),
  () => [null, null],
  () => [[]],
  () => ({ '': '' }),
  (dice) => ({ [dice.of(NAMES)]: dice.below(100) }),
];
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  'a b',
  '$patch',
  'name',
  '\u0000',
  'K'.repeat(400),
];

/** Every place in an object: the container and the key. */
function places(value: unknown, found: { container: Data | unknown[]; key: string | number }[] = []) {
  if (Array.isArray(value)) {
    for (const [key, item] of value.entries()) {
      found.push({ container: value, key });
      places(item, found);
    }
  } else if (isData(value)) {
    for (const [key, item] of Object.entries(value)) {
      found.push({ container: value, key });
      places(item, found);
    }
  }
  return found;
}

/** The object with one to three things changed. */
export function mutated(dice: Dice, object: Data): Data {
  const copy = structuredClone(object);
  for (let count = 1 + dice.below(3); count > 0; count--) {
    const all = places(copy);
    if (all.length === 0) break;
    const { container, key } = dice.of(all);
    if (Array.isArray(container)) changeItem(dice, container, Number(key));
    else changeField(dice, container, String(key));
  }
  return copy;
}

function changeItem(dice: Dice, list: unknown[], index: number): void {
  const choice = dice.below(4);
  if (choice === 0) list.splice(index, 1);
  else if (choice === 1) list.push(structuredClone(list[index]));
  else if (choice === 2) list.push(dice.of(ODD)(dice));
  else list[index] = dice.of(ODD)(dice);
}

function changeField(dice: Dice, fields: Data, key: string): void {
  const choice = dice.below(4);
  const value = fields[key];
  if (choice === 0) delete fields[key];
  else if (choice === 1) {
    const name = dice.chance(0.5) ? `${key}x` : dice.of(NAMES);
    Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  } else if (choice === 2 && typeof value === 'string') fields[key] = value.split('').reverse().join('');
  else fields[key] = dice.of(ODD)(dice);
}

/** A manifest's text with something broken in it. */
export function brokenText(dice: Dice, text: string): string {
  const lines = text.split('\n');
  const at = dice.below(Math.max(1, lines.length));
  switch (dice.below(12)) {
    case 0:
      return text.slice(0, dice.below(text.length));
    case 1:
      return lines.map((line, i) => (i === at ? ` ${line}` : line)).join('\n');
    case 2:
      return lines.map((line, i) => (i === at ? `\t${line}` : line)).join('\n');
    case 3:
      return [...lines.slice(0, at), ...lines.slice(at + 1)].join('\n');
    case 4:
      return text.replace(':', dice.of(['', '::', ': |', ': >-', ': !!binary', ': *none', ': &a', ': [', ': {']));
    case 5:
      return `a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: &d [*c,*c]\n${text}`;
    case 6:
      return text.replace(
        /kind: \w+/,
        dice.of(['kind: Widget', 'kind: 7', 'kind:', 'kind: [Pod]', 'kind: "Pod\\u0000"']),
      );
    case 7:
      return text.replace(
        /apiVersion: \S+/,
        dice.of(['apiVersion: v9', 'apiVersion: a/b/c', 'apiVersion: 1', 'apiVersion:']),
      );
    case 8:
      return `${text}\n---\n${dice.of(['- a', 'just text', '...', '--- ---', '"', '{', 'null', '? a\n: b'])}`;
    case 9:
      return text.replace(/[a-z]{4}/, dice.of(['\u0000', '\u200b', '😀', '\ufeff', '"', "'", '%', '@', '`', '\\']));
    case 10:
      return `${text}\n${'  '.repeat(300)}x: y`;
    default:
      return lines
        .map((line, i) =>
          i === at
            ? line.replace(/[\w.]+$/, dice.of(['1e999', '0o8', '.inf', '~', 'yes', '<<', '{}', '!!int x']))
            : line,
        )
        .join('\n');
  }
}
