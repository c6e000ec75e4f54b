import { isObject, type Json } from '../../../../cluster/apimachinery/json-value.ts';

/** `--output yaml`: block style with sorted keys, as ruamel.yaml's safe dumper writes it. awscli: formatter.py YAMLDumper */
export function formatYaml(value: Json): string {
  if (value === null || typeof value !== 'object') return `${JSON.stringify(value)}\n`;
  return `${block(value, 0).replace(/^\n/, '')}\n`;
}

/** The text after a key or a dash, beginning with a newline unless it stands on the same line. */
function block(value: Json, indent: number): string {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return value.map((item) => `\n${pad}- ${inItem(item, indent + 2)}`).join('');
  }
  if (isObject(value)) {
    const keys = Object.keys(value).sort();
    if (keys.length === 0) return '{}';
    return keys.map((key) => `\n${pad}${scalar(key, 0)}:${member(value[key] ?? null, key, indent)}`).join('');
  }
  return scalar(value, indent);
}

function member(value: Json, key: string, indent: number): string {
  // A list stands below its key without a further step.
  if (Array.isArray(value)) return value.length === 0 ? ' []' : block(value, indent);
  if (isObject(value)) return Object.keys(value).length === 0 ? ' {}' : block(value, indent + 2);
  return ` ${scalar(value, indent + 2, indent + key.length + 2)}`;
}

function inItem(value: Json, indent: number): string {
  return block(value, indent).replace(/^\n\s*/, '');
}

/** What YAML 1.2 would read as something else than text. */
const AMBIGUOUS =
  /^(~|null|true|false|[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+|[-+]?\.inf|\.nan|<<|=|\d{4}-\d\d-\d\d.*)$/i;

function scalar(value: Json, indent: number, column = 0): string {
  if (typeof value !== 'string') return value === null ? 'null' : String(value);
  if (value === '') return "''";
  if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(value) || / \n|\n /.test(value)) return JSON.stringify(value);
  const plain =
    !AMBIGUOUS.test(value) &&
    !/^[-?:,[\]{}#&*!|>'"%@`\s]/.test(value.replace(/^[-?:](?=\S)/, 'x')) &&
    !/(: |\s#|:$|\s$|\n)/.test(value);
  const [first = '', ...rest] = (plain ? value : `'${value.replaceAll("'", "''")}'`).split('\n');
  const pad = ' '.repeat(indent);
  return fold(first, indent, column) + rest.map((line) => `\n\n${pad}${fold(line, indent, indent)}`).join('');
}

/** Words beyond the 80th column go on the next line. */
function fold(text: string, indent: number, column: number): string {
  const words = text.split(' ');
  let line = words[0] ?? '';
  let out = '';
  let width = column + line.length;
  for (const word of words.slice(1)) {
    if (width > 80 && word !== '') {
      out += `${line}\n${' '.repeat(indent)}`;
      line = word;
      width = indent + word.length;
    } else {
      line += ` ${word}`;
      width += 1 + word.length;
    }
  }
  return out + line;
}
