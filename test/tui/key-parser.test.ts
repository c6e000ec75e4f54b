import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Key, KeyParser } from '../../src/tui/key-parser.ts';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const show = (key: Key) =>
  `${key.ctrl ? 'C-' : ''}${key.alt ? 'A-' : ''}${key.shift ? 'S-' : ''}${key.name}${key.name === 'paste' ? `:${key.text}` : ''}`;

function parse(data: Uint8Array): Key[] {
  const parser = new KeyParser();
  return [...parser.feed(data), ...parser.flush()];
}

const TABLE: [string, string][] = [
  ['a', 'a'],
  ['A', 'S-A'],
  [' ', 'space'],
  ['한', '한'],
  ['😀', '😀'],
  ['ls\r', 'l s enter'],
  ['\x7f\x7f\x7f', 'backspace backspace backspace'],
  ['\x08', 'C-backspace'],
  ['\x1b', 'escape'],
  ['\x1b\x1b', 'escape escape'],
  ['\x1d', 'C-]'],
  ['\x00', 'C-space'],
  ['\x1f', 'C-_'],
  ['\x03', 'C-c'],
  ['\t', 'tab'],
  ['\x1b[Z', 'S-tab'],
  ['\x1b.', 'A-.'],
  ['\x1bB', 'A-S-B'],
  ['\x1b\x7f', 'A-backspace'],
  ['\x1b[A\x1bOB\x1b[1;5C\x1b[1;3D\x1b[1;2A', 'up down C-right A-left S-up'],
  ['\x1b\x1b[A', 'escape up'],
  ['\x1b[H\x1bOH\x1b[1~\x1b[7~', 'home home home home'],
  ['\x1b[F\x1bOF\x1b[4~\x1b[8~', 'end end end end'],
  ['\x1b[2~\x1b[3~\x1b[5~\x1b[6~', 'insert delete pageup pagedown'],
  ['\x1b[5;2~\x1b[6$\x1b[5^\x1b[3@', 'S-pageup S-pagedown C-pageup C-S-delete'],
  ['\x1bOP\x1b[11~\x1b[[A\x1b[15~\x1b[24~', 'f1 f1 f1 f5 f12'],
  ['\x1b[1;5P\x1b[1;2R', 'C-f1 S-f3'],
  ['\x1bOa\x1b[a', 'C-up S-up'],
  ['\x1bOM\x1bOp', 'enter 0'],
  ['\x1b[27;5;93~\x1b[93;5u\x1b[13u\x1b[97;1:3u', 'C-] C-] enter'],
  ['\x1b[<0;10;5M\x1b[<0;10;5m\x1b[M !!\x1b[I\x1b[O', ''],
  ['\x1b[?62;c\x1b[>0;276;0c\x1b[24;80R\x1b[0n\x1b[?2026;2$y', ''],
  ['\x1b]11;rgb:0000/0000/0000\x1b\\\x1b]10;x\x07\x1bP1$r0m\x1b\\', ''],
  ['\x1b]', 'A-]'],
  ['\x1bP', 'A-S-P'],
  ['\x1b[', 'A-['],
  ['\x1bO', 'A-S-O'],
  ['\x1b[200~a\r\nb\x1b[A 한\x1b[201~x', 'paste:a\r\nb\x1b[A 한 x'],
];

describe('KeyParser', () => {
  test.each(TABLE)('%j', (input, expected) => {
    expect(parse(bytes(input)).map(show).join(' ')).toBe(expected);
  });

  test('keeps the bytes of each key', () => {
    const keys = parse(bytes('\x1b[1;5Cx한\x1b[200~p\x1b[201~\x1bOA'));
    expect(keys.map((key) => Buffer.from(key.raw).toString())).toEqual([
      '\x1b[1;5C',
      'x',
      '한',
      '\x1b[200~p\x1b[201~',
      '\x1bOA',
    ]);
  });

  test('a broken UTF-8 sequence costs one character', () => {
    expect(parse(Uint8Array.of(0xed, 0x95, 0x61, 0x80, 0x62)).map(show)).toEqual(['\ufffd', 'a', '\ufffd', 'b']);
  });

  test('chunks do not matter', () => {
    const piece = fc.oneof(
      fc.constantFrom(...TABLE.map(([input]) => input)),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('\x1b', '[', 'O', ';', '1', '~', 'M', '<', '\x03', 'a', '한', ']', '\x07') }),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(40)), (pieces, cuts) => {
        const data = bytes(pieces.join(''));
        const parser = new KeyParser();
        const keys: Key[] = [];
        let from = 0;
        for (const size of cuts) {
          keys.push(...parser.feed(data.subarray(from, from + size)));
          from += size;
        }
        keys.push(...parser.feed(data.subarray(from)), ...parser.flush());
        expect(keys).toEqual(parse(data));
      }),
      { numRuns: 500 },
    );
  });

  test('no bytes crash it, and text outside of escape sequences arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        const parser = new KeyParser();
        parser.feed(data);
        parser.flush();
        const rest = parser.feed(bytes('\x1b[201~')); // ends a paste that may have begun
        expect(rest.length).toBeLessThan(12);
      }),
      { numRuns: 500 },
    );
  });
});
