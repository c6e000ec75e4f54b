import { Errno } from '../../world/errno.ts';
import { Fail } from './fail.ts';
import { Usage } from './options.ts';
import { quote } from './quote.ts';
import { type Utility, utility } from './utility.ts';

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function encodeBits(bytes: Uint8Array, alphabet: string, bits: number): string {
  let text = '';
  let held = 0;
  let count = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    count += 8;
    while (count >= bits) {
      count -= bits;
      text += alphabet[(held >> count) & ((1 << bits) - 1)];
    }
    held &= (1 << count) - 1;
  }
  if (count > 0) text += alphabet[(held << (bits - count)) & ((1 << bits) - 1)];
  const group = bits === 6 ? 4 : 8;
  return text + '='.repeat((group - (text.length % group)) % group);
}

/** What is valid at the start is decoded; `valid` is false where something else follows. */
function decodeBits(text: string, alphabet: string, bits: number): { bytes: Uint8Array; valid: boolean } {
  const bytes: number[] = [];
  let held = 0;
  let count = 0;
  let digits = 0;
  let padded = false;
  for (const character of text) {
    if (character === '=') {
      padded = true;
      digits++;
      continue;
    }
    const value = alphabet.indexOf(character);
    if (value < 0 || padded) return { bytes: Uint8Array.from(bytes), valid: false };
    held = ((held << bits) | value) & 0xffff;
    count += bits;
    digits++;
    if (count >= 8) {
      count -= 8;
      bytes.push((held >> count) & 255);
    }
  }
  return { bytes: Uint8Array.from(bytes), valid: digits % (bits === 6 ? 4 : 8) === 0 };
}

function baseUtility(name: string, alphabet: string, bits: number): Utility {
  return utility({
    name,
    usage: '[OPTION]... [FILE]',
    about: `${name === 'base64' ? 'Base64' : 'Base32'} encode or decode FILE, or standard input, to standard output.`,
    options: ['-d --decode', '-D', '-i --ignore-garbage', '-w --wrap='],
    *run(tool, options) {
      const [path = '-', extra] = options.operands;
      if (extra !== undefined) throw new Usage(`extra operand ${quote(tool, extra)}`);
      let bytes: Uint8Array;
      try {
        bytes = yield* tool.readFile(path);
      } catch (error) {
        if (error instanceof Errno)
          throw new Fail(error.code === 'EISDIR' ? `read error: ${error.text}` : `${path}: ${error.text}`);
        throw error;
      }
      if (options.has('d', 'D')) {
        let text = new TextDecoder('latin1').decode(bytes).replaceAll('\n', '');
        if (options.has('i'))
          text = [...text].filter((character) => alphabet.includes(character) || character === '=').join('');
        if (tool.busybox) text = text.replace(/\s/g, '');
        const decoded = decodeBits(text, alphabet, bits);
        tool.put(decoded.bytes);
        if (!decoded.valid) throw new Fail(tool.busybox ? 'truncated input' : 'invalid input');
        return 0;
      }
      const wrap = options.get('w') ?? '76';
      if (!/^\d+$/.test(wrap)) throw new Fail(`invalid wrap size: ${quote(tool, wrap)}`);
      const text = encodeBits(bytes, alphabet, bits);
      const width = Number(wrap);
      if (width === 0) tool.put(text);
      else for (let at = 0; at < text.length; at += width) tool.put(`${text.slice(at, at + width)}\n`);
      return 0;
    },
  });
}

export const base64 = baseUtility('base64', BASE64, 6);
export const base32 = baseUtility('base32', BASE32, 5);
