import { Cursor, isBlank, isBlankOrEnd, isBreak, type Mark, yamlError } from './cursor.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-property.ts';
import { scanBlockScalar, scanPlainScalar, scanQuotedScalar } from './scan-scalar.ts';
import type { Token, TokenKind } from './tokens.ts';

/** A place where a key without `?` may have begun; known only when its `:` comes. */
interface SimpleKey {
  possible: boolean;
  required: boolean;
  tokenNumber: number;
  mark: Mark;
}

const flowTokens: Record<string, TokenKind> = {
  '[': 'flow-sequence-start',
  '{': 'flow-mapping-start',
  ']': 'flow-sequence-end',
  '}': 'flow-mapping-end',
};

/** Cuts YAML into tokens, with the errors of go-yaml v2 (libyaml). go-yaml: scannerc.go */
export class Scanner {
  private readonly cursor: Cursor;
  private queue: Token[] = [];
  private taken = 0;
  private indent = -1;
  private indents: number[] = [];
  private keys: SimpleKey[] = [];
  private keyAllowed = true;
  private ended = false;

  constructor(text: string) {
    this.cursor = new Cursor(text);
    this.keys.push(this.noKey());
  }

  /** The next token, which stays. */
  peek(): Token {
    while (this.queue.length === 0 || this.headMayBeKey()) {
      if (this.ended) break;
      this.fetch();
    }
    const [head] = this.queue;
    return head ?? { kind: 'stream-end', start: this.cursor.mark, end: this.cursor.mark, value: '' };
  }

  /** Takes the token that peek gave. */
  take(): Token {
    const token = this.peek();
    this.queue.shift();
    this.taken++;
    return token;
  }

  private get inFlow(): boolean {
    return this.keys.length > 1;
  }

  private get key(): SimpleKey {
    const key = this.keys.at(-1);
    if (!key) throw new Error('no flow level');
    return key;
  }

  private noKey(): SimpleKey {
    return { possible: false, required: false, tokenNumber: this.taken + this.queue.length, mark: this.cursor.mark };
  }

  // As long as the head of the queue may turn out to be a key, more must be read.
  private headMayBeKey(): boolean {
    const key = this.keys.find((one) => one.possible && one.tokenNumber === this.taken);
    return key !== undefined && this.isStillPossible(key);
  }

  private isStillPossible(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.mark.line >= this.cursor.line && key.mark.index + 1024 >= this.cursor.index) return true;
    if (key.required) throw this.error("could not find expected ':'", key.mark);
    key.possible = false;
    return false;
  }

  private error(problem: string, context?: Mark): Error {
    return yamlError(problem, 'scanner', this.cursor.mark, context);
  }

  private fetch(): void {
    const { cursor } = this;
    this.skipToToken();
    this.unroll(cursor.column);
    const character = cursor.at();
    const next = cursor.at(1);
    const flow = flowTokens[character];
    const keyed = this.inFlow || isBlankOrEnd(next);
    if (cursor.atEnd) this.fetchEnd();
    else if (cursor.column === 0 && character === '%') this.fetchDirective();
    else if (cursor.atDocumentIndicator()) this.fetchDocumentIndicator();
    else if (flow?.endsWith('start')) this.fetchFlowStart(flow);
    else if (flow) this.fetchFlowEnd(flow);
    else if (character === ',') this.fetchFlowEntry();
    else if (character === '-' && isBlankOrEnd(next)) this.fetchBlockEntry();
    else if (character === '?' && keyed) this.fetchKey();
    else if (character === ':' && keyed) this.fetchValue();
    else if (character === '*' || character === '&') this.fetchWithKey(() => scanAnchor(cursor));
    else if (character === '!') this.fetchWithKey(() => scanTag(cursor));
    else if ((character === '|' || character === '>') && !this.inFlow) this.fetchBlockScalar();
    else if (character === "'" || character === '"') this.fetchWithKey(() => scanQuotedScalar(cursor));
    else if (this.startsPlain(character, next)) this.fetchPlain();
    else throw this.error('found character that cannot start any token', cursor.mark);
  }

  private startsPlain(character: string, next: string): boolean {
    if (!isBlankOrEnd(character) && !'-?:,[]{}#&*!|>\'"%@`'.includes(character)) return true;
    if (character === '-') return !isBlank(next);
    return !this.inFlow && (character === '?' || character === ':') && !isBlankOrEnd(next);
  }

  private skipToToken(): void {
    const { cursor } = this;
    for (;;) {
      if (cursor.column === 0 && cursor.at() === '\ufeff') cursor.skip();
      while (cursor.at() === ' ' || (cursor.at() === '\t' && (this.inFlow || !this.keyAllowed))) cursor.skip();
      if (cursor.at() === '#') cursor.skipLine();
      if (!isBreak(cursor.at())) return;
      cursor.readBreak();
      if (!this.inFlow) this.keyAllowed = true;
    }
  }

  private push(kind: TokenKind, start: Mark, width: number): void {
    this.cursor.skip(width);
    this.queue.push({ kind, start, end: this.cursor.mark, value: '' });
  }

  private saveKey(): void {
    const required = !this.inFlow && this.indent === this.cursor.column;
    if (!this.keyAllowed) return;
    this.dropKey();
    this.keys[this.keys.length - 1] = { ...this.noKey(), possible: true, required };
  }

  private dropKey(): void {
    const { key } = this;
    if (key.possible && key.required) throw this.error("could not find expected ':'", key.mark);
    key.possible = false;
  }

  private roll(column: number, kind: TokenKind, mark: Mark, tokenNumber?: number): void {
    if (this.inFlow || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    const at = tokenNumber === undefined ? this.queue.length : tokenNumber - this.taken;
    this.queue.splice(at, 0, { kind, start: mark, end: mark, value: '' });
  }

  private unroll(column: number): void {
    if (this.inFlow) return;
    while (this.indent > column) {
      this.push('block-end', this.cursor.mark, 0);
      this.indent = this.indents.pop() ?? -1;
    }
  }

  private fetchEnd(): void {
    this.cursor.closeLine();
    this.unroll(-1);
    this.dropKey();
    this.keyAllowed = false;
    this.push('stream-end', this.cursor.mark, 0);
    this.ended = true;
  }

  private fetchDirective(): void {
    this.unroll(-1);
    this.dropKey();
    this.keyAllowed = false;
    this.queue.push(scanDirective(this.cursor));
  }

  private fetchDocumentIndicator(): void {
    this.unroll(-1);
    this.dropKey();
    this.keyAllowed = false;
    this.push(this.cursor.at() === '-' ? 'document-start' : 'document-end', this.cursor.mark, 3);
  }

  private fetchFlowStart(kind: TokenKind): void {
    this.saveKey();
    this.keys.push(this.noKey());
    if (this.keys.length > 1000) throw this.error('exceeded max depth of 10000', this.cursor.mark);
    this.keyAllowed = true;
    this.push(kind, this.cursor.mark, 1);
  }

  private fetchFlowEnd(kind: TokenKind): void {
    this.dropKey();
    if (this.keys.length > 1) this.keys.pop();
    this.keyAllowed = false;
    this.push(kind, this.cursor.mark, 1);
  }

  private fetchFlowEntry(): void {
    this.dropKey();
    this.keyAllowed = true;
    this.push('flow-entry', this.cursor.mark, 1);
  }

  private fetchBlockEntry(): void {
    if (!this.inFlow) {
      if (!this.keyAllowed) throw this.error('block sequence entries are not allowed in this context');
      this.roll(this.cursor.column, 'block-sequence-start', this.cursor.mark);
    }
    this.dropKey();
    this.keyAllowed = true;
    this.push('block-entry', this.cursor.mark, 1);
  }

  private fetchKey(): void {
    if (!this.inFlow) {
      if (!this.keyAllowed) throw this.error('mapping keys are not allowed in this context');
      this.roll(this.cursor.column, 'block-mapping-start', this.cursor.mark);
    }
    this.dropKey();
    this.keyAllowed = !this.inFlow;
    this.push('key', this.cursor.mark, 1);
  }

  private fetchValue(): void {
    const { key } = this;
    if (this.isStillPossible(key)) {
      const at = key.tokenNumber - this.taken;
      this.queue.splice(at, 0, { kind: 'key', start: key.mark, end: key.mark, value: '' });
      this.roll(key.mark.column, 'block-mapping-start', key.mark, key.tokenNumber);
      key.possible = false;
      this.keyAllowed = false;
    } else {
      if (!this.inFlow) {
        if (!this.keyAllowed) throw this.error('mapping values are not allowed in this context');
        this.roll(this.cursor.column, 'block-mapping-start', this.cursor.mark);
      }
      this.keyAllowed = !this.inFlow;
    }
    this.push('value', this.cursor.mark, 1);
  }

  private fetchWithKey(scan: () => Token): void {
    this.saveKey();
    this.keyAllowed = false;
    this.queue.push(scan());
  }

  private fetchBlockScalar(): void {
    this.dropKey();
    this.keyAllowed = true;
    this.queue.push(scanBlockScalar(this.cursor, this.indent));
  }

  private fetchPlain(): void {
    this.saveKey();
    this.keyAllowed = false;
    const { token, endsLine } = scanPlainScalar(this.cursor, this.indent, this.inFlow);
    this.queue.push(token);
    if (endsLine) this.keyAllowed = true;
  }
}
