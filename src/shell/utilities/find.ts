import { Errno } from '../../world/errno.ts';
import { Directory, type Inode, Symlink } from '../../world/files/inode.ts';
import type { Task } from '../../world/task.ts';
import { FindParser, type Visit } from './find-expression.ts';
import { quote } from './quote.ts';
import type { Tool } from './tool.ts';
import { within } from './tree.ts';
import { utility } from './utility.ts';

export const find = utility({
  name: 'find',
  usage: '[-H] [-L] [-P] [-Olevel] [-D debugopts] [path...] [expression]',
  about: 'Search for files in a directory hierarchy.',
  package: 'GNU findutils',
  *run(tool) {
    const words = [...tool.args];
    let follow = false;
    while (/^-([HLP]|O\d)$/.test(words[0] ?? '')) follow = words.shift() === '-L';
    if (words[0] === '--help' || words[0] === '-help') {
      tool.put(`Usage: ${tool.name} ${find.usage}\n`);
      return 0;
    }
    let starts = words.findIndex(
      (word) => /^-./.test(word) || word === '!' || word === '(' || word === ')' || word === ',',
    );
    if (starts < 0) starts = words.length;
    const paths = words.slice(0, starts);
    const parser = new FindParser(tool, words.slice(starts));
    const walker = new Walker(tool, parser, follow || words.includes('-follow'));
    for (const path of paths.length > 0 ? paths : ['.']) yield* walker.start(path);
    for (const finish of parser.plan.finish) yield* finish();
    return Math.max(tool.status, parser.plan.status);
  },
});

class Walker {
  constructor(
    private readonly tool: Tool,
    private readonly parser: FindParser,
    private readonly follow: boolean,
  ) {}

  *start(path: string): Task {
    yield* this.visit(path, path, 0, new Set());
  }

  private look(path: string): Inode {
    const { tool } = this;
    const inode = tool.lstat(path);
    return this.follow && inode instanceof Symlink ? (tool.tryStat(path) ?? inode) : inode;
  }

  private *visit(path: string, start: string, depth: number, above: ReadonlySet<Inode>): Task {
    const { tool } = this;
    const { plan } = this.parser;
    if (plan.quit) return;
    let inode: Inode;
    try {
      inode = this.look(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return yield* tool.warn(tool.busybox ? `${path}: ${error.text}` : `${quote(tool, path)}: ${error.text}`);
    }
    yield* tool.p.cpu(0.005);
    const visit: Visit = { path, start, depth, inode, pruned: false };
    if (!plan.depthFirst && depth >= plan.minDepth) yield* plan.test(visit);
    if (
      inode instanceof Directory &&
      !above.has(inode) &&
      depth < plan.maxDepth &&
      (!visit.pruned || plan.depthFirst)
    ) {
      yield* this.children(visit, new Set([...above, inode]));
    }
    if (plan.depthFirst && depth >= plan.minDepth && !plan.quit) yield* plan.test(visit);
  }

  private *children(visit: Visit, above: ReadonlySet<Inode>): Task {
    const { tool } = this;
    let names: string[];
    try {
      names = tool.files.readDirectory(tool.path(visit.path), tool.who);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return yield* tool.warn(
        tool.busybox ? `${visit.path}: ${error.text}` : `${quote(tool, visit.path)}: ${error.text}`,
      );
    }
    for (const name of names) yield* this.visit(within(visit.path, name), visit.start, visit.depth + 1, above);
  }
}
