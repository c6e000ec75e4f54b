import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markdownLines } from '../../src/tui/markdown/markdown.ts';
import { columnWidths } from '../../src/tui/markdown/table.ts';
import { Look } from '../../src/tui/themes/look.ts';
import { width } from '../../src/tui/width.ts';

const plain = new Look('plain', false);
const dark = new Look('dark', false);
const bare = (line: string) => line.replace(/\x1b\[[0-9;]*m/g, '');
const lines = (markdown: string, columns = 40) => markdownLines(markdown, columns, plain).map(bare);

describe('Markdown', () => {
  test('headings, emphasis, code, links', () => {
    expect(markdownLines('# Title\n\nA **bold** *thin* `kubectl get` [docs](https://k8s.io)', 60, dark)).toEqual([
      '\x1b[1;96mTitle\x1b[0m',
      '',
      'A \x1b[1mbold\x1b[0m \x1b[3mthin\x1b[0m \x1b[93mkubectl get\x1b[0m \x1b[4;94mdocs\x1b[0m\x1b[90m (https://k8s.io)\x1b[0m',
    ]);
  });
  test('bold before a Korean particle', () => {
    expect(lines('**파드(Pod)**를 **`kubectl`**로 만들고 은**파드**를 지웁니다')).toEqual([
      '파드(Pod)를 kubectl로 만들고 은파드를',
      '지웁니다',
    ]);
    expect(lines('Pod `cache`**와** Service를', 60)).toEqual(['Pod cache와 Service를']);
    expect(lines('그리고**`kubectl`**을, `**`는**굵게**', 60)).toEqual(['그리고kubectl을, **는굵게']);
  });
  test('a long command goes on as the shell would have it, where a break means nothing', () => {
    expect(lines('```bash\nopenssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key\n```')).toEqual([
      '  openssl req -x509 -newkey rsa:2048 \\',
      '      -nodes -keyout tls.key',
    ]);
    expect(lines(`\`\`\`bash\nkubectl patch svc web -p '{"spec": {"type": "NodePort"}}'\n\`\`\``)).toEqual([
      `  kubectl patch svc web -p '{"spec": `,
      `      {"type": "NodePort"}}'`,
    ]);
    expect(lines('```yaml\nkey: a text that is too long for one line of this\n```')[0]).not.toMatch(/\\$/);
  });
  test('lists: nested, numbered, tasks', () => {
    expect(lines('3. three\n4. four\n   - in\n\n- [x] done\n- [ ] open')).toEqual([
      '3. three',
      '4. four',
      '   • in',
      '',
      '✓ done',
      '○ open',
    ]);
  });
  test('code keeps its blanks and is broken hard', () => {
    expect(lines('```yaml\na:\n  - "<b>&amp;"\n```', 12)).toEqual(['  a:', '    - "<b>&a', '      mp;"']);
    expect(lines('```bash\nkubectl exec busybox -- nslookup kube-dns\n```', 24)).toEqual([
      '  kubectl exec busybox \\',
      '      -- nslookup \\',
      '      kube-dns',
    ]);
  });
  test('quotes and rules', () => {
    expect(lines('> one two three four\n\n---', 14)).toEqual(['▏ one two', '▏ three four', '', '─'.repeat(14)]);
  });
  test('tables wrap inside their columns', () => {
    expect(lines('| 이름 | what |\n|---|--:|\n| 파드 | the smallest thing that runs |', 20)).toEqual([
      '이름            what',
      '────  ──────────────',
      '파드    the smallest',
      '          thing that',
      '                runs',
    ]);
    expect(columnWidths([10, 50, 30], 44)).toEqual([10, 15, 15]);
  });
  test('escape sequences in a lesson are inert', () => {
    expect(lines('a\x1b[2Jb\x1b]0;t\x07 `c\x1b[31m`\n\n```\n\x1b[3Jd\te\n```').join('|')).toBe('ab c||  d       e');
  });
  test('no line is wider than asked, whatever the text', () => {
    const unit = fc.constantFrom(
      'a',
      ' ',
      '\n',
      '*',
      '`',
      '|',
      '-',
      '>',
      '#',
      '1.',
      '파드',
      '🚀',
      '[x](y)',
      '```',
      '\t',
      '    ',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 80 }), fc.integer({ min: 20, max: 80 }), (markdown, columns) => {
        for (const line of markdownLines(markdown, columns, dark)) {
          // Deep nesting gives up at four cells of text.
          expect(width(bare(line))).toBeLessThanOrEqual(columns + 8);
        }
      }),
      { numRuns: 500 },
    );
  });
});
