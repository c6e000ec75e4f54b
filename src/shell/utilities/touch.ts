import { parseDate } from './date-phrase.ts';
import { Fail } from './fail.ts';
import { Usage } from './options.ts';
import { quote, quoteShell } from './quote.ts';
import { zoneOf } from './time-text.ts';
import { failureOf } from './tree.ts';
import { utility } from './utility.ts';

export const touch = utility({
  name: 'touch',
  usage: '[OPTION]... FILE...',
  about: 'Update the access and modification times of each FILE to the current time.',
  options: [
    '-a',
    '-c --no-create',
    '-d --date=',
    '-f',
    '-h --no-dereference',
    '-m',
    '-r --reference=',
    '-t=',
    '--time=',
  ],
  *run(tool, options) {
    if (options.operands.length === 0) throw new Usage(tool.busybox ? '' : 'missing file operand');
    const zone = zoneOf(tool.env('TZ'));
    let time = tool.p.now;
    const phrase = options.get('d');
    const stamp = options.get('t');
    const reference = options.get('r');
    if (phrase !== undefined) {
      const parsed = parseDate(phrase, tool.p.now, zone);
      if (parsed === undefined) throw new Fail(`invalid date format ${quote(tool, phrase)}`);
      time = parsed;
    } else if (stamp !== undefined) {
      const match = /^(\d\d)?(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(stamp);
      if (!match) throw new Fail(`invalid date format ${quote(tool, stamp)}`);
      const year =
        match[2] === undefined && match[1] === undefined
          ? new Date(tool.p.now).getUTCFullYear()
          : match[2] === undefined
            ? 2000 + Number(match[1])
            : Number(match[1] + match[2]);
      time =
        Date.UTC(
          year,
          Number(match[3]) - 1,
          Number(match[4]),
          Number(match[5]),
          Number(match[6]),
          Number(match[7] ?? 0),
        ) -
        zone.offset * 60_000;
    } else if (reference !== undefined) {
      const inode = tool.tryStat(reference);
      if (!inode) throw new Fail(`failed to get attributes of ${quoteShell(reference)}: No such file or directory`);
      time = inode.mtime;
    }
    for (const path of options.operands) {
      if (path === '-') continue;
      const missing = !tool.tryStat(path);
      if (missing && options.has('c')) continue;
      const error = failureOf(() => {
        if (missing) tool.files.openForWriting(tool.path(path), tool.who, 0o666 & ~tool.p.umask, false);
        tool.files.touch(tool.path(path), time, tool.who);
      });
      if (!error) continue;
      if (tool.busybox) yield* tool.warn(`${path}: ${error.text}`);
      else
        yield* tool.warn(
          `${missing ? `cannot touch` : 'setting times of'} ${quoteShell(path)}: ${error.text}`.replace(
            /^setting times of(.*Permission denied)$/,
            'cannot touch$1',
          ),
        );
    }
    return tool.status;
  },
});
