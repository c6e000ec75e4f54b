import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeKey } from '../../src/tui/key-encoding.ts';
import { KeyParser } from '../../src/tui/key-parser.ts';
import { TerminalPane } from '../../src/tui/terminal-pane.ts';
import { width } from '../../src/tui/width.ts';
import { HostTerminal } from './headless.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function start(columns = 20, rows = 4, coloured = true) {
  const answers: string[] = [];
  const pane = new TerminalPane({
    columns,
    rows,
    coloured,
    respond: (data) => answers.push(Buffer.from(data).toString()),
    changed: () => {},
  });
  const show = async (text: string) => {
    pane.write(bytes(text));
    await pane.settled();
    return pane.rows();
  };
  return { pane, show, answers };
}

describe('TerminalPane', () => {
  test('rows carry colours and end without blanks', async () => {
    const { show } = start();
    expect(
      await show('\x1b[1;32mok\x1b[0m x   \r\n\x1b[38;5;208mA\x1b[48;2;1;2;3mB\x1b[0m\r\n\x1b[7mC\x1b[0m'),
    ).toEqual([
      '\x1b[0;1;32mok\x1b[0m x',
      '\x1b[0;38;5;208mA\x1b[0;38;5;208;48;2;1;2;3mB\x1b[0m',
      '\x1b[0;7mC\x1b[0m',
      '',
    ]);
  });
  test('without colours only weight, underline and inverse remain', async () => {
    const { show } = start(20, 4, false);
    expect((await show('\x1b[1;31mred\x1b[0;44;4mblue\x1b[0m'))[0]).toBe('\x1b[0;1mred\x1b[0;4mblue\x1b[0m');
  });
  test('Korean, emoji and the cursor behind them', async () => {
    const { pane, show } = start(10, 3);
    expect((await show('파드 🚀 ok'))[0]).toBe('파드 🚀 ok');
    expect(pane.cursor()).toEqual({ x: 9, y: 0 });
    await show('\r\n👨‍👩‍👧🇰🇷e\u0301');
    expect(pane.rows()[1]).toBe('👨‍👩‍👧🇰🇷e\u0301');
    expect(pane.cursor()).toEqual({ x: 5, y: 1 });
    await show('\x1b[?25l');
    expect(pane.cursor()).toBeUndefined();
  });
  test('the emulator and string-width agree on every column', async () => {
    const unit = fc.constantFrom('a', ' ', '한', '\u1112\u1161\u11ab', '👍🏽', '✓', '①', 'é', '👨‍👩‍👧', '🇰🇷', '⚠️', '—');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 20 }), async (text) => {
        const { pane, show } = start(60, 2);
        await show(text);
        expect(pane.cursor()?.x).toBe(width(text));
        pane.dispose();
      }),
    );
  });
  test('device strings end in the emulator', async () => {
    const { show, answers } = start();
    const rows = await show('a\x1b]0;title\x07\x1b]52;c;ZXZpbA==\x07\x1bP+q544e\x1b\\\x1b_x\x1b\\b\x1b[2;1Hc');
    expect(rows.join('|')).toBe('ab|c||');
    expect(answers).toEqual([]);
  });
  test('the past is drawn at the sizes it was written for', async () => {
    const { pane } = start(20, 4);
    pane.replay([
      { columns: 30, rows: 5, bytes: bytes('$ a long line of 25 chars\x1b[25D> \r\n') },
      { columns: 10, rows: 5, bytes: bytes('0123456789ab\x1b[A\rX\x1b[B\r\n') },
    ]);
    expect(pane.columns).toBe(20);
    pane.resize(40, 4);
    await pane.settled();
    expect(pane.rows()).toEqual(['> a long line of 25 chars', 'X123456789ab', '', '']);
  });
  test('queries are answered once, and not when the past is replayed', async () => {
    const { pane, show, answers } = start();
    await show('ab\x1b[6n\x1b[c');
    expect(answers).toEqual(['\x1b[1;3R', '\x1b[?1;2c']);
    pane.replay([{ columns: 20, rows: 4, bytes: bytes('\x1b[6n') }]);
    await show('');
    expect(answers).toHaveLength(2);
  });
  test('scrolls back and stays there while output goes on', async () => {
    const { pane, show } = start(10, 3);
    await show(Array.from({ length: 10 }, (_, i) => `line ${i}`).join('\r\n'));
    expect(pane.rows()).toEqual(['line 7', 'line 8', 'line 9']);
    pane.scroll(-4);
    expect(pane.rows()[0]).toBe('line 3');
    expect(pane.scrolledBy).toBe(4);
    expect(pane.cursor()).toBeUndefined();
    await show('\r\nline 10');
    expect(pane.rows()[0]).toBe('line 3');
    pane.scrollToEnd();
    expect(pane.rows()[2]).toBe('line 10');
  });
  test('alternate screen and resize', async () => {
    const { pane, show } = start(10, 3);
    await show('shell$ \x1b[?1049h\x1b[2J\x1b[Hvi');
    expect(pane.fullScreen).toBe(true);
    expect(pane.rows()[0]).toBe('vi');
    await show('\x1b[?1049l');
    expect(pane.rows()[0]).toBe('shell$');
    pane.resize(20, 5);
    expect(pane.rows()).toHaveLength(5);
  });
  test('whatever the world prints, the host sees only text and SGR', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string({ unit: 'binary' }),
            fc.constantFrom('\x1b[3J', '\x1b]2;x\x07', '\x1b[', '\x1b[?1049h', '\x1b[31m'),
          ),
        ),
        async (parts) => {
          const { pane, show } = start(12, 3);
          await show(parts.join(''));
          for (const row of pane.rows()) {
            const text = row.replace(/\x1b\[[0-9;]*m/g, '');
            expect(text).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
            // Lone halves of Hangul syllables and the like have no width that all agree on.
            if (/^[ -~]*$/.test(text)) expect(text.length).toBeLessThanOrEqual(12);
          }
          pane.dispose();
        },
      ),
      { numRuns: 200 },
    );
  });
  test('the row drawn on a host looks the same', async () => {
    const { show } = start(30, 2);
    const host = new HostTerminal(30, 2);
    const [row = ''] = await show('NAME  \x1b[33m파드-0\x1b[0m   \x1b[4mREADY\x1b[0m');
    host.write(row);
    await host.settled();
    expect(host.lines()[0]).toBe('NAME  파드-0   READY');
  });
  test('a frame costs little', async () => {
    const { pane, show } = start(140, 50);
    await show(
      Array.from({ length: 50 }, (_, i) => `\x1b[3${i % 8}m${'가나다라 abcd '.repeat(9)}\x1b[0m`).join('\r\n'),
    );
    const begin = performance.now();
    for (let i = 0; i < 20; i++) {
      pane.scroll(0);
      pane.rows();
    }
    expect((performance.now() - begin) / 20).toBeLessThan(25);
  });
});

describe('encodeKey', () => {
  const one = (text: string, application = false, bracketed = false) => {
    const parser = new KeyParser();
    const [key] = [...parser.feed(bytes(text)), ...parser.flush()];
    if (!key) throw new Error('no key');
    return Buffer.from(encodeKey(key, { applicationCursorKeys: application, bracketedPaste: bracketed })).toString();
  };
  test.each([
    ['a', 'a'],
    ['한', '한'],
    ['\x03', '\x03'],
    ['\x1b', '\x1b'],
    ['\x1bf', '\x1bf'],
    ['\x1bOA', '\x1b[A'],
    ['\x1b[1~', '\x1b[H'],
    ['\x1b[1;5C', '\x1b[1;5C'],
    ['\x1b[99;5u', '\x03'],
    ['\x1b[11~', '\x1bOP'],
  ])('%j', (input, expected) => {
    expect(one(input)).toBe(expected);
  });
  test('as the program asked', () => {
    expect(one('\x1b[A', true)).toBe('\x1bOA');
    expect(one('\x1b[200~a\nb\x1b[201~', false, false)).toBe('a\rb');
    expect(one('\x1b[200~a\nb\x1b[201~', false, true)).toBe('\x1b[200~a\rb\x1b[201~');
  });
});
