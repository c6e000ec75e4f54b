// Notes that authors keep in HTML comments: nobody else reads them.
import fc from 'fast-check';
import { marked } from 'marked';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { withoutComments } from '../../src/course/lesson/comments.ts';
import { decode } from '../../src/world/bytes.ts';
import { templatePack } from './packs.ts';

const shown = (text: string) => withoutComments(text).text;

test('comments go, code and lines stay', () => {
  expect(shown('a <!-- the answer --> b\nc')).toBe('a  b\nc');
  expect(shown('a\n<!-- two\nlines -->\nb')).toBe('a\n\n\nb');
  expect(shown('<!-- ``` -->a\n<!-- x -->b')).toBe('a\nb');
  expect(shown('<!--\n## other: Not a heading\n```\n-->b')).toBe('\n\n\nb');
  expect(shown('`<!-- x -->` ``a ` <!-- y -->`` <!-- z -->')).toBe('`<!-- x -->` ``a ` <!-- y -->``');
  expect(shown('```html\n<!-- shown -->\n```\n<!-- not -->')).toBe('```html\n<!-- shown -->\n```\n');
  expect(shown('~~~\n```\n<!-- shown -->\n~~~')).toBe('~~~\n```\n<!-- shown -->\n~~~');
  expect(shown('\\<!-- shown -->')).toBe('\\<!-- shown -->');
  expect(shown('<!--> a <!---> b')).toBe(' a  b');
  expect(shown('<!-<!-- x -->- secret -->.')).toBe('.');
  expect(withoutComments('a\nb <!-- no end\n## x: y')).toEqual({ text: 'a\nb\n', open: { line: 2, column: 3 } });
});

test('whatever the text, its lines stay, and a second time changes nothing', () => {
  const piece = fc.constantFrom(
    '<!--',
    '-->',
    '`',
    '``',
    '```',
    '\n',
    '~~~',
    'a',
    ' ',
    '    ',
    '\\',
    '<!-',
    '-',
    '>',
    '!--',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      const text = pieces.join('');
      const once = shown(text);
      expect(once.split('\n').length).toBe(text.split('\n').length);
      expect(shown(once)).toBe(once);
    }),
    { numRuns: 2000 },
  );
});

test('code that is set off by blanks is code, and what belongs to a paragraph or to a list is not', () => {
  const kept = [
    '    kind: Pod\n    <!-- keep -->',
    'Write:\n\n    a\n\n    <!-- keep -->',
    '## h\n\t<!-- keep -->',
    '- a\n\nEnd.\n\n    <!-- keep -->',
  ];
  for (const text of kept) expect(shown(text), text).toBe(text);
  const gone = [
    'A paragraph\n    <!-- note -->',
    '- item\n\n    <!-- note -->',
    '1. item\n   more\n\n    <!-- note -->',
    '   <!-- note -->',
    '    code\ntext\n    <!-- note -->',
  ];
  for (const text of gone) expect(shown(text), text).not.toContain('note');
  // As the reader of Markdown has it.
  for (const text of [...kept, ...gone])
    expect(
      marked.lexer(text).some((token) => token.type === 'code' && token.text.includes('<!--')),
      text,
    ).toBe(kept.includes(text));
});

test("a student's copy has no comments, and is the same pack whatever they say", () => {
  const noted = (note: string) =>
    templatePack('week1', (text) => (text.startsWith('##') ? `<!-- ${note} -->\n${text}\n<!-- ${note} -->\n` : text));
  const pack = noted('the fix is @{fault.fix}');
  const files = [...pack.studentFiles(stringify)].map(([, bytes]) => decode(bytes)).join('\n');
  expect(files).not.toMatch(/<!--|the fix|fix:/);
  expect(pack.lessonsFor('kim').lessons[0]?.steps[0]?.text.en).not.toContain('<!--');
  expect(noted('something else').hashes.student).toBe(pack.hashes.student);
  expect(noted('something else').hashes.full).not.toBe(pack.hashes.full);
  const torn = templatePack('week1', (text) => (text.startsWith('##') ? `${text}\n<!-- no end` : text));
  expect(torn.lessonsFor('kim').problems[0]?.message).toBe('this comment has no end');
});
