import type { Task } from '../../world/task.ts';
import { functionText } from '../parse/function-text.ts';
import { optionOfLetter, SET_OPTIONS, SHOPT_OPTIONS } from '../state/options.ts';
import type { Shell } from '../state/shell.ts';
import { type Builtin, badOption, fail, parseOptions, print } from './builtin.ts';
import { plainDeclaration } from './declare.ts';

export const set: Builtin = {
  names: ['set'],
  *run(shell, args, name) {
    if (args.length === 0) return yield* listVariables(shell);
    let index = 0;
    for (; index < args.length; index++) {
      const arg = args[index] ?? '';
      if (arg === '--' || arg === '-') {
        if (arg === '-') {
          shell.options.set('xtrace', false);
          shell.options.set('verbose', false);
        }
        index++;
        if (arg === '--' || index < args.length) shell.positional = args.slice(index);
        return 0;
      }
      if (!/^[-+]./.test(arg)) break;
      const on = arg.startsWith('-');
      for (const letter of arg.slice(1)) {
        if (letter === 'o') {
          const option = args[index + 1];
          if (option === undefined) return yield* listOptions(shell, on);
          if (!SET_OPTIONS.some(([known]) => known === option)) {
            yield* fail(shell, name, `${option}: invalid option name`);
            return 2;
          }
          index++;
          shell.options.set(option, on);
          continue;
        }
        const option = optionOfLetter(letter);
        if (!option) {
          return yield* badOption(
            shell,
            name,
            `${arg[0]}${letter}`,
            'set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]',
          );
        }
        shell.options.set(option, on);
      }
    }
    if (index < args.length) shell.positional = args.slice(index);
    return 0;
  },
};

function* listVariables(shell: Shell): Task<number> {
  let text = '';
  for (const name of shell.variables.setNames()) {
    const variable = shell.variables.raw(name);
    if (variable) text += `${plainDeclaration(name, variable)}\n`;
  }
  for (const [name, { node, source }] of [...shell.functions].sort(([a], [b]) => (a < b ? -1 : 1))) {
    text += `${functionText(name, node, source.text)}\n`;
  }
  return yield* print(shell, 'set', text);
}

function* listOptions(shell: Shell, on: boolean): Task<number> {
  let text = '';
  for (const [name] of SET_OPTIONS) {
    const state = shell.options.has(name);
    text += on ? `${name.padEnd(15)}\t${state ? 'on' : 'off'}\n` : `set ${state ? '-' : '+'}o ${name}\n`;
  }
  return yield* print(shell, 'set', text);
}

export const shopt: Builtin = {
  names: ['shopt'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'pqsuo');
    if (bad) return yield* badOption(shell, name, bad, 'shopt [-pqsu] [-o] [optname ...]');
    const set = options.has('o');
    const known = set ? SET_OPTIONS.map(([option]) => option) : Object.keys(SHOPT_OPTIONS);
    const state = (option: string) => (set ? shell.options.has(option) : shell.options.shopt(option));
    const change = options.has('s') ? true : options.has('u') ? false : undefined;
    const wanted = rest.length > 0 ? rest : known.filter((option) => change === undefined || state(option) === change);
    let status = 0;
    let text = '';
    for (const option of wanted) {
      if (!known.includes(option)) {
        status = yield* fail(shell, name, `${option}: invalid ${set ? 'option' : 'shell option'} name`);
        continue;
      }
      if (change !== undefined && rest.length > 0) {
        if (set) shell.options.set(option, change);
        else shell.options.setShopt(option, change);
        continue;
      }
      const on = state(option);
      if (!on && rest.length > 0) status = 1;
      if (options.has('q')) continue;
      if (options.has('p')) text += set ? `set ${on ? '-' : '+'}o ${option}\n` : `shopt -${on ? 's' : 'u'} ${option}\n`;
      else text += `${option.padEnd(15)}\t${on ? 'on' : 'off'}\n`;
    }
    yield* print(shell, name, text);
    return status;
  },
};
