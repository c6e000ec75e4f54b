import { Fail } from './fail.ts';
import { quote } from './quote.ts';
import { failureOf } from './tree.ts';
import { utility } from './utility.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export const mktemp = utility({
  name: 'mktemp',
  usage: '[OPTION]... [TEMPLATE]',
  about: 'Create a temporary file or directory, safely, and print its name.',
  options: ['-d --directory', '-u --dry-run', '-q --quiet', '--suffix=', '-p=', '--tmpdir=?', '-t'],
  *run(tool, options) {
    const given = options.operands[0];
    const template = given ?? 'tmp.XXXXXXXXXX';
    const match = /^(.*?)(X{3,})([^X]*)$/s.exec(template);
    if (!match)
      throw new Fail(tool.busybox ? `(null): Invalid argument` : `too few X's in template ${quote(tool, template)}`);
    const directory = options.get('p') ?? options.get('tmpdir') ?? tool.env('TMPDIR') ?? '/tmp';
    const placed = given === undefined || options.has('p', 'tmpdir', 't') ? `${directory.replace(/\/$/, '')}/` : '';
    const random = tool.p.machine.world.random;
    for (let tries = 0; tries < 100; tries++) {
      const letters = [...(match[2] ?? '')].map(() => LETTERS[random.integer(LETTERS.length)]).join('');
      const path = `${placed}${match[1]}${letters}${match[3]}${options.get('suffix') ?? ''}`;
      if (tool.tryLstat(path)) continue;
      const error = options.has('u')
        ? undefined
        : failureOf(() => {
            if (options.has('d')) tool.files.makeDirectory(tool.path(path), tool.who, 0o700);
            else tool.files.openForWriting(tool.path(path), tool.who, 0o600, true);
          });
      if (error) {
        if (!options.has('q'))
          yield* tool.warn(
            `failed to create ${options.has('d') ? 'directory' : 'file'} via template ${quote(tool, `${placed}${template}`)}: ${error.text}`,
          );
        return 1;
      }
      tool.put(`${path}\n`);
      return 0;
    }
    return 1;
  },
});
