import { expect, test } from 'vitest';
import { PODS, REPLICA_SETS, REPLICATION_CONTROLLERS, RESOURCE_QUOTAS } from '../../../src/cluster/api/kinds.ts';
import { TestCluster, template } from './support.ts';

function replicaSet(t: TestCluster, name: string, replicas: number) {
  const spec = { replicas, selector: { matchLabels: { app: name } }, template: template({ app: name }) };
  return t.admin.create(REPLICA_SETS, 'default', { metadata: { name }, spec }, true);
}

test('adopts matching orphans and releases what matches no longer', () => {
  const t = new TestCluster();
  t.pod('loose', {}, { app: 'rs' });
  const set = replicaSet(t, 'rs', 2);
  t.run(3);
  expect(t.pods('rs').map((pod) => pod.metadata.ownerReferences?.[0]?.uid)).toEqual([
    set.metadata.uid,
    set.metadata.uid,
  ]);
  t.admin.modify(PODS, 'default', 'loose', (old) => ({
    ...old,
    metadata: { ...old.metadata, labels: { app: 'other' } },
  }));
  t.run(3);
  expect(t.admin.get(PODS, 'default', 'loose')?.metadata.ownerReferences).toBeUndefined();
  expect(t.pods('rs')).toHaveLength(2);
});

test('replaces Pods that are deleted, and tells so', () => {
  const t = new TestCluster();
  replicaSet(t, 'rs', 2);
  t.run(3);
  t.admin.delete(PODS, 'default', t.pods('rs')[0]?.metadata.name ?? '');
  t.run(3);
  expect(t.pods('rs').filter((pod) => pod.status?.phase === 'Running')).toHaveLength(2);
  expect(t.events('ReplicaSet', 'rs').filter((text) => text.startsWith('SuccessfulCreate'))).toHaveLength(3);
});

test('deletes Pods that cost least first', () => {
  const t = new TestCluster();
  replicaSet(t, 'rs', 3);
  t.run(3);
  const cheap = t.pods('rs')[1]?.metadata.name ?? '';
  t.admin.modify(PODS, 'default', cheap, (old) => ({
    ...old,
    metadata: { ...old.metadata, annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-5' } },
  }));
  t.admin.modify(REPLICA_SETS, 'default', 'rs', (old) =>
    old.spec ? { ...old, spec: { ...old.spec, replicas: 2 } } : old,
  );
  t.run(2);
  expect(t.pods('rs').map((pod) => pod.metadata.name)).not.toContain(cheap);
  expect(t.events('ReplicaSet', 'rs').at(-1)).toBe(`SuccessfulDelete: Deleted pod: ${cheap}`);
});

test('says why Pods cannot be made', () => {
  const t = new TestCluster();
  t.admin.create(RESOURCE_QUOTAS, 'default', { metadata: { name: 'few' }, spec: { hard: { pods: '1' } } }, true);
  t.run(1);
  replicaSet(t, 'rs', 3);
  t.run(3);
  const status = t.admin.get(REPLICA_SETS, 'default', 'rs')?.status;
  expect(status).toMatchObject({ replicas: 1, readyReplicas: 1 });
  expect(status?.conditions?.[0]).toMatchObject({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' });
  expect(status?.conditions?.[0]?.message).toMatch(
    /^pods "rs-[a-z0-9]{5}" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1$/,
  );
  expect(t.events('ReplicaSet', 'rs').some((text) => text.startsWith('FailedCreate: Error creating: pods "rs-'))).toBe(
    true,
  );
});

test('waits minReadySeconds before Pods count as available', () => {
  const t = new TestCluster();
  const spec = {
    replicas: 1,
    minReadySeconds: 5,
    selector: { matchLabels: { app: 'rs' } },
    template: template({ app: 'rs' }),
  };
  t.admin.create(REPLICA_SETS, 'default', { metadata: { name: 'rs' }, spec }, true);
  t.run(3);
  expect(t.admin.get(REPLICA_SETS, 'default', 'rs')?.status).toMatchObject({ readyReplicas: 1 });
  expect(t.admin.get(REPLICA_SETS, 'default', 'rs')?.status?.availableReplicas).toBeUndefined();
  t.run(4);
  expect(t.admin.get(REPLICA_SETS, 'default', 'rs')?.status?.availableReplicas).toBe(1);
});

test('ReplicationControllers do the same', () => {
  const t = new TestCluster();
  const spec = { replicas: 2, selector: { app: 'rc' }, template: template({ app: 'rc' }) };
  t.admin.create(REPLICATION_CONTROLLERS, 'default', { metadata: { name: 'rc' }, spec }, true);
  t.run(3);
  expect(t.admin.get(REPLICATION_CONTROLLERS, 'default', 'rc')?.status).toEqual({
    replicas: 2,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    observedGeneration: 1,
  });
});

test('1,000 replicas on 10 nodes', () => {
  const t = new TestCluster({ nodes: 11, cpu: '100' });
  t.deployment('big', 1000);
  t.run(10);
  expect(t.status('big')?.availableReplicas).toBe(1000);
  const perNode = new Map<string, number>();
  for (const pod of t.pods('big'))
    perNode.set(pod.spec?.nodeName ?? '', (perNode.get(pod.spec?.nodeName ?? '') ?? 0) + 1);
  expect([...perNode.values()]).toEqual(Array(10).fill(100));
});
