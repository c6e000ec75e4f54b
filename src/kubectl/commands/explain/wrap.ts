/** Breaks lines at spaces so that they hold at most `limit` characters; line breaks of the text stay. github.com/mitchellh/go-wordwrap */
export function wrap(limit: number, text: string): string {
  let out = '';
  let current = 0;
  let word = '';
  let space = '';
  for (const char of text) {
    if (char === '\n') {
      if (word === '') {
        if (current + space.length <= limit) out += space;
      } else out += space + word;
      out += char;
      current = 0;
      word = '';
      space = '';
    } else if (/\s/.test(char) && char !== '\u00a0') {
      if (space === '' || word !== '') {
        current += space.length + word.length;
        out += space + word;
        word = '';
        space = '';
      }
      space += char;
    } else {
      word += char;
      if (current + word.length + space.length > limit && word.length < limit) {
        out += '\n';
        current = 0;
        space = '';
      }
    }
  }
  if (word !== '') return out + space + word;
  return current + space.length <= limit ? out + space : out;
}

/** Every line with blanks before it. */
export function indent(amount: number, text: string): string {
  const pad = ' '.repeat(amount);
  return pad + text.replaceAll('\n', `\n${pad}`);
}
