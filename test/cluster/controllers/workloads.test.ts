import { expect, test } from 'vitest';
import { CRON_JOBS, DAEMON_SETS, JOBS, NODES, PODS, STATEFUL_SETS } from '../../../src/cluster/api/kinds.ts';
import type { JobSpec, PodSpec } from '../../../src/cluster/api/types.generated.ts';
import { nextTime } from '../../../src/cluster/controllers/job/cron-time.ts';
import { formatIndexes, parseIndexes } from '../../../src/cluster/controllers/job/indexes.ts';
import { parseCron } from '../../../src/cluster/resources/validation/cron-schedule.ts';
import { mask, TestCluster, template, withImage } from './support.ts';

test('a StatefulSet starts and stops in order, and rolls from the end', () => {
  const t = new TestCluster();
  const spec = {
    serviceName: 'db',
    replicas: 3,
    selector: { matchLabels: { app: 'db' } },
    template: template({ app: 'db' }),
  };
  t.admin.create(STATEFUL_SETS, 'default', { metadata: { name: 'db' }, spec }, true);
  t.run(1);
  expect(t.pods('db').map((pod) => pod.metadata.name)).toEqual(['db-0']);
  t.run(5);
  expect(t.pods('db').map((pod) => pod.metadata.name)).toEqual(['db-0', 'db-1', 'db-2']);
  const [first] = t.pods('db');
  expect(first?.spec).toMatchObject({ hostname: 'db-0', subdomain: 'db' });
  expect(mask(JSON.stringify(first?.metadata.labels))).toBe(
    '{"app":"db","apps.kubernetes.io/pod-index":"0","controller-revision-hash":"db-HASH","statefulset.kubernetes.io/pod-name":"db-0"}',
  );
  t.admin.modify(STATEFUL_SETS, 'default', 'db', (old) =>
    old.spec
      ? {
          ...old,
          spec: {
            ...old.spec,
            template: withImage(old.spec.template, 'nginx:2'),
            updateStrategy: { type: 'RollingUpdate' as const, rollingUpdate: { partition: 1 } },
          },
        }
      : old,
  );
  t.run(6);
  expect(t.pods('db').map((pod) => pod.spec?.containers[0]?.image)).toEqual(['nginx:1', 'nginx:2', 'nginx:2']);
  expect(t.admin.get(STATEFUL_SETS, 'default', 'db')?.status).toMatchObject({ updatedReplicas: 2, currentReplicas: 1 });
  t.admin.modify(STATEFUL_SETS, 'default', 'db', (old) =>
    old.spec ? { ...old, spec: { ...old.spec, replicas: 1 } } : old,
  );
  t.run(3);
  const events = t.events('StatefulSet', 'db');
  expect(events[0]).toBe('SuccessfulCreate: Create Pod db-0 in StatefulSet db successful');
  expect(events).toContain('SuccessfulDelete: Delete Pod db-1 in StatefulSet db successful');
});

test('a DaemonSet runs on every node whose taints it bears', () => {
  const t = new TestCluster();
  const spec = { selector: { matchLabels: { app: 'ds' } }, template: template({ app: 'ds' }) };
  t.admin.create(DAEMON_SETS, 'default', { metadata: { name: 'ds' }, spec }, true);
  t.run(3);
  expect(
    t
      .pods('ds')
      .map((pod) => pod.spec?.nodeName)
      .sort(),
  ).toEqual(['node01', 'node02']);
  expect(t.admin.get(DAEMON_SETS, 'default', 'ds')?.status).toMatchObject({
    desiredNumberScheduled: 2,
    currentNumberScheduled: 2,
    numberReady: 2,
    numberAvailable: 2,
    updatedNumberScheduled: 2,
    numberMisscheduled: 0,
  });
  t.admin.modify(NODES, '', 'controlplane', (old) => ({ ...old, spec: { ...old.spec, taints: undefined } }));
  t.run(3);
  expect(t.pods('ds')).toHaveLength(3);
});

function job(t: TestCluster, name: string, spec: Partial<JobSpec> = {}, pod: Partial<PodSpec> = {}): void {
  const work = template({}, { restartPolicy: 'Never', ...pod });
  t.admin.create(JOBS, 'default', { metadata: { name }, spec: { template: { spec: work.spec }, ...spec } }, true);
}

const conditionsOf = (t: TestCluster, name: string) =>
  t.admin.get(JOBS, 'default', name)?.status?.conditions?.map((c) => `${c.type} ${c.reason}`);

test('a Job completes', () => {
  const t = new TestCluster();
  job(t, 'one');
  t.run(5);
  expect(t.admin.get(JOBS, 'default', 'one')?.status).toMatchObject({ succeeded: 1, ready: 0, terminating: 0 });
  expect(conditionsOf(t, 'one')).toEqual(['SuccessCriteriaMet CompletionsReached', 'Complete CompletionsReached']);
  expect(t.events('Job', 'one').at(-1)).toBe('Completed: Job completed');
  expect(t.admin.list(PODS, 'default')[0]?.metadata.finalizers).toBeUndefined();
});

test('an Indexed Job gives each Pod its number', () => {
  const t = new TestCluster();
  job(t, 'shard', { completions: 3, parallelism: 2, completionMode: 'Indexed' });
  t.run(8);
  expect(t.admin.get(JOBS, 'default', 'shard')?.status).toMatchObject({ succeeded: 3, completedIndexes: '0-2' });
  expect(t.admin.list(PODS, 'default').map((pod) => pod.spec?.hostname)).toEqual(['shard-0', 'shard-1', 'shard-2']);
});

test('a Job fails at its deadline and at its back-off limit', () => {
  const t = new TestCluster();
  job(t, 'late', { activeDeadlineSeconds: 3 }, { nodeSelector: { planet: 'pluto' } });
  job(t, 'fragile', { backoffLimit: 0 }, { nodeSelector: { planet: 'pluto' } });
  t.run(1);
  const fragile = t.admin.list(PODS, 'default').find((pod) => pod.metadata.name.startsWith('fragile'));
  t.admin.delete(PODS, 'default', fragile?.metadata.name ?? '');
  t.run(6);
  expect(conditionsOf(t, 'late')).toEqual(['FailureTarget DeadlineExceeded', 'Failed DeadlineExceeded']);
  expect(conditionsOf(t, 'fragile')).toEqual(['FailureTarget BackoffLimitExceeded', 'Failed BackoffLimitExceeded']);
  expect(t.admin.get(JOBS, 'default', 'late')?.status?.failed).toBe(1);
  expect(t.admin.list(PODS, 'default')).toEqual([]);
  expect(
    t
      .events('Job', 'late')
      .slice(1)
      .map((text) => text.split(':')[0]),
  ).toEqual(['SuccessfulDelete', 'DeadlineExceeded']);
});

test('a CronJob starts a Job a minute and keeps three', () => {
  const t = new TestCluster();
  const jobTemplate = {
    spec: {
      template: {
        spec: { ...template({}).spec, containers: [{ name: 'a', image: 'b' }], restartPolicy: 'Never' as const },
      },
    },
  };
  t.admin.create(
    CRON_JOBS,
    'default',
    { metadata: { name: 'cj' }, spec: { schedule: '* * * * *', jobTemplate } },
    true,
  );
  t.run(330);
  expect(t.admin.list(JOBS, 'default').map((each) => each.metadata.name)).toEqual([
    'cj-29920443',
    'cj-29920444',
    'cj-29920445',
  ]);
  expect(t.admin.get(CRON_JOBS, 'default', 'cj')?.status).toEqual({
    lastScheduleTime: '2026-11-21T02:05:00Z',
    lastSuccessfulTime: '2026-11-21T02:05:02Z',
  });
});

test.each([
  ['15 4 2 1 *', 'Europe/Vienna', '2027-01-02T03:15:00.000Z'],
  ['*/5 * * * *', '', '2026-11-21T02:05:00.000Z'],
  ['10 2 29 2 *', '', '2028-02-29T02:10:00.000Z'],
  ['0 12 13 * 5', '', '2026-11-27T12:00:00.000Z'],
  ['@every 90s', '', '2026-11-21T02:01:30.000Z'],
])('the next time of %s in %s', (schedule, zone, expected) => {
  const time = nextTime(parseCron(schedule), Date.parse('2026-11-21T02:00:00Z'), zone);
  expect(new Date(time ?? 0).toISOString()).toBe(expected);
});

test('lists of indexes', () => {
  expect(formatIndexes([0, 1, 2, 4, 6, 7])).toBe('0-2,4,6,7');
  expect([...parseIndexes('0-2,4')]).toEqual([0, 1, 2, 4]);
});
