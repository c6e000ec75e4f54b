import { BoundedRegExp } from '../../../shell/utilities/bounded-regex.ts';
import type { Settings } from './state.ts';

const CLASSES: Readonly<Record<string, string>> = {
  s: '[ \\t]',
  S: '[^ \\t]',
  d: '\\d',
  D: '\\D',
  w: '\\w',
  W: '\\W',
  a: '[A-Za-z]',
  l: '[a-z]',
  u: '[A-Z]',
  x: '[0-9A-Fa-f]',
  t: '\\t',
  '<': '\\b(?=\\w)',
  '>': '\\b(?<=\\w)',
};

/** A pattern of vim ('magic') as a regular expression. Raises SyntaxError. */
export function compilePattern(pattern: string, settings: Settings, flags = ''): RegExp {
  let out = '';
  let very = false;
  let ends = 0;
  let fold = settings.ignorecase && !(settings.smartcase && /[A-Z]/.test(pattern));
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] ?? '';
    if (c === '\\') {
      const next = pattern[++i] ?? '\\';
      if (next === 'v') very = true;
      else if (next === 'z' && pattern[i + 1] === 's') {
        out = `(?<=${out})`;
        i++;
      } else if (next === 'z' && pattern[i + 1] === 'e') {
        out += '(?=';
        ends++;
        i++;
      } else if (next === '{' && pattern[i + 1] === '-') {
        const end = pattern.indexOf('}', i);
        const times = pattern.slice(i + 2, end < 0 ? undefined : end).replace(/\\$/, '');
        out += times === '' ? '*?' : `{${times}}?`;
        i = end < 0 ? pattern.length : end;
      } else if (next === '%' && pattern[i + 1] === '(') {
        out += '(?:';
        i++;
      } else if (next === 'c') fold = true;
      else if (next === 'C') fold = false;
      else if (CLASSES[next] !== undefined) out += CLASSES[next];
      else if (/[1-9]/.test(next)) out += `\\${next}`;
      else if (very) out += escapeText(next);
      else if (next === '=') out += '?';
      else if ('(|)+?'.includes(next)) out += next;
      else if (next === '{') {
        const end = pattern.indexOf('}', i);
        out += `{${pattern.slice(i + 1, end < 0 ? undefined : end).replace(/\\$/, '')}}`;
        i = end < 0 ? pattern.length : end;
      } else out += escapeText(next);
    } else if (c === '[') {
      const end = pattern.indexOf(']', i + (pattern[i + 1] === '^' ? 3 : 2));
      if (end < 0) out += '\\[';
      else {
        out += pattern
          .slice(i, end + 1)
          .replace(/\[:(\w+):\]/g, (_, name: string) => (name === 'digit' ? '\\d' : name === 'space' ? '\\s' : '\\w'));
        i = end;
      }
    } else if (very ? '.*^$+?(){}|='.includes(c) : '.*'.includes(c)) out += c === '=' ? '?' : c;
    else if (c === '^' && (i === 0 || /\\[(|]$/.test(pattern.slice(0, i)))) out += '^';
    else if (c === '$' && (i === pattern.length - 1 || /^\\[)|]/.test(pattern.slice(i + 1)))) out += '$';
    else out += escapeText(c);
  }
  return new BoundedRegExp(out + ')'.repeat(ends), flags + (fold ? 'i' : ''));
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** The replacement of `:s` for one match; `\\u`, `\\U` and their like turn the case of what follows. */
export function replacementOf(template: string, match: readonly (string | undefined)[]): string {
  let out = '';
  let once = '';
  let lasting = '';
  const add = (text: string) => {
    if (text === '') return;
    const whole = lasting === 'U' ? text.toUpperCase() : lasting === 'L' ? text.toLowerCase() : text;
    const first = whole.charAt(0);
    out += (once === 'u' ? first.toUpperCase() : once === 'l' ? first.toLowerCase() : first) + whole.slice(1);
    once = '';
  };
  for (let i = 0; i < template.length; i++) {
    const c = template.charAt(i);
    if (c === '&') add(match[0] ?? '');
    else if (c === '\r') add('\n');
    else if (c !== '\\') add(c);
    else {
      const next = template.charAt(++i);
      if (/\d/.test(next)) add(match[Number(next)] ?? '');
      else if (next === 'u' || next === 'l') once = next;
      else if (next === 'U' || next === 'L') lasting = next;
      else if (next === 'e' || next === 'E') once = lasting = '';
      else if (next === 'r') add('\n');
      // vim: \n in a replacement is a NUL, which it shows as ^@
      else if (next === 'n') add('\x00');
      else add(next === 't' ? '\t' : next);
    }
  }
  return out;
}
