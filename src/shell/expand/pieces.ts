import { escapePattern, hasGlob } from './pattern.ts';

/** A stretch of an expanded word. */
export interface Piece {
  readonly text: string;
  /** Its characters stand for themselves and it makes a field even when empty. */
  readonly quoted: boolean;
  /** It comes from an unquoted expansion: split at IFS. */
  readonly split: boolean;
}

/** Between two fields of `$@`. */
export const BREAK: Piece = { text: ' ', quoted: false, split: false };

export const quoted = (text: string): Piece => ({ text, quoted: true, split: false });
export const plain = (text: string): Piece => ({ text, quoted: false, split: false });
export const expanded = (text: string): Piece => ({ text, quoted: false, split: true });

export function joinPieces(pieces: readonly Piece[]): string {
  if (pieces.length === 1) return pieces[0]?.text ?? '';
  return pieces.map((piece) => piece.text).join('');
}

/** A pattern in which quoted characters are escaped. */
export function piecesToPattern(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.quoted ? escapePattern(piece.text) : piece.text)).join('');
}

export type Field = Piece[];

/** Splits at IFS and at the breaks of `$@`. bash: subst.c list_string */
export function splitFields(pieces: readonly Piece[], ifs: string): Field[] {
  const fields: Field[] = [];
  let current: Field | undefined;
  let afterSpace = false;
  const finish = () => {
    if (current) fields.push(current);
    current = undefined;
  };
  for (const piece of pieces) {
    if (piece === BREAK) {
      finish();
      afterSpace = false;
      continue;
    }
    if (!piece.split) {
      current ??= [];
      current.push(piece);
      afterSpace = false;
      continue;
    }
    let start = 0;
    const { text } = piece;
    for (let at = 0; at < text.length; at++) {
      const char = text[at] ?? '';
      if (!ifs.includes(char)) continue;
      if (at > start) {
        current ??= [];
        current.push(plain(text.slice(start, at)));
        afterSpace = false;
      }
      start = at + 1;
      if (char === ' ' || char === '\t' || char === '\n') {
        if (current) afterSpace = true;
        finish();
      } else if (current) finish();
      else if (afterSpace) afterSpace = false;
      else fields.push([quoted('')]);
    }
    if (start < text.length) {
      current ??= [];
      current.push(plain(text.slice(start)));
      afterSpace = false;
    }
  }
  finish();
  return fields;
}

/** The glob pattern of a field, or undefined when it has none. */
export function globOf(field: Field): string | undefined {
  if (!field.some((piece) => !piece.quoted && /[*?[(]/.test(piece.text))) return undefined;
  const pattern = piecesToPattern(field);
  return hasGlob(pattern) ? pattern : undefined;
}
