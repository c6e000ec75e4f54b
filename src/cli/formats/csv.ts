/** Rows of a table as spreadsheets save it: RFC 4180, with commas, semicolons or tabs, and a byte order mark or none. */
export function csvRows(given: string): string[][] {
  const text = given.replace(/^\ufeff/, '');
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { cell, end } = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at, separator);
    row.push(cell);
    at = end;
    if (text[at] === separator) {
      at++;
      if (at === text.length) row.push('');
      continue;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (row.some((one) => one.trim() !== '')) rows.push(row);
    row = [];
  }
  if (row.some((one) => one.trim() !== '')) rows.push(row);
  return rows;
}

/** The one that the first line has, outside of quotes. */
function separatorOf(text: string): string {
  const [line = ''] = text.replace(/"(?:[^"]|"")*"/g, '').split(/[\r\n]/);
  return [',', ';', '\t'].find((separator) => line.includes(separator)) ?? ',';
}

function plainCell(text: string, at: number, separator: string): { cell: string; end: number } {
  let end = at;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
  return { cell: text.slice(at, end), end };
}

function quotedCell(text: string, at: number): { cell: string; end: number } {
  let cell = '';
  let end = at + 1;
  while (end < text.length) {
    if (text[end] !== '"') cell += text[end++];
    else if (text[end + 1] === '"') {
      cell += '"';
      end += 2;
    } else break;
  }
  // What stands between the closing quote and the separator belongs to nobody.
  end++;
  return { cell, end };
}
