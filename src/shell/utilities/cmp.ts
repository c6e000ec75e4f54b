import { Errno } from '../../world/errno.ts';
import { Fail } from './fail.ts';
import { Usage } from './options.ts';
import { utility } from './utility.ts';

export const cmp = utility({
  name: 'cmp',
  usage: '[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]',
  about: 'Compare two files byte by byte.',
  package: 'GNU diffutils',
  usageStatus: 2,
  options: ['-b --print-bytes', '-i --ignore-initial=', '-l --verbose', '-n --bytes=', '-s --quiet --silent'],
  *run(tool, options) {
    const [one, two = '-'] = options.operands;
    if (one === undefined) throw new Usage(`missing operand after '${tool.name}'`);
    const contents: Uint8Array[] = [];
    for (const path of [one, two]) {
      try {
        contents.push(yield* tool.readFile(path));
      } catch (error) {
        if (error instanceof Errno) throw new Fail(`${path}: ${error.text}`, 2);
        throw error;
      }
    }
    const limit = Number(options.get('n') ?? Number.POSITIVE_INFINITY);
    const [a = new Uint8Array(), b = new Uint8Array()] = contents.map((bytes) =>
      bytes.subarray(Number(options.get('i') ?? 0)).subarray(0, limit),
    );
    let line = 1;
    let different = false;
    const both = Math.min(a.length, b.length);
    for (let i = 0; i < both; i++) {
      if (a[i] !== b[i]) {
        different = true;
        if (options.has('s')) return 1;
        if (!options.has('l')) {
          tool.put(`${one} ${two} differ: ${tool.busybox ? 'char' : 'byte'} ${i + 1}, line ${line}\n`);
          return 1;
        }
        tool.put(
          `${String(i + 1).padStart(String(both).length)} ${(a[i] ?? 0).toString(8).padStart(3)} ${(b[i] ?? 0).toString(8).padStart(3)}\n`,
        );
      }
      if (a[i] === 10) line++;
    }
    if (a.length !== b.length) {
      if (!options.has('s')) {
        const shorter = a.length < b.length ? one : two;
        const where =
          both === 0
            ? ' which is empty'
            : ` after byte ${both}${options.has('l') ? '' : `, ${a[both - 1] === 10 ? `line ${line - 1}` : `in line ${line}`}`}`;
        yield* tool.complain(`${tool.name}: EOF on ${shorter}${tool.busybox ? '' : where}\n`);
      }
      return 1;
    }
    return different ? 1 : 0;
  },
});
