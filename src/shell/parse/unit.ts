import { forEachChild, type ParsedScript, parse, type Statement, type SyntaxNode } from 'unbash';
import { Source } from './position.ts';
import { firstProblem, type SyntaxProblem } from './syntax-error.ts';

/** Statements that bash reads and runs together: those up to the end of a line. */
export interface Line {
  readonly statements: readonly Statement[];
  readonly pos: number;
  readonly end: number;
}

/** A parsed text: the lines that can run and, after them, what is wrong with the rest. */
export interface Unit {
  readonly source: Source;
  readonly lines: readonly Line[];
  readonly problem: SyntaxProblem | undefined;
  /** Where the line with the problem begins. */
  readonly problemStart: number;
}

/** Parsed texts kept for `eval`, functions and loops of one-liners. */
const CACHE_SIZE = 300;
const CACHED_LENGTH = 10_000;
const cache = new Map<string, ParsedScript>();

/** Parses with unbash; the tree is shared, its lazy parts are computed once. Raises RangeError for absurd nesting. */
export function parseScript(text: string): ParsedScript {
  const known = cache.get(text);
  if (known) return known;
  const script = parse(text);
  if (text.length <= CACHED_LENGTH) {
    if (cache.size >= CACHE_SIZE) for (const key of [...cache.keys()].slice(0, CACHE_SIZE / 2)) cache.delete(key);
    cache.set(text, script);
  }
  return script;
}

/** Groups statements by lines: between two of the same line there is no newline outside of them. */
function groupLines(text: string, statements: readonly Statement[]): Line[] {
  const lines: Line[] = [];
  let current: Statement[] = [];
  let end = 0;
  for (const statement of statements) {
    if (current.length > 0 && text.slice(end, statement.pos).includes('\n')) {
      lines.push({ statements: current, pos: current[0]?.pos ?? 0, end });
      current = [];
    }
    current.push(statement);
    end = statement.end;
  }
  if (current.length > 0) lines.push({ statements: current, pos: current[0]?.pos ?? 0, end });
  return lines;
}

/** Where the error stands, for deciding what may still run before it. */
function problemPosition(text: string, problem: SyntaxProblem): number {
  return problem.kind === 'end' ? text.length : problem.pos;
}

export function parseUnit(text: string, firstLine = 1): Unit {
  const script = parseScript(text);
  const source = new Source(text, firstLine);
  const problem = firstProblem(text, script.errors);
  const lines = groupLines(text, script.commands);
  if (!problem) return { source, lines, problem, problemStart: text.length };
  const at = problemPosition(text, problem);
  // After an unfinished compound command the parser's recovery gives a statement that must not run.
  const unfinished = (script.errors ?? []).some((error) => /^(expected|unterminated)/.test(error.message));
  const candidates = lines.filter((line) => line.pos <= at);
  if (unfinished) candidates.pop();
  const good: Line[] = [];
  let start = 0;
  for (const line of candidates) {
    const next = text.indexOf('\n', line.end);
    if (line.end > at || next < 0 || next >= at) break;
    good.push(line);
    start = next + 1;
  }
  return { source, lines: good, problem, problemStart: start };
}

/** Whether an interactive shell must ask for another line. */
export function needsMore(text: string, unit: Unit): boolean {
  const { problem } = unit;
  if (/(^|[^\\])(\\\\)*\\\n?$/.test(text) && !insideSingleQuote(problem)) return true;
  if (!problem) return hasOpenHereDocument(unit);
  return problem.kind === 'end' || problem.kind === 'quote';
}

function insideSingleQuote(problem: SyntaxProblem | undefined): boolean {
  return problem?.kind === 'quote' && problem.close === "'";
}

/** A here document whose delimiter has not come yet. */
function hasOpenHereDocument(unit: Unit): boolean {
  const { text } = unit.source;
  return text.includes('<<') && openHereDocuments(unit).length > 0;
}

/** Here documents that the end of the text closes. */
export function openHereDocuments(unit: Unit): { pos: number; delimiter: string }[] {
  const open: { pos: number; delimiter: string }[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'HereDoc') {
      if (!node.closing) open.push({ pos: node.pos, delimiter: node.delimiter?.value ?? '' });
    } else if (node.type !== 'Word' && node.type !== 'Assignment') forEachChild(node, visit);
  };
  for (const line of unit.lines) for (const statement of line.statements) visit(statement);
  return open;
}
