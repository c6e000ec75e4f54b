export interface Uncommented {
  /** The text with nothing in the place of its comments; lines stay where they are. */
  readonly text: string;
  /** Where a comment begins that has no end, from 1: all that follows belongs to it. */
  readonly open?: { readonly line: number; readonly column: number };
}

/** Nests of comments within comments that are looked through. */
const MOST_PASSES = 10;

/**
 * Markdown without its HTML comments, in which authors keep notes for themselves. What stands in fenced or indented code or
 * in a code span is shown as it is, and so is `\<!--`.
 */
export function withoutComments(text: string): Uncommented {
  let found = pass(text);
  const { open } = found;
  // What was torn apart by a comment may be one itself.
  for (let again = 0; again < MOST_PASSES && found.changed; again++) found = pass(found.text);
  return { text: found.text, ...(open ? { open } : {}) };
}

function pass(text: string): Uncommented & { readonly changed: boolean } {
  if (!text.includes('<!--')) return { text, changed: false };
  let fence: string | undefined;
  let open: { line: number; column: number } | undefined;
  let changed = false;
  const indented = new IndentedCode();
  const lines = text.split('\n').map((line, index) => {
    const mark = open ? undefined : /^\s{0,3}(```+|~~~+)/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
      return line;
    }
    const isCode = !open && indented.holds(line);
    if (mark) {
      fence = mark;
      return line;
    }
    if (isCode) return line;
    let kept = '';
    let at = 0;
    while (at < line.length) {
      if (open) {
        const end = line.indexOf('-->', at);
        changed = true;
        if (end < 0) break;
        at = end + 3;
        open = undefined;
        continue;
      }
      const shown = shownAt(line, at);
      kept += line.slice(at, at + shown);
      at += shown;
      if (shown > 0 || !line.startsWith('<!--', at)) continue;
      open = { line: index + 1, column: at + 1 };
      // `<!-->` and `<!--->` are whole comments.
      at += 2;
    }
    return kept === line ? line : kept.trimEnd();
  });
  return { text: lines.join('\n'), changed, ...(open ? { open } : {}) };
}

/** Tells the lines of code that is set off by four blanks from those of paragraphs and of lists. CommonMark 4.4 */
class IndentedCode {
  private inParagraph = false;
  /** What is indented may belong to an item: nobody's notes are shown for a doubt. */
  private inList = false;

  /** Asked for each line outside of fences and comments, one after the other. */
  holds(line: string): boolean {
    if (line.trim() === '') {
      this.inParagraph = false;
      return false;
    }
    if (/^(?: {4}| {0,3}\t)/.test(line)) return !this.inParagraph && !this.inList;
    if (/^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/.test(line)) this.inList = true;
    else if (!this.inParagraph && /^\S/.test(line)) this.inList = false;
    this.inParagraph = !/^ {0,3}(?:#{1,6}(?:\s|$)|[-*_=](?:[ \t]*[-*_=]){2,}\s*$)/.test(line);
    return false;
  }
}

/** How many characters from `at` on are shown for certain: a code span, an escape, or what comes before the next of them. */
function shownAt(line: string, at: number): number {
  if (line.startsWith('<!--', at)) return 0;
  const ticks = /^`+/.exec(line.slice(at))?.[0];
  if (ticks !== undefined) {
    const span = new RegExp(`^${ticks}(?!\`)[\\s\\S]*?[^\`]${ticks}(?!\`)`).exec(line.slice(at))?.[0];
    return span?.length ?? ticks.length;
  }
  if (line[at] === '\\') return 2;
  const next = line.slice(at + 1).search(/[`\\]|<!--/);
  return next < 0 ? line.length - at : next + 1;
}
