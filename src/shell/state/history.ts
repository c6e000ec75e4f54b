/** The history list of an interactive shell. */
export class History {
  private readonly entries: string[] = [];
  /** Number of the first entry: older ones have been dropped. */
  private dropped = 0;
  /** Entries read from the file or already written to it. */
  saved = 0;
  limit = 500;
  /** Whether the line being run is the last entry: `fc` does not mean itself. */
  lineAdded = false;

  get length(): number {
    return this.entries.length;
  }

  /** Number that `history` shows for the first entry. */
  get firstNumber(): number {
    return this.dropped + 1;
  }

  get nextNumber(): number {
    return this.dropped + this.entries.length + 1;
  }

  all(): readonly string[] {
    return this.entries;
  }

  /** By position from the oldest kept, 0 first. */
  at(index: number): string | undefined {
    return this.entries.at(index);
  }

  byNumber(number: number): string | undefined {
    return this.entries[number - this.dropped - 1];
  }

  add(line: string): void {
    this.entries.push(line);
    while (this.entries.length > this.limit) {
      this.entries.shift();
      this.dropped++;
      this.saved = Math.max(0, this.saved - 1);
    }
  }

  remove(index: number): void {
    this.entries.splice(index, 1);
  }

  replaceLast(line: string): void {
    if (this.entries.length > 0) this.entries[this.entries.length - 1] = line;
  }

  clear(): void {
    this.entries.length = 0;
    this.dropped = 0;
    this.saved = 0;
    this.lineAdded = false;
  }
}
