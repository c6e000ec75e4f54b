import { expect, test } from 'vitest';
import { foldText } from '../../src/course/tell.ts';

test('lines are broken between words, below their last column', () => {
  expect(foldText('  3                eth0 → veth1 → bridge cni0 of node01\nshort\n', 44)).toBe(
    '  3                eth0 → veth1 → bridge\n                   cni0 of node01\nshort\n',
  );
  expect(foldText('    actual: nothing answers on port 80 here', 24)).toBe(
    '    actual: nothing\n    answers on port 80\n    here',
  );
  expect(foldText('이 단계는 아직 끝나지 않았습니다. 위를 보세요.', 20)).toBe(
    '이 단계는 아직\n  끝나지 않았습니다.\n  위를 보세요.',
  );
});

test('commands in backquotes stay whole', () => {
  expect(foldText('Done. `tutor next --force` goes on in any case.', 24)).toBe(
    'Done.\n  `tutor next --force`\n  goes on in any case.',
  );
});

test('colours count nothing, and long words stay whole', () => {
  expect(foldText('\x1b[32m✓\x1b[0m The Pod web', 13)).toBe('\x1b[32m✓\x1b[0m The Pod web');
  expect(foldText('see /a/very/long/path/of/a/file', 12)).toBe('see\n  /a/very/long/path/of/a/file');
});
