import { DEFAULT_PATH, findInPath } from '../../world/execute.ts';
import { Usage } from './options.ts';
import { utility } from './utility.ts';

export const which = utility({
  name: 'which',
  usage: '[-as] args',
  about: 'Locate a command.',
  options: ['-a', '-s'],
  *run(tool, options) {
    if (tool.busybox && options.operands.length === 0) throw new Usage('');
    let status = 0;
    for (const name of options.operands) {
      const found = name.includes('/')
        ? [name].filter((path) => {
            const inode = tool.tryStat(path);
            return inode?.kind === 'file' && tool.files.may(inode, 1, tool.who);
          })
        : (tool.env('PATH') ?? DEFAULT_PATH)
            .split(':')
            .map((directory) => findInPath(tool.p, name, directory))
            .filter((path) => path !== undefined);
      if (found.length === 0) status = 1;
      if (!options.has('s')) for (const path of options.has('a') ? found : found.slice(0, 1)) tool.put(`${path}\n`);
    }
    return options.operands.length === 0 ? 1 : status;
  },
});
