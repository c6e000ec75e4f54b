import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuiltCli } from './support.ts';

let cli: BuiltCli;

beforeAll(async () => {
  cli = await BuiltCli.make();
}, 60_000);
afterAll(() => cli.remove());

function file(name: string, text: string): string {
  const whole = path.join(cli.folder, name);
  mkdirSync(path.dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return name;
}

const BARE = ['run', '--world', 'bare'];

describe('kubetutor run', () => {
  test('output and exit status are those of the script', () => {
    const script = file('a.sh', 'echo "$1 $#"; echo oops >&2; exit 7\n');
    expect(cli.run([...BARE, script, 'x y', 'z'])).toEqual({ status: 7, stdout: 'x y 2\n', stderr: 'oops\n' });
  });

  test('time jumps', () => {
    const begin = Date.now();
    const { stdout } = cli.run([...BARE, '-'], { input: 'sleep 3600; echo $SECONDS' });
    expect(stdout).toBe('3600\n');
    expect(Date.now() - begin).toBeLessThan(5000);
  });

  test('the host is not to be seen: time zone and locale change nothing', () => {
    const input =
      'kubectl create deployment web --image=nginx; kubectl rollout status deployment web; kubectl get all -A -o yaml; date; ls -l; echo $RANDOM; printf "%.1f\\n" 1.5\n';
    const here = cli.run([...BARE, '-'], { input, env: { TZ: 'UTC', LANG: 'C' } });
    const there = cli.run([...BARE, '-'], {
      input,
      env: { TZ: 'America/St_Johns', LANG: 'tr_TR.UTF-8', LC_ALL: 'ko_KR.UTF-8' },
    });
    expect(here.stdout).toContain('successfully rolled out');
    expect(there).toEqual(here);
  });

  test('the script reads standard input', () => {
    const script = file('cat.sh', 'cat; echo end\n');
    expect(cli.run([...BARE, script], { input: 'one\ntwo\n' }).stdout).toBe('one\ntwo\nend\n');
    expect(cli.run([...BARE], { input: 'read x\nfirst\necho "got $x"\n' }).stdout).toBe('got first\n');
  });

  test('errors carry the name of the script', () => {
    expect(cli.run([...BARE, file('bad.sh', '\nnope\n')])).toEqual({
      status: 127,
      stdout: '',
      stderr: 'bad.sh: line 2: nope: command not found\n',
    });
  });

  test('--copy brings files and folders', () => {
    file('in/deep/x.txt', 'hello\n');
    const script = file('c.sh', 'cat data/deep/x.txt /tmp/y; echo more >> data/deep/x.txt && echo ok\n');
    const copies = ['--copy', 'in=data', '--copy=in/deep/x.txt=/tmp/y'];
    expect(cli.run([...BARE, ...copies, script]).stdout).toBe('hello\nhello\nok\n');
    expect(readFileSync(path.join(cli.folder, 'in/deep/x.txt'), 'utf8')).toBe('hello\n');
  });

  test('the same seed gives the same world, another does not', () => {
    const input = 'kubectl create deployment w --image=nginx; sleep 5; kubectl get pods -o name';
    const first = cli.run([...BARE, '-'], { input }).stdout;
    expect(first).toMatch(/pod\/w-[a-z0-9]+-[a-z0-9]+\n/);
    expect(cli.run([...BARE, '-'], { input }).stdout).toBe(first);
    expect(cli.run([...BARE, '--seed', '2', '-'], { input }).stdout).not.toBe(first);
  });

  test('a script without end is ended', () => {
    const { status, stderr } = cli.run([...BARE, '--timeout', '90s', '-'], { input: 'sleep infinity' });
    expect([status, stderr]).toEqual([
      124,
      "kubetutor: the script still ran after 90s of the world's time and was ended\n",
    ]);
    const spin = cli.run([...BARE, '--cpu', '0.3', '--timeout', '9999d', '-'], { input: 'while :; do :; done' });
    expect(spin.status).toBe(124);
  });

  test.each([
    [['--wrold', 'bare']],
    [['--world']],
    [['--world', 'mars', '-']],
    [['--timeout', 'soon', '-']],
    [['--copy', 'x', '-']],
    [['/no/such/file']],
  ])('wrong usage: %s', (args) => {
    const { status, stdout, stderr } = cli.run(['run', ...args]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^kubetutor run: /);
  });

  test('speaks Korean', () => {
    expect(cli.run(['run', '--help'], { env: { LANG: 'ko_KR.UTF-8' } }).stdout).toContain('사용법');
  });
});

describe('kubetutor', () => {
  test('--version, --help, unknown commands and options', () => {
    expect(cli.run(['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    expect(cli.run(['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('run') });
    expect(cli.run(['nope'])).toMatchObject({ status: 2, stdout: '' });
    expect(cli.run(['list', '--jsn'])).toMatchObject({ status: 2, stderr: expect.stringContaining('--json') });
    expect(cli.run(['grade'])).toMatchObject({ status: 2 });
    expect(cli.run(['start', 'nope'])).toMatchObject({ status: 2, stderr: expect.stringContaining('no lesson nope') });
  });

  test('list', () => {
    const { stdout } = cli.run(['list', '--json']);
    expect(JSON.parse(stdout)).toEqual([
      { id: 'pods', title: 'Pods', summary: 'Make two Pods.', minutes: [1, 5], steps: 2, finished: 0 },
    ]);
    expect(cli.run(['list']).stdout).toBe('  pods  Pods  (0/2 steps, 1-5 min)\n');
  });

  test('lint', () => {
    expect(cli.run(['lint', path.resolve('test/cli/fixtures/lessons')])).toMatchObject({
      status: 0,
      stdout: '1 lesson is right.\n',
    });
    file('broken/lesson.yaml', 'id: x\n');
    file('broken/text.en.md', '');
    file('broken/text.ko.md', '');
    const { status, stdout } = cli.run(['lint', 'broken']);
    expect(status).toBe(1);
    expect(stdout).toContain('broken/lesson.yaml:1:1: version is missing');
    expect(cli.run(['lint', 'nowhere']).status).toBe(2);
    expect(JSON.parse(cli.run(['lint', '--schema']).stdout)).toHaveProperty('properties.steps');
  });

  test('the lesson proves itself in a real world', () => {
    const { status, stdout } = cli.run(['lint', '--prove', path.resolve('test/cli/fixtures/lessons')]);
    expect(stdout).toBe('1 lesson is right.\n');
    expect(status).toBe(0);
  });

  test('start takes the options that kubetutor alone has too', () => {
    const { stdout, status } = cli.run(['start', 'pods', '--no-save', '--plain'], { input: 'echo $((40+2))\n' });
    expect(stdout).toContain('\n42\n');
    expect(stdout).not.toContain('Saved.');
    expect(status).toBe(0);
  });

  test('an unknown command says what to try', () => {
    expect(cli.run(['lsit'])).toMatchObject({
      status: 2,
      stderr: "error: unknown command 'lsit'\nTry: kubetutor list\n",
    });
    expect(cli.run(['pods']).stderr).toContain('Try: kubetutor start pods');
  });

  test('doctor', () => {
    expect(cli.run(['doctor'])).toMatchObject({ status: 1, stdout: expect.stringContaining('✓ Node.js') });
  });

  test('start --plain works through a lesson, and goes on later', () => {
    const first = cli.run(['start', 'pods', '--plain'], {
      input: 'kubectl run web --image=nginx\nkubectl wait --for=condition=Ready pod/web\ntutor next\n',
    });
    expect(first.stdout).toMatch(/^\n1\/2 Make a Pod\n[\s\S]*\nlearner@workstation:~\$ kubectl run web/);
    expect(first.stdout).toContain('pod/web created');
    // What led to a step, its text, and then the prompt.
    expect(first.stdout).toMatch(
      /\$ tutor next\nStep 2 of 2: Three of them\n\n2\/2 Three of them\n[\s\S]*\nlearner@workstation:~\$/,
    );
    expect(first.stdout).not.toContain('\x1b');
    const again = cli.run(['--plain'], { input: 'tutor status\n' });
    expect(again.stdout).toContain('2/2 Three of them');
    expect(again.stdout).toContain('1 of 2 steps finished');
    expect(cli.run(['list']).stdout).toContain('(1/2 steps');
  });
});

test('a reader that has had enough ends it quietly', () => {
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', `'${process.execPath}' dist/kubetutor.js run --world bare - | head -1; echo done`],
    { cwd: cli.folder, env: { ...cli.env }, input: 'yes', encoding: 'utf8', timeout: 60_000 },
  );
  expect({ stdout, stderr }).toEqual({ stdout: 'y\ndone\n', stderr: '' });
});

describe('kubetutor grade', () => {
  const good = 'kubectl run web --image=nginx\nkubectl scale deployment shop --replicas=3\necho 3 > answer\n';

  test('JSON as promised', () => {
    const { status, stdout } = cli.run(['grade', '--lesson', 'pods', '--json', file('good.sh', good)]);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ lesson: 'pods', score: 6, max: 6 });
    expect(result.checks.map((check: { id: string }) => check.id)).toEqual([
      'make/runs',
      'make/used',
      'scale/three',
      'scale/never-down',
      'scale/told',
    ]);
    expect(Object.keys(result.checks[0])).toEqual([
      'id',
      'title',
      'points',
      'max',
      'result',
      'expected',
      'actual',
      'why',
    ]);
    expect(status).toBe(0);
  });

  test('partial and nothing', () => {
    const { status, stdout } = cli.run([
      'grade',
      '--lesson',
      'pods',
      '--json',
      file('half.sh', 'kubectl run web --image=nginx:nope\n'),
      file('none.sh', ''),
    ]);
    const [half, none] = JSON.parse(stdout);
    expect([half.score, none.score, status]).toEqual([1, 0, 1]);
    expect(half.checks[0].why).toMatch(/ErrImagePull|ImagePullBackOff|Pending/);
    expect(none.checks[4]).toMatchObject({ result: 'undecided', points: 0 });
  });

  test('other formats, journals, refusals', () => {
    for (const [flag, text] of [
      ['--csv', 'file,lesson,check'],
      ['--junit', '<testsuites>'],
      ['--md', '## good.sh: pods, 6/6'],
    ] as const) {
      expect(cli.run(['grade', '--lesson', 'pods', flag, file('good.sh', good)]).stdout).toContain(text);
    }
    cli.run(['start', 'pods', '--plain', '--fresh'], {
      input: 'kubectl run web --image=nginx\nkubectl wait --for=condition=Ready pod/web\n',
    });
    const journal = cli.run(['grade', '--json', 'home/journals/pods.jsonl']);
    expect(JSON.parse(journal.stdout)).toMatchObject({ lesson: 'pods', score: 3 });
    expect(cli.run(['grade', 'good.sh']).status).toBe(2);
    expect(cli.run(['grade', '--lesson', 'x', 'good.sh']).status).toBe(2);
    expect(cli.run(['grade', '--lesson', 'pods', 'missing.sh']).status).toBe(2);
    expect(cli.run(['grade', '--lesson', 'pods', '--json', '--csv', 'good.sh']).status).toBe(2);
  });
});
