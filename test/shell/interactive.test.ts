import { describe, expect, it } from 'vitest';
import { TestTerminal } from './terminal.ts';

const CTRL = (letter: string) => String.fromCharCode(letter.charCodeAt(0) & 0x1f);

async function screen(...typed: string[]): Promise<string[]> {
  const terminal = new TestTerminal();
  for (const text of typed) terminal.type(text);
  const lines = await terminal.lines();
  expect(terminal.world.faults).toEqual([]);
  return lines;
}

describe('a shell on a terminal', () => {
  it('runs what is typed', async () => {
    expect(await screen('echo hi\r')).toEqual(['/tmp# echo hi', 'hi', '/tmp#']);
  });

  it('asks for more with PS2', async () => {
    expect(await screen('for i in 1 2; do\r', 'echo $i\r', 'done\r')).toEqual([
      '/tmp# for i in 1 2; do',
      '> echo $i',
      '> done',
      '1',
      '2',
      '/tmp#',
    ]);
  });

  it('edits with emacs keys', async () => {
    const keys = `world${CTRL('a')}echo hello ${CTRL('e')}!x${CTRL('h')}${CTRL('h')}\r`;
    expect((await screen(keys))[1]).toBe('hello world');
    expect((await screen(`echo one two three${CTRL('w')}${CTRL('w')}x${CTRL('y')}\r`))[1]).toBe('one xtwo three');
    expect((await screen(`echo ab${CTRL('b')}${CTRL('t')}\r`))[1]).toBe('ba');
    expect((await screen(`echo abc\x1b[D\x1b[Dx\x1b[Hy${CTRL('d')}\x1b[F!\r`.replace('y\x04', '')))[1]).toBe('axbc!');
    expect((await screen(`echo foo bar\x1bbx\x1bfy${CTRL('k')}\r`))[1]).toBe('foo xbary');
    expect((await screen(`echo abc${CTRL('_')}x${CTRL('u')}echo z\r`))[1]).toBe('z');
  });

  it('keeps history, with arrows, search and expansion', async () => {
    const lines = await screen(
      'echo one\r',
      'echo two\r',
      '\x1b[A\x1b[A\r',
      '!!\r',
      'echo !$ x\r',
      '!e:s/one/three/\r',
    );
    expect(lines).toContain('one x');
    expect(lines.filter((line) => line === 'one')).toHaveLength(3);
    expect(lines.at(-2)).toBe('three x');
    const search = await screen('echo alpha\r', 'echo beta\r', `${CTRL('r')}alp`);
    expect(search.at(-1)).toBe("(reverse-i-search)`alp': echo alpha");
    const found = await screen('echo alpha\r', 'echo beta\r', `${CTRL('r')}alp\r`);
    expect(found.slice(-3)).toEqual(['/tmp# echo alpha', 'alpha', '/tmp#']);
  });

  it('says which event is missing', async () => {
    expect((await screen('!nope\r'))[1]).toBe('-bash: !nope: event not found');
  });

  it('gives a new prompt on Ctrl-C', async () => {
    expect(await screen(`echo abc${CTRL('c')}`, 'echo $?\r')).toEqual([
      '/tmp# echo abc^C',
      '/tmp# echo $?',
      '130',
      '/tmp#',
    ]);
  });

  it('interrupts a program and a loop', async () => {
    expect(await screen('sleep 100; echo no\r', CTRL('c'), 'echo $?\r')).toEqual([
      '/tmp# sleep 100; echo no',
      '^C',
      '/tmp# echo $?',
      '130',
      '/tmp#',
    ]);
    expect(await screen('while :; do :; done\r', CTRL('c'), 'echo $?\r')).toEqual([
      '/tmp# while :; do :; done',
      '^C',
      '/tmp# echo $?',
      '130',
      '/tmp#',
    ]);
  });

  it('ends on Ctrl-D', async () => {
    const terminal = new TestTerminal();
    terminal.type(CTRL('d'));
    expect(await terminal.lines()).toEqual(['/tmp#', 'logout']);
    expect(terminal.shell.ended).toEqual({ kind: 'exited', code: 0 });
  });

  it('controls jobs', async () => {
    const lines = await screen(
      'sleep 100 &\r',
      'jobs\r',
      'sleep 50\r',
      CTRL('z'),
      'jobs\r',
      'bg\r',
      'kill %1\r',
      '\r',
      'fg %2\r',
      CTRL('c'),
    );
    expect(lines).toEqual([
      '/tmp# sleep 100 &',
      '[1] 2',
      '/tmp# jobs',
      '[1]+  Running                 sleep 100 &',
      '/tmp# sleep 50',
      '^Z',
      '[2]+  Stopped                 sleep 50',
      '/tmp# jobs',
      '[1]-  Running                 sleep 100 &',
      '[2]+  Stopped                 sleep 50',
      '/tmp# bg',
      '[2]+ sleep 50 &',
      '/tmp# kill %1',
      '[1]-  Terminated              sleep 100',
      '/tmp#',
      '/tmp# fg %2',
      'sleep 50',
      '^C',
      '/tmp#',
    ]);
  });

  it('tells when a background job is done', async () => {
    const terminal = new TestTerminal();
    terminal.type('sleep 1 &\r').type('', 1100).type('\r');
    expect((await terminal.lines()).slice(1)).toEqual([
      '[1] 2',
      '/tmp#',
      '[1]+  Done                    sleep 1',
      '/tmp#',
    ]);
  });

  it('gives programs a cooked terminal', async () => {
    expect(await screen('cat\r', 'héllo\x7fX\r', CTRL('d'), 'read x; echo "[$x]"\r', 'abc\r')).toEqual([
      '/tmp# cat',
      'héllX',
      'héllX',
      '/tmp# read x; echo "[$x]"',
      'abc',
      '[abc]',
      '/tmp#',
    ]);
  });

  it('takes pastes as text', async () => {
    expect(await screen('\x1b[200~echo a\necho b\x1b[201~', '\r')).toEqual([
      '/tmp# echo a',
      'echo b',
      'a',
      'b',
      '/tmp#',
    ]);
  });

  it('completes commands, files, variables', async () => {
    const world = (machine: TestTerminal['machine']) => {
      machine.files.writeFile('/tmp/alpha one.txt', '');
      machine.files.writeFile('/tmp/alpine', '');
      machine.files.makeDirectories('/tmp/folder/inner');
    };
    const of = async (...typed: string[]) => {
      const terminal = new TestTerminal(60, 20, {}, world);
      for (const text of typed) terminal.type(text);
      return terminal.lines();
    };
    expect((await of('ls al\t')).at(-1)).toBe('/tmp# ls alp');
    expect(await of('ls al\t\t\t')).toEqual(['/tmp# ls alp', 'alpha one.txt  alpine', '/tmp# ls alp']);
    expect((await of('ls alph\t')).at(-1)).toBe('/tmp# ls alpha\\ one.txt');
    expect((await of('ls fo\tin\t')).at(-1)).toBe('/tmp# ls folder/inner/');
    expect((await of('cd \t')).at(-1)).toBe('/tmp# cd folder/');
    expect((await of('basen\t')).at(-1)).toBe('/tmp# basename');
    expect((await of('echo $HOSTN\t\r'))[1]).toBe('box');
    expect((await of('cat < alpi\t')).at(-1)).toBe('/tmp# cat < alpine');
    expect((await of('ls "alpha\t')).at(-1)).toBe('/tmp# ls "alpha one.txt"');
  });

  it('expands aliases', async () => {
    expect((await screen("alias hi='echo hello '\r", 'alias w=world\r', 'hi w | tr a-z A-Z\r')).at(-2)).toBe(
      'HELLO WORLD',
    );
  });

  it('keeps the history file', async () => {
    const terminal = new TestTerminal();
    terminal.type('echo saved\r').type('exit\r');
    expect(terminal.machine.files.readText('/root/.bash_history')).toBe('echo saved\nexit\n');
  });

  it('words syntax errors as bash', async () => {
    expect(await screen('echo )\r', 'echo >\r')).toEqual([
      '/tmp# echo )',
      "-bash: syntax error near unexpected token `)'",
      '/tmp# echo >',
      "-bash: syntax error near unexpected token `newline'",
      '/tmp#',
    ]);
  });

  it('hangs up', () => {
    const terminal = new TestTerminal();
    terminal.type('echo x\r');
    terminal.tty.hangUp();
    terminal.run(100);
    expect(terminal.shell.ended).toBeDefined();
    expect(terminal.machine.files.readText('/root/.bash_history')).toBe('echo x\n');
  });

  it('takes here documents over several lines', async () => {
    expect(await screen('cat <<EOF | tr a-z A-Z\r', 'one $HOME\r', 'EOF\r')).toEqual([
      '/tmp# cat <<EOF | tr a-z A-Z',
      '> one $HOME',
      '> EOF',
      'ONE /ROOT',
      '/tmp#',
    ]);
    expect((await screen('echo "a\r', 'b"\r')).slice(2, 4)).toEqual(['a', 'b']);
    expect((await screen('echo a \\\r', 'b\r')).slice(2, 3)).toEqual(['a b']);
  });

  it('remembers a command of several lines as one', async () => {
    const lines = await screen('for i in 1; do\r', 'echo $i\r', 'done\r', '\x1b[A');
    expect(lines.at(-1)).toBe('/tmp# for i in 1; do echo $i; done');
  });

  it('shows prompts with escapes and commands', async () => {
    const terminal = new TestTerminal(60, 20, {
      env: new Map([
        ['PS1', '\\[\\e[32m\\]\\u@\\h:\\w\\[\\e[0m\\]\\n[$?]$(echo !)\\$ '],
        ['PROMPT_COMMAND', 'n=$((n+1))'],
      ]),
    });
    terminal.type('false\r').type('echo $n\r');
    expect(await terminal.lines()).toEqual([
      'root@box:/tmp',
      '[0]!# false',
      'root@box:/tmp',
      '[1]!# echo $n',
      '2',
      'root@box:/tmp',
      '[0]!#',
    ]);
  });

  it('reads ~/.bash_profile or ~/.bashrc', async () => {
    const of = async (login: boolean) => {
      const terminal = new TestTerminal(60, 20, { login }, (machine) => {
        machine.files.writeFile('/root/.bash_profile', 'echo profile\n');
        machine.files.writeFile('/root/.bashrc', "alias ll='echo long'\necho rc\n");
      });
      terminal.type('ll\r');
      return terminal.lines();
    };
    expect(await of(true)).toEqual(['profile', '/tmp# ll', '-bash: ll: command not found', '/tmp#']);
    expect(await of(false)).toEqual(['rc', '/tmp# ll', 'long', '/tmp#']);
  });

  it('runs traps and goes on after a trapped Ctrl-C', async () => {
    const lines = await screen("trap 'echo caught' INT\r", 'while :; do :; done\r', CTRL('c'));
    expect(lines.filter((line) => line.includes('caught'))).toHaveLength(2);
  });

  it('keeps what is typed ahead', async () => {
    const lines = await screen('sleep 1\recho ahead\r', '');
    const terminal = new TestTerminal();
    terminal.type('sleep 1\r').type('echo ahead\r').type('', 2000);
    expect((await terminal.lines()).filter((line) => line === 'ahead')).toHaveLength(1);
    expect(lines[0]).toBe('/tmp# sleep 1');
  });

  it('redraws at another width', async () => {
    const terminal = new TestTerminal(40, 10);
    terminal.type(`echo ${'가'.repeat(30)}`);
    terminal.resize(24, 10);
    terminal.type('!');
    const lines = await terminal.lines();
    expect(lines.join('')).toContain('가!');
    expect(lines.join('').replace(/[^가]/g, '')).toHaveLength(30);
    terminal.type('\x15echo ok\r');
    expect((await terminal.lines()).at(-2)).toBe('ok');
  });

  it('another size does not interrupt a builtin that reads', async () => {
    const terminal = new TestTerminal(40, 10);
    terminal.type('source <(sleep 1; echo echo sourced)\r');
    terminal.resize(50, 10);
    terminal.run(2000);
    terminal.type('read x\r');
    terminal.resize(60, 10);
    terminal.type('word\recho "got $x"\r');
    const lines = await terminal.lines();
    expect(lines).toContain('sourced');
    expect(lines).toContain('got word');
    expect(lines.join('\n')).not.toContain('Interrupted');
  });

  it('words what bash words in its own way at the prompt', async () => {
    const terminal = new TestTerminal(70, 30);
    const says = async (line: string) => {
      terminal.type('clear\r').type(`${line}\r`, 200);
      return (await terminal.lines()).slice(-4, -1);
    };
    expect(await says('eval if')).toContain('-bash: syntax error: unexpected end of file');
    expect(await says('echo $- | grep -c i')).toContain('1');
    expect(await says('enable x; echo $?')).toEqual(
      expect.arrayContaining(['-bash: enable: x: not a shell builtin', '1']),
    );
    expect(await says('tac nope')).toContain("tac: failed to open 'nope' for reading: No such file or directory");
    expect(await says('rev nope')).toContain('rev: cannot open nope: No such file or directory');
  });

  it('leaves no zombie of a process substitution', async () => {
    const terminal = new TestTerminal();
    terminal.type('source <(echo x=5); echo $x\r').type('cat <(sleep 1; echo late)\r', 2000);
    expect((await terminal.lines()).slice(-4)).toEqual(['5', '/tmp# cat <(sleep 1; echo late)', 'late', '/tmp#']);
    expect([...terminal.machine.processes.values()].filter((process) => process.ended)).toEqual([]);
  });

  it('leaves stopped jobs only when asked twice', async () => {
    const terminal = new TestTerminal();
    terminal.type('sleep 100\r').type(CTRL('z')).type('exit\r');
    expect(terminal.shell.ended).toBeUndefined();
    expect((await terminal.lines()).slice(-3)).toEqual(['logout', 'There are stopped jobs.', '/tmp#']);
    terminal.type('exit\r');
    expect(terminal.shell.ended).toBeDefined();
    terminal.run(10);
    expect([...terminal.machine.processes.values()]).toEqual([]);
  });

  it('costs no events while nobody types', () => {
    const terminal = new TestTerminal();
    const before = terminal.world.loop.count;
    terminal.run(3_600_000);
    expect(terminal.world.loop.count).toBe(before);
  });

  it('is a busybox shell where that is the sh', async () => {
    const terminal = new TestTerminal(60, 20, { shell: 'ash', login: false, cwd: '/', env: new Map() });
    terminal.type('nope\r').type('cd /x\r').type(CTRL('d'));
    expect(await terminal.lines()).toEqual([
      '/ # nope',
      'ash: nope: not found',
      '/ # cd /x',
      "ash: cd: can't cd to /x: No such file or directory",
      '/ #',
    ]);
  });

  it('gives its process away with exec', async () => {
    const terminal = new TestTerminal();
    terminal.type('exec sleep 100\r').type(CTRL('c'));
    expect(terminal.shell.ended).toEqual({ kind: 'killed', signal: 'INT' });
  });

  it('ends a script with its command on Ctrl-C', async () => {
    expect(await screen("bash -c 'sleep 100; echo no'\r", CTRL('c'), 'echo $?\r')).toEqual([
      "/tmp# bash -c 'sleep 100; echo no'",
      '^C',
      '/tmp# echo $?',
      '130',
      '/tmp#',
    ]);
    const trapped = await screen('bash -c \'trap "echo got" INT; sleep 100; echo on\'\r', CTRL('c'));
    expect(trapped.slice(1)).toEqual(['^Cgot', 'on', '/tmp#']);
  });

  it('ends a pipeline and a loop in it on Ctrl-C', async () => {
    const lines = await screen(
      'while :; do echo y; sleep 1; done | cat > /dev/null\r',
      CTRL('c'),
      'echo "${PIPESTATUS[@]}" $?\r',
    );
    expect(lines.at(-1)).toBe('/tmp#');
    expect(lines.at(-2)).toMatch(/ 130$/);
  });

  it('runs the EXIT trap of a script that is interrupted', async () => {
    expect(await screen('bash -c \'trap "echo bye" EXIT; sleep 100; echo no\'\r', CTRL('c'), 'echo $?\r')).toEqual([
      '/tmp# bash -c \'trap "echo bye" EXIT; sleep 100; echo no\'',
      '^Cbye',
      '/tmp# echo $?',
      '130',
      '/tmp#',
    ]);
  });
});

describe('what is typed ahead', () => {
  it('goes to whom the line starts, or leaves behind', async () => {
    expect(await screen('bash\r', 'exit\recho outer\r')).toEqual([
      '/tmp# bash',
      '/tmp# exit',
      'exit',
      '/tmp# echo outer',
      'outer',
      '/tmp#',
    ]);
    expect(await screen('cat\rhello\r\x04read x\rfoo\recho $x\r')).toEqual([
      '/tmp# cat',
      'hello',
      '/tmp# read x',
      '/tmp# echo $x',
      'foo',
      '/tmp#',
    ]);
  });

  it('lets IGNOREEOF count Ctrl-D', async () => {
    expect(await screen('bash\r', 'IGNOREEOF=1\r', '\x04', '\x04')).toEqual([
      '/tmp# bash',
      '/tmp# IGNOREEOF=1',
      '/tmp#',
      'Use "exit" to leave the shell.',
      '/tmp#',
      'exit',
      '/tmp#',
    ]);
  });
});

describe('more keys of readline', () => {
  // As bash 5.2 leaves the lines.
  const LINES: readonly (readonly [keys: string, printed: string])[] = [
    ['echo one two\x1bt', 'two one'],
    ['echo a b c\x1b2\x1bb\x1bd x', 'a x c'],
    ['echo abc\x1b-\x01\x1b5\x06\x1b3x', 'xxxabc'],
    ['echo a,b,c\x01\x1d,\x04', 'ab,c'],
    ['echo a,b,c\x1b\x1d,\x04', 'a,bc'],
    ['echo a     b\x1bb\x1b\\-', 'a-b'],
    ['echo a\x18\x18\x04\x18\x18b', 'cho ab'],
    ['echo a\x01: ; \x18\x15', 'a'],
  ];
  for (const [keys, printed] of LINES) {
    it(JSON.stringify(keys), async () => {
      const lines = await screen(
        'echo() { builtin echo "$@"; }; cho() { builtin echo cho "$@"; }; clear\r',
        `${keys}\r`,
      );
      expect(lines.at(-2)).toBe(printed);
    });
  }

  it('edits a line in an editor and runs it', async () => {
    const lines = await screen(
      'ed() { builtin echo echo edited > $1; }; EDITOR=ed\r',
      'echo plain\x18\x05',
      'echo $?; ls /tmp/bash-fc* 2>&1 | wc -l; history 2\r',
    );
    expect(lines.slice(1)).toEqual([
      '/tmp# echo plain',
      'echo edited',
      'edited',
      '/tmp# echo $?; ls /tmp/bash-fc* 2>&1 | wc -l; history 2',
      '0',
      '1',
      expect.stringMatching(/^ +\d+ {2}echo edited$/),
      expect.stringMatching(/^ +\d+ {2}echo \$\?/),
      '/tmp#',
    ]);
  });
});

describe('fc and history', () => {
  it('lists and runs lines again, as bash 5.2 does', async () => {
    const lines = await screen(
      ...['echo one', 'echo two', 'false', 'fc -l', 'fc -ln -2', 'fc -lr 1 3', 'fc -l echo', 'fc -s two=2 echo t'].map(
        (line) => `${line}\r`,
      ),
      ...['fc -l nope', 'fc -e "sed -i s/one/ONE/" 1 2', 'fc -x', 'history 4', 'fc -l -2 -1'].map(
        (line) => `${line}\r`,
      ),
      'history -w h; head -2 h; history -p \\!\\!; history 2\r',
    );
    expect(lines.join('\n').replaceAll('\t', '|')).toBe(`/tmp# echo one
one
/tmp# echo two
two
/tmp# false
/tmp# fc -l
1        echo one
2        echo two
3        false
/tmp# fc -ln -2
         false
         fc -l
/tmp# fc -lr 1 3
3        false
2        echo two
1        echo one
/tmp# fc -l echo
2        echo two
3        false
4        fc -l
5        fc -ln -2
6        fc -lr 1 3
/tmp# fc -s two=2 echo t
echo 2
2
/tmp# fc -l nope
-bash: fc: no command found
/tmp# fc -e "sed -i s/one/ONE/" 1 2
echo ONE
ONE
echo two
two
/tmp# fc -x
-bash: fc: -x: invalid option
fc: usage: fc [-e ename] [-lnr] [first] [last] or fc -s [pat
=rep] [command]
/tmp# history 4
   10  echo ONE
   11  echo two
   12  fc -x
   13  history 4
/tmp# fc -l -2 -1
12       fc -x
13       history 4
/tmp# history -w h; head -2 h; history -p \\!\\!; history 2
echo one
echo two
fc -l -2 -1
   13  history 4
   14  fc -l -2 -1
/tmp#`);
  });
});
