import { Errno } from '../../world/errno.ts';
import { become, failureStatus } from './execute.ts';
import { Fail } from './fail.ts';
import { quote, quoteShell } from './quote.ts';
import { utility } from './utility.ts';

export const env = utility({
  name: 'env',
  usage: '[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]',
  about: 'Set each NAME to VALUE in the environment and run COMMAND.',
  usageStatus: 125,
  inOrder: true,
  options: ['-i --ignore-environment', '-0 --null', '-u --unset=', '-C --chdir=', '-S --split-string=', '-v --debug'],
  *run(tool, options) {
    let words = [...options.operands];
    const environment = tool.p.env;
    if (words[0] === '-') words.shift();
    if (options.has('i') || options.operands[0] === '-') environment.clear();
    for (const name of options.all('u')) environment.delete(name);
    const split = options.get('S');
    if (split !== undefined) words = [...split.split(/\s+/).filter(Boolean), ...words];
    while (words[0]?.includes('=')) {
      const [name = '', ...value] = (words.shift() ?? '').split('=');
      environment.set(name, value.join('='));
    }
    const directory = options.get('C');
    if (directory !== undefined) {
      if (words.length === 0) throw new Fail('must specify command with --chdir (-C)', 125);
      if (tool.tryStat(directory)?.kind !== 'directory')
        throw new Fail(`cannot change directory to ${quoteShell(directory)}: No such file or directory`, 125);
      tool.p.cwd = tool.path(directory);
    }
    if (words.length === 0) {
      for (const [name, value] of environment) tool.put(`${name}=${value}${options.has('0') ? '\0' : '\n'}`);
      return 0;
    }
    yield* tool.flush();
    try {
      return yield* become(tool.p, words);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* tool.warn(
        tool.busybox ? `can't execute '${words[0]}': ${error.text}` : `${quote(tool, words[0] ?? '')}: ${error.text}`,
      );
      return failureStatus(error);
    }
  },
});

export const printenv = utility({
  name: 'printenv',
  usage: '[OPTION]... [VARIABLE]...',
  about: 'Print the values of the specified environment VARIABLE(s).',
  usageStatus: 2,
  inOrder: true,
  options: ['-0 --null'],
  *run(tool, options) {
    const end = options.has('0') ? '\0' : '\n';
    if (options.operands.length === 0) for (const [name, value] of tool.p.env) tool.put(`${name}=${value}${end}`);
    for (const name of options.operands) {
      const value = tool.env(name);
      if (value === undefined) tool.status = 1;
      else tool.put(value + end);
    }
    return tool.status;
  },
});
