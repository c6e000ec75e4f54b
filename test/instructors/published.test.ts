import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lessonJsonSchema } from '../../src/course/lesson/schema.ts';
import { packJsonSchema } from '../../src/course/pack/schema.ts';
import { resultsJsonSchema } from '../../src/course/results/schema.ts';
import { scenarioSource } from '../../src/course/scenario-source.ts';
import { runScript } from '../../src/course/scripts.ts';
import { REFUSALS } from '../../src/course/submission/refusal.ts';
import type { BuiltWorld } from '../../src/course/world-source.ts';

describe('what is published', () => {
  test.each([
    ['lesson', lessonJsonSchema],
    ['pack', packJsonSchema],
    ['results', resultsJsonSchema],
  ])('schemas/%s.schema.json is what `kubetutor lint --schema` prints', (name, schema) => {
    expect(JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(schema())),
    );
  });

  test.each(['docs/instructors.md', 'docs/instructors.ko.md'])('%s names every refusal with its status', (file) => {
    const text = readFileSync(file, 'utf8');
    for (const [kind, status] of Object.entries(REFUSALS))
      expect(text).toMatch(new RegExp(`^\\| \`${kind}\` \\|.*\\| ${status} \\|$`, 'm'));
  });

  test('the Indexed Job is accepted by our own cluster, and each Pod gets its part', () => {
    const built = scenarioSource.build('default', 'job');
    const manifest = readFileSync('examples/kubernetes/grade-job.yaml', 'utf8');
    const applied = play(built, `kubectl apply -f - <<'EOF'\n${manifest}\nEOF`);
    expect(applied).toContain('job.batch/grade created');
    // The world has no image of Node.js and no kubetutor in it: what the shell works out for each part is what can be tried.
    const parts = manifest
      .replace('node:22-alpine', 'busybox:1.36')
      .replace(/npx --yes kubetutor\S+ grade.*\n.*hand\n/, 'echo "part $((JOB_COMPLETION_INDEX + 1))/$PARTS"\n')
      .replace('          cd /class\n', '')
      .replace('suspend: true', 'suspend: false')
      .replace('name: grade\n  namespace', 'name: parts\n  namespace')
      .replace('cpu: "1"', 'cpu: 100m')
      .replace(
        / {8}volumeMounts:\n {8}- \{name: class, mountPath: \/class\}\n {6}volumes:\n {6}- name: class\n {8}persistentVolumeClaim: \{claimName: class\}\n$/,
        '',
      );
    play(built, `kubectl apply -f - <<'EOF'\n${parts}\nEOF`);
    built.world.loop.runUntil(built.world.now + 60_000);
    const logs = play(built, 'kubectl -n kubetutor logs -l job-name=parts --tail=-1 | sort');
    expect(logs).toBe([1, 2, 3, 4, 5, 6, 7, 8].map((part) => `part ${part}/8\n`).join(''));
  });
});

/** Plays a script as the learner; gives its output. */
function play(built: BuiltWorld, script: string): string {
  const { workstation, learner, world } = built;
  let said: string | undefined;
  workstation.spawn({
    argv: ['play'],
    credentials: learner.credentials,
    env: learner.env,
    cwd: learner.home,
    main: function* (process) {
      const { stdout, stderr } = yield* runScript(process, built, script, 600_000);
      said = stdout + stderr;
      return 0;
    },
  });
  while (said === undefined && world.loop.step());
  return said ?? '';
}
