/** What type-lesson reads off a screen. */
import { describe, expect, test } from 'vitest';
import {
  beforeCursor,
  cells,
  parseScreen,
  promptOf,
  Reader,
  secondsBetween,
} from '../../scripts/type-lesson/screen.ts';
import { messages } from '../../src/tui/locale/locale.ts';

const at = (x: number, y: number, ...rows: readonly string[]) => parseScreen(`${x},${y}\n${rows.join('\n')}\n`);

/** A screen of 100x12 with the panes side by side. */
const sideBySide = (lesson: readonly string[], bar: string) => {
  const rows = Array.from({ length: 10 }, (_, y) => `${(lesson[y] ?? '').padEnd(39)}│`);
  return at(63, 0, ...rows, '', bar);
};

describe('the terminal', () => {
  test('cells count a wide character twice', () => {
    expect(cells('가나다라', 2, 6)).toBe('나다');
    expect(cells('a가b', 1, 4)).toBe('가b');
  });

  test('spaces that a capture leaves off belong to what stands before the cursor', () => {
    expect(beforeCursor(at(24, 0, 'learner@workstation:~$'))).toBe('learner@workstation:~$  ');
  });

  test.each([
    ['a command', at(23, 0, 'learner@workstation:~$'), 'command'],
    ['a command beside a lesson in Korean', at(31, 0, ' 레슨  │learner@workstation:~$'), 'command'],
    ['a command elsewhere', at(28, 0, 'learner@workstation:/etc/x$'), 'command'],
    ['the rest of a command', at(2, 1, "learner@workstation:~$ cat <<'E'", '>'), 'more'],
    ['nobody: something is typed', at(25, 0, 'learner@workstation:~$ ls'), undefined],
    ['nobody: something runs', at(0, 1, 'learner@workstation:~$ sleep 9', ''), undefined],
  ])('waits for %s', (_, screen, wanted) => {
    expect(promptOf(screen)).toBe(wanted);
  });
});

describe('the lesson', () => {
  const reader = new Reader(100, 12, messages('en'));

  test('a verdict is read over wrapped lines', () => {
    expect(reader.verdict(sideBySide([' Everything is as it', ' should be.'], ''), 3)).toBe('passed');
    expect(reader.verdict(sideBySide([' 2 of 3 passed'], ''), 3)).toBe('failed');
    expect(reader.verdict(sideBySide([' Write 3 names'], ''), 3)).toBeUndefined();
    expect(reader.verdict(sideBySide([' This step has nothing to check.'], ''), 0)).toBe('passed');
  });

  test('a text in a box is found', () => {
    expect(
      reader.shows(sideBySide([' │ Let how much time pass? (30s,  │', ' │ 10m, 2h)   │'], ''), 'pass? (30s, 10m'),
    ).toBe(true);
  });

  test('the status bar has the step and the clock', () => {
    const screen = sideBySide([], ' ReplicaSet: a number 3/9 ✓2/2        ● 3/3 │ 09:01:22 │ saved │ en');
    expect(reader.step(screen, 9)).toBe(3);
    expect(reader.step(screen, 10)).toBeUndefined();
    expect(reader.clock(screen)).toBe(9 * 3600 + 82);
    expect(secondsBetween(86_390, 20)).toBe(30);
  });
});
