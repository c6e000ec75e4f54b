import { describe, expect, test } from 'vitest';
import { KeyDecoder } from '../../../src/programs/fullscreen/keys.ts';
import { setFileType } from '../../../src/programs/fullscreen/vi/options.ts';
import { newVi } from '../../../src/programs/fullscreen/vi/state.ts';
import { viKey } from '../../../src/programs/fullscreen/vi/vi.ts';
import { encode } from '../../../src/world/bytes.ts';
import { fullscreenTerminal } from './support.ts';

/** The buffer after keys. */
function edited(text: string, keys: string, name = 'f'): string {
  const vi = newVi(text, name);
  setFileType(vi, name);
  for (const part of keys.split(/(?<=\x1b)/)) for (const key of new KeyDecoder().decode(encode(part))) viKey(vi, key);
  return vi.lines.join('\n');
}

const CASES: readonly (readonly [text: string, keys: string, result: string])[] = [
  ['a b c', 'wdw', 'a c'],
  ['one two', 'cwnew\x1bw.', 'new new'],
  ['one two three', 'd2w', 'three'],
  ['a\nb\nc\nd', '2ddp', 'c\na\nb\nd'],
  ['a\nb\nc', 'ddGp', 'b\nc\na'],
  ['a\nb', 'yyjP', 'a\na\nb'],
  ['abc', 'xp', 'bac'],
  ['abc', 'lD', 'a'],
  ['  abc', '$x^x', '  b'],
  ['a\nb\nc', 'dG', ''],
  ['a\nb\nc', 'jdgg', 'c'],
  ['a\nb', 'ddu', 'a\nb'],
  ['a\nb', 'ddu\x12', 'b'],
  ['a\n  b', 'J', 'a b'],
  ['a', 'ob\x1bOc\x1b', 'a\nc\nb'],
  ['abc', 'A!\x1bI?\x1b', '?abc!'],
  ['abc', 'rxlry', 'xyc'],
  ['a\nb\nc\nd', 'jVjd', 'a\nd'],
  ['a\nb', ':set sw=2 et\rVj>', '  a\n  b'],
  ['a\nb', ':set sw=2 et\r2>>u', 'a\nb'],
  ['    a', ':set sw=2 et\r<<', '  a'],
  ['a', ':set ts=2 et\ri\tb\x1b', '  ba'],
  ['  a', ':set ai\rob\x1b', '  a\n  b'],
  ['aa a\na', ':%s/a/b/g\r', 'bb b\nb'],
  ['aa\na', ':%s/a/b/gc\ryna', 'ba\nb'],
  ['ab', ':s/\\(a\\)\\(b\\)/\\2\\1&/\r', 'baab'],
  ['/a/b', ':s#/a#/x#\r', '/x/b'],
  ['a\nb\nc\nd', ':2,3d\r', 'a\nd'],
  ['a\nb\nc', ':3\rx', 'a\nb\n'],
  ['a\nb\na', ':g/a/d\r', 'b'],
  ['x foo\nfoo', '/foo\rdw', 'x \nfoo'],
  ['x foo\nfoo', '/foo\rnx', 'x foo\noo'],
  ['a "bc" d', 'fbci"z\x1b', 'a "z" d'],
  ['a: b', 'f:D', 'a'],
  ['a\nb', 'ccz\x1bj.', 'z\nz'],
  ['한글 b', 'xx', ' b'],
  // As vim 9.0 leaves them.
  ['one two', 'wgUiwg~l', 'one tWO'],
  ['One two', 'gUUguw', 'one TWO'],
  ['one', 'g~~', 'ONE'],
  ['one two', 'vegU', 'ONE two'],
  ['one two', 'verX', 'XXX two'],
  ['replicas: 9', '5\x01.\x18', 'replicas: 18'],
  ['p: 0x0f', '\x01', 'p: 0x10'],
  ['f(a, (b), c)', 'fbda(', 'f(a, , c)'],
  ['f(a, (b), c)', 'f,di(', 'f()'],
  ['x\nf(a)', 'di(', 'x\nf()'],
  ['f {\n  a\n  b\n}', 'jdi{', 'f {\n}'],
  ['a\nb\nc', ':1,3j\r', 'a b c'],
  ['b\na\nb', ':sort u\r', 'a\nb'],
  ['10\n9\n1', ':sort! n\r', '10\n9\n1'],
  ['a\n b', 'gJ', 'a b'],
  ['tab', 'ib\x1bAabc\x15z\x1b', 'btabz'],
  ['one', 'A two three\x17x\x1b', 'one two x'],
  ['a\nb', 'A1\x1bjgi2\x1b', 'a12\nb'],
  // As vim 9.0 with its defaults.vim leaves them: `.` again and again, counts, blocks, macros, registers, ranges.
  ['abcdef', 'x..', 'def'],
  ['a\nb\nc', 'A;\x1bj.j.', 'a;\nb;\nc;'],
  ['a', '3ix\x1b2.', 'xxxxxa'],
  ['a', '2ob\x1b', 'a\nb\nb'],
  ['abc', 'Rxyz\x7f\x7f\x1b', 'xbc'],
  ['one\ntwo', '\x16jI# \x1b', '# one\n# two'],
  ['one\ntwo', '\x16jI# \x1bu', 'one\ntwo'],
  ['one\n\nthree', 'l\x16jjI-\x1b', 'o-ne\n\nt-hree'],
  ['a\nbcd\ne', '\x16jj$A;\x1b', 'a;\nbcd;\ne;'],
  ['  a: 1\n  b: 2', '\x16jld', 'a: 1\nb: 2'],
  ['  a: 1\n  b: 2', 'll\x16jcX\x1b', '  X: 1\n  X: 2'],
  ['ab\ncd\nef', '\x16jly$p', 'abab\ncdcd\nef'],
  ['abc\nabc', '\x16jlr-', '--c\n--c'],
  ['a\nb\nc', 'qaI- \x1bj0q2@a', '- a\n- b\n- c'],
  ['a1\na1\na1', 'qq$x0jq@q@@', 'a\na\na'],
  ['a\nb\nc', ':%norm A;\r', 'a;\nb;\nc;'],
  ['a\nb\nc', ':%normal Ix\ru', 'a\nb\nc'],
  ['a\nb', 'Vj>gv<', 'a\nb'],
  ['a\nb\nc', 'yyjdd"0P', 'a\na\nc'],
  ['a\nb\nc', 'yyj"_ddP', 'a\na\nc'],
  ['a\nb\nc', '"ayyj"Ayyj"ap', 'a\nb\nc\na\nb'],
  ['one two', 'yiwwviwp', 'one one'],
  ['a\nb', 'v$d', 'b'],
  ['a\nb\nc', 'G\x0fx', '\nb\nc'],
  ['a\nb\nc', "Gyy''p", 'a\nc\nb\nc'],
  ['a b c', 'd/c\r', 'c'],
  ['x: 1\ny: 2', '/2/e\rrz', 'x: 1\ny: z'],
  ['a\nb\nc', ':g/./m0\r', 'c\nb\na'],
  ['a\nb', ':g/a/normal A!\r', 'a!\nb'],
  ['a b', ':s/a/c/ | s/b/d/\r', 'c d'],
  ['aa\naa', ':s/a/b/\rj&', 'ba\nba'],
  ['aXb', ':s/\\v(a)(X)/\\2\\1/\r', 'Xab'],
  ['a|b', ':s/\\v(a|b)/x/g\r', 'x|x'],
  ['foobar', ':s/foo\\zsbar/X/\r', 'fooX'],
  ['name', ':s/./\\u&/\r', 'Name'],
  ['ab', 'i\x0f$c\x1b', 'acb'],
  ['a', 'i\x14b\x1b', '\tba'],
  ['\ta', ':set et ts=4\r:retab\r', '    a'],
  ['xu', 'wxu', 'xu'],
];

/** As vim 9.0 types YAML when there is no ~/.vimrc. */
const YAML: readonly (readonly [text: string, keys: string, result: string])[] = [
  ['', 'iapiVersion: v1\rkind: Pod\rmetadata:\rname: web\x1b', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web'],
  ['spec:', 'ocontainers:\r- name: a\rimage: b\x1b', 'spec:\n  containers:\n    - name: a\n      image: b'],
  ['a: 1', 'o\tx\x1b', 'a: 1\n    x'],
  ['- a: b\n  c: d', 'G>>', '- a: b\n    c: d'],
  ['# a', 'ob\x1b', '# a\n# b'],
  ['  a: 1', 'A\r\x7fx: 1\x1b', '  a: 1\n  x: 1'],
  ['  a: 1', ':set paste\rob: 2\x1b', '  a: 1\nb: 2'],
  ['spec:\n  a:\n  - b', 'Gccc: 1\x1b', 'spec:\n  a:\n    c: 1'],
];

describe('the reducer of vi', () => {
  for (const [text, keys, result] of YAML) {
    test(`YAML ${JSON.stringify(text)} ${JSON.stringify(keys)}`, () =>
      expect(edited(text, keys, 'f.yaml')).toBe(result));
  }
  for (const [text, keys, result] of CASES) {
    test(`${JSON.stringify(text)} ${JSON.stringify(keys)}`, () => expect(edited(text, keys)).toBe(result));
  }
});

describe('what would not end', () => {
  test('macros in macros, counts on counts', () => {
    expect(edited('a', 'qaA.\x1bq:let\rqbq').length).toBeGreaterThan(0);
    expect(edited('x'.repeat(50), 'qa@a@aqqbx@b@bq@b').length).toBeLessThan(50);
    const long = edited('a', `10000iabc\x1b10000.${'yy1000p'.repeat(4)}${':%t$\r'.repeat(20)}`);
    expect(long.length).toBeLessThan(10_000_000);
    expect(edited('a\n'.repeat(300), 'qaqqaA;\x1bj@aq@a')).toBe('a;\n'.repeat(300).trimEnd());
  });
});

describe('vi on a terminal', () => {
  test('what is pasted comes as it is, in normal mode too; blocks and macros show in the last line', async () => {
    const terminal = fullscreenTerminal({});
    terminal.type('vi p.yaml\r');
    expect(terminal.raw).toContain('\x1b[?2004h');
    const manifest = 'kind: Pod\r\nspec:\r\n  containers:\r\n  - name: dd:q!\r\n';
    terminal
      .type(`\x1b[200~${manifest.slice(0, 30)}`)
      .type(`${manifest.slice(30)}\x1b[20`)
      .type('1~');
    expect((await terminal.lines()).slice(0, 4)).toEqual(['kind: Pod', 'spec:', '  containers:', '  - name: dd:q!']);
    terminal.type('gg').type('\x16jl');
    expect((await terminal.lines()).at(-1)).toMatch(/^-- VISUAL BLOCK -- /);
    terminal.type('\x1b').type('qa');
    expect((await terminal.lines()).at(-1)).toMatch(/^recording @a /);
    terminal.type('q:1!tr a-z A-Z\r:w !cat >other\r\r:2,$d | wq\r');
    expect(terminal.machine.files.readText('/tmp/p.yaml')).toBe('KIND: POD\n');
    expect(terminal.machine.files.readText('/tmp/other')).toBe('KIND: POD\nspec:\n  containers:\n  - name: dd:q!\n\n');
    expect(terminal.world.faults).toEqual([]);
  });

  test('opens, inserts, writes and quits', async () => {
    const terminal = fullscreenTerminal({ f: 'one\ntwo\n' });
    terminal.type('vi f\r');
    let lines = await terminal.lines();
    expect(lines.slice(0, 3)).toEqual(['one', 'two', '~']);
    expect(lines.at(-1)).toMatch(/^"f" 2L, 8B +1,1 {11}All$/);
    lines = await terminal.type('ozwei 한').lines();
    expect(lines.at(-1)).toMatch(/^-- INSERT -- +2,9-8/);
    terminal.type('\x1b').type(':q\r');
    expect((await terminal.lines()).at(-1)).toContain('E37: No write since last change');
    expect((await terminal.type(':w\r').lines()).at(-1)).toContain('"f" 3L, 17B written');
    lines = await terminal.type(':set nu\r').lines();
    expect(lines[1]).toBe('  2 zwei 한');
    expect((await terminal.type(':q\r').lines()).at(-1)).toBe('/tmp#');
    expect(terminal.machine.files.readText('/tmp/f')).toBe('one\nzwei 한\ntwo\n');
    expect(terminal.world.faults).toEqual([]);
  });

  test('commands of the shell: the name of the file, what they print, how they end', async () => {
    const terminal = fullscreenTerminal({ 'f.txt': 'one\n' });
    terminal.type('clear; vi f.txt\r').type(':!echo % %:p %:r \\%\r');
    const outside = (await terminal.lines()).join('\n').trimEnd();
    expect(outside).toBe('\nf.txt /tmp/f.txt f %\n\nPress ENTER or type command to continue');
    terminal.type('\r');
    expect((await terminal.lines())[0]).toBe('one');
    terminal.type('ix\x1b').type(':!false\r').type('\r').type(':!echo #\r');
    expect((await terminal.lines()).at(-1)).toContain("E194: No alternate file name to substitute for '#'");
    terminal.type(':w %.new\r');
    expect((await terminal.lines()).at(-1)).toContain('"f.txt.new" [New] 1L, 5B written');
    terminal.type(':q!\r');
    expect((await terminal.lines()).slice(4)).toEqual([
      '[No write since last change]',
      '',
      'shell returned 1',
      '',
      'Press ENTER or type command to continue',
      '/tmp#',
    ]);
    expect(terminal.world.faults).toEqual([]);
  });

  test('options: what is not modelled is said', async () => {
    const terminal = fullscreenTerminal({ f: 'a\n' });
    terminal.type('clear; vim -es f; vim --nosuch\r');
    const lines = await terminal.lines();
    expect(lines[0]).toBe('kubetutor does not model vim -es');
    expect(lines[2]).toBe('Unknown option argument: "--nosuch"');
    terminal.type('vim --clean -i NONE -n f\r').type('x:wq\r');
    expect(terminal.machine.files.readText('/tmp/f')).toBe('\n');
    // An empty line is one byte, no line is none.
    terminal.type('vim f\r').type('dd:wq\r').type('vim new\r').type('i').type('\x1b').type(':wq\r');
    expect(terminal.machine.files.readText('/tmp/f')).toBe('');
    expect(terminal.machine.files.readText('/tmp/new')).toBe('');
  });

  test('new files, ~/.vimrc, read-only files and commands that are none', async () => {
    const terminal = fullscreenTerminal({ r: 'a\n' });
    terminal.machine.files.writeFile('/root/.vimrc', '" mine\nset nu ts=2 sw=2 et\nsyntax on\n');
    terminal.type('vim new\r');
    let lines = await terminal.lines();
    expect(lines[0]).toBe('  1');
    expect(lines.at(-1)).toMatch(/^"new" \[New\] +0,0-1 {9}All$/);
    terminal.type('i\tx').type('\x1b').type(':nonsense\r');
    expect((await terminal.lines()).at(-1)).toContain('E492: Not an editor command: nonsense');
    terminal.type(':wq\r');
    expect(terminal.machine.files.readText('/tmp/new')).toBe('  x\n');
    lines = await terminal.type('view r\r').type('x:w\r').lines();
    expect(lines.at(-1)).toContain("E45: 'readonly' option is set (add !");
    expect((await terminal.type(':q!\r').lines()).at(-1)).toBe('/tmp#');
    expect(terminal.world.faults).toEqual([]);
  });
});
