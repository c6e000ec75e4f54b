import { describe, expect, test } from 'vitest';
import { parseDuration } from '../../src/course/duration.ts';
import { editorCommand } from '../../src/tui/editor.ts';
import { KeyParser } from '../../src/tui/key-parser.ts';
import { BINDINGS, commandOf, keyLabel } from '../../src/tui/keys.ts';
import { en } from '../../src/tui/locale/en.ts';
import { ko } from '../../src/tui/locale/ko.ts';
import { languageOf } from '../../src/tui/locale/locale.ts';
import { EMPTY_FIELD, editField } from '../../src/tui/text-field.ts';

const keys = (text: string) => {
  const parser = new KeyParser();
  return [...parser.feed(Buffer.from(text)), ...parser.flush()];
};

describe('the key table', () => {
  test('no key has two commands in one context', () => {
    const seen = new Set<string>();
    for (const { contexts, keys: ids } of BINDINGS) {
      for (const context of contexts) {
        for (const id of ids) {
          expect(seen.has(`${context} ${id}`), `${context} ${id}`).toBe(false);
          seen.add(`${context} ${id}`);
        }
      }
    }
  });
  test('labels', () => {
    expect(['ctrl-z', 'shift-pageup', 'c', 'R', 'ctrl-]', 'f1'].map((id) => keyLabel(id))).toEqual([
      'Ctrl-Z',
      'Shift-PgUp',
      'c',
      'R',
      'Ctrl-]',
      'F1',
    ]);
  });
  test('Korean input on the same keys', () => {
    const command = (text: string) => keys(text).map((key) => commandOf(key, 'prefix'));
    expect(command('ㅊㅜㅎㄲ')).toEqual(['check', 'next', 'language', 'reset-lesson']);
  });
});

describe('texts', () => {
  const flat = (value: unknown, path: string): [string, string][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => flat(inner, `${path}.${key}`))
      : [[path, typeof value === 'function' ? String(value('a', 'b', 'c')) : String(value)]];
  test('every text is translated', () => {
    const english = new Map(flat(en, ''));
    for (const [path, text] of flat(ko, '')) {
      expect(text.trim()).not.toBe('');
      if (path !== '.speed') expect(text, path).not.toBe(english.get(path));
    }
  });
  test('the language of the environment', () => {
    expect(languageOf({ LANG: 'ko_KR.UTF-8' })).toBe('ko');
    expect(languageOf({ LANG: 'ko_KR.UTF-8', LC_ALL: 'C' })).toBe('en');
    expect(languageOf({})).toBe('en');
  });
});

test('a text field edits by graphemes, words and lines', () => {
  const after = (text: string) => keys(text).reduce((field, key) => editField(field, key) ?? field, EMPTY_FIELD);
  expect(after('파드👨‍👩‍👧\x7f')).toEqual({ text: '파드', cursor: 2 });
  expect(after('one two\x17x\x01>\x05<')).toEqual({ text: '>one x<', cursor: 7 });
  expect(after('abc\x1b[D\x1b[D\x1b[3~\x0b')).toEqual({ text: 'a', cursor: 1 });
  expect(after('\x1b[200~a\nb\x1b[2J\x1b[201~').text).toBe('a b');
});

test('durations: a bare number is minutes in the prompt, seconds elsewhere', () => {
  const texts = ['30s', '+10m', '1h30m', '2', '0s', 'x', ''];
  expect(texts.map((text) => parseDuration(text, 'm'))).toEqual([
    30_000,
    600_000,
    5_400_000,
    120_000,
    0,
    undefined,
    undefined,
  ]);
  expect(parseDuration('2')).toBe(2000);
});

test('which editor', () => {
  expect(editorCommand({ VISUAL: 'code --wait', EDITOR: 'vim' }, 'linux')).toEqual(['code', '--wait']);
  expect(editorCommand({ EDITOR: '"my editor" -n', SHELL: '/bin/bash' }, 'linux')).toEqual([
    '/bin/bash',
    '-c',
    '"my editor" -n "$0"',
  ]);
  expect(editorCommand({}, 'linux')).toEqual(['vi']);
  expect(editorCommand({}, 'win32')).toEqual(['notepad']);
});
