// What `lint` finds in manifests and scripts without playing them, and where it says that it is.
import { describe, expect, test } from 'vitest';
import { packFiles } from '../../src/cli/templates/pack.ts';
import { lintTexts } from '../../src/course/lesson/lint-texts.ts';
import { problemText } from '../../src/course/lesson/problem.ts';
import { Files } from '../../src/course/pack/files.ts';
import { packOf } from '../../src/course/pack/read-pack.ts';
import { encode } from '../../src/world/bytes.ts';

/** What is said of the template's exercise after `change`, each once, without the file's name. */
function lint(change: (yaml: string) => string): string[] {
  const files = new Files();
  for (const [name, text] of packFiles('week1', 'en'))
    files.add(name, encode(name.endsWith('lesson.yaml') ? change(text) : text));
  const { pack, problems } = packOf(files, 'week1');
  const variants = pack ? [...pack.provingVariants()] : [];
  const found = [
    ...problems,
    ...variants.flatMap((variant) => variant.problems),
    ...variants.flatMap(({ lessons }) =>
      lessons.flatMap((lesson) => lintTexts(lesson).flatMap((problem) => pack?.problemIn(lesson.id, problem) ?? [])),
    ),
  ];
  return [...new Set(found.map((problem) => problemText(problem).replace('week1/exercises/repair/lesson.yaml:', '')))];
}

/** Line and column of what `change` put in, as an editor counts them. */
function placeOf(change: (yaml: string) => string, mark: string): string {
  const text = change([...packFiles('week1', 'en')].find(([name]) => name.endsWith('lesson.yaml'))?.[1] ?? '');
  const before = text.slice(0, text.indexOf(mark)).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

const replace = (from: string, to: string) => (yaml: string) => {
  if (!yaml.includes(from)) throw new Error(`no ${from}`);
  return yaml.replace(from, to);
};

describe('lint finds without playing', () => {
  test('nothing in what is right', () => {
    expect(lint((yaml) => yaml)).toEqual([]);
  });

  test('YAML of a setup that is none, at its place', () => {
    const torn = replace('template:\n', 'template: [}\n');
    expect(lint(torn)[0]).toMatch(new RegExp(`^${placeOf(torn, '}\n          metadata')}: `));
    const tab = replace('        replicas: @{replicas}\n', '\t  replicas: @{replicas}\n');
    expect(lint(tab)[0]).toMatch(/^\d+:\d+: /);
  });

  test('kinds that there are not, and objects without one', () => {
    const kind = replace('kind: Deployment\n', 'kind: Deploymant\n');
    expect(lint(kind)).toEqual([
      `${placeOf(kind, 'apiVersion: apps/v1')}: there is no kind Deploymant in apps/v1; did you mean Deployment?`,
    ]);
    expect(lint(replace('apps/v1', 'extensions/v1beta1'))).toEqual([
      '29:7: there is no kind Deployment in extensions/v1beta1; it is in apps/v1',
    ]);
    expect(lint(replace('apps/v1', 'v1'))).toEqual(['29:7: there is no kind Deployment in v1; it is in apps/v1']);
    expect(lint(replace('apiVersion: v1\n      kind: Namespace', 'kind: Namespace'))).toEqual([
      '25:7: this object has no apiVersion',
    ]);
    // Custom resources are whatever the world has definitions of.
    expect(lint(replace('apps/v1', 'example.com/v1'))).toEqual([]);
    expect(lint(replace('apiVersion: apps/v1', 'apiVersion: networking.k8s.io/v1'))[0]).toContain('it is in apps/v1');
  });

  test('scripts that bash does not read: of setups, checks, solutions and near misses', () => {
    const solution = replace(
      '    @{fault.fix}\n',
      '    @{fault.fix}\n    if true; then\n      for x in a b; dont echo $x; done\n    fi\n',
    );
    const [line] = placeOf(solution, 'dont').split(':');
    expect(lint(solution)).toEqual([expect.stringMatching(`^${line}:\\d+: bash: syntax error near unexpected token`)]);
    const script = replace('  - id: kept', `  - {id: b, title: b, bash: {script: 'test "a'}}\n  - id: kept`);
    expect(lint(script)).toEqual([`${placeOf(script, '"a\'')}: bash: unexpected EOF while looking for matching \`"'`]);
    const miss = replace('  - script: |\n', '  - script: |\n      while true; do\n');
    expect(lint(miss)).toEqual([expect.stringMatching(/: bash: syntax error: unexpected end of file$/)]);
    const setup = replace('- run: "@{fault.break}"', '- run: "case @{app} in shop) ;; esac; )"');
    expect(lint(setup)).toEqual([expect.stringContaining("bash: syntax error near unexpected token `)'")]);
  });

  test('what a parameter makes of a text', () => {
    // In every place where it stands, and only for the value that has it.
    const quote = replace('app: [shop, blog, wiki, forum]', "app: [shop, 'a\"b']");
    expect(lint(quote)[0]).toMatch(/^27:25: /);
  });
});

test('a task is told by the values that its own lesson has', () => {
  const files = new Files();
  for (const [name, text] of packFiles('week1', 'en')) {
    files.add(name, encode(text));
    if (name.includes('exercises/repair'))
      files.add(
        name.replace('repair', 'other'),
        encode(text.replaceAll('repair', 'other').replace('[shop, ', '[tea, ')),
      );
  }
  const { pack } = packOf(files, 'week1');
  const [first] = pack ? [...pack.provingVariants()] : [];
  expect(first?.name).toMatch(/other\/app=\S+, .*repair\/app=/);
  expect(first?.nameFor('repair')).toMatch(/^app=\w+, replicas=\d, fault=…[^,]*$/);
  expect(first?.nameFor('repair')).not.toBe(first?.nameFor('other'));
});
