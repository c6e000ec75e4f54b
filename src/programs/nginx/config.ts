/** One directive of a configuration: `listen 80;`, `location / { … }`. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly file: string;
  readonly block: readonly Directive[] | undefined;
}

/** A configuration that nginx refuses: the text after `nginx: [emerg] `. */
export class ConfigError extends Error {}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

const MAX_DEPTH = 30;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '\n') line++;
    if (/\s/.test(char)) {
      at++;
    } else if (char === '#') {
      while (at < text.length && text.charAt(at) !== '\n') at++;
    } else if (char === ';' || char === '{' || char === '}') {
      tokens.push({ text: char, quoted: false, line });
      at++;
    } else if (char === '"' || char === "'") {
      let word = '';
      const start = line;
      at++;
      while (at < text.length && text.charAt(at) !== char) {
        if (text.charAt(at) === '\\' && at + 1 < text.length) word += text.charAt(at++);
        if (text.charAt(at) === '\n') line++;
        word += text.charAt(at++);
      }
      at++;
      tokens.push({ text: unescaped(word), quoted: true, line: start });
    } else {
      let word = '';
      while (at < text.length && !/[\s;]/.test(text.charAt(at))) {
        const next = text.charAt(at);
        // `${name}` is part of a word, a brace by itself is not.
        if ((next === '{' && !word.endsWith('$')) || (next === '}' && !word.includes('${'))) break;
        word += next;
        at++;
      }
      tokens.push({ text: unescaped(word), quoted: false, line });
    }
  }
  return tokens;
}

/** `\\n` and its like in words; other backslashes stay, as regular expressions need them. nginx: ngx_conf_read_token */
function unescaped(word: string): string {
  return word.replace(/\\(["'\\trn])/g, (_, letter: string) => ({ t: '\t', r: '\r', n: '\n' })[letter] ?? letter);
}

/** Parses a configuration file; `include`s are read by `read`. Raises ConfigError in nginx's words. */
export function parseConfig(
  file: string,
  text: string,
  read: (pattern: string, from: Directive) => { file: string; text: string }[],
): Directive[] {
  const tokens = tokenize(text);
  let at = 0;
  const parseBlock = (depth: number): Directive[] => {
    if (depth > MAX_DEPTH) throw new ConfigError(`too many nested blocks in ${file}`);
    const directives: Directive[] = [];
    for (;;) {
      const token = tokens[at];
      if (!token) {
        if (depth > 0) throw new ConfigError(`unexpected end of file, expecting "}" in ${file}:${lastLine(text)}`);
        return directives;
      }
      if (!token.quoted && token.text === '}') {
        if (depth === 0) throw new ConfigError(`unexpected "}" in ${file}:${token.line}`);
        at++;
        return directives;
      }
      if (!token.quoted && (token.text === ';' || token.text === '{'))
        throw new ConfigError(`unexpected "${token.text}" in ${file}:${token.line}`);
      directives.push(...parseDirective(token, depth));
    }
  };
  const parseDirective = (token: Token, depth: number): Directive[] => {
    at++;
    const args: string[] = [];
    for (;;) {
      const next = tokens[at];
      if (!next) throw new ConfigError(`unexpected end of file, expecting ";" or "}" in ${file}:${lastLine(text)}`);
      at++;
      if (next.quoted || ![';', '{', '}'].includes(next.text)) {
        args.push(next.text);
        continue;
      }
      if (next.text === '}') throw new ConfigError(`unexpected "}" in ${file}:${next.line}`);
      const block = next.text === '{' ? parseBlock(depth + 1) : undefined;
      const directive = { name: token.text, args, line: token.line, file, block };
      if (block) return [directive];
      if (token.text !== 'include') return [directive];
      return read(args[0] ?? '', directive).flatMap((included) => parseConfig(included.file, included.text, read));
    }
  };
  return parseBlock(0);
}

function lastLine(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0) || 1;
}
