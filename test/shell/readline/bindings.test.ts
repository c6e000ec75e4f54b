import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyNotation, keySequence } from '../../../src/shell/readline/key-sequence.ts';
import { ROOT } from '../../../src/world/files/file-system.ts';
import type { Machine } from '../../../src/world/machine.ts';
import { TestTerminal } from '../terminal.ts';

async function screen(typed: readonly string[], prepare: (machine: Machine) => void = () => {}): Promise<string[]> {
  const terminal = new TestTerminal(100, 30, { env: new Map([['PS1', '$ ']]) }, prepare);
  for (const text of typed) terminal.type(text);
  expect(terminal.world.faults).toEqual([]);
  return await terminal.lines();
}

const inputrc = (text: string) => (machine: Machine) => machine.files.writeFile('/etc/inputrc', text, ROOT);
const files = (machine: Machine) => {
  for (const name of ['Alpha', 'alpine', 'beta']) machine.files.writeFile(`/tmp/${name}`, '', ROOT);
};

describe('bind', () => {
  it('binds keys to functions, to other keys and to commands', async () => {
    const lines = await screen([
      `bind '"\\C-t": kill-whole-line'\r`,
      'rubbish\x14echo one\r',
      `bind '"\\ew": "echo macro\\C-m"'\r`,
      '\x1bw',
      `bind -x '"\\C-g": READLINE_LINE="\${READLINE_LINE}!"; echo seen'\r`,
      'echo two\x07\r',
    ]);
    expect(lines).toContain('one');
    expect(lines).toContain('macro');
    expect(lines).toContain('seen');
    expect(lines).toContain('two!');
  });

  it('shows what a key does as long as the binding stands', async () => {
    const lines = await screen([`bind -q menu-complete; bind '"\\C-o": menu-complete'; bind -q menu-complete\r`]);
    expect(lines.slice(1, 3)).toEqual([
      'menu-complete is not bound to any keys.',
      'menu-complete can be invoked via "\\C-o".',
    ]);
    const removed = await screen([`bind -r '\\C-a'; bind -q beginning-of-line\r`]);
    expect(removed[1]).toBe('beginning-of-line can be invoked via "\\eOH", "\\e[H".');
  });

  it('keeps what a subshell binds from the shell', async () => {
    const lines = await screen([`(bind '"\\C-t": "x"'; bind -s); bind -s; echo end\r`]);
    expect(lines.slice(1, 3)).toEqual(['"\\C-t": "x"', 'end']);
  });

  it('says which functions and variables are not modelled', async () => {
    expect((await screen(['\x18s\r'])).join('\n')).toContain('kubetutor does not model spell-correct-word');
    expect((await screen(["bind 'set horizontal-scroll-mode on'\r"]))[1]).toBe(
      'readline: horizontal-scroll-mode: kubetutor does not model it',
    );
  });
});

describe('the inputrc', () => {
  it('is read before the first prompt, with its conditions', async () => {
    const text =
      '$if mode=vi\n"\\C-t": "vi"\n$else\n"\\C-t": "echo emacs"\n$endif\nset bell-style none\nControl-o: "!"\n';
    expect((await screen(['\x14\x0f\r'], inputrc(text))).slice(0, 2)).toEqual(['$ echo emacs!', 'emacs!']);
  });

  it('tells of what is wrong in it with file and line', async () => {
    const lines = await screen([], inputrc('set nothing on\n"\\C-x\n$endif\n$what\n'));
    expect(lines.slice(0, 4)).toEqual([
      'readline: /etc/inputrc: line 1: nothing: unknown variable name',
      'readline: /etc/inputrc: line 2: "\\C-x: no closing `"\' in key binding',
      'readline: /etc/inputrc: line 3: $endif without matching $if',
      'readline: /etc/inputrc: line 4: what: unknown parser directive',
    ]);
  });

  it('lets completion take upper and lower case as the same, and list at once', async () => {
    const set = 'set completion-ignore-case on\nset show-all-if-ambiguous on\n';
    const lines = await screen(['cd /tmp; clear\r', 'ls AL\t'], (machine) => {
      files(machine);
      inputrc(set)(machine);
    });
    expect(lines.slice(0, 3)).toEqual(['$ ls Alp', 'Alpha   alpine', '$ ls Alp']);
  });

  it('gives one candidate after the other to menu-complete', async () => {
    const lines = await screen(['cd /tmp; clear\r', 'ls \t\t\r'], (machine) => {
      files(machine);
      inputrc('TAB: menu-complete\n')(machine);
    });
    expect(lines[0]).toMatch(/^\$ ls al?p/i);
  });
});

describe("vi's keys", () => {
  it('come with set -o vi and go with set -o emacs', async () => {
    const lines = await screen(['set -o vi\r', 'echo one two\x1bbcwthree\r', 'set -o emacs\r', 'echo a\x01\x1bfx\r']);
    expect(lines).toContain('one three');
    expect(lines).toContain('-bash: echox: command not found');
  });

  it('are told in the prompt when that is wanted', async () => {
    const set = 'set editing-mode vi\nset show-mode-in-prompt on\n';
    expect(await screen(['echo'], inputrc(set))).toEqual(['(ins)$ echo']);
    expect(await screen(['echo\x1b'], inputrc(set))).toEqual(['(cmd)$ echo']);
  });
});

describe('Ctrl-O', () => {
  it('runs a line of the history and shows the next', async () => {
    const lines = await screen(['echo one\r', 'echo two\r', '\x1b[A\x1b[A\x0f', '\x0f', '\x03']);
    expect(lines.filter((line) => line === 'one')).toHaveLength(2);
    expect(lines.filter((line) => line === 'two')).toHaveLength(2);
  });
});

describe('the notation of keys', () => {
  it('is read as it is written', () => {
    const key = fc.oneof(
      fc.integer({ min: 1, max: 0x7f }).map((code) => String.fromCharCode(code)),
      fc.constantFrom('é', '한', '😀'),
    );
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 6 }), (keys) => {
        expect(keySequence(keyNotation(keys.join('')))).toBe(keys.join(''));
      }),
    );
  });
});
