import { Errno } from '../../world/errno.ts';
import type { Task } from '../../world/task.ts';
import { Awk, Exit } from './awk/interpreter.ts';
import { unescapeAwk } from './awk/lexer.ts';
import { parseAwk } from './awk/parser.ts';
import { Fail } from './fail.ts';
import type { Tool } from './tool.ts';
import { type Utility, utility } from './utility.ts';

/** mawk as Debian and Ubuntu have it, with what people use of gawk. */
function awkUtility(name: string): Utility {
  return utility({
    name,
    usage: '[Options] [Program] [file ...]',
    about: 'Pattern scanning and text processing language.',
    usageStatus: 2,
    inOrder: true,
    options: ['-F --field-separator=', '-v --assign=', '-f --file=', '-W='],
    *run(tool, options) {
      const operands = [...options.operands];
      const texts: string[] = [];
      for (const path of options.all('f')) texts.push(yield* programFile(tool, path));
      if (texts.length === 0) {
        const text = operands.shift();
        if (text === undefined) {
          yield* tool.complain(`Usage: ${tool.name} [Options] [Program] [file ...]\n`);
          return 2;
        }
        texts.push(text);
      }
      const awk = new Awk(tool, parseAwk(texts.join('\n')), operands);
      const separator = options.get('F');
      if (separator !== undefined) awk.assignText('FS', separator === 't' ? '\t' : unescapeAwk(separator));
      for (const assignment of options.all('v')) {
        const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(assignment);
        if (!match) throw new Fail(`improper assignment: -v ${assignment}`, 2);
        awk.assignText(match[1] ?? '', match[2] ?? '');
      }
      try {
        return yield* awk.run();
      } catch (error) {
        if (error instanceof Exit) return yield* awk.finish();
        if (error instanceof RangeError) throw new Fail('program is nested too deeply', 2);
        throw error;
      }
    },
  });
}

export const awk = awkUtility('awk');
export const mawk = awkUtility('mawk');
export const gawk = awkUtility('gawk');

function* programFile(tool: Tool, path: string): Task<string> {
  try {
    return yield* tool.readText(path);
  } catch (error) {
    if (error instanceof Errno) throw new Fail(`cannot open ${path} (${error.text})`, 2);
    throw error;
  }
}
