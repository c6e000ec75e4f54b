// The Corefile: blocks of servers, each with its plugins. caddy: caddyfile/lexer.go, parse.go

/** A Corefile that CoreDNS does not start with; the message is what it prints. */
export class CorefileError extends Error {}

interface Token {
  readonly text: string;
  readonly line: number;
}

/** A plugin's line, and the lines of its block. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly block: readonly BlockLine[];
  readonly tokens: readonly Token[];
}

export interface BlockLine {
  readonly words: readonly string[];
  readonly line: number;
}

export interface ServerBlock {
  readonly keys: readonly string[];
  readonly directives: readonly Directive[];
}

/** Words, with quotes and comments as in the Caddyfile. */
function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  text.split('\n').forEach((row, index) => {
    for (const [word] of row.matchAll(/"(?:\\.|[^"\\])*"|[^\s"]\S*/g)) {
      if (word.startsWith('#')) break;
      const quoted = word.length > 1 && word.startsWith('"') && word.endsWith('"');
      tokens.push({ text: quoted ? word.slice(1, -1).replace(/\\"/g, '"') : word, line: index + 1 });
    }
  });
  return tokens;
}

/** Raises CorefileError. `path` stands in messages; `known` are the names of plugins. */
export function parseCorefile(text: string, path: string, known: ReadonlySet<string>): ServerBlock[] {
  return new Parser(tokenize(text), path, known).blocks();
}

class Parser {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly path: string,
    private readonly known: ReadonlySet<string>,
  ) {}

  blocks(): ServerBlock[] {
    const blocks: ServerBlock[] = [];
    while (this.at < this.tokens.length) blocks.push(this.block());
    return blocks;
  }

  private block(): ServerBlock {
    const keys: string[] = [];
    let open = false;
    let line = this.tokens[this.at]?.line;
    for (let token = this.tokens[this.at]; token; token = this.tokens[this.at]) {
      if (token.text === '{') {
        open = true;
        this.at++;
        break;
      }
      const continues = keys.length === 0 || keys.at(-1)?.endsWith(',') || token.line === line;
      if (!continues) break;
      if (token.text === '}') throw this.syntax(token, 'EOF');
      keys.push(token.text);
      line = token.line;
      this.at++;
    }
    const directives = open ? this.directives() : [];
    return { keys: keys.map((key) => key.replace(/,$/, '')), directives };
  }

  private directives(): Directive[] {
    const found: Directive[] = [];
    for (;;) {
      const token = this.tokens[this.at];
      if (!token) throw this.syntax(this.tokens.at(-1), '}');
      this.at++;
      if (token.text === '}') return found;
      found.push(this.directive(token));
    }
  }

  private directive(name: Token): Directive {
    if (!this.known.has(name.text)) throw this.parsing(name.line, `Unknown directive '${name.text}'`);
    const tokens: Token[] = [name];
    let nesting = 0;
    let line = name.line;
    for (let token = this.tokens[this.at]; token; token = this.tokens[this.at]) {
      if (token.text === '{') nesting++;
      else if (token.line !== line && nesting === 0) break;
      else if (token.text === '}' && nesting > 0) nesting--;
      else if (token.text === '}') throw this.parsing(token.line, `Unexpected '}' because no matching opening brace`);
      tokens.push(token);
      line = token.line;
      this.at++;
    }
    if (nesting > 0) throw this.syntax(this.tokens.at(-1), '}');
    return directiveOf(name, tokens);
  }

  private syntax(token: Token | undefined, expected: string): CorefileError {
    return new CorefileError(
      `${this.path}:${token?.line ?? 0} - Syntax error: Unexpected token '${token?.text ?? ''}', expecting '${expected}'`,
    );
  }

  private parsing(line: number, text: string): CorefileError {
    return new CorefileError(`${this.path}:${line} - Error during parsing: ${text}`);
  }
}

function directiveOf(name: Token, tokens: readonly Token[]): Directive {
  const args: string[] = [];
  const block: { words: string[]; line: number }[] = [];
  let depth = 0;
  for (const { text, line } of tokens.slice(1)) {
    if (text === '{') depth++;
    else if (text === '}') depth--;
    else if (depth === 0) args.push(text);
    else {
      const last = block.at(-1);
      if (last?.line === line) last.words.push(text);
      else block.push({ words: [text], line });
    }
  }
  return { name: name.text, args, line: name.line, block, tokens };
}

/** The text that plugin/reload hashes: what was parsed, as Go writes it. */
export function parsedText(blocks: readonly ServerBlock[], path: string): string {
  const servers = blocks.map(({ keys, directives }) => {
    const tokens: Record<string, { File: string; Line: number; Text: string }[]> = {};
    for (const { name, tokens: list } of [...directives].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const all = tokens[name] ?? [];
      tokens[name] = all;
      for (const { text, line } of list) all.push({ File: path, Line: line, Text: text });
    }
    return { Keys: keys, Tokens: tokens };
  });
  return JSON.stringify(servers);
}
