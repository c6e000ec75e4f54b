import type { Task } from '../../world/task.ts';
import { singleQuote } from '../expand/quote.ts';
import type { Candidate } from '../readline/completion-list.ts';
import { textWidth } from '../readline/width.ts';
import { captureOutput } from '../run/capture.ts';
import type { Shell } from '../state/shell.ts';
import type { TypedCommand } from './words.ts';

// cobra: completions.go ShellCompDirective
const ERROR = 1;
const NO_SPACE = 2;
const NO_FILES = 4;
const FILTER_EXTENSION = 8;
const FILTER_DIRECTORIES = 16;
const KEEP_ORDER = 32;

export interface CobraAnswer {
  readonly candidates: readonly Candidate[];
  /** The program leaves it to the shell's files. */
  readonly files?: 'all' | 'directories';
  /** Only files with these endings, and directories to go into. */
  readonly extensions?: readonly string[];
}

/**
 * Asks a program made with cobra (kubectl, helm …) as its completion script does: `PROGRAM __complete WORD…`.
 * cobra: bash_completionsV2.go
 */
export function* askCobra(shell: Shell, typed: TypedCommand): Task<CobraAnswer | undefined> {
  const [program, ...rest] = typed.words;
  if (!program) return undefined;
  const { current } = typed;
  const words = [...rest.map((word) => word.value), current.value];
  const request = `${program.raw} __complete ${words.map(singleQuote).join(' ')} 2>/dev/null`;
  const { output } = yield* captureOutput(shell, request);
  const lines = output.split('\n').filter((line) => line !== '');
  const directive = Number(/^:(\d+)$/.exec(lines.at(-1) ?? '')?.[1] ?? 0);
  if (/^:\d+$/.test(lines.at(-1) ?? '')) lines.pop();
  if (directive & ERROR) return undefined;
  if (directive & FILTER_DIRECTORIES) return { candidates: [], files: 'directories' };
  if (directive & FILTER_EXTENSION) return { candidates: [], files: 'all', extensions: lines };
  // `--flag=value`: the program answers with the value only or the whole word.
  const equals = /^(--?[^=]+=)(.*)$/s.exec(current.value);
  const wanted = equals?.[2] ?? current.value;
  const head = equals?.[1] ?? '';
  const items = lines
    .filter((line) => !line.startsWith('_activeHelp_ '))
    .map((line) => {
      const tab = line.indexOf('\t');
      return tab < 0 ? { name: line, text: '' } : { name: line.slice(0, tab), text: line.slice(tab + 1) };
    })
    .filter(({ name }) => name.startsWith(wanted) || name.startsWith(current.value));
  if (items.length === 0) return directive & NO_FILES ? { candidates: [] } : undefined;
  if (!(directive & KEEP_ORDER)) items.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const longest = Math.max(...items.map(({ name }) => textWidth(name)));
  const suffix = directive & NO_SPACE ? '' : ' ';
  const columns = shell.process.tty?.columns ?? 80;
  return {
    candidates: items.map(({ name, text }) => ({
      insert: name.startsWith(current.value) ? name : head + name,
      show: described(name, text, longest, columns),
      suffix,
    })),
  };
}

// cobra: bash_completionsV2.go __%[1]s_format_comp_descriptions
function described(name: string, text: string, longest: number, columns: number): string {
  if (text === '') return name;
  const room = columns - longest - 4;
  const shown = room > 8 && text.length > room ? `${text.slice(0, room - 1)}…` : text;
  return `${name}${' '.repeat(longest - textWidth(name))}  (${shown})`;
}
