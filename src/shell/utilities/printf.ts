import { Usage } from './options.ts';
import { formatPrintf } from './printf-format.ts';
import { quote } from './quote.ts';
import { utility } from './utility.ts';

export const printf = utility({
  name: 'printf',
  usage: 'FORMAT [ARGUMENT]...',
  about: 'Print ARGUMENT(s) according to FORMAT.',
  *run(tool) {
    const words = tool.args[0] === '--' ? tool.args.slice(1) : tool.args;
    const [format, ...args] = words;
    if (format === undefined) throw new Usage('missing operand');
    const { text, errors } = formatPrintf(format, args);
    tool.put(text);
    for (const error of errors)
      yield* tool.warn(/^%/.test(error) ? error : error.replace(/^(.*): /, (_, value) => `${quote(tool, value)}: `));
    return tool.status;
  },
});
