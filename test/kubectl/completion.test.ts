import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { play } from '../conformance/player.ts';

const { answers }: { answers: Record<string, string[]> } = JSON.parse(
  readFileSync(new URL('./fixtures/completion.json', import.meta.url), 'utf8'),
);

/** What kubectl answers to a shell that completes: the same words in any order, then the directive. */
it('completes what the real kubectl completes', () => {
  const asked = Object.keys(answers);
  const script = asked.map((words) => `echo "## ${words}"; kubectl __complete ${words.replace('POD', '$POD')}`);
  const outcome = play('bare', {
    files: { 'all.sh': `POD=$(kubectl get pods -o name | cut -d/ -f2)\n${script.join('\n')}\n` },
    steps: [
      'kubectl create deploy web --image=nginx',
      { settle: true },
      'mkdir /tmp/empty; cd /tmp/empty; bash /work/ws/all.sh 2>/dev/null',
    ],
  });
  const text = (outcome.steps.at(-1)?.stdout ?? '').replace(/web-[a-z0-9]+-[a-z0-9]+/g, 'web-X-Y');
  const ours = new Map<string, string[]>();
  for (const part of text.split(/^## /m).slice(1)) {
    const [words = '', ...lines] = part.trimEnd().split('\n');
    ours.set(
      words,
      lines.map((line) => line.split('\t')[0] ?? ''),
    );
  }
  const types = answers["get ''"]?.slice(0, -1) ?? [];
  for (const words of asked) {
    const real = (answers[words] ?? []).flatMap((line) => (line === 'ALL TYPES' ? types : [line]));
    expect([words, ...(ours.get(words) ?? []).toSorted()]).toEqual([words, ...real.toSorted()]);
  }
});
