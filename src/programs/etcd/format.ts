/** olekukonko/tablewriter: cells in a frame, headers in the middle, numbers and truth values to the right. */
export function framedTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)));
  const border = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const centred = (text: string, width: number) => {
    const left = Math.floor((width - text.length) / 2);
    return text.padStart(text.length + left).padEnd(width);
  };
  const head = `|${header.map((title, at) => ` ${centred(title, widths[at] ?? 0)} `).join('|')}|\n`;
  const lines = rows.map(
    (row) => `|${header.map((_, at) => ` ${(row[at] ?? '').padStart(widths[at] ?? 0)} `).join('|')}|\n`,
  );
  return border + head + border + lines.join('') + border;
}

/** dustin/go-humanize Bytes: `713 kB`, `2.1 GB`. */
export function humanBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(1000)));
  const value = Math.floor((bytes / 1000 ** power) * 10 + 0.5) / 10;
  return `${value < 10 && power > 0 ? value.toFixed(1) : value.toFixed(0)} ${units[power]}`;
}

/** A time as zap writes it. */
export const logTime = (now: number) => new Date(now).toISOString().replace(/Z$/, '000Z');

/** A line of zap's JSON encoder. */
export function jsonLog(level: string, now: number, fields: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ level, ts: logTime(now), ...fields })}\n`;
}

/** time.Duration of some ms. */
export function milliseconds(ms: number): string {
  return `${Number(ms.toFixed(6))}ms`;
}
