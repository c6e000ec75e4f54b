import type { Case } from 'unbash';
import type { Task } from '../../world/task.ts';
import { compilePattern } from '../expand/pattern.ts';
import { traceQuote } from '../expand/quote.ts';
import { expandToPattern, expandToString } from '../expand/word.ts';
import type { Shell } from '../state/shell.ts';
import { trace } from './trace.ts';

/** `case WORD in … esac` with `;;`, `;&` and `;;&`. */
export function* runCase(shell: Shell, node: Case): Task<number> {
  shell.line = shell.source.lineAt(node.pos);
  const text = yield* expandToString(shell, node.word);
  if (shell.options.has('xtrace')) yield* trace(shell, `case ${traceQuote(text)} in`);
  let status = 0;
  let fallThrough = false;
  for (const item of node.items) {
    if (!fallThrough && !(yield* matchesAny(shell, item.pattern, text))) continue;
    status = yield* shell.engine.statements(shell, item.body.commands);
    fallThrough = item.terminator === ';&';
    if (item.terminator === ';;' || item.terminator === undefined) break;
  }
  return status;
}

function* matchesAny(shell: Shell, patterns: Case['items'][number]['pattern'], text: string): Task<boolean> {
  for (const pattern of patterns) {
    const source = yield* expandToPattern(shell, pattern);
    if (compilePattern(source, shell.options.shopt('nocasematch')).matches(text)) return true;
  }
  return false;
}
