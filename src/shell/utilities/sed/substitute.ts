import type { Piece, Substitution } from './script.ts';

/** What `s` makes of a text; undefined when nothing matched. */
export function substitute(text: string, pattern: RegExp, rule: Substitution): string | undefined {
  const first = Math.max(1, rule.nth);
  let out = '';
  let at = 0;
  let seen = 0;
  let changed = false;
  pattern.lastIndex = 0;
  for (;;) {
    const match = pattern.exec(text);
    if (!match) break;
    seen++;
    const end = match.index + match[0].length;
    if (seen >= first) {
      changed = true;
      out += text.slice(at, match.index) + expandReplacement(rule.replacement, match);
      at = end;
      if (!rule.global) break;
    }
    if (match[0] === '') {
      const next = pattern.lastIndex + ((text.codePointAt(pattern.lastIndex) ?? 0) > 0xffff ? 2 : 1);
      if (next > text.length) break;
      pattern.lastIndex = next;
    } else if (end < text.length || rule.global) {
      // POSIX: an empty match right after a match does not count.
      pattern.lastIndex = end;
      const peek = pattern.exec(text);
      pattern.lastIndex =
        peek && peek[0] === '' && peek.index === end ? end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1) : end;
      if (pattern.lastIndex > text.length) break;
    }
  }
  return changed ? out + text.slice(at) : undefined;
}

function expandReplacement(pieces: readonly Piece[], match: RegExpExecArray): string {
  let out = '';
  let fold: 'U' | 'L' | undefined;
  let once: 'u' | 'l' | undefined;
  for (const piece of pieces) {
    if (typeof piece === 'object') {
      if (piece.fold === 'u' || piece.fold === 'l') once = piece.fold;
      else {
        fold = piece.fold === 'E' ? undefined : piece.fold;
        once = undefined;
      }
      continue;
    }
    let text = typeof piece === 'number' ? (match[piece] ?? '') : piece;
    if (fold) text = fold === 'U' ? text.toUpperCase() : text.toLowerCase();
    if (once && text !== '') {
      text = (once === 'u' ? text.charAt(0).toUpperCase() : text.charAt(0).toLowerCase()) + text.slice(1);
      once = undefined;
    }
    out += text;
  }
  return out;
}
