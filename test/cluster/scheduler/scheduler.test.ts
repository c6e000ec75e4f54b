import { expect, test } from 'vitest';
import { NODES, PODS, PRIORITY_CLASSES } from '../../../src/cluster/api/kinds.ts';
import type { PodSpec } from '../../../src/cluster/api/types.generated.ts';
import { TestCluster } from '../controllers/support.ts';

const asking = (cpu: string): Partial<PodSpec> => ({
  containers: [{ name: 'app', image: 'nginx', resources: { requests: { cpu } } }],
});

function verdict(t: TestCluster, name: string): string | undefined {
  const conditions = t.admin.get(PODS, 'default', name)?.status?.conditions;
  const scheduled = conditions?.find((condition) => condition.type === 'PodScheduled');
  return scheduled?.status === 'True' ? t.admin.get(PODS, 'default', name)?.spec?.nodeName : scheduled?.message;
}

const TAIL = 'no new claims to deallocate, preemption: 0/3 nodes are available:';
const UNHELPFUL = `${TAIL} 3 Preemption is not helpful for scheduling.`;

test.each<[string, Partial<PodSpec>, string]>([
  ['cpu', asking('6'), `2 Insufficient cpu. ${UNHELPFUL}`],
  ['selector', { nodeSelector: { zone: 'west' } }, `2 node(s) didn't match Pod's node affinity/selector. ${UNHELPFUL}`],
  [
    'device',
    {
      containers: [
        {
          name: 'a',
          image: 'b',
          resources: { limits: { 'example.com/gpu': '1' }, requests: { 'example.com/gpu': '1' } },
        },
      ],
    },
    `2 Insufficient example.com/gpu. ${UNHELPFUL}`,
  ],
  [
    'affinity',
    {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { labelSelector: { matchLabels: { app: 'leader' } }, topologyKey: 'kubernetes.io/hostname' },
          ],
        },
      },
    },
    `2 node(s) didn't match pod affinity rules. ${UNHELPFUL}`,
  ],
])('why a Pod is pending: %s', (_, spec, expected) => {
  const t = new TestCluster();
  t.pod('p', spec);
  t.run(1);
  expect(verdict(t, 'p')).toBe(`0/3 nodes are available: 1 node(s) had untolerated taint(s), ${expected}`);
  expect(t.events('Pod', 'p')).toEqual([`FailedScheduling: ${verdict(t, 'p')}`]);
});

test('a claim that is not there', () => {
  const t = new TestCluster();
  t.pod('p', { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'ghost' } }] });
  t.run(1);
  expect(verdict(t, 'p')).toBe('0/3 nodes are available: persistentvolumeclaim "ghost" not found. not found');
});

test('full nodes, and room that comes free', () => {
  const t = new TestCluster();
  for (const name of ['a', 'b', 'c']) t.pod(name, asking('3'));
  t.run(2);
  const pending = ['a', 'b', 'c'].find((name) => !t.admin.get(PODS, 'default', name)?.spec?.nodeName) ?? '';
  expect(verdict(t, pending)).toBe(
    `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. ${TAIL} 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.`,
  );
  t.admin.delete(PODS, 'default', ['a', 'b', 'c'].find((name) => name !== pending) ?? '');
  t.run(2);
  expect(t.admin.get(PODS, 'default', pending)?.status?.phase).toBe('Running');
});

test('a label on a node lets a Pod go there', () => {
  const t = new TestCluster();
  t.pod('zoned', { nodeSelector: { zone: 'west' } });
  t.run(1);
  t.admin.modify(NODES, '', 'node02', (old) => ({
    ...old,
    metadata: { ...old.metadata, labels: { ...old.metadata.labels, zone: 'west' } },
  }));
  t.run(2);
  expect(verdict(t, 'zoned')).toBe('node02');
});

test('a Pod of high priority pushes another off', () => {
  const t = new TestCluster();
  t.admin.create(PRIORITY_CLASSES, '', { metadata: { name: 'high' }, value: 1000 }, true);
  t.admin.create(PRIORITY_CLASSES, '', { metadata: { name: 'calm' }, value: 1000, preemptionPolicy: 'Never' }, true);
  const nodeSelector = { 'kubernetes.io/hostname': 'node01' };
  t.pod('batch', { ...asking('3'), nodeSelector });
  t.run(2);
  t.pod('calm', { ...asking('3'), nodeSelector, priorityClassName: 'calm' });
  t.run(1);
  expect(verdict(t, 'calm')).toBe(
    "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.",
  );
  t.admin.delete(PODS, 'default', 'calm');
  const urgent = t.pod('urgent', { ...asking('3'), nodeSelector, priorityClassName: 'high' });
  t.run(2);
  expect(verdict(t, 'urgent')).toBe('node01');
  expect(t.admin.get(PODS, 'default', 'batch')).toBeUndefined();
  expect(t.events('Pod', 'batch').at(-1)).toBe(`Preempted: Preempted by pod ${urgent.metadata.uid} on node node01`);
  expect(t.events('Pod', 'urgent').map((text) => text.split(':')[0])).toEqual(['FailedScheduling', 'Scheduled']);
});

test('constraints on the spread hold', () => {
  const t = new TestCluster();
  const topologySpreadConstraints = [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule' as const,
      labelSelector: { matchLabels: { app: 's' } },
      nodeTaintsPolicy: 'Honor' as const,
    },
  ];
  for (const name of ['a', 'b', 'c', 'd']) t.pod(name, { topologySpreadConstraints }, { app: 's' });
  t.run(2);
  const nodes = t.pods('s').map((pod) => pod.spec?.nodeName);
  expect([...nodes].sort()).toEqual(['node01', 'node01', 'node02', 'node02']);
});

test('other schedulers and nodeName bypass it', () => {
  const t = new TestCluster();
  t.pod('other', { schedulerName: 'mine' });
  t.pod('direct', { nodeName: 'controlplane' });
  t.run(2);
  expect(t.admin.get(PODS, 'default', 'other')?.status?.conditions).toBeUndefined();
  expect(t.admin.get(PODS, 'default', 'direct')?.status?.phase).toBe('Running');
  expect(t.events('Pod', 'direct')).toEqual([]);
});
