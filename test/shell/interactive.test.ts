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
});
