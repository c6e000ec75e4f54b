const short: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** A text as Go's strconv.Quote (`%q`) prints it. */
export function goQuote(text: string): string {
  let out = '"';
  for (const character of text) {
    const escaped = short[character];
    if (escaped !== undefined) out += escaped;
    else out += isPrintable(character) ? character : goEscape(character);
  }
  return `${out}"`;
}

// unicode.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
function isPrintable(character: string): boolean {
  return character === ' ' || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character);
}

function goEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
