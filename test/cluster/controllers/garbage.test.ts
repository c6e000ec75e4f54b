import { expect, test } from 'vitest';
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  NAMESPACES,
  PODS,
  REPLICA_SETS,
  SERVICE_ACCOUNTS,
} from '../../../src/cluster/api/kinds.ts';
import { TestCluster } from './support.ts';

const count = (t: TestCluster) => [
  t.admin.list(DEPLOYMENTS, 'default').length,
  t.admin.list(REPLICA_SETS, 'default').length,
  t.admin.list(PODS, 'default').length,
];

test('background deletion takes what is owned after the owner', () => {
  const t = new TestCluster();
  t.deployment('web', 2);
  t.run(3);
  t.admin.delete(DEPLOYMENTS, 'default', 'web', { propagationPolicy: 'Background' });
  expect(count(t)).toEqual([0, 1, 2]);
  t.run(2);
  expect(count(t)).toEqual([0, 0, 0]);
});

test('foreground deletion takes the owner last', () => {
  const t = new TestCluster();
  t.deployment('web', 2);
  t.run(3);
  t.admin.delete(DEPLOYMENTS, 'default', 'web', { propagationPolicy: 'Foreground' });
  expect(count(t)).toEqual([1, 1, 2]);
  expect(t.admin.get(DEPLOYMENTS, 'default', 'web')?.metadata.finalizers).toEqual(['foregroundDeletion']);
  t.run(2);
  expect(count(t)).toEqual([0, 0, 0]);
});

test('orphans stay, and a new owner adopts them', () => {
  const t = new TestCluster();
  t.deployment('web', 2);
  t.run(3);
  t.admin.delete(DEPLOYMENTS, 'default', 'web', { propagationPolicy: 'Orphan' });
  t.run(2);
  expect(count(t)).toEqual([0, 1, 2]);
  expect(t.admin.list(REPLICA_SETS, 'default')[0]?.metadata.ownerReferences).toBeUndefined();
  const again = t.deployment('web', 2);
  t.run(2);
  expect(count(t)).toEqual([1, 1, 2]);
  expect(t.admin.list(REPLICA_SETS, 'default')[0]?.metadata.ownerReferences?.[0]?.uid).toBe(again.metadata.uid);
});

test('an object whose owner never was goes; one in another namespace is reported', () => {
  const t = new TestCluster();
  t.admin.create(NAMESPACES, '', { metadata: { name: 'away' } }, true);
  const parent = t.admin.create(CONFIG_MAPS, 'default', { metadata: { name: 'parent' } }, true);
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid: parent.metadata.uid };
  for (const namespace of ['default', 'away']) {
    t.admin.create(CONFIG_MAPS, namespace, { metadata: { name: 'child', ownerReferences: [owner] } }, true);
  }
  t.run(2);
  expect(t.admin.get(CONFIG_MAPS, 'default', 'child')).toBeDefined();
  expect(t.admin.get(CONFIG_MAPS, 'away', 'child')).toBeUndefined();
  expect(t.events('ConfigMap', 'child')).toEqual([
    `OwnerRefInvalidNamespace: ownerRef [v1/ConfigMap, namespace: away, name: parent, uid: ${parent.metadata.uid}] does not exist in namespace "away"`,
  ]);
});

test('a namespace is emptied; finalizers of others hold it', () => {
  const t = new TestCluster();
  t.admin.create(NAMESPACES, '', { metadata: { name: 'legacy' } }, true);
  t.run(1);
  expect(t.admin.get(SERVICE_ACCOUNTS, 'legacy', 'default')).toBeDefined();
  expect(t.admin.get(CONFIG_MAPS, 'legacy', 'kube-root-ca.crt')?.data?.['ca.crt']).toMatch(/^-----BEGIN CERTIFICATE/);
  t.admin.create(CONFIG_MAPS, 'legacy', { metadata: { name: 'held', finalizers: ['example.com/hold'] } }, true);
  t.admin.delete(NAMESPACES, '', 'legacy');
  t.run(20);
  const namespace = t.admin.get(NAMESPACES, '', 'legacy');
  expect(namespace?.status?.phase).toBe('Terminating');
  expect(namespace?.status?.conditions?.map((c) => [c.type, c.status, c.reason, c.message])).toEqual([
    ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      'False',
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    [
      'NamespaceDeletionContentFailure',
      'False',
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    [
      'NamespaceContentRemaining',
      'True',
      'SomeResourcesRemain',
      'Some resources are remaining: configmaps. has 1 resource instances',
    ],
    [
      'NamespaceFinalizersRemaining',
      'True',
      'SomeFinalizersRemain',
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ],
  ]);
  t.admin.modify(CONFIG_MAPS, 'legacy', 'held', (old) => ({
    ...old,
    metadata: { ...old.metadata, finalizers: undefined },
  }));
  t.run(18);
  expect(t.admin.get(NAMESPACES, '', 'legacy')).toBeUndefined();
});
