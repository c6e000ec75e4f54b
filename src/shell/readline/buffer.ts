interface Snapshot {
  readonly chars: readonly string[];
  readonly cursor: number;
}

/** Characters that one typing run takes back at once. */
const UNDO_RUN = 20;
const MOST_UNDOS = 500;
/** A line that is longer is not taken further: keys that repeat must not eat the host's memory. */
const MAX_LINE = 200_000;
const isWord = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}]/u.test(char);

/** The line being edited, by characters, with a kill ring and undo. */
export class LineBuffer {
  chars: string[] = [];
  cursor = 0;
  private readonly ring: string[] = [];
  private undos: Snapshot[] = [];
  private runLength = 0;
  /** Where the run goes on: typing elsewhere is a step of its own. */
  private runEnd = 0;
  /** What the last command was, for kills and yanks that go on. */
  private last: 'kill' | 'yank' | 'other' = 'other';
  private current: 'kill' | 'yank' | 'other' = 'other';
  /** Whether kills in a row are one: vi's are not. */
  joinsKills = true;
  private yanked = { start: 0, length: 0, index: 0 };
  /** How many undo steps there were when a group began: all of it is one step. */
  private group: number | undefined;

  get text(): string {
    return this.chars.join('');
  }

  get empty(): boolean {
    return this.chars.length === 0;
  }

  /** Replaces everything; the cursor goes to the end. */
  set(text: string): void {
    this.chars = [...text];
    this.cursor = this.chars.length;
  }

  clear(): void {
    this.set('');
    this.forgetUndo();
  }

  forgetUndo(): void {
    this.undos = [];
    this.group = undefined;
    this.runLength = 0;
  }

  /** What follows, up to `endGroup`, is taken back at once. */
  startGroup(): void {
    if (this.group !== undefined) return;
    this.save();
    this.group = this.undos.length;
  }

  endGroup(): void {
    if (this.group === undefined) return;
    const first = this.undos[this.group - 1];
    this.undos.length = Math.min(this.undos.length, this.group);
    this.group = undefined;
    this.runLength = 0;
    if (first && first.chars.join('') === this.text) this.undos.pop();
  }

  /** To be called before each command. */
  begin(): void {
    this.last = this.current;
    this.current = 'other';
  }

  save(): void {
    this.undos.push({ chars: [...this.chars], cursor: this.cursor });
    if (this.undos.length > MOST_UNDOS) {
      this.undos.shift();
      if (this.group) this.group--;
    }
    this.runLength = 0;
  }

  undo(): boolean {
    const before = this.undos.pop();
    if (!before) return false;
    this.chars = [...before.chars];
    this.cursor = before.cursor;
    this.runLength = 0;
    return true;
  }

  undoAll(): void {
    while (this.undo());
  }

  insert(text: string): void {
    if (this.chars.length + text.length > MAX_LINE) return;
    if (this.runLength === 0 || this.runLength >= UNDO_RUN || this.cursor !== this.runEnd) this.save();
    const added = [...text];
    this.runLength += added.length;
    this.chars.splice(this.cursor, 0, ...added);
    this.cursor += added.length;
    this.runEnd = this.cursor;
  }

  /** Deletes between two places; remembers nothing. */
  remove(from: number, to: number): boolean {
    const start = Math.max(0, Math.min(from, to));
    const end = Math.min(this.chars.length, Math.max(from, to));
    if (start === end) return false;
    this.save();
    this.chars.splice(start, end - start);
    this.cursor = start;
    return true;
  }

  replace(from: number, to: number, text: string): void {
    this.save();
    this.chars.splice(from, to - from, ...text);
    this.cursor = from + [...text].length;
  }

  /** Deletes into the kill ring; kills in a row are one. */
  kill(from: number, to: number): boolean {
    return this.copy(from, to) && this.remove(from, to);
  }

  /** The text between two places goes into the kill ring. */
  copy(from: number, to: number): boolean {
    const backwards = to < from;
    const text = this.between(from, to);
    if (text === '') return false;
    if (this.joinsKills && this.last === 'kill' && this.ring.length > 0) {
      const before = this.ring.pop() ?? '';
      this.ring.push(backwards ? text + before : before + text);
    } else this.ring.push(text);
    if (this.ring.length > 10) this.ring.shift();
    this.current = 'kill';
    return true;
  }

  between(from: number, to: number): string {
    return this.chars.slice(Math.max(0, Math.min(from, to)), Math.max(from, to)).join('');
  }

  /** What `yank` would insert. */
  get killed(): string | undefined {
    return this.ring.at(-1);
  }

  /** Types over what is there. */
  overwrite(text: string): void {
    const added = [...text];
    this.save();
    this.chars.splice(this.cursor, added.length, ...added);
    this.cursor += added.length;
  }

  yank(): boolean {
    const text = this.ring.at(-1);
    if (text === undefined) return false;
    this.save();
    this.yanked = { start: this.cursor, length: [...text].length, index: this.ring.length - 1 };
    this.insertYanked(text);
    return true;
  }

  yankPop(): boolean {
    if (this.last !== 'yank') return false;
    const index = (this.yanked.index + this.ring.length - 1) % this.ring.length;
    const text = this.ring[index] ?? '';
    this.chars.splice(this.yanked.start, this.yanked.length);
    this.cursor = this.yanked.start;
    this.yanked = { start: this.cursor, length: [...text].length, index };
    this.insertYanked(text);
    return true;
  }

  private insertYanked(text: string): void {
    this.chars.splice(this.cursor, 0, ...text);
    this.cursor += [...text].length;
    this.current = 'yank';
    this.runLength = 0;
  }

  wordForward(): number {
    let at = this.cursor;
    while (at < this.chars.length && !isWord(this.chars[at])) at++;
    while (at < this.chars.length && isWord(this.chars[at])) at++;
    return at;
  }

  wordBackward(): number {
    let at = this.cursor;
    while (at > 0 && !isWord(this.chars[at - 1])) at--;
    while (at > 0 && isWord(this.chars[at - 1])) at--;
    return at;
  }

  /** Ctrl-W: back to the blank before the word. */
  blankBackward(): number {
    let at = this.cursor;
    while (at > 0 && /\s/.test(this.chars[at - 1] ?? '')) at--;
    while (at > 0 && !/\s/.test(this.chars[at - 1] ?? '')) at--;
    return at;
  }

  /** So many words on, or back. */
  wordsAway(count: number): number {
    const { cursor } = this;
    for (let left = Math.min(Math.abs(count), this.chars.length); left > 0; left--)
      this.cursor = count < 0 ? this.wordBackward() : this.wordForward();
    const found = this.cursor;
    this.cursor = cursor;
    return found;
  }

  /** Alt-U, Alt-L, Alt-C: so many words on, or back. */
  changeWords(count: number, change: (words: string) => string): void {
    const { cursor } = this;
    const away = this.wordsAway(count);
    const [from, to] = [Math.min(cursor, away), Math.max(cursor, away)];
    if (from !== to) this.replace(from, to, change(this.between(from, to)));
    this.cursor = to;
  }

  /** Alt-T: words change places. readline: rl_transpose_words */
  transposeWords(count: number): boolean {
    const original = this.cursor;
    const goTo = (words: number) => {
      this.cursor = this.wordsAway(words);
      return this.cursor;
    };
    const secondEnd = goTo(count);
    const secondStart = goTo(-1);
    const firstStart = goTo(-count);
    const firstEnd = goTo(1);
    this.cursor = original;
    if (firstStart === secondStart || secondStart < firstEnd) return false;
    const part = (from: number, to: number) => this.chars.slice(from, to).join('');
    const between = part(firstEnd, secondStart);
    this.replace(firstStart, secondEnd, part(secondStart, secondEnd) + between + part(firstStart, firstEnd));
    return true;
  }

  /** Ctrl-] and Alt-Ctrl-]: the next such character, or the one before. */
  find(char: string, forward: boolean): number | undefined {
    const at = forward
      ? this.chars.indexOf(char, this.cursor + 1)
      : this.cursor === 0
        ? -1
        : this.chars.lastIndexOf(char, this.cursor - 1);
    return at < 0 ? undefined : at;
  }

  /** Alt-\\: the blanks around the cursor. */
  removeBlanks(): boolean {
    const blank = (at: number) => this.chars[at] === ' ' || this.chars[at] === '\t';
    let from = this.cursor;
    let to = this.cursor;
    while (from > 0 && blank(from - 1)) from--;
    while (blank(to)) to++;
    return this.remove(from, to);
  }

  /** Ctrl-T: the character before the cursor goes so many on. readline: rl_transpose_chars */
  transpose(count: number): boolean {
    if (count === 0) return true;
    if (this.cursor === 0 || this.chars.length < 2) return false;
    const last = this.cursor === this.chars.length;
    if (!last && count < 0) return true;
    this.save();
    const from = this.cursor - (last ? 2 : 1);
    const [moved = ''] = this.chars.splice(from, 1);
    const to = Math.max(0, Math.min(this.chars.length, from + (last ? 1 : count)));
    this.chars.splice(to, 0, moved);
    this.cursor = to + 1;
    return true;
  }
}
