/** text/tabwriter as crictl uses it: cells at least 20 wide, three blanks between. */
export class TextTable {
  private readonly rows: (readonly string[])[];

  constructor(header: readonly string[]) {
    this.rows = [header];
  }

  add(row: readonly string[]): void {
    this.rows.push(row);
  }

  text(): string {
    const columns = this.rows[0]?.length ?? 0;
    const widths = Array.from({ length: columns }, (_, at) =>
      Math.max(20, ...this.rows.map((row) => (row[at]?.length ?? 0) + 3)),
    );
    return this.rows
      .map((row) => `${row.map((cell, at) => (at < columns - 1 ? cell.padEnd(widths[at] ?? 0) : cell)).join('')}\n`)
      .join('');
  }
}
