/** chmod's MODE: octal or symbolic clauses. Undefined when it is neither. */
export function parseMode(text: string): ((mode: number, directory: boolean, umask: number) => number) | undefined {
  if (/^[0-7]{1,5}$/.test(text)) {
    const value = Number.parseInt(text, 8);
    if (value > 0o7777) return undefined;
    // Set-id bits of a directory stay unless they are named with five digits.
    return (mode, directory) => (directory && text.length < 5 ? value | (mode & 0o6000) : value);
  }
  const clauses: ((mode: number, directory: boolean, umask: number) => number)[] = [];
  for (const part of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(part);
    if (!match) return undefined;
    for (const action of match[2]?.match(/[-+=][rwxXstugo]*/g) ?? []) clauses.push(clause(match[1] ?? '', action));
  }
  return (mode, directory, umask) => clauses.reduce((value, apply) => apply(value, directory, umask), mode);
}

const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007 };

function clause(who: string, action: string) {
  const everyone = who === '' || who.includes('a');
  let mask = 0;
  for (const letter of everyone ? 'ugo' : who) mask |= WHO[letter] ?? 0;
  if (everyone && who !== '') mask = 0o7777;
  const operator = action[0];
  return (mode: number, directory: boolean, umask: number) => {
    let bits = 0;
    for (const letter of action.slice(1)) {
      if (letter === 'r') bits |= 0o444;
      else if (letter === 'w') bits |= 0o222;
      else if (letter === 'x' || (letter === 'X' && (directory || (mode & 0o111) !== 0))) bits |= 0o111;
      else if (letter === 's') bits |= 0o6000;
      else if (letter === 't') bits |= 0o1000;
      else if (letter === 'u') bits |= ((mode >> 6) & 7) * 0o111;
      else if (letter === 'g') bits |= ((mode >> 3) & 7) * 0o111;
      else if (letter === 'o') bits |= (mode & 7) * 0o111;
    }
    let affected = letterMask(mask, bits);
    if (who === '') affected &= ~umask;
    if (operator === '+') return mode | affected;
    if (operator === '-') return mode & ~affected;
    const cleared = mask & (who === '' ? ~(umask & 0) : ~0) & 0o777;
    const special = directory ? 0 : mask & 0o6000;
    return (mode & ~(cleared | special)) | affected;
  };
}

/** `s` acts on user and group, `t` only where everyone or nobody is named. */
function letterMask(mask: number, bits: number): number {
  return bits & (mask | (mask & 0o7 ? 0o1000 : 0));
}
