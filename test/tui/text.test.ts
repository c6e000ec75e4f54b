import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layout } from '../../src/tui/layout.ts';
import { sanitise } from '../../src/tui/sanitise.ts';
import { cut, exactly, truncate, width } from '../../src/tui/width.ts';
import { wrap, wrapHard, wrapSpans } from '../../src/tui/wrap.ts';

describe('width', () => {
  test('a cut never splits a wide character', () => {
    expect(cut('한글', 3)).toBe('한');
    expect(truncate('쿠버네티스', 6)).toBe('쿠버…');
    expect(truncate('abc', 3)).toBe('abc');
    expect(exactly('한글', 5)).toBe('한글 ');
    expect(truncate('abcdef', 5, '...')).toBe('ab...');
    expect(truncate('abcdef', 0)).toBe('');
  });
  test('exactly is always exact', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '한', '👨‍👩‍👧', 'é', '。', '🇰🇷') }),
        fc.nat(30),
        (text, cells) => {
          expect(width(exactly(text, cells))).toBe(cells);
        },
      ),
    );
  });
});

describe('wrap', () => {
  test('between words, also in Korean', () => {
    expect(wrap('하나 이상의 파드를 유지합니다', 12)).toEqual(['하나 이상의', '파드를', '유지합니다']);
    expect(wrap('a  b\nc', 10)).toEqual(['a  b', 'c']);
    expect(wrap('', 10)).toEqual(['']);
    expect(wrap('아주긴단어입니다', 6)).toEqual(['아주긴', '단어입', '니다']);
    expect(wrap('한', 1)).toEqual(['한']);
    expect(wrapHard('0123456789', 4)).toEqual(['0123', '4567', '89']);
    expect(wrapHard('kubectl rollout status web --timeout=5s', 30)).toEqual([
      'kubectl rollout status web ',
      '--timeout=5s',
    ]);
    expect(wrapHard('get --field-selector=a.b.c', 20)).toEqual(['get --field-selector', '=a.b.c']);
  });
  test('a word of several styles stays together', () => {
    const lines = wrapSpans(
      [
        { text: 'use ', style: 'p' },
        { text: 'kubectl', style: 'c' },
        { text: ', then', style: 'p' },
      ],
      10,
    );
    expect(lines.map((line) => line.map((span) => span.text).join(''))).toEqual(['use', 'kubectl,', 'then']);
    expect(lines[1]?.map((span) => span.style)).toEqual(['c', 'p']);
  });
  test('no line is too long, no text is lost', () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', '한', '글', '-', '\n'), maxLength: 60 });
    fc.assert(
      fc.property(word, fc.integer({ min: 2, max: 20 }), (text, columns) => {
        const lines = wrap(text, columns);
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replace(/ /g, '')).toBe(text.replace(/[ \n]/g, ''));
      }),
    );
  });
});

test('sanitise leaves nothing that moves the cursor', () => {
  expect(sanitise('a\tb\r\nc\rd\x1b[2Je\x1b]0;title\x07f\x07\x9b31mg')).toBe('a       b\nc\ndef31mg');
  expect(sanitise('rm\u202e txt')).toBe('rm txt');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(sanitise(text)).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    }),
  );
});

describe('layout', () => {
  test('covers every size without overlap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 300 }),
        fc.integer({ min: 6, max: 100 }),
        fc.constantFrom('auto' as const, 'single' as const),
        fc.constantFrom('lesson' as const, 'terminal' as const),
        fc.integer({ min: 20, max: 70 }),
        (columns, rows, panes, shown, split) => {
          const areas = layout(columns, rows, { panes, shown, split });
          const cells = new Set<string>();
          let count = 0;
          for (const area of [areas.lesson, areas.terminal, areas.divider, areas.status, areas.hints]) {
            if (!area) continue;
            for (let y = area.y; y < area.y + area.height; y++) {
              for (let x = area.x; x < area.x + area.width; x++) {
                cells.add(`${x},${y}`);
                count++;
                expect(x < columns && y < rows).toBe(true);
              }
            }
          }
          expect(cells.size).toBe(count);
          expect(count).toBe(columns * rows);
        },
      ),
      { numRuns: 60 },
    );
  });
  test('the sizes of the issue', () => {
    expect(layout(80, 24).arrangement).toBe('single');
    expect(layout(100, 30)).toMatchObject({ arrangement: 'side', lesson: { width: 39 }, terminal: { width: 60 } });
    expect(layout(120, 40)).toMatchObject({ lesson: { width: 48 }, terminal: { width: 71 } });
    expect(layout(200, 50)).toMatchObject({ lesson: { width: 80 }, terminal: { width: 119 } });
    expect(layout(250, 70)).toMatchObject({ lesson: { width: 88 }, terminal: { width: 161 } });
    expect(layout(80, 50).arrangement).toBe('stacked');
  });
});
