import { BoundedRegExp } from '../../shell/utilities/bounded-regex.ts';
import { ConfigError, type Directive } from './config.ts';

/** What the directives of nginx's rewrite module do, in the order in which they stand. */
export type Step =
  | { readonly kind: 'set'; readonly name: string; readonly value: string }
  | { readonly kind: 'return'; readonly code: number; readonly text: string | undefined }
  | { readonly kind: 'rewrite'; readonly pattern: RegExp; readonly to: string; readonly flag: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'if'; readonly test: Test; readonly steps: readonly Step[]; readonly block: readonly Directive[] };

/** The condition of an `if`. */
export interface Test {
  /** With variables; for `-f` and its like the path. */
  readonly subject: string;
  readonly operator: '' | '=' | '!=' | '~' | '~*' | '!~' | '!~*' | '-f' | '!-f' | '-d' | '!-d' | '-e' | '!-e';
  readonly value: string;
  readonly pattern: RegExp | undefined;
}

/** Raises ConfigError. */
export function readScript(block: readonly Directive[]): Step[] {
  return block.flatMap((entry): Step[] => {
    const [first = '', second, third = ''] = entry.args;
    switch (entry.name) {
      case 'set':
        return [{ kind: 'set', name: variableName(first, entry), value: second ?? '' }];
      case 'return':
        return [readReturn(entry)];
      case 'rewrite':
        return [{ kind: 'rewrite', pattern: regexOf(first, false, entry), to: second ?? '', flag: third }];
      case 'break':
        return [{ kind: 'break' }];
      case 'if':
        return [{ kind: 'if', test: readTest(entry), steps: readScript(entry.block ?? []), block: entry.block ?? [] }];
      default:
        return [];
    }
  });
}

function readReturn(entry: Directive): Step {
  const [first = '', second] = entry.args;
  if (/^\d+$/.test(first)) {
    if (Number(first) > 999) throw new ConfigError(`invalid return code "${first}" in ${entry.file}:${entry.line}`);
    return { kind: 'return', code: Number(first), text: second };
  }
  if (!/^(https?:\/\/|\$scheme)/.test(first) || second !== undefined)
    throw new ConfigError(`invalid return code "${first}" in ${entry.file}:${entry.line}`);
  return { kind: 'return', code: 302, text: first };
}

function variableName(text: string, { file, line }: Directive): string {
  if (!/^\$\w+$/.test(text)) throw new ConfigError(`invalid variable name "${text}" in ${file}:${line}`);
  return text.slice(1);
}

function readTest(entry: Directive): Test {
  const words = [...entry.args];
  const wrong = (text: string) => new ConfigError(`invalid condition "${text}" in ${entry.file}:${entry.line}`);
  const [head = ''] = words;
  if (!head.startsWith('(')) throw wrong(head);
  words[0] = head.slice(1);
  const last = words.length - 1;
  if (!words[last]?.endsWith(')')) throw wrong(words[last] ?? '');
  words[last] = words[last].slice(0, -1);
  const [subject = '', operator, value] = words.filter((word) => word !== '');
  if (/^!?-[fdex]$/.test(subject)) {
    const file = subject.replace('x', 'e');
    return isFileTest(file)
      ? { subject: operator ?? '', operator: file, value: '', pattern: undefined }
      : never(wrong(subject));
  }
  if (operator === undefined) return { subject, operator: '', value: '', pattern: undefined };
  if (value === undefined || !isComparison(operator)) throw wrong(subject);
  const pattern = operator.includes('~') ? regexOf(value, operator.endsWith('*'), entry) : undefined;
  return { subject, operator, value, pattern };
}

function never(error: Error): never {
  throw error;
}

function isFileTest(text: string): text is '-f' | '!-f' | '-d' | '!-d' | '-e' | '!-e' {
  return /^!?-[fde]$/.test(text);
}

function isComparison(text: string): text is '=' | '!=' | '~' | '~*' | '!~' | '!~*' {
  return ['=', '!=', '~', '~*', '!~', '!~*'].includes(text);
}

/** Raises ConfigError with PCRE's text for the usual mistakes. */
export function regexOf(text: string, ignoreCase: boolean, { file, line }: Directive): RegExp {
  try {
    return new BoundedRegExp(
      text.replace(/\(\?P?<(\w+)>/g, '(?<$1>').replace(/^\(\?i\)/, ''),
      ignoreCase || text.startsWith('(?i)') ? 'i' : '',
    );
  } catch {
    const missing = (text.match(/(?<!\\)\(/g)?.length ?? 0) > (text.match(/(?<!\\)\)/g)?.length ?? 0);
    const problem = missing ? 'missing closing parenthesis' : 'invalid pattern';
    throw new ConfigError(`pcre2_compile() failed: ${problem} in "${text}" in ${file}:${line}`);
  }
}
