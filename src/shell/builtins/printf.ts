import { encode } from '../../world/bytes.ts';
import { unescapeAnsi } from '../expand/ansi.ts';
import { backslashQuote } from '../expand/quote.ts';
import { setElement } from '../expand/variables-access.ts';
import type { Shell } from '../state/shell.ts';
import { formatTime } from '../time-format.ts';
import { type Builtin, fail, print } from './builtin.ts';

/** Longest width or precision that is honoured: padding must not eat the host's memory. */
const MAX_WIDTH = 1_000_000;
const MAX_OUTPUT = 16 * 1024 * 1024;
const SPEC = /^%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|j|z|t|L)?(\([^)]*\)T|[a-zA-Z%])/;

/** One run over the format. */
class Formatter {
  out = '';
  readonly errors: string[] = [];
  used = 0;
  stopped = false;

  constructor(
    private readonly shell: Shell,
    private readonly args: readonly string[],
  ) {}

  private next(): string | undefined {
    const value = this.args[this.used];
    this.used++;
    return value;
  }

  run(format: string): boolean {
    let at = 0;
    while (at < format.length && !this.stopped) {
      if (this.out.length > MAX_OUTPUT) throw new RangeError('output too long');
      if (format[at] !== '%') {
        const end = format.indexOf('%', at);
        const literal = format.slice(at, end < 0 ? undefined : end);
        const text = unescapeAnsi(literal, 'printf');
        this.out += text.text;
        this.stopped = text.stopped;
        at += literal.length;
        continue;
      }
      const match = SPEC.exec(format.slice(at));
      if (!match || /^[hlLjzt]$/.test(match[4] ?? '')) {
        const bad = format[at + (/^%[-+ #0']*[\d*]*(?:\.[\d*]*)?[hljztL]*/.exec(format.slice(at))?.[0].length ?? 1)];
        this.errors.push(bad === undefined ? "`%': missing format character" : `\`${bad}': invalid format character`);
        return false;
      }
      at += match[0].length;
      if (!this.directive(match)) return false;
    }
    return true;
  }

  private directive(match: RegExpExecArray): boolean {
    const [, flagText = '', widthText, precisionText] = match;
    const letter = match[4] ?? '';
    if (letter === '%') {
      this.out += '%';
      return true;
    }
    let flags = flagText;
    let width = widthText === '*' ? this.integer() : Number(widthText ?? 0);
    if (width < 0) {
      flags += '-';
      width = -width;
    }
    width = Math.min(width, MAX_WIDTH);
    const precision =
      precisionText === undefined
        ? undefined
        : Math.min(precisionText === '*' ? this.integer() : Number(precisionText || 0), MAX_WIDTH);
    const text = this.convert(letter, flags, precision);
    if (text === undefined) {
      this.errors.push(`\`${letter}': invalid format character`);
      return false;
    }
    this.out += pad(
      text,
      width,
      flags,
      /[diouxXeEfFgG]/.test(letter) && (precision === undefined || /[eEfFgG]/.test(letter)),
    );
    return true;
  }

  private integer(): number {
    return Number(this.number(this.next()));
  }

  private convert(letter: string, flags: string, precision: number | undefined): string | undefined {
    if (letter.endsWith('T')) {
      const given = this.next();
      const time =
        given === undefined || given === '-1' || given === '-2' ? this.shell.process.now : Number(given) * 1000;
      return formatTime(time, letter.slice(1, -2) || '%X');
    }
    switch (letter) {
      case 's':
        return cut(this.next() ?? '', precision);
      case 'b': {
        const text = unescapeAnsi(this.next() ?? '', 'echo');
        this.stopped = text.stopped;
        return cut(text.text, precision);
      }
      case 'q':
        return backslashQuote(this.next() ?? '');
      case 'c':
        return [...(this.next() ?? '')][0] ?? '';
      case 'd':
      case 'i':
      case 'u':
      case 'o':
      case 'x':
      case 'X':
        return formatInteger(this.number(this.next()), letter, flags, precision);
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        return formatFloat(this.float(this.next()), letter, flags, precision);
      default:
        return undefined;
    }
  }

  private number(text: string | undefined): bigint {
    if (text === undefined || text === '') return 0n;
    const quote = /^["']([\s\S])/u.exec(text);
    if (quote) return BigInt(quote[1]?.codePointAt(0) ?? 0);
    const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
    if (!match || match[0].length !== text.length)
      this.errors.push(`${text}: invalid ${/^0[0-7]*[89]/.test(text) ? 'octal ' : ''}number`);
    if (!match?.[2]) return 0n;
    const digits = /^0\d/.test(match[2]) ? `0o${match[2].slice(1)}` : match[2];
    const value = BigInt(digits);
    return BigInt.asIntN(64, match[1] === '-' ? -value : value);
  }

  private float(text: string | undefined): number {
    if (text === undefined || text === '') return 0;
    const quote = /^["']([\s\S])/u.exec(text);
    if (quote) return quote[1]?.codePointAt(0) ?? 0;
    const value = Number(text);
    if (Number.isNaN(value) && !/^[+-]?nan$/i.test(text)) {
      this.errors.push(`${text}: invalid number`);
      return Number.parseFloat(text) || 0;
    }
    return value;
  }
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : text.slice(0, Math.max(0, precision));
}

function pad(text: string, width: number, flags: string, numeric: boolean): string {
  const size = encode(text).length;
  if (size >= width) return text;
  const fill = width - size;
  if (flags.includes('-')) return text + ' '.repeat(fill);
  if (numeric && flags.includes('0')) {
    const sign = /^(?:[+ -]|0[xX])?/.exec(text)?.[0] ?? '';
    return sign + '0'.repeat(fill) + text.slice(sign.length);
  }
  return ' '.repeat(fill) + text;
}

function formatInteger(value: bigint, letter: string, flags: string, precision: number | undefined): string {
  const signed = letter === 'd' || letter === 'i';
  const magnitude = signed ? (value < 0n ? -value : value) : BigInt.asUintN(64, value);
  const base = letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10;
  let digits = magnitude.toString(base);
  if (letter === 'X') digits = digits.toUpperCase();
  if (precision !== undefined) digits = precision === 0 && magnitude === 0n ? '' : digits.padStart(precision, '0');
  if (flags.includes('#') && magnitude !== 0n) digits = (base === 8 ? '0' : base === 16 ? `0${letter}` : '') + digits;
  if (!signed) return digits;
  return (value < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + digits;
}

function formatFloat(value: number, letter: string, flags: string, precision = 6): string {
  const digits = Math.min(precision, 100);
  const size = Math.abs(value);
  let text: string;
  if (!Number.isFinite(value)) text = Number.isNaN(value) ? 'nan' : 'inf';
  else if (letter === 'f' || letter === 'F')
    text = size < 1e21 ? size.toFixed(digits) : BigInt(Math.round(size)).toString();
  else if (letter === 'e' || letter === 'E') text = exponent(size.toExponential(digits));
  else {
    const places = digits === 0 ? 1 : digits;
    const power = size === 0 ? 0 : Number(size.toExponential(places - 1).split('e')[1]);
    text =
      power < -4 || power >= places
        ? exponent(size.toExponential(places - 1))
        : size.toFixed(Math.max(0, places - 1 - power));
    if (!flags.includes('#')) text = text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
  }
  const sign = value < 0 || Object.is(value, -0) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  return sign + (/[EFG]/.test(letter) ? text.toUpperCase() : text);
}

function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `printf [-v var] format [arguments]`: the format is used again while arguments are left. */
export const printf: Builtin = {
  names: ['printf'],
  *run(shell, args, name) {
    let rest = args;
    let target: string | undefined;
    if (rest[0] === '-v') {
      target = rest[1];
      rest = rest.slice(2);
    } else if (/^-v./.test(rest[0] ?? '')) {
      target = rest[0]?.slice(2);
      rest = rest.slice(1);
    }
    if (rest[0] === '--') rest = rest.slice(1);
    const [format, ...values] = rest;
    if (format === undefined) {
      yield* shell.process.printError('printf: usage: printf [-v var] format [arguments]\n');
      return 2;
    }
    if (
      format.startsWith('-') &&
      format.length > 1 &&
      args[0] !== '--' &&
      !format.includes('%') &&
      /^-[a-zA-Z]/.test(format)
    ) {
      yield* fail(shell, name, `${format.slice(0, 2)}: invalid option`);
      yield* shell.process.printError('printf: usage: printf [-v var] format [arguments]\n');
      return 2;
    }
    const formatter = new Formatter(shell, values);
    let before: number;
    let good: boolean;
    do {
      before = formatter.used;
      good = formatter.run(format);
      if (formatter.out.length > 1 << 24) break;
    } while (good && !formatter.stopped && formatter.used < values.length && formatter.used > before);
    let status = formatter.errors.length > 0 ? 1 : 0;
    if (target !== undefined) {
      const match = /^([A-Za-z_]\w*)(?:\[(.*)\])?$/s.exec(target);
      if (!match?.[1]) return yield* fail(shell, name, `\`${target}': not a valid identifier`, 2);
      setElement(shell, match[1], match[2], formatter.out);
    } else status = (yield* print(shell, name, formatter.out)) || status;
    for (const error of formatter.errors) yield* fail(shell, name, error);
    return status;
  },
};
