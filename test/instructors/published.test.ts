import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { array, looseObject, optional, record, string } from 'zod';
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

  test('the Indexed Job does what its first lines say: each Pod gets its part, and may write what it found', () => {
    const built = scenarioSource.build('default', 'job');
    // The world has no image of Node.js and no kubetutor in it, and its volumes are of one node.
    const manifest = readFileSync('examples/kubernetes/grade-job.yaml', 'utf8')
      .replace('[ReadWriteMany]', '[ReadWriteOnce]')
      .replace('node:22-alpine', 'busybox:1.36')
      .replace(
        /npx --yes kubetutor\S+ grade.*\n.*hand\n/,
        'ls week1 hand && echo "$((JOB_COMPLETION_INDEX + 1))/$PARTS" > "results/part-$JOB_COMPLETION_INDEX.json"\n',
      )
      .replace('{cpu: "1", memory: 512Mi}', '{cpu: 10m}');
    const commands = [...manifest.matchAll(/^# {3}(kubectl .*)$/gm)].map(([, command = '']) =>
      command.replace(/&& npx.*/, ''),
    );
    expect(commands).toHaveLength(6);
    play(built, 'mkdir -p week1/exercises hand; touch week1/pack.yaml hand/kim.kubetutor');
    play(built, `cat > grade-job.yaml <<'EOF'\n${manifest}\nEOF`);
    const said = play(built, `set -e\n${commands.join('\n')}`);
    expect(said).toContain('job.batch/grade condition met\n');
    expect(play(built, 'kubectl -n kubetutor logs job/grade').split('\n')).toContain('kim.kubetutor');
    expect(play(built, 'cat results/part-*.json')).toBe([1, 2, 3, 4, 5, 6, 7, 8].map((part) => `${part}/8\n`).join(''));
  });
});

describe('the workflows in examples/', () => {
  test.each(['classroom', 'grade-class'])('%s.yml reads only, and pins what it uses', (name) => {
    const { permissions, jobs } = workflow.parse(parse(readFileSync(`examples/github/${name}.yml`, 'utf8')));
    expect(permissions).toEqual({ contents: 'read' });
    for (const { steps } of Object.values(jobs))
      for (const { uses, run } of steps)
        expect(uses ?? 'run').toMatch(run === undefined ? /^actions\/[a-z-]+@v\d+$/ : /^run$/);
  });

  test('what examples call is this kubetutor, with commands and flags that it has', () => {
    const { version } = packageFile.parse(JSON.parse(readFileSync('package.json', 'utf8')));
    const known = ['program', 'instructor-program'].map((name) => readFileSync(`src/cli/${name}.ts`, 'utf8')).join('');
    const calls = ['github/classroom.yml', 'github/grade-class.yml', 'kubernetes/grade-job.yaml'].flatMap((name) => [
      ...readFileSync(`examples/${name}`, 'utf8')
        .replace(/\\\n\s+/g, '')
        .matchAll(/npx --yes kubetutor@(\S+) (\w+) (.*)/g),
    ]);
    expect(calls).toHaveLength(6);
    for (const [, pinned, command, rest = ''] of calls) {
      expect(pinned).toBe(version);
      expect(known).toContain(`.command('${command}')`);
      for (const [, flag] of rest.matchAll(/ (--?[a-z]+)/g)) expect(known).toMatch(new RegExp(`'(-\\w, )?${flag}\\b`));
    }
  });
});

const workflow = looseObject({
  permissions: record(string(), string()),
  jobs: record(
    string(),
    looseObject({ steps: array(looseObject({ uses: optional(string()), run: optional(string()) })) }),
  ),
});
const packageFile = looseObject({ version: string() });

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
