import type { Tool } from './tool.ts';

/** gnulib: quote(): typographic quotes in a UTF-8 locale, apostrophes in C. */
export function quote(tool: Tool, text: string): string {
  return tool.utf8 ? `‘${escaped(text)}’` : `'${escaped(text).replaceAll("'", "\\'")}'`;
}

function escaped(text: string): string {
  return text.replace(/[\\\n\t\r]/g, (c) => (c === '\n' ? '\\n' : c === '\t' ? '\\t' : c === '\r' ? '\\r' : '\\\\'));
}

/** gnulib: quotef / quoteaf's shell style, always in apostrophes: `'it'\''s'`. */
export function quoteShell(text: string): string {
  if (/[\n\t\r\x1b]/.test(text)) {
    const inner = text.replace(/[\n\t\r\x1b]+/g, (run) => `'$'${[...run].map(escapeControl).join('')}''`);
    return `'${inner}'`;
  }
  if (text.includes("'") && !/["`$\\!]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function escapeControl(character: string): string {
  return { '\n': '\\n', '\t': '\\t', '\r': '\\r' }[character] ?? '\\033';
}

/** The same, but only where a shell would need it: names in `ls` on a terminal, and in `NAME: FILE: message`. */
export function quoteIfNeeded(text: string): string {
  return text === '' || /[\s'"`$&*()|;<>?[\]!\\{}^=\x00-\x1f]/.test(text) || /^[~#]/.test(text)
    ? quoteShell(text)
    : text;
}
