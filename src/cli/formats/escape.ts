/** Control characters (but tab and the ends of lines) and marks that turn the direction of text: they act on whatever shows them. */
const ACTS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** RFC 4180; a leading = + - @ would be a formula in a spreadsheet. */
export function csvCell(value: string | number): string {
  const plain = typeof value === 'string' ? value.replace(ACTS, '') : value;
  const text = typeof plain === 'string' && /^\s*[=+\-@\t\r\n＝＋－＠]/.test(plain) ? `'${plain}` : String(plain);
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
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
    .replace(ACTS, '');
}

/** A cell of a Markdown table. */
export function tableCell(value: string): string {
  return value
    .replace(ACTS, '')
    .replace(/[\\`*_[\]<>|~]/g, (mark) => `\\${mark}`)
    .replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ');
}
