/** Markdown to painted lines of a given width. */
import { lexer, type Token as MarkdownToken, type Tokens } from 'marked';
import type { Look } from '../themes/look.ts';
import type { Token } from '../themes/tokens.ts';
import { width } from '../width.ts';
import { wrapHard, wrapSpans } from '../wrap.ts';
import { closeBeforeParticles, inlineSpans, literalText, plainText, type StyledSpan } from './inline.ts';
import { tableLines } from './table.ts';

/** The lines of a Markdown text, none wider than `columns` cells; paragraphs are set apart by an empty line. */
export function markdownLines(markdown: string, columns: number, look: Look): string[] {
  return blocks(lexer(closeBeforeParticles(markdown)), columns, look, 'text', true);
}

function blocks(tokens: readonly MarkdownToken[], columns: number, look: Look, style: Token, loose: boolean): string[] {
  const lines: string[] = [];
  for (const token of tokens) {
    const block = blockLines(token as Tokens.Generic, Math.max(4, columns), look, style);
    if (block.length === 0) continue;
    if (loose && lines.length > 0) lines.push('');
    lines.push(...block);
  }
  return lines;
}

const flow = (spans: readonly StyledSpan[], columns: number, look: Look): string[] =>
  wrapSpans(spans, columns).map((line) => look.spans(line));

function blockLines(token: Tokens.Generic, columns: number, look: Look, style: Token): string[] {
  switch (token.type) {
    case 'space':
    case 'def':
    case 'html':
    case 'checkbox':
      return [];
    case 'heading':
      return flow(
        inlineSpans(token.tokens, 'heading').map((span) => ({ ...span, style: 'heading' as const })),
        columns,
        look,
      );
    case 'code':
      return codeLines(literalText(String(token['text'] ?? '')), columns, look, token['lang'] === 'bash');
    case 'blockquote': {
      const mark = look.paint('border', look.marks.quote);
      return blocks(token.tokens ?? [], columns - 2, look, 'quote', true).map((line) => `${mark} ${line}`);
    }
    case 'list':
      return listLines(token as Tokens.List, columns, look, style);
    case 'table':
      return tableLines(token as Tokens.Table, columns, look);
    case 'hr':
      return [look.rule(columns)];
    default:
      return token.tokens
        ? flow(inlineSpans(token.tokens, style), columns, look)
        : flow([{ text: plainText(String(token['text'] ?? '')), style }], columns, look);
  }
}

function codeLines(text: string, columns: number, look: Look, shell: boolean): string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line) => (shell ? commandLine : codeLine)(line, Math.max(4, columns - 2)))
    .map((line) => (line === '' ? '' : `  ${look.paint('block', line)}`));
}

/** What a long line goes on with stands further in: two lines at one margin would be two commands. */
function codeLine(line: string, columns: number): string[] {
  const [first = '', ...rest] = wrapHard(line, columns);
  if (rest.length === 0) return [first];
  return [first, ...wrapHard(rest.join(''), Math.max(4, columns - 4)).map((part) => `    ${part}`)];
}

/** A command that goes on says so as the shell does, where it can: typed as it stands, it is still one command. */
function commandLine(line: string, columns: number): string[] {
  if (width(line) <= columns || line.trimStart().startsWith('#')) return codeLine(line, columns);
  const parts = codeLine(line, Math.max(4, columns - 1));
  let before = '';
  return parts.map((part, y) => {
    before += part;
    const goesOn = y < parts.length - 1 && part.endsWith(' ') && !isQuoted(before);
    return goesOn ? `${part}\\` : part;
  });
}

/** Whether a quote is still open at the end of a piece of shell. */
function isQuoted(text: string): boolean {
  let open = '';
  for (let at = 0; at < text.length; at++) {
    const c = text[at] ?? '';
    if (open === '' && (c === "'" || c === '"')) open = c;
    else if (c === open) open = '';
    else if (c === '\\' && open !== "'") at++;
  }
  return open !== '';
}

function listLines(list: Tokens.List, columns: number, look: Look, style: Token): string[] {
  const start = typeof list.start === 'number' ? list.start : 1;
  const lines: string[] = [];
  list.items.forEach((item, index) => {
    const box = item.task ? (item.checked ? look.marks.met : look.marks.open) : undefined;
    const mark = box ?? (list.ordered ? `${start + index}.` : look.marks.bullet);
    const indent = width(mark) + 1;
    const body = blocks(item.tokens, columns - indent, look, style, item.loose);
    if (list.loose && index > 0) lines.push('');
    body.forEach((line, y) => {
      if (y === 0) lines.push(`${look.paint('muted', mark)} ${line}`);
      else lines.push(line === '' ? '' : ' '.repeat(indent) + line);
    });
  });
  return lines;
}
