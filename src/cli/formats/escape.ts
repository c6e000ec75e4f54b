/** RFC 4180; a leading = + - @ would be a formula in a spreadsheet. */
export function csvCell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvRow(row: readonly (string | number)[]): string {
  return `${row.map(csvCell).join(',')}\n`;
}

/** For XML and HTML, in text and in quoted attributes. */
export function markup(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '');
}

/** A cell of a Markdown table. */
export function tableCell(value: string): string {
  return value.replace(/[\\`*_[\]<>|~]/g, (mark) => `\\${mark}`).replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ');
}
