/** One line of editable text: a pure reducer. Word and line keys as in readline. */
import type { Key } from './key-parser.ts';
import { sanitiseLine } from './sanitise.ts';
import { graphemes } from './width.ts';

export interface TextField {
  readonly text: string;
  /** Index into `text` (UTF-16), always between graphemes. */
  readonly cursor: number;
}

export const EMPTY_FIELD: TextField = { text: '', cursor: 0 };
export const fieldOf = (text: string): TextField => ({ text, cursor: text.length });

/** The field after a key, or undefined when the key means nothing to it. */
export function editField(field: TextField, key: Key): TextField | undefined {
  const before = field.text.slice(0, field.cursor);
  const after = field.text.slice(field.cursor);
  const make = (left: string, right: string): TextField => ({ text: left + right, cursor: left.length });
  const withoutLast = () => graphemes(before).slice(0, -1).join('');
  const withoutFirst = () => graphemes(after).slice(1).join('');
  if (key.ctrl || key.alt) {
    switch (key.name) {
      case 'a':
        return make('', field.text);
      case 'e':
        return make(field.text, '');
      case 'u':
        return make('', after);
      case 'k':
        return make(before, '');
      case 'w':
      case 'backspace':
        return make(key.name === 'backspace' && !key.alt ? withoutLast() : before.replace(/\S*\s*$/, ''), after);
      case 'd':
        return make(before, withoutFirst());
      default:
        return undefined;
    }
  }
  switch (key.name) {
    case 'backspace':
      return make(withoutLast(), after);
    case 'delete':
      return make(before, withoutFirst());
    case 'left':
      return { ...field, cursor: withoutLast().length };
    case 'right':
      return { ...field, cursor: field.text.length - withoutFirst().length };
    case 'home':
      return { ...field, cursor: 0 };
    case 'end':
      return { ...field, cursor: field.text.length };
    default: {
      const text = sanitiseLine(key.text);
      return text === '' ? undefined : make(before + text, after);
    }
  }
}
