import type { Shell } from '../state/shell.ts';
import { type Piece, plain, quoted } from './pieces.ts';
import { expandTilde } from './tilde.ts';

/** Where a literal stands, for tilde expansion. */
export type TildePlace = 'none' | 'start' | 'assignment';

/** The pieces of an unquoted literal: escaped characters are quoted, a newline after a backslash is nothing. */
export function literalPieces(shell: Shell, text: string, tilde: TildePlace, out: Piece[], wordGoesOn: boolean): void {
  if (tilde !== 'none' && text.includes('~')) {
    tildePieces(shell, text, tilde, out, wordGoesOn);
    return;
  }
  unescapedPieces(text, out);
}

function unescapedPieces(text: string, out: Piece[]): void {
  if (!text.includes('\\')) {
    if (text !== '') out.push(plain(text));
    return;
  }
  let run = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char !== '\\') {
      run += char;
      continue;
    }
    const next = text[++at];
    if (next === '\n') continue;
    if (run !== '') out.push(plain(run));
    run = '';
    out.push(quoted(next ?? '\\'));
  }
  if (run !== '') out.push(plain(run));
}

function tildePieces(shell: Shell, text: string, tilde: TildePlace, out: Piece[], wordGoesOn: boolean): void {
  // An argument that looks like an assignment.
  const assigned = tilde === 'start' ? /^[A-Za-z_]\w*=(?=~)/.exec(text) : null;
  if (assigned) {
    out.push(plain(assigned[0]));
    tildePieces(shell, text.slice(assigned[0].length), 'assignment', out, wordGoesOn);
    return;
  }
  const parts = tilde === 'assignment' ? text.split(/(?<=:)/) : [text];
  parts.forEach((part, index) => {
    const match = /^~([^/:\\\s]*)(.*)$/s.exec(part);
    const rest = match?.[2] ?? '';
    // A quote or an expansion right after the name: no tilde expansion.
    const cut = rest === '' && wordGoesOn && index === parts.length - 1;
    const home = match && !cut && (rest === '' || /^[/:]/.test(rest)) ? expandTilde(shell, match[1] ?? '') : undefined;
    if (home === undefined) unescapedPieces(part, out);
    else {
      out.push(quoted(home));
      unescapedPieces(rest, out);
    }
  });
}
