import { type Problem, problemText } from '../../course/lesson/problem.ts';
import { cliLanguage } from './messages.ts';
import { koreanProblem } from './problems-ko.ts';

/** `file:line:column: message` in the language of the command line. */
export function problemLine(problem: Problem): string {
  return problemText(cliLanguage() === 'ko' ? { ...problem, message: koreanProblem(problem.message) } : problem);
}
