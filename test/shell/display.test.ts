import headless from '@xterm/headless';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineBuffer } from '../../src/shell/readline/buffer.ts';
import { Display } from '../../src/shell/readline/display.ts';

async function show(columns: number, chunks: readonly string[]) {
  const terminal = new headless.Terminal({ cols: columns, rows: 30, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(chunks.join(''), resolve));
  const { active } = terminal.buffer;
  const lines: string[] = [];
  for (let row = 0; row < active.length; row++)
    lines.push(active.getLine(row)?.translateToString(true).trimEnd() ?? '');
  return { lines, cursor: [active.baseY + active.cursorY, active.cursorX] };
}

type Step =
  | { readonly kind: 'insert'; readonly text: string }
  | { readonly kind: 'left' | 'right' | 'home' | 'end' | 'delete' | 'kill' | 'word' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), text: fc.stringMatching(/^[a-c가-나\x01 ]{1,9}$/) }),
  fc.record({ kind: fc.constantFrom('left', 'right', 'home', 'end', 'delete', 'kill', 'word') }),
);

function apply(buffer: LineBuffer, one: Step): void {
  if (one.kind === 'insert') buffer.insert(one.text);
  else if (one.kind === 'left') buffer.cursor = Math.max(0, buffer.cursor - 1);
  else if (one.kind === 'right') buffer.cursor = Math.min(buffer.chars.length, buffer.cursor + 1);
  else if (one.kind === 'home') buffer.cursor = 0;
  else if (one.kind === 'end') buffer.cursor = buffer.chars.length;
  else if (one.kind === 'delete') buffer.remove(buffer.cursor - 1, buffer.cursor);
  else if (one.kind === 'kill') buffer.remove(buffer.cursor, buffer.chars.length);
  else buffer.remove(buffer.wordBackward(), buffer.cursor);
}

it('shows after any edits what a fresh drawing shows, at any width', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 4, max: 30 }), fc.array(step, { maxLength: 25 }), async (columns, steps) => {
      const prompt = '한$ ';
      const buffer = new LineBuffer();
      const display = new Display();
      const chunks = [display.start(prompt, columns)];
      for (const one of steps) {
        buffer.begin();
        apply(buffer, one);
        chunks.push(display.update(prompt, buffer.chars, buffer.cursor));
      }
      const fresh = new Display();
      const once = [fresh.start(prompt, columns), fresh.update(prompt, buffer.chars, buffer.cursor)];
      const [a, b] = [await show(columns, chunks), await show(columns, once)];
      expect(a.lines).toEqual(b.lines);
      // Independent of the display's own arithmetic: the whole line is on the screen.
      const shown = buffer.text.replace(/\x01/g, '^A').replace(/ /g, '');
      expect(a.lines.join('').replace(/ /g, '')).toBe(`한$${shown}`);
      expect(a.cursor).toEqual(b.cursor);
    }),
    { numRuns: 150 },
  );
});

it('puts the cursor after what stands before it', async () => {
  const buffer = new LineBuffer();
  buffer.insert('가나다라마바사아자차');
  buffer.cursor = 4;
  const display = new Display();
  const chunks = [display.start('$ ', 9), display.update('$ ', buffer.chars, buffer.cursor)];
  const { lines, cursor } = await show(9, chunks);
  expect(lines.slice(0, 4)).toEqual(['$ 가나다', '라마바사', '아자차', '']);
  expect(cursor).toEqual([1, 2]);
});
