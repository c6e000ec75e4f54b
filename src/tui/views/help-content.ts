/** The help screen, generated from the key table. */
import { BINDINGS, type Command, type KeyContext, keyLabel, keysOf, PREFIX_LABEL } from '../keys.ts';
import type { Messages } from '../locale/en.ts';
import type { Look } from '../themes/look.ts';
import { padRight, width } from '../width.ts';
import { wrap } from '../wrap.ts';

const SECTIONS: readonly {
  readonly context: KeyContext;
  readonly title: 'helpTerminal' | 'helpReading' | 'helpList';
}[] = [
  { context: 'prefix', title: 'helpTerminal' },
  { context: 'reading', title: 'helpReading' },
  { context: 'list', title: 'helpList' },
];
const COLUMN = 52;

const commandsOf = (context: KeyContext): readonly Command[] => [
  ...new Set(BINDINGS.filter((binding) => binding.contexts.includes(context)).map((binding) => binding.command)),
];

/** All lines of the help; as many columns of entries as fit. */
export function helpLines(columns: number, look: Look, texts: Messages): string[] {
  const intro = wrap(texts.helpIntro(PREFIX_LABEL), Math.max(10, columns - 2)).map((line) => ` ${line}`);
  const sections = SECTIONS.flatMap(({ context, title }) => [
    '',
    ` ${look.paint('heading', texts[title])}`,
    ...inColumns(
      commandsOf(context).map((command) => entry(command, context, look, texts)),
      columns,
    ),
  ]);
  return [` ${look.paint('title', `kubetutor  ${texts.help}`)}`, '', ...intro, ...sections];
}

interface Entry {
  readonly painted: string;
  readonly cells: number;
}

function entry(command: Command, context: KeyContext, look: Look, texts: Messages): Entry {
  const prefix = context === 'prefix' ? `${PREFIX_LABEL} ` : '';
  const keys = keysOf(command, context).map((key) => keyLabel(key, look.ascii));
  const label = padRight(`${prefix}${keys.slice(0, 3).join(' ')}`, 19);
  const text = `${label} ${texts.command[command]}`;
  return { painted: `${look.paint('key', label)} ${texts.command[command]}`, cells: width(text) };
}

function inColumns(entries: readonly Entry[], columns: number): string[] {
  const across = Math.max(1, Math.floor(columns / COLUMN));
  const down = Math.ceil(entries.length / across);
  return Array.from({ length: down }, (_, y) => {
    let line = '  ';
    for (let x = 0; x < across; x++) {
      const item = entries[x * down + y];
      if (item) line += item.painted + (x < across - 1 ? ' '.repeat(Math.max(1, COLUMN - item.cells)) : '');
    }
    return line.trimEnd();
  });
}
