import { functionText } from './parse/function-text.ts';
import { parseUnit } from './parse/unit.ts';
import type { Shell } from './state/shell.ts';

const NAME = /^BASH_FUNC_(.+)%%$/;

/** What a child gets: exported variables, and functions in the words of variables. bash: variables.c make_env_array_from_var_list */
export function environmentOf(shell: Shell): Map<string, string> {
  const environment = shell.variables.environment();
  for (const [name, { exported, node, source }] of shell.functions)
    if (exported) environment.set(`BASH_FUNC_${name}%%`, shortText(functionText(name, node, source.text)));
  return environment;
}

/** On fewer lines and with a blank for each level, as bash writes it for its children. */
function shortText(text: string): string {
  const body = text.split('\n').slice(2, -1);
  const narrow = body.map((line) => line.replace(/^( {4})+/, (indent) => ' '.repeat(indent.length / 4)));
  return `() { ${narrow.join('\n')}\n}`;
}

/** Takes the functions of the environment over; gives what cannot be, as bash says it. bash: variables.c initialize_shell_variables */
export function importFunctions(shell: Shell): string[] {
  const problems: string[] = [];
  for (const [variable, value] of shell.process.env) {
    const name = NAME.exec(variable)?.[1];
    if (name === undefined || !value.startsWith('() {')) continue;
    const unit = parseUnit(`${name} ${value}`);
    const statements = unit.lines.flatMap((line) => line.statements);
    const [first] = statements;
    if (!unit.problem && statements.length === 1 && first?.command.type === 'Function') {
      shell.functions.set(name, { node: first.command, source: unit.source, file: 'environment', exported: true });
      continue;
    }
    if (unit.problem) problems.push(`${shell.name}: ${name}: line 1: syntax error: unexpected end of file`);
    else problems.push(`${shell.name}: warning: ${name}: ignoring function definition attempt`);
    problems.push(`${shell.name}: error importing function definition for \`${name}'`);
  }
  return problems;
}
