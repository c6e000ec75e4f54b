import { padDisplay } from './columns.ts';
import { eachLine } from './inputs.ts';
import { displayWidth } from './text.ts';
import { utility } from './utility.ts';

export const column = utility({
  name: 'column',
  usage: '[options] [<file>...]',
  about: 'Columnate lists.',
  options: [
    '-t --table',
    '-s --separator=',
    '-o --output-separator=',
    '-N --table-columns=',
    '-R --table-right=',
    '-x --fillrows',
    '-c --output-width=',
    '-L --keep-empty-lines',
    '-e',
    '-n --table-name=',
    '-J --json',
    '-l --table-columns-limit=',
    '-H --table-hide=',
    '-d --table-noheadings',
  ],
  *run(tool, options) {
    const lines: string[] = [];
    const keepEmpty = options.has('L');
    yield* eachLine(tool, options.operands, (line) => {
      if (line.trim() !== '' || keepEmpty) lines.push(line);
    });
    if (!options.has('t')) {
      const width = Number(options.get('c') ?? tool.columns);
      const widest = Math.max(0, ...lines.map(displayWidth));
      // util-linux fills columns of one width, a multiple of the tab.
      const cell = (Math.floor(widest / 8) + 1) * 8;
      if (widest >= width) for (const line of lines) tool.put(`${line}\n`);
      else putEven(lines, cell, Math.max(1, Math.floor(width / cell)), options.has('x'), (text) => tool.put(text));
      return tool.status;
    }
    const separators = options.get('s');
    const rows = lines.map((line) =>
      separators === undefined ? line.trim().split(/[ \t]+/) : splitAny(line, separators),
    );
    const names = options.get('N');
    if (names !== undefined && !options.has('d')) rows.unshift(names.split(','));
    const limit = Number(options.get('l') ?? 0);
    if (limit > 0) {
      const glue = separators?.[0] ?? ' ';
      for (const row of rows)
        if (row.length > limit) row.splice(limit - 1, row.length, row.slice(limit - 1).join(glue));
    }
    const hidden = new Set(
      (options.get('H') ?? '')
        .split(',')
        .map((one) => (/^\d+$/.test(one) ? Number(one) - 1 : (names?.split(',').indexOf(one) ?? -1))),
    );
    const right = new Set(
      (options.get('R') ?? '')
        .split(',')
        .map((one) => (/^\d+$/.test(one) ? Number(one) - 1 : (names?.split(',').indexOf(one) ?? -1))),
    );
    const joint = options.get('o') ?? '  ';
    const visible = rows.map((row) =>
      row.map((text, i) => ({ text, right: right.has(i) })).filter((_, i) => !hidden.has(i)),
    );
    const widths: number[] = [];
    for (const row of visible)
      row.forEach((cell, i) => {
        widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell.text));
      });
    for (const row of visible) {
      const cells = widths.map((width, i) => {
        const cell = row[i] ?? { text: '', right: false };
        if (cell.right) return ' '.repeat(width - displayWidth(cell.text)) + cell.text;
        return i === widths.length - 1 ? cell.text : padDisplay(cell.text, width);
      });
      tool.put(`${cells.join(joint)}\n`);
    }
    return tool.status;
  },
});

function splitAny(line: string, separators: string): string[] {
  const fields: string[] = [];
  let field = '';
  for (const character of line) {
    if (!separators.includes(character)) field += character;
    else {
      fields.push(field);
      field = '';
    }
  }
  fields.push(field);
  return fields;
}

function putEven(
  lines: readonly string[],
  cell: number,
  columns: number,
  across: boolean,
  put: (text: string) => void,
): void {
  const rows = Math.ceil(lines.length / columns);
  for (let row = 0; row < rows; row++) {
    let text = '';
    let last = 0;
    for (let i = 0; i < columns; i++) {
      const line = lines[across ? row * columns + i : i * rows + row];
      if (line === undefined) break;
      if (i > 0) text += '\t'.repeat(Math.ceil((cell - last) / 8));
      text += line;
      last = displayWidth(line);
    }
    put(`${text}\n`);
  }
}
