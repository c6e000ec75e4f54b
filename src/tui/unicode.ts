/** The widths of `width.ts` for the emulator, one code point at a time, so that both sides agree on every column. */
import type { IUnicodeVersionProvider } from '@xterm/headless';
import { width } from './width.ts';

const ZWJ = 0x200d;
const VS16 = 0xfe0f;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7fb]$/u;
const PICTURE = /^\p{Extended_Pictographic}$/u;

// xterm.js: src/common/services/UnicodeService.ts, createPropertyValue: state << 3 | width << 1 | joins the cell before.
const properties = (state: number, cells: number, joins: boolean) => (state << 3) | (cells << 1) | (joins ? 1 : 0);
const AFTER_JOINER = 1;
const AFTER_FLAG_HALF = 2;

const cache = new Map<number, 0 | 1 | 2>();

function cellsOf(code: number): 0 | 1 | 2 {
  if (code < 0x300) return code < 0x20 || (code >= 0x7f && code < 0xa0) ? 0 : 1;
  const known = cache.get(code);
  if (known !== undefined) return known;
  const char = String.fromCodePoint(code);
  const measured = ZERO.test(char) ? 0 : width(char);
  const cells = measured >= 2 ? 2 : measured === 1 ? 1 : 0;
  cache.set(code, cells);
  return cells;
}

export const unicodeWidths: IUnicodeVersionProvider = {
  version: 'kubetutor',
  wcwidth: cellsOf,
  charProperties(code, preceding) {
    const cells = cellsOf(code);
    if (code < 0x300) return properties(0, cells, false);
    const before = (preceding >> 1) & 3;
    const state = preceding >> 3;
    const flagHalf = code >= 0x1f1e6 && code <= 0x1f1ff;
    if (preceding !== 0 && before > 0) {
      if (code === VS16) return properties(0, 2, true);
      if (cells === 0) return properties(code === ZWJ ? AFTER_JOINER : 0, before, true);
      if (state === AFTER_JOINER && PICTURE.test(String.fromCodePoint(code))) return properties(0, 2, true);
      if (state === AFTER_FLAG_HALF && flagHalf) return properties(0, 2, true);
      if (code >= 0x1f3fb && code <= 0x1f3ff && before === 2) return properties(0, 2, true);
    }
    return properties(flagHalf ? AFTER_FLAG_HALF : 0, cells, false);
  },
};
