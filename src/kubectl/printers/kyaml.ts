import { isList, type ObjectValue, sortedKeys, type Value } from './go-value.ts';

/** KYAML: YAML in flow style with quoted texts. kubernetes: sigs.k8s.io/yaml/kyaml */
export function kyamlText(value: ObjectValue, keepOrder = false): string {
  return `---\n${render(value, '', keepOrder)}\n`;
}

function render(value: Value, at: string, keepOrder: boolean): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.includes('\n') ? lines(value, at) : JSON.stringify(value);
  const inner = `${at}  `;
  if (isList(value)) {
    if (value.length === 0) return '[]';
    // Structures hug their brackets.
    if (value.every((item) => typeof item === 'object' && item !== null))
      return `[${value.map((item) => render(item, at, keepOrder)).join(', ')}]`;
    return `[\n${value.map((item) => `${inner}${render(item, inner, keepOrder)},\n`).join('')}${at}]`;
  }
  const object = value as ObjectValue;
  const keys = keepOrder ? Object.keys(object) : sortedKeys(object);
  if (keys.length === 0) return '{}';
  return `{\n${keys.map((key) => `${inner}${keyText(key)}: ${render(object[key] ?? null, inner, keepOrder)},\n`).join('')}${at}}`;
}

/** A text of several lines: one below the other, each with its end. Blanks at a line's beginning are escaped to be seen. */
function lines(text: string, at: string): string {
  const all = text.split('\n');
  const last = all.at(-1) ?? '';
  const shown = (line: string) =>
    `${at}  ${/^[ \t]/.test(line) ? '\\' : ' '}${JSON.stringify(line).slice(1, -1).replaceAll('\\t', '\t')}`;
  const body = all.slice(0, -1).map((line) => `${shown(line)}\\n\\\n`);
  return `"\\\n${body.join('')}${last === '' ? '' : `${shown(last)}\\\n`}${at}  "`;
}

function keyText(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_./-]*$/.test(key) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(key)
    ? key
    : JSON.stringify(key);
}
