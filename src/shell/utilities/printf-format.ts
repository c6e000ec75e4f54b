import { byteText, codeText, unescapeEcho } from './echo.ts';
import { quoteIfNeeded } from './quote.ts';

/** What printf made of its arguments, with the complaints on the way. */
export interface Formatted {
  readonly text: string;
  readonly errors: readonly string[];
}

/** printf(1): the format is used again as long as arguments are left. */
export function formatPrintf(format: string, given: readonly string[]): Formatted {
  const errors: string[] = [];
  const args = [...given];
  let text = '';
  do {
    const before = args.length;
    const round = once(format, args, errors);
    text += round.text;
    if (round.stop || (args.length > 0 && args.length === before)) break;
  } while (args.length > 0);
  return { text, errors };
}

const DIRECTIVE = /^%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d+)?)?[hlLjzt]*([diouxXeEfFgGaAcsbq%])/;

function once(format: string, args: string[], errors: string[]): { text: string; stop: boolean } {
  let text = '';
  for (let at = 0; at < format.length; ) {
    const character = format[at] ?? '';
    if (character === '\\') {
      const sequence = formatEscape(format.slice(at));
      if (sequence.stop) return { text, stop: true };
      text += sequence.text;
      at += sequence.length;
    } else if (character === '%') {
      const match = DIRECTIVE.exec(format.slice(at));
      if (!match) {
        errors.push(
          format.length === at + 1
            ? "`%': missing format character"
            : `%${format[at + 1]}: invalid conversion specification`,
        );
        return { text, stop: true };
      }
      const flags = match[1] ?? '';
      const width = match[2] === '*' ? number(args.shift() ?? '', errors) : match[2] ? Number(match[2]) : 0;
      const hasPrecision = /\./.test(match[0]);
      const precision = !hasPrecision
        ? undefined
        : match[3] === '*'
          ? number(args.shift() ?? '', errors)
          : Number(match[3] ?? 0);
      const result = directive(match[4] ?? '', flags, width, precision, args, errors);
      text += result.text;
      if (result.stop) return { text, stop: true };
      at += match[0].length;
    } else {
      text += character;
      at++;
    }
  }
  return { text, stop: false };
}

function formatEscape(rest: string): { text: string; length: number; stop: boolean } {
  const octal = /^\\([0-7]{1,3})/.exec(rest);
  if (octal?.[1]) return { text: byteText(Number.parseInt(octal[1], 8)), length: octal[0].length, stop: false };
  if (rest.startsWith('\\c')) return { text: '', length: 2, stop: true };
  if (rest.startsWith('\\"')) return { text: '"', length: 2, stop: false };
  const coded = /^\\(?:x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8})/.exec(rest);
  const part = coded ? coded[0] : rest.slice(0, 2);
  if (coded?.[0][1] === 'u' || coded?.[0][1] === 'U')
    return { text: codeText(part.slice(2)), length: part.length, stop: false };
  return { text: part === '\\' ? '\\' : unescapeEcho(part).text, length: part.length, stop: false };
}

function directive(
  letter: string,
  flags: string,
  width: number,
  precision: number | undefined,
  args: string[],
  errors: string[],
): { text: string; stop: boolean } {
  if (letter === '%') return { text: '%', stop: false };
  const left = flags.includes('-') || width < 0;
  const pad = (text: string, zero = false) => {
    const size = Math.abs(width);
    if (text.length >= size) return text;
    if (left) return text.padEnd(size);
    if (!zero) return text.padStart(size);
    const sign = /^[-+ ]|^0[xX]/.exec(text)?.[0] ?? '';
    return sign + text.slice(sign.length).padStart(size - sign.length, '0');
  };
  if (letter === 's' || letter === 'b' || letter === 'c' || letter === 'q') {
    const arg = args.shift() ?? '';
    if (letter === 'c') return { text: pad([...arg][0] ?? ''), stop: false };
    const unescaped =
      letter === 'b'
        ? unescapeEcho(arg.replace(/\\([1-7][0-7]{0,2})/g, '\\0$1'))
        : { text: letter === 'q' ? quoteIfNeeded(arg) : arg, stop: false };
    return {
      text: pad(precision === undefined || precision < 0 ? unescaped.text : unescaped.text.slice(0, precision)),
      stop: unescaped.stop,
    };
  }
  if ('diouxX'.includes(letter))
    return {
      text: pad(
        integerText(letter, flags, precision, args.shift(), errors),
        flags.includes('0') && precision === undefined,
      ),
      stop: false,
    };
  const value = float(args.shift(), errors);
  return {
    text: pad(floatText(letter, flags, precision, value), flags.includes('0') && Number.isFinite(value)),
    stop: false,
  };
}

function integerText(
  letter: string,
  flags: string,
  precision: number | undefined,
  arg: string | undefined,
  errors: string[],
): string {
  let value = integer(arg ?? '', errors);
  if (letter !== 'd' && letter !== 'i' && value < 0n) value += 1n << 64n;
  const negative = value < 0n;
  const digits = negative ? -value : value;
  let text =
    letter === 'o'
      ? digits.toString(8)
      : letter === 'x'
        ? digits.toString(16)
        : letter === 'X'
          ? digits.toString(16).toUpperCase()
          : digits.toString();
  if (precision !== undefined) text = text.padStart(precision, '0');
  if (flags.includes("'")) text = text.replace(/\B(?=(\d{3})+$)/g, '');
  if (flags.includes('#') && value !== 0n)
    text = (letter === 'o' ? '0' : letter === 'x' ? '0x' : letter === 'X' ? '0X' : '') + text;
  if (letter !== 'd' && letter !== 'i') return text;
  return (negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + text;
}

/** C's formats of floating-point numbers, without sign and padding of the field. */
export function floatText(letter: string, flags: string, precision: number | undefined, value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const upper = letter === letter.toUpperCase();
  const finish = (text: string) => sign + (upper ? text.toUpperCase() : text);
  if (Number.isNaN(value)) return upper ? 'NAN' : 'nan';
  const size = Math.abs(value);
  if (size === Infinity) return finish('inf');
  const kind = letter.toLowerCase();
  if (kind === 'f') return finish(fixed(size, precision ?? 6));
  if (kind === 'e') return finish(exponent(size, precision ?? 6));
  if (kind === 'a') return finish(`0x${size.toString(16)}p+0`);
  const significant = precision === undefined ? 6 : precision || 1;
  const power =
    size === 0 ? 0 : Number(/e([+-]\d+)$/.exec(size.toExponential(Math.min(100, significant - 1)))?.[1] ?? 0);
  const text =
    power < -4 || power >= significant
      ? exponent(size, significant - 1)
      : fixed(size, Math.max(0, significant - 1 - power));
  return finish(flags.includes('#') ? text : text.replace(/(\.\d*?)0+(e|$)/, '$1$2').replace(/\.(e|$)/, '$1'));
}

/** toFixed, exact for large numbers too. */
function fixed(value: number, digits: number): string {
  if (value < 1e21) return value.toFixed(Math.min(100, digits));
  return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
}

function exponent(value: number, digits: number): string {
  return value.toExponential(Math.min(100, digits)).replace(/e([+-])(\d)$/, 'e$10$2');
}

function number(text: string, errors: string[]): number {
  return Number(integer(text, errors));
}

function integer(text: string, errors: string[]): bigint {
  if (/^["']/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
  const match = /^[ \t]*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
  if (!match?.[2]) {
    if (text !== '') errors.push(`${text}: expected a numeric value`);
    return 0n;
  }
  if (match[0].length < text.length) errors.push(`${text}: value not completely converted`);
  const digits = /^0[0-7]+$/.test(match[2]) ? `0o${match[2].slice(1)}` : match[2];
  const value = BigInt(digits);
  return match[1] === '-' ? -value : value;
}

function float(text: string | undefined, errors: string[]): number {
  if (!text) return 0;
  if (/^["']/.test(text)) return text.codePointAt(1) ?? 0;
  const match = /^[ \t]*[-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|inf(?:inity)?|nan)/i.exec(text);
  if (!match) {
    errors.push(`${text}: expected a numeric value`);
    return 0;
  }
  if (match[0].length < text.length) errors.push(`${text}: value not completely converted`);
  const word = match[0].trim().toLowerCase();
  if (/inf/.test(word)) return word.startsWith('-') ? -Infinity : Infinity;
  return /nan/.test(word) ? Number.NaN : Number(word.replace(/^\+/, ''));
}
