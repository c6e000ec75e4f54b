import { Fail } from './fail.ts';
import { parseMode } from './mode.ts';
import { Usage } from './options.ts';
import { quoteShell } from './quote.ts';
import { failureOf } from './tree.ts';
import { utility } from './utility.ts';

/** coreutils: src/mkfifo.c */
export const mkfifo = utility({
  name: 'mkfifo',
  usage: '[OPTION]... NAME...',
  about: 'Create named pipes (FIFOs) with the given NAMEs.',
  options: ['-m --mode=', '-Z'],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing operand');
    const given = options.get('m');
    const change = given === undefined ? undefined : parseMode(given);
    if (given !== undefined && !change) throw new Fail('invalid mode');
    const mode = change ? change(0o666, false, tool.p.umask) : 0o666 & ~tool.p.umask;
    for (const path of options.operands) {
      const error = failureOf(() => tool.files.makeFifo(tool.path(path), tool.who, mode));
      if (error)
        yield* tool.warn(
          tool.busybox ? `${path}: ${error.text}` : `cannot create fifo ${quoteShell(path)}: ${error.text}`,
        );
    }
    return tool.status;
  },
});
