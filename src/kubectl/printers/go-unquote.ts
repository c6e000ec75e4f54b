const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** What a quoted text of Go stands for; single quotes may hold a text too. Undefined when it is malformed. Go: strconv.Unquote */
export function unquoteGo(quoted: string): string | undefined {
  const quote = quoted.charAt(0);
  if (quoted.length < 2 || !quoted.endsWith(quote) || (quote !== '"' && quote !== "'")) return undefined;
  const text = quoted.slice(1, -1);
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === quote) return undefined;
    if (char !== '\\') {
      out += char;
      continue;
    }
    const escaped = readEscape(text, at + 1, quote);
    if (!escaped) return undefined;
    out += escaped.text;
    at = escaped.end - 1;
  }
  return out;
}

function readEscape(text: string, at: number, quote: string): { text: string; end: number } | undefined {
  const char = text.charAt(at);
  const simple = SIMPLE[char];
  if (simple !== undefined) return { text: simple, end: at + 1 };
  if (char === "'" || char === '"') return char === quote ? { text: char, end: at + 1 } : undefined;
  const digits = { x: 2, u: 4, U: 8 }[char];
  if (digits !== undefined) {
    const hex = text.slice(at + 1, at + 1 + digits);
    if (!/^[\da-fA-F]+$/.test(hex) || hex.length !== digits) return undefined;
    const code = Number.parseInt(hex, 16);
    return code > 0x10ffff ? undefined : { text: String.fromCodePoint(code), end: at + 1 + digits };
  }
  const octal = /^[0-7]{3}/.exec(text.slice(at))?.[0];
  if (octal === undefined) return undefined;
  const code = Number.parseInt(octal, 8);
  return code > 255 ? undefined : { text: String.fromCharCode(code), end: at + 3 };
}
