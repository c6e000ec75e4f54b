import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuiltCli } from '../cli/support.ts';

let cli: BuiltCli;
/** As the build defines it: journals and grading must agree. */
const VERSION = { KUBETUTOR_VERSION: '0.1.0', KUBETUTOR_LESSONS: '' };

beforeAll(async () => {
  cli = await BuiltCli.make();
}, 60_000);
afterAll(() => cli.remove());

function run(...args: string[]) {
  return cli.run(args, { env: VERSION });
}

function play(student: string, input: string, pack = 'first-1.tgz') {
  const env = { ...VERSION, KUBETUTOR_HOME: path.join(cli.folder, `home-${student.normalize('NFC')}`) };
  const played = cli.run(['start', '--plain', '--pack', pack, '--student', student], { input, env });
  const handed = cli.run(['submit', '-o', `hand/${student.normalize('NFC')}.kubetutor`], { env });
  return { played, handed };
}

const at = (...parts: string[]) => path.join(cli.folder, ...parts);
const text = (...parts: string[]) => readFileSync(at(...parts), 'utf8');

describe("an instructor's first hour", () => {
  test('new, lint, preview, pack', () => {
    expect(run('new', 'pack', 'first').stdout).toContain('first/exercises/repair/lesson.yaml');
    expect(run('new', 'pack', 'first')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is there already'),
    });
    expect(run('new', 'pack', 'First Pack')).toMatchObject({ status: 2 });
    expect(run('new', 'module', 'x')).toMatchObject({ status: 2 });
    expect(run('new', 'lesson', 'pods')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('lies in no pack'),
    });
    expect(run('new', 'lesson', 'first/lessons/pods').stdout).toContain('kubetutor preview first`');
    expect(run('lint', 'first')).toMatchObject({
      status: 0,
      stdout: 'first: 2 lessons are right; 36 different tasks.\n',
    });
    // A lesson of a pack is nothing without its pack.yaml.
    expect(run('lint', 'first/exercises/repair').stdout).toBe(run('lint', 'first').stdout);
    expect(run('lint', '/dev/null')).toMatchObject({ status: 2, stderr: 'There is no lesson.yaml in /dev/null.\n' });
    expect(run('preview', 'first', '--student', 'kim').stdout).toContain('hidden: only in your copy');
    expect(run('pack', 'first').status).toBe(2);
    const first = run('pack', '--student', 'first');
    expect(first).toMatchObject({ status: 0, stdout: 'first-1.tgz\n' });
    const bytes = readFileSync(at('first-1.tgz'));
    run('pack', '--student', 'first');
    expect(readFileSync(at('first-1.tgz'))).toEqual(bytes);
    expect(run('pack', '--student', 'first', '-o', '/dev/full')).toMatchObject({
      status: 4,
      stderr: 'kubetutor: /dev/full: the disk is full\n',
    });
    expect(run('lint', 'first-1.tgz').status).toBe(0);
    expect(run('preview', 'first-1.tgz').stdout).toContain("that only the instructor's copy has");
  });

  test('a pack with an error is told with its place', () => {
    const file = at('first/exercises/repair/lesson.yaml');
    const right = readFileSync(file, 'utf8');
    writeFileSync(file, right.replace('points: 3', 'pionts: 3'));
    const { status, stdout } = run('lint', 'first');
    expect([status, stdout]).toEqual([
      1,
      'first/exercises/repair/lesson.yaml:48:5: unknown key pionts; did you mean points?\n',
    ]);
    writeFileSync(file, right.replace('steps:', 'steps: ['));
    expect(run('lint', 'first').stdout).toBe(
      'first/exercises/repair/lesson.yaml:22:1: Flow sequence in block collection must be sufficiently indented and end with a ]\n',
    );
    writeFileSync(file, right);
    const head = at('first/pack.yaml');
    const pack = readFileSync(head, 'utf8');
    writeFileSync(head, `${pack}lessons: [../../home]\nparameters: [a]\n`);
    expect(run('lint', 'first').stdout).toBe(
      'first/pack.yaml:10:11: lessons[0]: an id is made of a-z, 0-9 and single -\n' +
        'first/pack.yaml:11:13: parameters: expected mapping, received list\n',
    );
    writeFileSync(head, `${pack}parameters: {zone: [a, b]}\n`);
    expect(run('lint', 'first').stdout).toBe('first/pack.yaml:10:14: nothing uses the parameter zone\n');
    writeFileSync(head, pack);
  });

  test('three students play and hand in', () => {
    mkdirSync(at('hand'));
    expect(
      cli.run(['start', '--plain', '--pack', 'first-1.tgz'], { env: { ...VERSION, KUBETUTOR_HOME: at('home-x') } }),
    ).toMatchObject({ status: 2, stderr: expect.stringContaining('--student ID') });
    const fix = [
      'n=$(kubectl get deployments -A -l team -o jsonpath={.items[0].metadata.namespace})',
      'kubectl -n $n set image deployment/$n web=nginx:1.27; kubectl -n $n set resources deployment/$n --requests=cpu=50m',
      `kubectl -n $n patch deployment $n --type=json -p '[{"op":"remove","path":"/spec/template/spec/nodeSelector"}]'`,
      'kubectl -n $n rollout status deployment/$n --timeout=60s',
      'tutor check',
    ].join('\n');
    const { played, handed } = play('kim', `${fix}\n`);
    expect(played.stdout).toContain('1 more criterion is judged when you hand in (1 point).');
    expect(handed).toMatchObject({ status: 0, stdout: expect.stringContaining('Hand in this file') });
    const home = { ...VERSION, KUBETUTOR_HOME: at('home-kim') };
    // A pack has more than one lesson: where the others are is told when one is finished, listed, and told when handing in.
    expect(played.stdout).toContain('The next lesson: `kubetutor start pods`');
    expect(handed.stderr).toBe('Not in it, for it was not begun: pods\n');
    expect(cli.run(['list'], { env: home }).stdout).toMatch(/^✓ repair +.*\(1\/1 steps.*\n {2}pods +.*\(0\/\d steps/);
    const later = cli.run([], { input: 'true\n', env: home });
    expect(later.stdout).not.toContain('Repair the Deployment');
    expect(later.stdout).toContain('true');
    expect(cli.run(['start', 'repair', '--plain'], { input: 'true\n', env: home }).stdout).toContain(
      'Repair the Deployment',
    );
    // Whoever only looked and left goes on there as well, and no journal is begun beside.
    play('oh', 'true\n');
    const solo = { ...VERSION, KUBETUTOR_HOME: at('home-oh') };
    expect(cli.run(['start', '--plain'], { input: 'true\n', env: solo }).stdout).toContain('Repair the Deployment');
    expect(readdirSync(at('home-oh/journals'))).toEqual(['packs']);
    rmSync(at('hand/oh.kubetutor'));
    play('lee', 'kubectl get pods -A\n');
    play('박민수'.normalize('NFD'), 'true\n');
    const long = '가'.repeat(64);
    expect(play(long, 'true\n').handed).toMatchObject({ status: 0 });
    rmSync(at(`hand/${long}.kubetutor`));
    expect(readdirSync(at('hand')).sort()).toEqual(['kim.kubetutor', 'lee.kubetutor', '박민수.kubetutor']);
  }, 120_000);

  test('grade: formats, statuses, resume, shards, merge', () => {
    writeFileSync(at('roster.csv'), 'student,name\nkim,Kim <b>\nlee,"=Lee"\n박민수,\nchoi,Choi\n');
    const grade = (...args: string[]) =>
      run('grade', '--pack', 'first', '--jobs', '1', '--resume', 'state.jsonl', ...args);
    expect(grade('hand/kim.kubetutor')).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^kim\s+5\/7\n✓ 3\/3/),
    });
    const all = grade('--csv', '--roster', 'roster.csv', '--html', 'pages', 'hand');
    expect(all.status).toBe(0);
    expect(all.stdout.split('\n').map((line) => line.split(',').slice(0, 5).join())).toEqual([
      'student,name,status,points,max',
      'kim,Kim <b>,graded,5,7',
      "lee,'=Lee,graded,0,7",
      '박민수,,graded,0,7',
      'choi,Choi,missing,0,7',
      '',
    ]);
    const again = grade('--json', '-o', 'all.json', 'hand');
    expect(again.stderr).toContain('0 graded');
    for (const part of ['1/2', '2/2'])
      run('grade', '--pack', 'first', '--json', '--shard', part, '-o', `part${part[0]}.json`, 'hand');
    expect(run('merge', '--json', 'part1.json', 'part2.json').stdout).toBe(text('all.json'));
    expect(run('merge', '--json', 'part2.json')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('part 1 of 2 is missing'),
    });
    // Parts that do not belong together are told apart, and one that comes twice counts once.
    const part2 = text('part2.json');
    expect(run('merge', '--json', 'part1.json', 'part2.json', 'part2.json').stdout).toBe(text('all.json'));
    for (const [other, message] of [
      [part2.replace('"of": 2', '"of": 4'), 'it is one of 4 parts, not one of 2 parts'],
      [part2.replace(/"hash": "\w+"/, '"hash": "0"'), 'it was graded with other content of first 1'],
      [part2.replace('"id": "first"', '"id": "second"'), 'it is of the pack second 1, not of first 1'],
      [part2.replace('"max": 3', '"max": 9'), 'it was graded by other policies'],
      [part2.slice(0, -50), 'other.json has no end: it was cut off'],
      ['{}', 'other.json holds no results'],
    ] as const) {
      writeFileSync(at('other.json'), other);
      const { status, stderr } = run('merge', 'part1.json', 'other.json');
      expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    expect(grade('-o', 'nowhere/x.json', '--json', 'hand')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('there is no nowhere'),
    });
    expect(grade('--shard', '3/2', 'hand').status).toBe(2);
    expect(grade('--limit', 'x', 'hand').status).toBe(2);
    expect(grade('--before', 'nowhere.json', 'hand').status).toBe(2);
    // A file that is named in two ways is one file; others in a folder are told of.
    expect(grade('--csv', 'hand', './hand/kim.kubetutor').stdout).toBe(grade('--csv', 'hand').stdout);
    writeFileSync(at('hand/readme.txt'), 'x');
    expect(grade('hand').stderr).toContain('1 other file is no .kubetutor and not graded: hand/readme.txt');
    // What somebody calls a file does not act on the terminal.
    writeFileSync(at('hand/\x1b]0;owned\x07.txt'), 'x');
    expect(grade('hand').stderr).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    rmSync(at('hand/\x1b]0;owned\x07.txt'));
    rmSync(at('hand/readme.txt'));
    // A link is the file that it leads to; what is no file is told of.
    mkdirSync(at('linked'));
    symlinkSync('../hand/kim.kubetutor', at('linked/kim.kubetutor'));
    symlinkSync('nowhere', at('linked/lost.kubetutor'));
    expect(grade('linked')).toMatchObject({
      stdout: expect.stringMatching(/^kim +5\/7/),
      stderr: expect.stringContaining('not graded: linked/lost.kubetutor'),
    });
    expect(grade('/dev/null').status).toBe(2);
    writeFileSync(
      at('times.csv'),
      '\ufefffile,time\r\nkim.kubetutor,2027-01-01T00:00:00Z\r\nkym.kubetutor,2027-01-01T00:00:00Z\r\n',
    );
    writeFileSync(
      at('manual.yaml'),
      'kim: {checks: {repair/repair/kept: 1, repair/repair/kebt: 1}}\nlea: {points: 1}\n',
    );
    const slips = grade('--json', '--received', 'times.csv', '--manual', 'manual.yaml', 'hand');
    expect(slips.stderr).toContain('times.csv: nobody handed in kym.kubetutor\n');
    expect(slips.stderr).toContain(
      'manual.yaml: not counted, for they handed in nothing and are in no --roster: lea (lee?)\n',
    );
    expect(slips.stderr).toContain(
      'manual.yaml: not counted, for there is no such criterion: kim: repair/repair/kebt (repair/repair/kept?)\n',
    );
    expect(slips.stdout).toContain(`"submitted": ${Date.UTC(2027, 0, 1)}`);
    // A time without a zone would be another on another computer.
    for (const [flag, content, message] of [
      [
        'received',
        'file,time\nkim.kubetutor,2027-01-01 09:00\n',
        'x: kim.kubetutor: "2027-01-01 09:00" is no time with',
      ],
      ['received', 'kim.kubetutor,2027-02-30T09:00Z\n', '"2027-02-30T09:00Z" is no time'],
      ['manual', 'kim: {point: 2}\n', 'x:1:7: unknown key point; did you mean points?'],
      ['manual', 'kim: {points: 2\nlee: {}\n', 'x:2:1: Flow map'],
      ['roster', 'kim,Kim A\nkim,Kim B\n', 'x: kim has two names, Kim A and Kim B'],
    ] as const) {
      writeFileSync(at('x'), content);
      expect(grade(`--${flag}`, 'x', 'hand')).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
    }
    expect(grade('--junit', 'hand').stdout).toContain(
      '<testsuite name="kim" tests="5" failures="0" errors="0" skipped="2">',
    );
    // A part that says nothing is left out.
    expect(grade('--junit', 'hand').stdout).toContain(
      '<skipped message="Found: cannot be judged yet | Why: needs first',
    );
    expect(grade('--md', 'hand').stdout).toContain('## Hardest criteria');
    expect(grade('--md', '--lang', 'ko', 'hand').stdout).toContain('## 가장 어려운 기준');
    expect(run('merge', '--md', '--lang', 'ko', 'part1.json', 'part2.json').stdout).toContain('## 가장 어려운 기준');
    expect(grade('--lang', 'fr', 'hand').status).toBe(2);
    // What was handed in twice is one attempt.
    writeFileSync(at('hand/again.kubetutor'), readFileSync(at('hand/lee.kubetutor')));
    expect(grade('hand')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^lee +0\/7\n {2}! the same file was handed in again: hand\/lee.kubetutor;/m),
    });
    rmSync(at('hand/again.kubetutor'));
    expect(grade('empty-folder').status).toBe(2);
    writeFileSync(at('hand/cut.kubetutor'), readFileSync(at('hand/kim.kubetutor')).subarray(0, 300));
    expect(grade('hand/cut.kubetutor').status).toBe(11);
    expect(grade('--csv', 'hand').stderr).toContain('✗ hand/cut.kubetutor: cut: ');
    // A part of a class is not a file alone, however few are in it: machines that do the distributing go on.
    expect(grade('--shard', '1/4', 'hand').status).toBe(3);
    expect(run('grade', 'hand/kim.kubetutor')).toMatchObject({
      status: 15,
      stderr: expect.stringContaining('--pack PATH'),
    });
    expect(grade('hand').status).toBe(3);
  }, 120_000);

  test('replay, on the screen and as an asciicast', () => {
    const shown = run('replay', '--pack', 'first', '--speed', '1000', 'hand/lee.kubetutor');
    expect(shown.stdout).toContain('kubectl get pods -A');
    expect(run('replay', '--pack', 'first', '--asciicast', 'lee.cast', 'hand/lee.kubetutor').status).toBe(0);
    const [head = '', ...frames] = text('lee.cast').trimEnd().split('\n');
    expect(JSON.parse(head)).toMatchObject({ version: 2, width: 80, height: 24 });
    const times = frames.map((line): number => JSON.parse(line)[0]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }, 60_000);

  test('pages hold no markup of others and load nothing', () => {
    const pages = ['index.html', ...readdirSync(at('pages/students')).map((name) => `students/${name}`)].map((name) =>
      text('pages', name),
    );
    expect(pages).toHaveLength(5);
    const [index = '', ...others] = pages;
    // The class page has one script, and says which.
    const script = /<script>([\s\S]*?)<\/script>/.exec(index)?.[1] ?? '';
    const hash = createHash('sha256').update(script).digest('base64');
    expect(index).toContain(`default-src 'none'; script-src &#39;sha256-${hash}&#39;;`);
    for (const page of [index.replace(`<script>${script}</script>`, ''), ...others]) {
      expect(page).not.toMatch(/<script|<img|<link|<b>"|https?:|url\(|@import/);
      expect(page).toContain("default-src 'none';");
    }
    expect(pages[0]).toContain('Kim &lt;b&gt;');
  });
});

test('exercises of scripts are carried over, and what was not is said', () => {
  for (const [name, script] of [
    ['bank/q1/setup.sh', 'kubectl create namespace web\nhelm list\n'],
    ['bank/q1/question.md', '# Make a Pod\n\n## Task\nMake `a` in `web`. @{x}\n'],
    ['bank/q1/validate.sh', 'kubectl -n web get pod a || { echo "no Pod a" >&2; exit 1; }\n'],
    ['bank/q1/solution.sh', 'kubectl -n web run a --image=nginx\n'],
    ['bank/q2/verify.sh', 'exit 0\n'],
    ['bank/q2/assets.yaml', 'a: 1\n'],
  ] as const) {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), script);
  }
  const { status, stdout } = run('import', 'bank', '-o', 'moved');
  expect([status, stdout.split('\n')]).toEqual([
    0,
    [
      'q1 -> exercises/q1',
      '  - setup ends with 127: bash: line 2: helm: command not found',
      '  - the world has no helm',
      'q2 -> exercises/q2',
      '  - q2/assets.yaml: not taken; only setup, question, validation and solution are',
      '  - q2: there is no question.md',
      '  - q2: there is no solution.sh, so `lint --prove` cannot show that it can be solved',
      '  - validation succeeds although nothing was done',
      '2 exercises in moved',
      '',
    ],
  ]);
  expect(text('moved/exercises/q1/text.en.md')).toBe('## task: Make a Pod\n### Task\nMake `a` in `web`. @@{x}\n');
  expect(run('lint', 'moved').status).toBe(0);
}, 60_000);

test('what a bank has beside files is told, and the rest is taken', () => {
  mkdirSync(at('kept/q1'), { recursive: true });
  mkdirSync(at('kept/common'));
  writeFileSync(at('secret'), 'not yours\n');
  writeFileSync(at('kept/common/validate.sh'), 'kubectl get pod a\n');
  symlinkSync('../common/validate.sh', at('kept/q1/validate.sh'));
  symlinkSync('../../secret', at('kept/q1/question.md'));
  symlinkSync('/etc', at('kept/etc'));
  symlinkSync('.', at('kept/loop'));
  symlinkSync('nowhere', at('kept/q1/lost'));
  writeFileSync(at('kept/q1/task.md'), Buffer.from([0x23, 0x20, 0xb0, 0xa1, 0x0a]));
  writeFileSync(at('kept/q1/image.iso'), Buffer.alloc(1_200_000));
  const { status, stdout } = run('import', 'kept', '-o', 'taken');
  expect([status, stdout.split('\n')]).toEqual([
    0,
    [
      'Not taken, whatever exercise it is of:',
      '  - etc: a link that leads out of the folder: not followed',
      '  - loop: a link to a folder: not followed',
      '  - q1/image.iso: more than 1 MB: not read',
      '  - q1/lost: a link that leads nowhere',
      '  - q1/question.md: a link that leads out of the folder: not followed',
      'common -> exercises/common',
      '  - common: there is no question.md',
      '  - common: there is no solution.sh, so `lint --prove` cannot show that it can be solved',
      'q1 -> exercises/q1',
      '  - q1/task.md: not in UTF-8; some letters of it are lost',
      '  - q1: there is no solution.sh, so `lint --prove` cannot show that it can be solved',
      '2 exercises in taken',
      '',
    ],
  ]);
  expect(text('taken/IMPORT.md')).toBe(stdout.split('\n').slice(0, -2).join('\n').concat('\n'));
  expect(run('lint', 'taken').status).toBe(0);
  expect(run('import', '/nowhere')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('there is no /nowhere'),
  });
}, 60_000);

test('a scenario of Killercoda becomes one lesson of its steps', () => {
  const details = {
    intro: { text: 'intro.md', background: 'setup.sh' },
    steps: [
      { title: 'Scale it', text: 'one.md', verify: 'one.sh', solve: 'solve.sh' },
      { title: 'Expose it', text: 'two.md', verify: 'two.sh', foreground: 'nope.sh' },
    ],
  };
  for (const [name, script] of [
    ['course/web/index.json', JSON.stringify({ title: 'Web: two steps', details })],
    ['course/web/intro.md', 'Read this first.\n'],
    ['course/web/setup.sh', 'kubectl create deployment web --image=nginx\nexit 0\n'],
    ['course/web/one.md', 'Make it three: `kubectl scale`{{exec}}\n'],
    ['course/web/one.sh', 'test "$(kubectl get deploy web -o jsonpath={.spec.replicas})" = 3\n'],
    ['course/web/solve.sh', 'kubectl scale deploy web --replicas=3\n'],
    ['course/web/two.md', 'Expose it.\n'],
    ['course/web/two.sh', 'kubectl get svc web\n'],
    ['course/web/assets/a.yaml', 'a: 1\n'],
  ] as const) {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), script);
  }
  const { status, stdout } = run('import', 'course', '-o', 'scenarios');
  expect([status, stdout.split('\n')]).toEqual([
    0,
    [
      'web -> exercises/web',
      '  - web/assets/a.yaml: not taken; only setup, question, validation and solution are',
      '  - web/nope.sh: its index names it, and it is not there',
      '  - web, step 2: there is no solution.sh, so `lint --prove` cannot show that it can be solved',
      '1 exercise in scenarios',
      '',
    ],
  ]);
  expect(text('scenarios/exercises/web/text.en.md')).toBe(
    '## task-1: Scale it\nRead this first.\n\nMake it three: `kubectl scale`\n\n## task-2: Expose it\nExpose it.\n',
  );
  expect(run('lint', '--prove', 'scenarios').status).toBe(0);
}, 60_000);

/** Debian's browser; where there is none the pages are not seen, and this says so. */
const CHROMIUM = '/usr/bin/chromium';
const browser = existsSync(CHROMIUM) ? test : test.skip;

browser(
  'a browser shows the pages: everything in its place, nothing asked of the network, no errors',
  async () => {
    const { spawnSync } = await import('node:child_process');
    const open = (name: string, ...flags: string[]) =>
      spawnSync(
        CHROMIUM,
        [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-quic',
          '--no-first-run',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-sync',
          `--user-data-dir=${at(`chromium-${Math.abs(name.length)}-${flags.length}`)}`,
          '--enable-logging=stderr',
          '--host-resolver-rules=MAP * ~NOTFOUND',
          ...flags,
          `file://${at('pages', name)}`,
        ],
        { encoding: 'utf8', timeout: 60_000 },
      );
    const dom = open('index.html', '--dump-dom');
    expect(dom.stdout).toContain('<title>first</title>');
    expect(dom.stdout.match(/<tr>/g)?.length).toBeGreaterThan(8);
    expect(dom.stderr).not.toMatch(/CONSOLE|Refused to/);
    // Somebody sorts by points and finds a student: another script does, which the page itself would not allow.
    const act = `document.querySelectorAll('th button')[1].click(); const field = document.querySelector('.find input');
      field.value = 'le'; field.dispatchEvent(new Event('input'));`;
    const acted = text('pages', 'index.html')
      .replace(/<meta http-equiv[^>]*>/, '')
      .replace('</body>', `<script>${act}</script></body>`);
    writeFileSync(at('pages/acted.html'), acted);
    const after = open('acted.html', '--dump-dom').stdout;
    const order = [...after.matchAll(/<tr( hidden="")?><th scope="row"><a href="students[^>]*>([^<]*)/g)];
    expect(order.map(([, hidden, name]) => [name, hidden === undefined])).toEqual([
      ['lee', true],
      ['박민수', false],
      ['choi', false],
      ['kim', false],
    ]);
    expect(after).toContain('1 / 4</output>');
    expect(open('index.html', '--dump-dom').stdout).toContain('<button type="button">Points');
    const shot = open('index.html', '--window-size=900,1200', `--screenshot=${at('class.png')}`);
    expect(shot.status).toBe(0);
    expect(readFileSync(at('class.png')).length).toBeGreaterThan(20_000);
  },
  120_000,
);
