import { Errno } from '../../world/errno.ts';
import { utility } from './utility.ts';

export const tee = utility({
  name: 'tee',
  usage: '[OPTION]... [FILE]...',
  about: 'Copy standard input to each FILE, and also to standard output.',
  options: ['-a --append', '-i --ignore-interrupts', '-p', '--output-error=?'],
  *run(tool, options) {
    if (options.has('i')) tool.p.onSignal('INT', 'ignore');
    const files: number[] = [];
    for (const path of options.operands) {
      try {
        const append = options.has('a');
        files.push(tool.openFor(path, { write: true, create: true, append, truncate: !append }));
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        yield* tool.warn(`${path}: ${error.text}`);
      }
    }
    for (;;) {
      const chunk = yield* tool.read(0);
      if (chunk.length === 0) break;
      tool.put(chunk);
      for (const fd of files) yield* tool.p.write(fd, chunk);
      yield* tool.flush();
    }
    return tool.status;
  },
});
