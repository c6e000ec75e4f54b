import { unescapeAnsi } from '../expand/ansi.ts';
import { type Builtin, print } from './builtin.ts';

/** `echo [-neE] [ARG ...]` */
export const echo: Builtin = {
  names: ['echo'],
  *run(shell, args, name) {
    let newline = true;
    let escapes = shell.options.shopt('xpg_echo') || shell.dialect === 'dash';
    let index = 0;
    for (; index < args.length; index++) {
      const arg = args[index] ?? '';
      if (!/^-[neE]+$/.test(arg) || (shell.dialect === 'dash' && arg !== '-n')) break;
      for (const letter of arg.slice(1)) {
        if (letter === 'n') newline = false;
        else escapes = letter === 'e';
      }
    }
    let text = args.slice(index).join(' ');
    if (escapes) {
      const unescaped = unescapeAnsi(text, 'echo');
      text = unescaped.text;
      if (unescaped.stopped) newline = false;
    }
    return yield* print(shell, name, newline ? `${text}\n` : text);
  },
};
