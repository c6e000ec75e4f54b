import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Problem } from './problem.ts';

export type Path = readonly (string | number)[];

/** A YAML file, with the place of each of its values. */
export class PositionedYaml {
  readonly problems: Problem[] = [];
  readonly value: unknown;
  private readonly document: Document;
  private readonly lines = new LineCounter();

  constructor(
    readonly file: string,
    private readonly source: string,
  ) {
    this.document = parseDocument(source, { lineCounter: this.lines, prettyErrors: false, uniqueKeys: false });
    // One slip makes many errors: the first are enough, and of those at one place the first.
    const { errors } = this.document;
    const first = errors.filter((error, index) => error.pos[0] !== errors[index - 1]?.pos[0]);
    for (const error of first.slice(0, MOST_ERRORS))
      this.problems.push(this.problemAt(error.pos[0], plainly(error.message)));
    if (this.problems.length === 0) this.checkKeys();
    this.value = this.problems.length === 0 ? this.plainValue() : undefined;
  }

  /** The parser compares each key of a map with each other: of many keys that takes for ever. */
  private checkKeys(): void {
    visit(this.document, {
      Map: (_, map) => {
        const seen = new Set<unknown>();
        for (const { key } of map.items) {
          if (!isScalar(key)) continue;
          if (seen.has(key.value) && this.problems.length < MOST_ERRORS)
            this.problems.push(this.problemAt(startOf(key) ?? 0, 'Map keys must be unique'));
          seen.add(key.value);
        }
      },
    });
  }

  /** Aliases that blow up, and the like, are problems of the file. */
  private plainValue(): unknown {
    try {
      const value: unknown = this.document.toJS({ maxAliasCount: 100 });
      if (isBounded(value)) return value;
      this.problems.push(
        this.problemAt(0, `the file holds itself, or lists within lists, more than ${MAX_DEPTH} deep`),
      );
    } catch (error) {
      this.problems.push(this.problemAt(0, plainly(error instanceof Error ? error.message : String(error))));
    }
    return undefined;
  }

  /** Of the value at `path`, or of what is nearest to it. With `key`: of that key in the map there. */
  problem(path: Path, message: string, key?: string): Problem {
    let node: unknown = this.document.contents;
    let offset = startOf(node) ?? 0;
    for (const name of path) {
      const next = isMap(node) || isNode(node) ? this.child(node, name) : undefined;
      if (next === undefined) break;
      offset = startOf(next) ?? offset;
      node = next;
    }
    if (key !== undefined && isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (isPair(pair)) offset = startOf(pair.key) ?? offset;
    }
    return this.problemAt(offset, message);
  }

  /**
   * Of a place within the text at `path`. `text` is that text as it was read, where parameters may have made lines longer:
   * then the column is where the line begins to differ.
   */
  problemIn(path: Path, text: string, offset: number, message: string): Problem {
    const whole = this.problem(path, message);
    const node = this.document.getIn(path, true);
    if (!isScalar(node) || !node.range || typeof node.value !== 'string') return whole;
    const before = text.slice(0, offset).split('\n');
    const written = node.value.split('\n');
    if (written.length !== text.split('\n').length) return whole;
    const line = before.length - 1;
    const column = Math.min(before.at(-1)?.length ?? 0, commonStart(written[line] ?? '', text.split('\n')[line] ?? ''));
    const [start, end] = node.range;
    const source = this.source.slice(start, end);
    if (node.type !== 'BLOCK_LITERAL') {
      const quote = node.type === 'PLAIN' ? 0 : 1;
      return line === 0 && source.slice(quote).startsWith(node.value)
        ? this.problemAt(start + quote + column, message)
        : whole;
    }
    // The lines of a block follow its header, each as far to the right as the block is.
    const lines = source.split('\n').slice(1);
    const indent = (lines[line]?.length ?? 0) - (written[line]?.length ?? 0);
    return { ...whole, line: whole.line + 1 + line, column: Math.max(0, indent) + column + 1 };
  }

  private child(node: unknown, name: string | number): unknown {
    if (typeof node !== 'object' || node === null || !('get' in node) || typeof node.get !== 'function')
      return undefined;
    return node.get(name, true);
  }

  private problemAt(offset: number, message: string): Problem {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col), message };
  }
}

const MAX_DEPTH = 60;
const MOST_ERRORS = 5;

function commonStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return a === b ? Number.POSITIVE_INFINITY : at;
}

/** An alias of what it stands in has no end. */
function isBounded(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth < MAX_DEPTH && Object.values(value).every((item) => isBounded(item, depth + 1));
}

function plainly(message: string): string {
  return message.startsWith('Maximum call stack') ? 'brackets or lists are nested too deeply' : message;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
