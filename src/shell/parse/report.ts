import type { Task } from '../../world/task.ts';
import type { Dialect } from '../dialect.ts';
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
    // At the prompt bash does not name eval.
    const where = speaker === '' || (speaker === 'eval' && shell.interactive) ? '' : `${speaker}: `;
    yield* process.printError(`${shell.name}: ${where}${shown ? '' : `line ${line}: `}${message}\n`);
  };
  if (shell.dialect !== 'bash') {
    shell.line =
      problem.kind === 'end' ? lastLine - 1 : source.lineAt(Math.min(problem.pos, Math.max(0, text.length - 1)));
    yield* shell.complain(otherWords(shell.dialect, problem));
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

// busybox: shell/ash.c raise_error_unexpected_syntax; dash: src/parser.c synexpect
function otherWords(dialect: Dialect, problem: SyntaxProblem): string {
  const dash = dialect === 'dash';
  switch (problem.kind) {
    case 'token':
      return dash ? `Syntax error: "${problem.token}" unexpected` : `syntax error: unexpected "${problem.token}"`;
    case 'end': {
      const expecting = problem.expected === undefined ? '' : ` (expecting "${problem.expected}")`;
      return dash
        ? `Syntax error: end of file unexpected${expecting}`
        : `syntax error: unexpected end of file${expecting}`;
    }
    case 'quote':
      return dash ? 'Syntax error: Unterminated quoted string' : 'syntax error: unterminated quoted string';
    default:
      return dash ? `Syntax error: ${problem.message}` : `syntax error: ${problem.message}`;
  }
}
