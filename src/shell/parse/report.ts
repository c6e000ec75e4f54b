import type { Task } from '../../world/task.ts';
import type { Shell } from '../state/shell.ts';
import type { Source } from './position.ts';
import type { SyntaxProblem } from './syntax-error.ts';

/**
 * Prints what bash prints for a text that it cannot parse.
 * @param speaker `-c`, `eval`, a file's name; empty for the script itself
 */
export function* reportProblem(shell: Shell, source: Source, problem: SyntaxProblem, speaker = ''): Task {
  const { process } = shell;
  const { text } = source;
  const lastLine = source.lineAt(text.length) + (text.endsWith('\n') || text === '' ? 0 : 1);
  const say = function* (line: number, message: string): Task {
    const shown = shell.interactive || (shell.wasInteractive && speaker === '');
    const where = speaker && speaker !== 'command substitution' ? `${speaker}: ` : speaker ? `${speaker}: ` : '';
    yield* process.printError(`${shell.name}: ${where}${shown ? '' : `line ${line}: `}${message}\n`);
  };
  if (shell.dialect !== 'bash') {
    const token = problem.kind === 'token' ? `unexpected "${problem.token}"` : 'unterminated quoted string';
    const text = problem.kind === 'end' ? 'unexpected end of file' : token;
    yield* process.printError(`${shell.prefix}syntax error: ${text}\n`);
    return;
  }
  switch (problem.kind) {
    case 'end':
      yield* say(lastLine, 'syntax error: unexpected end of file');
      return;
    case 'quote': {
      const line = problem.atEnd ? lastLine : source.lineAt(problem.pos);
      yield* say(line, `unexpected EOF while looking for matching \`${problem.close}'`);
      return;
    }
    case 'conditional': {
      const line = source.lineAt(problem.pos);
      yield* say(line, problem.message);
      if (problem.near === undefined || shell.speaker === 'command string') return;
      yield* say(line, `syntax error near \`${problem.near}'`);
      if (!shell.interactive) yield* say(line, `\`${source.lineText(problem.pos)}'`);
      return;
    }
    default: {
      const line = source.lineAt(Math.min(problem.pos, Math.max(0, text.length - 1)));
      yield* say(line, `syntax error near unexpected token \`${problem.token}'`);
      if (!shell.interactive) yield* say(line, `\`${source.lineText(Math.min(problem.pos, text.length))}'`);
    }
  }
}
