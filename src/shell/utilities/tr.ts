import { Fail } from './fail.ts';
import { Usage } from './options.ts';
import { quote } from './quote.ts';
import { utility } from './utility.ts';

export const tr = utility({
  name: 'tr',
  usage: '[OPTION]... STRING1 [STRING2]',
  about: 'Translate, squeeze, and/or delete characters from standard input,\nwriting to standard output.',
  inOrder: true,
  options: ['-c -C --complement', '-d --delete', '-s --squeeze-repeats', '-t --truncate-set1'],
  *run(tool, options) {
    const [one, two, three] = options.operands;
    const remove = options.has('d');
    const squeeze = options.has('s');
    if (one === undefined) throw new Usage(tool.busybox ? '' : 'missing operand');
    if (two === undefined && (remove ? squeeze : !squeeze)) {
      const why = remove
        ? 'Two strings must be given when both deleting and squeezing repeats.'
        : 'Two strings must be given when translating.';
      throw new Usage(`missing operand after ${quote(tool, one)}\n${why}`);
    }
    if (two !== undefined && remove && !squeeze)
      throw new Usage(
        `extra operand ${quote(tool, two)}\nOnly one string may be given when deleting without squeezing repeats.`,
      );
    if (three !== undefined) throw new Usage(`extra operand ${quote(tool, three)}`);
    const complement = options.has('c');
    let first = expandSet(one, 0, false);
    const table = new Uint8Array(256).map((_, i) => i);
    if (complement) {
      const members = new Set(first);
      first = Array.from(table).filter((byte) => !members.has(byte));
    }
    const inFirst = new Set(first);
    const second = two === undefined ? [] : expandSet(two, first.length, true);
    if (!remove && two !== undefined) {
      if (second.length === 0 && first.length > 0)
        throw new Fail('when not truncating set1, string2 must be non-empty');
      if (options.has('t')) first = first.slice(0, second.length);
      first.forEach((byte, i) => {
        table[byte] = second[i] ?? second.at(-1) ?? byte;
      });
    }
    const squeezed = new Set(two === undefined ? inFirst : second);
    let last = -1;
    for (;;) {
      const chunk = yield* tool.read(0);
      if (chunk.length === 0) return 0;
      const out = new Uint8Array(chunk.length);
      let length = 0;
      for (const byte of chunk) {
        if (remove && inFirst.has(byte)) continue;
        const made = remove ? byte : (table[byte] ?? byte);
        if (squeeze && made === last && squeezed.has(made)) continue;
        last = made;
        out[length++] = made;
      }
      tool.put(out.subarray(0, length));
    }
  },
});

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[\x21-\x7e]/,
  lower: /[a-z]/,
  print: /[\x20-\x7e]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[\t-\r ]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};
const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };

/** The bytes of a set, in order; `length` is how far `[c*]` reaches. */
function expandSet(text: string, length: number, second: boolean): number[] {
  const bytes = [...new TextEncoder().encode(text)];
  const set: number[] = [];
  let at = 0;
  const one = (): number => {
    const byte = bytes[at++] ?? 0;
    if (byte !== 92 || at >= bytes.length) return byte;
    const octal = /^[0-7]{1,3}/.exec(String.fromCharCode(...bytes.slice(at, at + 3)))?.[0];
    if (octal) {
      at += octal.length;
      return Number.parseInt(octal, 8) & 255;
    }
    const next = bytes[at++] ?? 0;
    return ESCAPES[String.fromCharCode(next)] ?? next;
  };
  while (at < bytes.length) {
    const rest = String.fromCharCode(...bytes.slice(at, at + 16));
    const named = /^\[:(\w+):\]/.exec(rest);
    if (named) {
      const members = CLASSES[named[1] ?? ''];
      if (!members) throw new Fail(`invalid character class ‘${named[1]}’`);
      for (let byte = 0; byte < 128; byte++) if (members.test(String.fromCharCode(byte))) set.push(byte);
      at += named[0].length;
      continue;
    }
    const equivalent = /^\[=(.)=\]/.exec(rest);
    const repeated = second ? /^\[(.)\*(\d*)\]/.exec(rest) : undefined;
    if (equivalent) {
      set.push(bytes[at + 2] ?? 0);
      at += 5;
    } else if (repeated) {
      const byte = bytes[at + 1] ?? 0;
      const count = Number(repeated[2]) || Math.max(0, length - set.length);
      for (let i = 0; i < count; i++) set.push(byte);
      at += repeated[0].length;
    } else {
      const from = one();
      if (bytes[at] === 45 && at + 1 < bytes.length) {
        const mark = at;
        at++;
        const to = one();
        if (to < from) {
          const show = (byte: number) => String.fromCharCode(byte);
          throw new Fail(`range-endpoints of '${show(from)}-${show(to)}' are in reverse collating sequence order`);
        }
        if (at > mark) for (let byte = from; byte <= to; byte++) set.push(byte);
      } else set.push(from);
    }
  }
  return set;
}
