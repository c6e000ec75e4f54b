/**
 * What Go's base64.StdEncoding says of a text that is none: `illegal base64 data at input byte 7`. undefined when all is well.
 * Line breaks are skipped.
 */
export function base64Error(text: string): string | undefined {
  const failed = (position: number) => `illegal base64 data at input byte ${position}`;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    if (character === '\n' || character === '\r') continue;
    if (/[A-Za-z0-9+/]/.test(character)) {
      digits++;
      continue;
    }
    if (character !== '=') return failed(i);
    return paddingError(text, i, digits % 4, failed);
  }
  return digits % 4 === 0 ? undefined : failed(text.length - (digits % 4));
}

/** `position` is that of the first `=`, after `digits` digits of a group of four. */
function paddingError(
  text: string,
  position: number,
  digits: number,
  failed: (at: number) => string,
): string | undefined {
  if (digits < 2) return failed(position);
  let next = skipBreaks(text, position + 1);
  if (digits === 2) {
    if (next === text.length) return failed(text.length);
    if (text[next] !== '=') return failed(next - 1);
    next = skipBreaks(text, next + 1);
  }
  return next < text.length ? failed(next) : undefined;
}

function skipBreaks(text: string, from: number): number {
  let at = from;
  while (text[at] === '\n' || text[at] === '\r') at++;
  return at;
}
