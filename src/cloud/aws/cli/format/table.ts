import { isObject, type Json, type JsonObject } from '../../../../cluster/apimachinery/json-value.ts';
import { CliError } from '../errors.ts';
import { columns, pythonRound, pythonText } from './python.ts';
import { isScalar } from './text.ts';

interface Section {
  readonly title: string;
  readonly indent: number;
  headers: readonly string[];
  rows: string[][];
  widths: number[];
}

/** `--output table`; empty when there is nothing to show. awscli: formatter.py TableFormatter, table.py */
export function formatTable(title: string, value: Json, terminalWidth: number): string {
  const sections: Section[] = [];
  if (!build(sections, title, value, 0)) return '';
  let shown = sections;
  let width = maxWidth(shown);
  if (width > terminalWidth) {
    shown = sections.map(vertical);
    width = maxWidth(shown);
  }
  return `${'-'.repeat(width)}\n${shown.map((section) => render(section, width)).join('')}`;
}

function newSection(sections: Section[], title: string, indent: number): void {
  sections.push({ title, indent, headers: [], rows: [], widths: [] });
}

/** Raises CliError for a row that is longer or shorter than the first of its section. */
function addRow(sections: readonly Section[], row: readonly Json[]): void {
  const section = sections.at(-1);
  if (!section) return;
  const texts = row.map(pythonText);
  const wanted = section.rows[0]?.length ?? texts.length;
  if (texts.length !== wanted)
    throw new CliError(`Row should have ${wanted} elements, instead it has ${texts.length}`, 255);
  section.rows.push(texts);
  widen(section, texts);
}

function addHeader(sections: readonly Section[], headers: readonly string[]): void {
  const section = sections.at(-1);
  if (!section) return;
  section.headers = headers;
  widen(section, headers);
}

function widen(section: Section, texts: readonly string[]): void {
  texts.forEach((text, index) => {
    section.widths[index] = Math.max(section.widths[index] ?? 0, columns(text));
  });
}

function isEmpty(value: Json): boolean {
  if (value === null || value === false || value === '' || value === 0) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function build(sections: Section[], title: string | undefined, current: Json, indent: number): boolean {
  if (isEmpty(current)) return false;
  if (title !== undefined) newSection(sections, title, indent);
  if (Array.isArray(current)) {
    if (isObject(current[0])) buildList(sections, current.filter(isObject), indent, title ?? '');
    else
      for (const item of current) {
        if (isScalar(item)) addRow(sections, [item]);
        else if (Array.isArray(item) && item.every(isScalar)) addRow(sections, item);
        else build(sections, undefined, item, 0);
      }
  } else if (isObject(current)) buildDict(sections, current, indent);
  return true;
}

function buildDict(sections: Section[], current: JsonObject, indent: number): void {
  const { headers, more } = group([current]);
  const [only] = headers;
  if (headers.length === 1 && only !== undefined) addRow(sections, [only, current[only] ?? null]);
  else if (headers.length > 0) {
    addHeader(sections, headers);
    addRow(
      sections,
      headers.map((key) => current[key] ?? null),
    );
  }
  for (const key of more) build(sections, key, current[key] ?? null, indent + 1);
}

function buildList(sections: Section[], items: readonly JsonObject[], indent: number, title: string): void {
  const { headers, more } = group(items);
  addHeader(sections, headers);
  items.forEach((item, index) => {
    if (index > 0 && more.length > 0) {
      newSection(sections, title, indent);
      addHeader(sections, headers);
    }
    addRow(
      sections,
      headers.map((key) => (key in item ? (item[key] ?? null) : '')),
    );
    for (const key of more) if (key in item) build(sections, key, item[key] ?? null, indent + 1);
  });
}

function group(items: readonly JsonObject[]): { headers: string[]; more: string[] } {
  const headers = new Set<string>();
  const more = new Set<string>();
  for (const item of items)
    for (const [key, value] of Object.entries(item)) (isScalar(value) ? headers : more).add(key);
  return { headers: [...headers].sort(), more: [...more].sort() };
}

/** A section with one row stands upright when the table is too wide. */
function vertical(section: Section): Section {
  const [row] = section.rows;
  if (section.rows.length !== 1 || !row || section.headers.length === 0) return section;
  const turned: Section = { title: section.title, indent: section.indent, headers: [], rows: [], widths: [] };
  section.headers.forEach((header, index) => {
    addRow([turned], [header, row[index] ?? '']);
  });
  return turned;
}

function maxWidth(sections: readonly Section[]): number {
  return Math.max(
    ...sections.map((section) => {
      const cells = section.widths.reduce((sum, width) => sum + width + 4, 0);
      return Math.max(columns(section.title) + 2 + 2 * section.indent, cells + 2 + 2 * section.indent);
    }),
  );
}

/** Columns that fill the table exactly. */
function scaled(section: Section, max: number): number[] {
  const widths = section.widths.map((width) => width + 4);
  const sum = widths.reduce((total, width) => total + width, 0);
  const out = widths.map((width) => pythonRound((max / sum) * width));
  let off = out.reduce((total, width) => total + width, 0) - max;
  while (off !== 0 && out.length > 0) {
    const order = out.map((_, index) => index);
    if (off < 0) order.reverse();
    for (const index of order) {
      const step = off > 0 ? -1 : 1;
      out[index] = (out[index] ?? 0) + step;
      off += step;
      if (off === 0) break;
    }
  }
  return out;
}

function render(section: Section, total: number): string {
  const bars = '|'.repeat(section.indent);
  const max = total - section.indent * 2;
  const lines: string[] = [];
  if (section.title !== '') {
    lines.push(center(section.title, max, '|'));
    if (section.headers.length === 0 && section.rows.length === 0) lines.push(`+${'-'.repeat(max - 2)}+`);
  }
  const widths = scaled(section, max);
  const rule = widths
    .map((width, index) => (index === 0 ? `+${'-'.repeat(width - 2)}+` : `${'-'.repeat(width - 1)}+`))
    .join('');
  if (section.headers.length > 0) {
    lines.push(rule);
    lines.push(
      section.headers.map((header, index) => center(header, widths[index] ?? 0, index === 0 ? '|' : '')).join(''),
    );
  }
  if (section.rows.length > 0 && widths.length > 0) {
    lines.push(rule);
    for (const row of section.rows)
      lines.push(row.map((cell, index) => left(cell, widths[index] ?? 0, index === 0 ? '|' : '')).join(''));
    lines.push(rule);
  }
  return lines.map((line) => `${bars}${line}${bars}\n`).join('');
}

function center(text: string, length: number, edge: string): string {
  const width = columns(text);
  const start = Math.max(0, Math.floor(length / 2) - Math.floor(width / 2) - 1);
  const before = edge + ' '.repeat(start) + text;
  const used = edge.length + (Math.floor(length / 2) - Math.floor(width / 2) - 1) + width;
  return `${before}${' '.repeat(Math.max(0, length - 1 - used))}|`;
}

function left(text: string, length: number, edge: string): string {
  const width = columns(text);
  const padding = length - (width + 2 + edge.length + 1) >= 0 ? 2 : 0;
  const used = edge.length + padding + width;
  return `${edge}${' '.repeat(padding)}${text}${' '.repeat(Math.max(0, length - used - 1))}|`;
}
