import { expect, it } from 'vitest';
import { bash } from '../../../src/shell/index.ts';
import { decode, encode } from '../../../src/world/bytes.ts';
import { makeBox } from './support.ts';

/** Runs a command on a terminal of 60 columns; line ends as the terminal gets them. */
function onTerminal(
  command: string,
  env: readonly [string, string][] = [['TERM', 'xterm-256color']],
  typed = '',
): string {
  const { world, machine } = makeBox();
  const tty = machine.openTty(60, 24);
  let out = '';
  tty.onOutput((bytes) => {
    out += decode(bytes);
  });
  const file = machine.ttyFile(tty);
  const process = machine.spawn({
    argv: ['bash', '-c', command],
    main: bash.main,
    files: new Map([0, 1, 2].map((fd) => [fd, file])),
    env: new Map([['PATH', '/bin'], ['LC_ALL', 'C.UTF-8'], ...env]),
    cwd: '/tmp/kt',
    session: { tty },
  });
  tty.foreground = process.group;
  world.loop.runUntil(world.now + 1000);
  tty.type(encode(typed));
  world.loop.runUntil(world.now + 4000);
  expect(world.faults).toEqual([]);
  return out.replaceAll('\r\n', '\n');
}

it('lists in columns and quotes names with blanks', () => {
  expect(onTerminal('ls')).toBe(
    [
      ' blank.txt     fruit.txt   numbers.txt   sub',
      ' config.yaml   left.txt    old.txt       table.txt',
      ' csv.txt       log.txt     passwd        tabs.txt',
      ' dup.txt       new.txt     pods.json     utf8.txt',
      " empty.txt     noeol.txt   right.txt    'with space.txt'",
      '',
    ].join('\n'),
  );
  expect(onTerminal('ls -l | tail -1')).toMatch(/ with space.txt\n$/);
  expect(onTerminal('ls -l')).toMatch(/ {2}blank.txt\n/);
  expect(onTerminal('ls sub')).toBe('a.txt  b.log  deep\n');
});

it('colours on a terminal only', () => {
  expect(onTerminal('ls --color=auto sub')).toBe('a.txt  b.log  \x1b[0m\x1b[01;34mdeep\x1b[0m\n');
  expect(onTerminal('grep --color=auto fig fruit.txt')).toBe('\x1b[01;31m\x1b[Kfig\x1b[m\x1b[K\n');
  expect(onTerminal('ls --color=auto sub | cat')).toBe('a.txt\nb.log\ndeep\n');
  expect(onTerminal("jq -n '{a:[1,null]}' -c")).toBe(
    '\x1b[1;39m{\x1b[0m\x1b[34;1m"a"\x1b[0m\x1b[1;39m:\x1b[0m\x1b[1;39m[\x1b[0;39m1\x1b[0m\x1b[1;39m,\x1b[1;30mnull\x1b[0m\x1b[1;39m\x1b[1;39m]\x1b[0m\x1b[1;39m\x1b[1;39m}\x1b[0m\n',
  );
});

it('knows its terminal', () => {
  expect(onTerminal('tty; stty size; tput cols')).toBe('/dev/pts/0\n24 60\n60\n');
  expect(onTerminal('stty -echo; stty -a | tail -1')).toMatch(/-echo\n$/);
  expect(onTerminal('ps; true')).toMatch(
    /^ {4}PID TTY {10}TIME CMD\n +\d+ pts\/0 +00:00:00 bash\n +\d+ pts\/0 +00:00:00 ps\n$/,
  );
});

it('top is left with q, and drawn again with a blank', () => {
  const drawn = (text: string) => text.match(/^.*top - /gm)?.length;
  expect(onTerminal('top; echo left', undefined, 'q')).toMatch(/left\n$/);
  expect(onTerminal('top -d 10; echo left', undefined, 'x')).not.toContain('left');
  expect(drawn(onTerminal('top -d 10', undefined, ' '))).toBe(2);
});
