import { describe, expect, test } from 'vitest';
import { judge } from '../../src/course/checks/condition.ts';
import { nearestLine } from '../../src/course/checks/file.ts';
import { quantityValue } from '../../src/course/checks/quantity.ts';
import type { Check } from '../../src/course/lesson/lesson.ts';
import type { KubeObject } from '../../src/course/world-source.ts';
import { encode } from '../../src/world/bytes.ts';
import { FakeCluster, pod } from './fake-world.ts';
import { check, enter, lessonOf, makeSession, pass, step } from './support.ts';

const DEPLOYMENT = {
  metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'web', tier: 'front' } },
  spec: {
    selector: {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['front'] },
        { key: 'zone', operator: 'In', values: ['a', 'b'] },
      ],
    },
    map: { app: 'web' },
    replicas: 3,
    containers: [
      {
        name: 'a',
        image: 'nginx:1.27',
        ports: [{ containerPort: 80 }],
        resources: { limits: { cpu: '500m', memory: '1Gi' } },
      },
      { name: 'b', image: 'redis', command: ['sh', '-c', 'x'] },
    ],
  },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
};

describe('conditions', () => {
  test.each([
    [{ path: 'spec.replicas', equals: 3 }, true],
    [{ path: 'spec.replicas', equals: '3' }, true],
    [{ path: '.spec.replicas', gte: 2, lte: 3 }, true],
    [{ path: 'spec.replicas', not: 3 }, false],
    [{ path: "metadata.labels['app.kubernetes.io/name']", equals: 'web' }, true],
    [{ path: 'metadata.labels', contains: 'tier' }, true],
    [{ path: 'metadata.labels', contains: { tier: 'back' } }, false],
    [{ path: 'spec.containers[0].image', matches: '^nginx:' }, true],
    [{ path: 'spec.containers[*].image', matches: '^nginx:' }, false],
    [{ path: 'spec.containers[*].name', setEquals: ['b', 'a'] }, true],
    [{ path: 'spec.containers[-1].name', equals: 'b' }, true],
    [{ path: 'spec.containers[name=b].command', equals: ['sh', '-c', 'x'] }, true],
    [{ path: 'spec.containers', contains: { name: 'a', ports: [{ containerPort: 80 }] } }, true],
    [{ path: 'spec.containers', lacks: { name: 'c' } }, true],
    [{ path: 'spec.containers[0].resources.limits.cpu', equals: 0.5 }, true],
    [{ path: 'spec.containers[0].resources.limits', equals: { cpu: '0.5', memory: '1024Mi' } }, true],
    [{ path: 'spec.containers[0].resources.limits.memory', gte: '900M' }, true],
    [{ path: 'status.conditions[?(@.type=="Ready")].status', equals: 'True' }, true],
    [{ path: 'spec.paused', absent: true }, true],
    [{ path: 'spec.paused', exists: true }, false],
    [{ path: 'spec.paused', not: true }, true],
    [{ path: 'spec.paused', equals: false }, false],
    [{ path: 'spec.replicas', in: [1, 3] }, true],
    [{ path: 'spec.selector', selects: { app: 'web' } }, true],
    [{ path: 'spec.selector', selects: { app: 'web', tier: 'front' } }, true],
    [{ path: 'spec.selector', selects: { tier: 'back' } }, false],
    [{ path: 'spec.selector', selects: { zone: 'a' } }, false],
    [{ path: 'spec.nothing', selects: { app: 'web' } }, false],
    [{ path: 'spec.map', selects: { app: 'web' } }, true],
  ] as const)('%j is %s', (condition, holds) => {
    expect(judge(DEPLOYMENT, condition).holds).toBe(holds);
  });

  test('an image tag is no quantity', () => {
    expect(judge({ spec: { image: '1.10' } }, { path: 'spec.image', equals: '1.1' }).holds).toBe(false);
  });

  test('quantities', () => {
    expect(['1', '1000m', '1e3', '1k', '0.1', '100m', '1Ki', 'x', ''].map(quantityValue)).toEqual([
      1,
      1,
      1000,
      1000,
      0.1,
      0.1,
      1024,
      undefined,
      undefined,
    ]);
  });
});

/** Judges one check after some lines were typed. */
function judged(about: Partial<Check>, lines: readonly string[]) {
  const session = makeSession(lessonOf(step('one', [check('it', about)])));
  for (const line of lines) enter(session, line);
  session.action({ action: 'check' });
  session.finish();
  const { result, expected, actual, why } = session.run?.lastReport?.checks[0] ?? {};
  return { result, expected: expected?.en, actual: actual?.en, why: why?.en };
}

describe('kinds of checks', () => {
  test('object: absent, ready, selectors', () => {
    expect(judged({ object: { kind: 'Pod', name: 'a', absent: true } }, ['pod a']).result).toBe('failed');
    expect(
      judged({ object: { kind: 'Pod', selector: 'app=web', ready: true } }, ['pod web-1', 'pod web-2']).result,
    ).toBe('passed');
    expect(judged({ object: { kind: 'Pod', selector: 'app=web', ready: true } }, ['pod web-1 unready'])).toEqual({
      result: 'failed',
      expected: 'ready Pod -l app=web',
      actual: 'Pod web-1 not ready',
      why: 'Pod web-1: Pending',
    });
    expect(judged({ object: { kind: 'Pod', selector: 'app=wbe' } }, ['pod web-1']).why).toBe(
      'there is no Pod -l app=wbe; there are: web-1 (app=web)',
    );
  });

  test('count', () => {
    expect(
      judged({ count: { kind: 'Pod', selector: 'app=web', equals: 2 } }, ['pod web-1', 'pod web-2']),
    ).toMatchObject({ result: 'passed', actual: '2 (web-1, web-2)' });
    expect(judged({ count: { kind: 'Pod', gte: 3 } }, ['pod web-1'])).toMatchObject({
      result: 'failed',
      expected: '≥ 3 × Pod',
      actual: '1 (web-1)',
    });
  });

  test('history', () => {
    const never = {
      history: { never: { kind: 'Pod', ready: true, count: { lte: 0 } }, after: { kind: 'Pod', ready: true } },
    };
    expect(judged(never, []).result).toBe('undecided');
    expect(judged(never, ['pod a', 'pod b', 'rmpod a']).result).toBe('passed');
    expect(judged(never, ['pod a', 'rmpod a', 'pod b'])).toMatchObject({
      result: 'failed',
      why: expect.stringMatching(/^at 09:00:0\d there were 0$/),
    });
    const again = {
      history: {
        eventually: { kind: 'Pod', name: 'a', count: { gte: 1 } },
        after: [
          { kind: 'Pod', name: 'a', count: { gte: 1 } },
          { kind: 'Pod', name: 'a', count: { equals: 0 } },
        ],
      },
    };
    expect(judged(again, []).result).toBe('undecided');
    expect(judged(again, ['pod a'])).toMatchObject({ result: 'undecided', why: 'waits for: 0 × Pod a' });
    expect(judged(again, ['pod a', 'rmpod a']).result).toBe('failed');
    expect(judged(again, ['pod a', 'rmpod a', 'pod a']).result).toBe('passed');
    const eventually = { history: { eventually: { kind: 'Pod', count: { gte: 2 } } } };
    expect(judged(eventually, ['pod a', 'pod b', 'rmpod a', 'rmpod b']).result).toBe('passed');
    expect(judged(eventually, ['pod a']).result).toBe('failed');
    expect(
      judged({ history: { always: { kind: 'Pod', count: { lte: 1 } } } }, ['pod a', 'pod b', 'rmpod a']).result,
    ).toBe('failed');
  });

  test('file and answer', () => {
    expect(judged({ file: { path: '~/x', matches: '^b+$' } }, ['write /root/x bbb']).result).toBe('passed');
    expect(
      judged({ file: { path: '~/x', yaml: [{ path: 'a.b', equals: 1 }] } }, ['write /root/x {a: {b: 1}}']).result,
    ).toBe('passed');
    expect(
      judged({ file: { path: '~/x', yaml: [{ path: 'a.b', equals: 1 }] } }, ['write /root/x {a: {b: 2}}']),
    ).toMatchObject({ result: 'failed', actual: 'a.b = 2' });
    expect(judged({ file: { path: '~/x', yaml: [{ path: 'a', equals: 1 }] } }, ['write /root/x {a: [']).result).toBe(
      'failed',
    );
    const long = 'a: 1\n  image: registry.k8s.io/etdc:3\n  imagePullPolicy: Always\n';
    expect(nearestLine(long, 'image: registry.k8s.io/etcd:')).toBe('image: registry.k8s.io/etdc:3');
    expect(nearestLine(long, 'b: 2')).toBeUndefined();
    expect(judged({ file: { path: '/nope' } }, [])).toMatchObject({ result: 'failed', actual: 'no such file' });
    expect(judged({ answer: { path: '~/x', equals: ['web 1'] } }, ['write /root/x  WEB   1']).result).toBe('passed');
    expect(judged({ answer: { path: '~/x', setEquals: ['b', 'a'] } }, ['write /root/x a b']).result).toBe('passed');
    expect(judged({ answer: { path: '~/x', setEquals: ['b', 'a'] } }, ['write /root/x a b c']).result).toBe('failed');
    expect(judged({ answer: { path: '~/x', setEquals: ['b', 'a'] } }, ['write /root/x a, b']).result).toBe('passed');
    expect(judged({ answer: { path: '~/x', equals: ['forwad'] } }, [`write /root/x 'forwad'`]).result).toBe('passed');
    const more = judged({ answer: { path: '~/x', equals: ['10.96.0.10'] } }, ['write /root/x nameserver 10.96.0.10']);
    expect([more.result, more.why]).toEqual([
      'failed',
      'the answer is in there, among other words: write the answer alone',
    ]);
    expect(judged({ answer: { path: '~/x', equals: ['10.96.0.10'] } }, ['write /root/x 10.96.0.1']).why).toBe('');
    for (const text of ['["forward"]', '[ "forward" ]', '(forward)', 'Forward.', '"forward",'])
      expect(judged({ answer: { path: '~/x', equals: ['forward'] } }, [`write /root/x ${text}`]).result, text).toBe(
        'passed',
      );
  });

  test('command: by arguments, not by text', () => {
    const slept = { command: { program: 'sleep', words: ['1|2'] } };
    expect(judged(slept, ['sleep 2']).result).toBe('passed');
    expect(judged(slept, ['echo sleep 2'])).toMatchObject({ result: 'failed', actual: 'not used' });
    expect(
      judged({ command: { program: 'tutor', words: ['next'], flags: ['--force|-f'] } }, ['tutor next']).result,
    ).toBe('failed');
    expect(judged({ command: { program: 'sleep', never: true } }, ['sleep 1']).result).toBe('failed');
  });

  test('bash: exit status and the last line', () => {
    expect(judged({ bash: { script: 'exit 0' } }, []).result).toBe('passed');
    expect(judged({ bash: { script: 'echo not yet\nexit 3' } }, [])).toMatchObject({
      result: 'failed',
      actual: 'not yet',
      why: '',
    });
    const both = makeSession(
      lessonOf(step('one', [check('it', { bash: { script: 'echo not yet\necho ko: 아직 아닙니다\nexit 1' } })])),
    );
    both.action({ action: 'check' });
    both.finish();
    expect(both.run?.lastReport?.checks[0]?.actual).toEqual({ en: 'not yet', ko: '아직 아닙니다' });
    expect(judged({ bash: { script: 'exit 3' } }, [])).toMatchObject({ result: 'failed', actual: 'exit status 3' });
    expect(judged({ bash: { script: 'sleep 100', timeout: 5 } }, [])).toMatchObject({
      result: 'failed',
      actual: 'still running after 5 s',
    });
  });

  test('bash is judged on request only', () => {
    const session = makeSession(lessonOf(step('one', [check('it', { bash: { script: 'exit 0' } })])));
    const before = session.world.hash();
    expect(session.look()?.checks[0]?.result).toBe('undecided');
    expect(session.world.hash()).toBe(before);
  });

  test('access', () => {
    expect(judged({ access: { user: 'admin', verb: 'get', resource: 'pods' } }, []).result).toBe('passed');
    expect(judged({ access: { user: 'eve', verb: 'get', resource: 'pods' } }, [])).toMatchObject({
      result: 'failed',
      actual: 'forbidden',
    });
    expect(judged({ access: { user: 'eve', verb: 'get', resource: 'pods', allowed: false } }, []).result).toBe(
      'passed',
    );
  });

  test('reachable', () => {
    expect(judged({ reachable: { to: { address: '127.0.0.1' }, port: 80 } }, [])).toMatchObject({
      result: 'failed',
      actual: 'refused',
    });
    expect(judged({ reachable: { to: { address: '127.0.0.1' }, port: 80, reachable: false } }, []).result).toBe(
      'passed',
    );
    expect(judged({ reachable: { to: { service: 'web' }, port: 80 } }, []).result).toBe('undecided');
  });

  test('needs', () => {
    const checks = [
      check('a', { object: { kind: 'Pod', name: 'a' } }),
      check('b', { count: { kind: 'Pod', lte: 5 }, needs: ['a'] }),
    ];
    const session = makeSession(lessonOf(step('one', checks)));
    expect(session.look()?.checks.map((item) => item.result)).toEqual(['failed', 'undecided']);
    session.input(encode('pod a\r'));
    pass(session, 100);
    expect(session.look()?.checks.map((item) => item.result)).toEqual(['passed', 'passed']);
  });
});

describe('why', () => {
  test.each([
    [
      {
        containerStatuses: [
          { name: 'c', state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' } } },
        ],
      },
      'Pod p: container c: ImagePullBackOff: Back-off pulling image "x"',
    ],
    [
      {
        containerStatuses: [
          { name: 'c', state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 2 } } },
        ],
      },
      'Pod p: container c: CrashLoopBackOff (last exit code 2)',
    ],
    [
      { conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }] },
      'Pod p: 0/3 nodes are available',
    ],
  ])('a Pod that is not ready: %#', (status, why) => {
    const session = makeSession(
      lessonOf(step('one', [check('it', { object: { kind: 'Pod', name: 'p', ready: true } })])),
    );
    const cluster = session.built.clusters[0];
    const object: KubeObject = { ...pod('p', false), status };
    if (cluster instanceof FakeCluster) cluster.put(object);
    expect(session.look()?.checks[0]?.why.en).toBe(why);
  });

  test('what several Pods share is said once', () => {
    const session = makeSession(lessonOf(step('one', [check('it', { count: { kind: 'Pod', ready: true, gte: 9 } })])));
    const cluster = session.built.clusters[0];
    if (!(cluster instanceof FakeCluster)) return;
    const waits = (reason: string) => ({ containerStatuses: [{ name: 'c', state: { waiting: { reason } } }] });
    for (const name of ['a', 'b', 'd', 'e']) cluster.put({ ...pod(name, false), status: waits('ErrImagePull') });
    cluster.put({ ...pod('z', false), status: waits('CreateContainerError') });
    expect(session.look()?.checks[0]?.why.en).toBe(
      'Pod a: container c: ErrImagePull (3 more the same); Pod z: container c: CreateContainerError',
    );
  });
});
