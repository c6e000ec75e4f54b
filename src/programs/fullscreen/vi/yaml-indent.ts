import { beep, beginChange, firstNonBlank, line, say, type Vi } from './state.ts';

const MAP_KEY = /^\s*(?!#)(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|(?:(?!: ).)*):(?: |$)/;
const LIST_ITEM = /^\s*-(?: |$)/;
const OPENS = /(?:[{[:]$|[:-] [|>][+-]?(?:\s+#.*|\s*)$)/;
const INDENTED_BLOCK = /[:-] [|>](?:(\d+)[+-]?|[+-]?(\d+))(?:\s+#.*|\s*)$/;
/** A comment and the space behind its mark: the next line begins so too. vim: formatoptions=croql */
const COMMENT = /^\s*#\s*/;

function indentOf(text: string, tabstop: number): number {
  let width = 0;
  for (const c of /^[ \t]*/.exec(text)?.[0] ?? '') width += c === '\t' ? tabstop - (width % tabstop) : 1;
  return width;
}

/**
 * The indent that vim's indent/yaml.vim (of 2022) gives a line of a YAML file, in cells: it looks at the lines above,
 * and at the line itself.
 */
export function yamlIndent(vi: Vi, row: number): number {
  const { tabstop, shiftwidth } = vi.settings;
  const unit = shiftwidth || tabstop;
  const indent = (at: number) => (at < 0 ? -1 : indentOf(line(vi, at), tabstop));
  const above = (from: number) => {
    let at = from - 1;
    while (at >= 0 && line(vi, at).trim() === '') at--;
    return at;
  };
  const lessIndented = (from: number, than: number) => {
    let at = above(from);
    while (at >= 0 && indent(at) >= than && !/^\s*#/.test(line(vi, at))) at = above(at);
    return at;
  };
  const matchingAbove = (pattern: RegExp) => {
    let at = lessIndented(row, indent(row) + 1);
    while (at >= 0 && !pattern.test(line(vi, at))) at = lessIndented(at, indent(at));
    return at;
  };
  let before = above(row);
  if (before < 0) return 0;
  const first = indent(before);
  const text = line(vi, row);
  if (/^\s*#/.test(text) && /^\s*#/.test(line(vi, row - 1))) return first;
  if (/^\s*[\]}]/.test(text)) return indent(lessIndented(row, indent(row)));
  while (/^\s*#/.test(line(vi, before))) {
    before = above(before);
    if (before < 0) return first;
  }
  const previous = line(vi, before);
  const width = indent(before);
  if (OPENS.test(previous)) return width + unit;
  const block = INDENTED_BLOCK.exec(previous);
  if (block) return width + Number(block[1] ?? block[2]);
  if (LIST_ITEM.test(text)) return indent(matchingAbove(LIST_ITEM));
  if (MAP_KEY.test(text)) {
    const at = matchingAbove(MAP_KEY);
    return /^\s*- /.test(line(vi, at)) ? indent(at) + 2 : indent(at);
  }
  if (/^\s*- /.test(previous)) return width + 2;
  return MAP_KEY.test(previous) ? width + unit : width;
}

/** The white space of an indent as the options want it. */
export function whiteOf(vi: Vi, width: number): string {
  const { expandtab, tabstop } = vi.settings;
  if (expandtab || width < tabstop) return ' '.repeat(Math.max(0, width));
  return '\t'.repeat(Math.floor(width / tabstop)) + ' '.repeat(width % tabstop);
}

/** Whether typing indents by the rules of the file's type. */
export function indentsYaml(vi: Vi): boolean {
  return vi.fileType === 'yaml' && !vi.settings.paste;
}

/**
 * How a new line begins: as the comment beside it goes on, or with the indent of its type; `behind` is the cursor of
 * the line that was cut there.
 */
export function beginLine(vi: Vi, beside: number, behind?: number): void {
  const body = line(vi).trimStart();
  const leader = COMMENT.exec(line(vi, beside))?.[0];
  const comment = leader !== undefined && (behind === undefined || behind >= leader.trimEnd().length);
  const indent = comment ? leader : whiteOf(vi, Math.max(0, yamlIndent(vi, vi.row)));
  vi.lines[vi.row] = indent + body;
  vi.column = indent.length;
}

/** Gives a line the indent of its type; the cursor keeps its place in the text. -1 leaves it as it is. */
export function indentLine(vi: Vi, row: number): void {
  const width = yamlIndent(vi, row);
  if (width < 0) return;
  const text = line(vi, row);
  const body = text.trimStart();
  const indent = whiteOf(vi, width);
  vi.lines[row] = indent + body;
  if (row === vi.row) vi.column = Math.max(0, vi.column + indent.length - (text.length - body.length));
}

/** The operator `=`. */
export function reindent(vi: Vi, from: number, to: number): void {
  if (vi.fileType !== 'yaml') {
    beep(vi);
    return say(vi, 'kubetutor models the operator = for YAML files only');
  }
  beginChange(vi);
  for (let row = from; row <= to; row++) {
    if (line(vi, row).trim() === '') vi.lines[row] = '';
    else indentLine(vi, row);
  }
  vi.row = from;
  vi.column = firstNonBlank(line(vi));
  if (to - from + 1 > 2) say(vi, `${to - from + 1} lines indented`);
}
