/** A directive or a section: `Listen 80`, `<VirtualHost *:80> … </VirtualHost>`. */
export interface Directive {
  /** As written; sections without their brackets. */
  readonly name: string;
  readonly args: readonly string[];
  readonly file: string;
  readonly line: number;
  readonly block: readonly Directive[] | undefined;
}

/** A configuration that httpd refuses; the text goes to standard error. */
export class ConfigError extends Error {}

export function syntaxError(
  { file, line }: { readonly file: string; readonly line: number },
  text: string,
): ConfigError {
  return new ConfigError(`AH00526: Syntax error on line ${line} of ${file}:\n${text}\n`);
}

interface Open {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  readonly items: Directive[];
}

/** Parses a file; `include` reads what Include names. Raises ConfigError. */
export function parseConfig(
  file: string,
  text: string,
  include: (pattern: string, optional: boolean, from: Directive) => readonly Directive[],
): Directive[] {
  const top: Directive[] = [];
  const open: Open[] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    let source = lines[index] ?? '';
    while (source.endsWith('\\') && index + 1 < lines.length) source = source.slice(0, -1) + (lines[++index] ?? '');
    source = source.trim();
    if (source === '' || source.startsWith('#')) continue;
    const items = open.at(-1)?.items ?? top;
    const closing = /^<\/(\w+)>$/.exec(source);
    if (closing) {
      const section = open.pop();
      if (!section || section.name.toLowerCase() !== closing[1]?.toLowerCase())
        throw syntaxError(
          { file, line },
          section
            ? `Expected </${section.name}> but saw </${closing[1]}>`
            : `</${closing[1]}> without matching <${closing[1]}> section`,
        );
      const outer = open.at(-1)?.items ?? top;
      outer.push({ name: section.name, args: section.args, file, line: section.line, block: section.items });
      continue;
    }
    if (source.startsWith('<')) {
      const match = /^<(\w+)\s*(.*)>$/.exec(source);
      if (!match) throw syntaxError({ file, line }, `${source.split(/\s/)[0]}> directive missing closing '>'`);
      open.push({ name: match[1] ?? '', args: words(match[2] ?? ''), line, items: [] });
      continue;
    }
    const [name = '', ...args] = words(source);
    const directive: Directive = { name, args, file, line, block: undefined };
    const kind = name.toLowerCase();
    if (kind === 'include' || kind === 'includeoptional')
      items.push(...include(args[0] ?? '', kind !== 'include', directive));
    else items.push(directive);
  }
  const unclosed = open.at(-1);
  if (unclosed) throw syntaxError({ file, line: unclosed.line }, `<${unclosed.name}> was not closed.`);
  return top;
}

/** Words with quotes as httpd reads them. */
function words(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)/g)].map(
    ([, double, single, bare]) =>
      double?.replace(/\\(["\\])/g, '$1') ?? single?.replace(/\\(['\\])/g, '$1') ?? bare ?? '',
  );
}
