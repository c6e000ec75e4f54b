import { parseSignal, SIGNALS } from '../../world/signals.ts';
import { singleQuote } from '../expand/quote.ts';
import { armTrap } from '../run/traps.ts';
import { type Builtin, badOption, fail, parseOptions, print } from './builtin.ts';

const PSEUDO = ['EXIT', 'DEBUG', 'ERR', 'RETURN'];

/** `2`, `INT`, `sigint`, `0`, `exit` → the name of the table. */
function trapName(text: string): string | undefined {
  if (text === '0') return 'EXIT';
  const upper = text.toUpperCase();
  return PSEUDO.includes(upper) ? upper : parseSignal(text);
}

/** Signals with their numbers, five in a row. bash: builtins/common.c display_signal_list */
export function signalList(): string {
  const names = Object.entries(SIGNALS).map(([name, number]) => `${String(number).padStart(2)}) SIG${name}`);
  for (let number = 34; number <= 64; number++) {
    const offset = number <= 49 ? number - 34 : number - 64;
    const name = number <= 49 ? 'SIGRTMIN' : 'SIGRTMAX';
    names.push(`${number}) ${name}${offset === 0 ? '' : offset > 0 ? `+${offset}` : offset}`);
  }
  let text = '';
  names.forEach((name, index) => {
    text += name + (index % 5 === 4 || index === names.length - 1 ? '\n' : '\t');
  });
  return text;
}

export const trap: Builtin = {
  names: ['trap'],
  *run(shell, args, name) {
    const { options, rest, bad } = parseOptions(args, 'lp');
    if (bad) return yield* badOption(shell, name, bad, 'trap [-lp] [[arg] signal_spec ...]');
    if (options.has('l')) return yield* print(shell, name, signalList());
    if (rest.length === 0 || options.has('p')) {
      const order = ['EXIT', ...Object.keys(SIGNALS), 'DEBUG', 'ERR', 'RETURN'];
      const wanted = rest.length > 0 ? rest.map((word) => trapName(word) ?? word) : order;
      let text = '';
      for (const word of wanted) {
        const action = shell.traps.get(word);
        if (action === undefined) continue;
        const shown = PSEUDO.includes(word) ? word : `SIG${word}`;
        text += `trap -- ${singleQuote(action)} ${shown}\n`;
      }
      return yield* print(shell, name, text);
    }
    // With one argument, or a number first, the signals go back to what they were.
    const [first = ''] = rest;
    const reset = rest.length === 1 || first === '-' || /^\d+$/.test(first);
    if (rest.length === 1 && trapName(first) === undefined) {
      yield* shell.process.printError('trap: usage: trap [-lp] [[arg] signal_spec ...]\n');
      return 2;
    }
    const signals = rest.length === 1 || /^\d+$/.test(first) ? rest : rest.slice(1);
    let status = 0;
    for (const word of signals) {
      const signal = trapName(word);
      if (signal === undefined) {
        status = yield* fail(shell, name, `${word}: invalid signal specification`);
        continue;
      }
      if (reset) shell.traps.delete(signal);
      else shell.traps.set(signal, first);
      if (signal === 'RETURN') shell.returnTrapDepth = shell.frames.length;
      armTrap(shell, signal);
    }
    return status;
  },
};
