import { joinPath } from '../../world/files/paths.ts';
import { utility } from './utility.ts';

export const pwd = utility({
  name: 'pwd',
  usage: '[OPTION]...',
  about: 'Print the full filename of the current working directory.',
  options: ['-L --logical', '-P --physical'],
  *run(tool, options) {
    const { cwd } = tool.p;
    const stated = tool.env('PWD');
    const logical = options.last('L', 'P') === 'L' || (!options.has('P') && tool.env('POSIXLY_CORRECT') !== undefined);
    const usable = stated?.startsWith('/') && tool.tryStat(stated) === tool.tryStat(cwd);
    tool.put(`${logical && usable && stated ? stated : tool.files.realPath(joinPath('/', cwd), tool.who)}\n`);
    return 0;
  },
});
