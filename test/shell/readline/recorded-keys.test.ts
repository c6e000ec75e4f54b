import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../terminal.ts';

/** What the real `read -e` made of a text and keys: see record.py. */
type Recorded = readonly [text: string, keys: string, line: string];

const recorded: { readonly history: readonly string[]; readonly emacs: Recorded[]; readonly vi: Recorded[] } =
  JSON.parse(readFileSync(new URL('../fixtures/readline.json', import.meta.url), 'utf8'));

/** As a terminal sends them: an escape sequence at once, except the Escape of vi. */
function split(keys: string, mode: 'emacs' | 'vi'): string[] {
  const escaped = mode === 'vi' ? /\x1b\[[\d;]*[@-~]|[\s\S]/g : /\x1b\[[\d;]*[@-~]|\x1b[\s\S]|[\s\S]/g;
  return keys.match(escaped) ?? [];
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function lineOf(mode: 'emacs' | 'vi', text: string, keys: string): string | undefined {
  const env = new Map([
    ['PS1', '$ '],
    ['INPUTRC', '/dev/null'],
  ]);
  const terminal = new TestTerminal(200, 20, { env });
  const history = recorded.history.map((line) => `history -s ${quoted(line)}`).join('; ');
  terminal.type(`history -c; ${history}; set +o history; set -o ${mode}\r`);
  terminal.type(`IFS= read -r -e -i ${quoted(text)} X; printf '%s' "$X" > /tmp/line\r`);
  for (const key of split(keys, mode)) terminal.type(key, 4);
  const { files } = terminal.machine;
  for (let left = 6; left > 0 && !files.exists('/tmp/line'); left--) terminal.type('\r', 20);
  expect(terminal.world.faults).toEqual([]);
  return files.exists('/tmp/line') ? files.readText('/tmp/line') : undefined;
}

describe('keys give the line that the real readline has', () => {
  for (const mode of ['emacs', 'vi'] as const) {
    it(`with ${mode}'s`, () => {
      const played = recorded[mode].map(([text, keys]) => [text, keys, lineOf(mode, text, keys)]);
      expect(played).toEqual(recorded[mode]);
    });
  }
});
