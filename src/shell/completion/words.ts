/** A word of the command that is being typed. */
export interface TypedWord {
  /** As typed, with quotes. */
  readonly raw: string;
  /** Without quotes. */
  readonly value: string;
  /** Index of its first character. */
  readonly start: number;
}

export interface TypedCommand {
  /** Words before the one at the cursor, assignments in front left out. */
  readonly words: readonly TypedWord[];
  /** The word at the cursor; empty after a blank. */
  readonly current: TypedWord;
  /** The quote that is open at the cursor. */
  readonly quote: '"' | "'" | undefined;
  /** After `>` or `<`: a file is wanted. */
  readonly redirect: boolean;
}

const OPENERS = new Set(['if', 'then', 'elif', 'else', 'while', 'until', 'do', '{', '!', 'time']);

/** Finds the command at the end of a text that may be unfinished. */
export function typedCommand(text: string): TypedCommand {
  let words: TypedWord[] = [];
  let raw = '';
  let value = '';
  let start = -1;
  let quote: '"' | "'" | undefined;
  let redirect = false;
  let afterRedirect = false;
  const finish = () => {
    if (start < 0) return;
    const assignment = words.length === 0 && /^[A-Za-z_]\w*\+?=/.test(raw);
    const opener = words.length === 0 && OPENERS.has(raw);
    if (!assignment && !opener && !afterRedirect) words.push({ raw, value, start });
    afterRedirect = false;
    redirect = false;
    raw = '';
    value = '';
    start = -1;
  };
  const chars = [...text];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (quote === "'") {
      raw += char;
      if (char === "'") quote = undefined;
      else value += char;
      continue;
    }
    if (char === '\\' && at + 1 < chars.length) {
      if (start < 0) start = at;
      raw += char + (chars[at + 1] ?? '');
      value += quote === '"' && !'$`"\\'.includes(chars[at + 1] ?? '') ? `\\${chars[at + 1]}` : (chars[at + 1] ?? '');
      at++;
      continue;
    }
    if (char === '$' && chars[at + 1] === '(') {
      // A command of its own begins.
      words = [];
      raw = '';
      value = '';
      start = -1;
      quote = undefined;
      at++;
      continue;
    }
    if (char === '"' || (char === "'" && quote === undefined)) {
      if (start < 0) start = at;
      raw += char;
      quote = quote === char ? undefined : char;
      continue;
    }
    if (quote === undefined && /[\s;&|<>()`]/.test(char)) {
      finish();
      if (/[;&|()`\n]/.test(char)) {
        words = [];
        afterRedirect = false;
        redirect = false;
      } else if (char === '<' || char === '>') {
        afterRedirect = true;
        redirect = true;
      }
      continue;
    }
    if (start < 0) start = at;
    raw += char;
    value += char;
  }
  const current = { raw, value, start: start < 0 ? chars.length : start };
  return { words, current, quote, redirect };
}
