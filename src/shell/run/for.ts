import type { For, Select } from 'unbash';
import type { Task } from '../../world/task.ts';
import { setScalar } from '../expand/variables-access.ts';
import { expandWords } from '../expand/word.ts';
import { readLine } from '../io/read-line.ts';
import type { Shell } from '../state/shell.ts';
import { NAME } from '../state/variables.ts';
import { bodyTurn } from './loop.ts';
import { trace } from './trace.ts';

/** `for NAME in WORDS` */
export function* runFor(shell: Shell, node: For): Task<number> {
  const name = node.name.value;
  shell.line = shell.source.lineAt(node.pos);
  if (!NAME.test(name)) {
    yield* shell.complain(`\`${name}': not a valid identifier`);
    return 1;
  }
  const words = node.wordlist ? yield* expandWords(shell, node.wordlist) : [...shell.positional];
  let status = 0;
  for (const word of words) {
    if (shell.options.has('xtrace'))
      yield* trace(shell, `for ${name} in ${(node.wordlist ?? []).map((one) => one.text).join(' ') || '"$@"'}`);
    setScalar(shell, name, word);
    const result = yield* bodyTurn(shell, node.body);
    status = result.status;
    if (!result.goOn) break;
  }
  return status;
}

/** `select NAME in WORDS`: a menu on standard error. bash: execute_cmd.c select_query */
export function* runSelect(shell: Shell, node: Select): Task<number> {
  const name = node.name.value;
  const words = node.wordlist ? yield* expandWords(shell, node.wordlist) : [...shell.positional];
  if (words.length === 0) return 0;
  let status = 0;
  let show = true;
  for (;;) {
    if (show) yield* shell.process.printError(menu(shell, words));
    yield* shell.process.printError(shell.variables.get('PS3') ?? '#? ');
    const line = yield* readLine(shell.process, 0);
    if (line === undefined) {
      yield* shell.process.printError('\n');
      return 1;
    }
    setScalar(shell, 'REPLY', line.text);
    show = line.text.trim() === '';
    if (show) continue;
    const chosen = /^\d+$/.test(line.text.trim()) ? words[Number(line.text) - 1] : undefined;
    setScalar(shell, name, chosen ?? '');
    const result = yield* bodyTurn(shell, node.body);
    status = result.status;
    if (!result.goOn) return status;
    show = (shell.variables.get('REPLY') ?? '') === '';
  }
}

function menu(shell: Shell, words: readonly string[]): string {
  const columns = Number(shell.variables.get('COLUMNS') ?? 80) || 80;
  const digits = String(words.length).length;
  const widest = Math.max(...words.map((word) => word.length)) + digits + 2;
  const perRow = Math.max(1, Math.floor(columns / (widest + 2)));
  const rows = Math.ceil(words.length / perRow);
  const effective = rows === 1 ? words.length : rows;
  let text = '';
  for (let row = 0; row < effective; row++) {
    const cells: string[] = [];
    for (let index = row; index < words.length; index += effective) {
      cells.push(`${String(index + 1).padStart(digits)}) ${words[index]}`);
    }
    text += `${cells.map((cell, i) => (i < cells.length - 1 ? cell.padEnd(widest + 2) : cell)).join('')}\n`;
  }
  return text;
}
