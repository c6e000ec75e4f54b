/**
 * Breaks a text at blanks so that lines have at most `limit` characters. A word that is longer than a line is kept whole, on
 * the line where it begins. Line breaks in the text stay.
 * As github.com/mitchellh/go-wordwrap does, which kubectl explain uses.
 */
export function wordWrap(text: string, limit: number): string {
  let out = '';
  let column = 0;
  let word = '';
  let blanks = '';
  const flush = () => {
    out += blanks + word;
    column += blanks.length + word.length;
    blanks = '';
    word = '';
  };
  for (const character of text) {
    if (character === '\n') {
      if (word === '' && column + blanks.length > limit) blanks = '';
      flush();
      out += '\n';
      column = 0;
    } else if (/\s/.test(character) && character !== '\u00a0') {
      if (blanks === '' || word !== '') flush();
      blanks += character;
    } else {
      word += character;
      if (column + blanks.length + word.length > limit && word.length < limit) {
        out += '\n';
        column = 0;
        blanks = '';
      }
    }
  }
  if (word === '') return column + blanks.length <= limit ? out + blanks : out;
  return out + blanks + word;
}
