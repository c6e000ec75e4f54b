import { isObject, type Json } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import { TtyFile } from '../../../world/tty.ts';
import { formatTable } from './format/table.ts';
import { formatText } from './format/text.ts';
import { formatYaml } from './format/yaml.ts';
import { checkExpression, queried } from './query.ts';
import type { Session } from './session.ts';

/** Columns of a table when standard output is no terminal. */
const WIDTH = 80;

/** Prints an answer in the form that was asked for; gives the exit status. awscli: formatter.py */
export function* show(session: Session, title: string, answer: Json): Task<number> {
  const query = session.globals.get('--query')?.[0];
  const value = query === undefined ? answer : queried(query, answer);
  const { output, process } = session;
  const file = process.file(1);
  const width = file instanceof TtyFile ? file.tty.columns : WIDTH;
  yield* process.print(formatted(output, title, value, width));
  return 0;
}

function formatted(output: string, title: string, value: Json, width: number): string {
  const empty = isObject(value) && Object.keys(value).length === 0;
  if (output === 'text') return formatText(value);
  if (output === 'table') return formatTable(title, value, width);
  if (empty) return '';
  if (output === 'yaml') return formatYaml(value);
  if (output === 'yaml-stream') return formatYaml([value]);
  return `${JSON.stringify(value, null, 4)}\n`;
}

/** Raises CliError for an expression that is none. */
export function checkQuery(session: Session): void {
  const query = session.globals.get('--query')?.[0];
  if (query !== undefined) checkExpression(query);
}
