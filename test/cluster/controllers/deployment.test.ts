import { expect, test } from 'vitest';
import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../../src/cluster/api/kinds.ts';
import { TestCluster, template, withContainer, withImage } from './support.ts';

test('a Deployment comes up as in the recordings', () => {
  const t = new TestCluster();
  t.deployment('web', 3);
  t.run(3);
  expect(t.status('web')).toMatchObject({
    observedGeneration: 1,
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    terminatingReplicas: 0,
  });
  expect(t.conditions('web')).toEqual([
    'Available=True MinimumReplicasAvailable',
    'Progressing=True NewReplicaSetAvailable',
  ]);
  const deployment = t.admin.get(DEPLOYMENTS, 'default', 'web');
  expect(deployment?.metadata.generation).toBe(1);
  expect(deployment?.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
  const [set] = t.admin.list(REPLICA_SETS, 'default');
  expect(set?.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{8,10}$/);
  expect(set?.metadata.annotations).toEqual({
    'deployment.kubernetes.io/desired-replicas': '3',
    'deployment.kubernetes.io/max-replicas': '4',
    'deployment.kubernetes.io/revision': '1',
  });
  expect(t.events('Deployment', 'web')).toEqual(['ScalingReplicaSet: Scaled up replica set web-HASH from 0 to 3']);
  expect(t.log).toEqual([]);
});

test('a rolling update goes step by step', () => {
  const t = new TestCluster();
  t.deployment('web', 3);
  t.run(3);
  t.setImage('web', 'nginx:2');
  t.run(0.5);
  expect(t.sizes('web')).toEqual({ 1: 3, 2: 1 });
  let fewest = 3;
  for (let i = 0; i < 100; i++) {
    t.run(0.1);
    const ready = t
      .pods('web')
      .filter((pod) => pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True'));
    fewest = Math.min(fewest, ready.length);
  }
  expect(fewest).toBe(3);
  expect(t.sizes('web')).toEqual({ 1: 0, 2: 3 });
  const steps = ['up 2 0 1', 'down 1 3 2', 'up 2 1 2', 'down 1 2 1', 'up 2 2 3', 'down 1 1 0'];
  expect(t.events('Deployment', 'web').slice(1)).toEqual(
    steps.map((step) => {
      const [direction, , from, to] = step.split(' ');
      return `ScalingReplicaSet: Scaled ${direction} replica set web-HASH from ${from} to ${to}`;
    }),
  );
});

test('a rollout that is stuck exceeds its deadline, and an undo mends it', () => {
  const t = new TestCluster();
  t.deployment('gate', 2, { progressDeadlineSeconds: 4 });
  t.run(3);
  const good = t.admin.get(DEPLOYMENTS, 'default', 'gate')?.spec?.template ?? template({});
  t.changeDeployment('gate', ({ template: old }) => ({
    template: withContainer(old, { resources: { requests: { cpu: '50' } } }),
  }));
  t.run(3);
  expect(t.conditions('gate')).toContain('Progressing=True ReplicaSetUpdated');
  t.run(3);
  expect(t.conditions('gate')).toEqual([
    'Available=True MinimumReplicasAvailable',
    'Progressing=False ProgressDeadlineExceeded',
  ]);
  expect(t.status('gate')).toMatchObject({
    replicas: 3,
    updatedReplicas: 1,
    unavailableReplicas: 1,
    availableReplicas: 2,
  });
  t.changeDeployment('gate', () => ({ template: good }));
  t.run(3);
  expect(t.conditions('gate')).toContain('Progressing=True NewReplicaSetAvailable');
  expect(t.sizes('gate')).toEqual({ 2: 0, 3: 2 });
  const set = t.admin.list(REPLICA_SETS, 'default').find((each) => each.spec?.replicas === 2);
  expect(set?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
});

test('paused Deployments scale but do not roll out', () => {
  const t = new TestCluster();
  t.deployment('web', 2);
  t.run(3);
  t.changeDeployment('web', ({ template: old }) => ({ paused: true, template: withImage(old, 'nginx:2') }));
  t.run(2);
  expect(t.conditions('web')).toContain('Progressing=Unknown DeploymentPaused');
  expect(t.sizes('web')).toEqual({ 1: 2 });
  expect(t.status('web')?.updatedReplicas).toBeUndefined();
  t.changeDeployment('web', () => ({ replicas: 4 }));
  t.run(2);
  expect(t.sizes('web')).toEqual({ 1: 4 });
  t.changeDeployment('web', () => ({ paused: false }));
  t.run(10);
  expect(t.sizes('web')).toEqual({ 1: 0, 2: 4 });
  expect(t.conditions('web')).toContain('Progressing=True NewReplicaSetAvailable');
});

test('Recreate stops all before it starts any', () => {
  const t = new TestCluster();
  t.deployment('web', 3, { strategy: { type: 'Recreate' } });
  t.run(3);
  t.setImage('web', 'nginx:2');
  for (let i = 0; i < 40; i++) {
    t.run(0.05);
    expect(new Set(t.pods('web').map((pod) => pod.spec?.containers[0]?.image)).size).toBeLessThan(2);
  }
  t.run(2);
  expect(t.pods('web').map((pod) => pod.spec?.containers[0]?.image)).toEqual(['nginx:2', 'nginx:2', 'nginx:2']);
});

test('scaling in the midst of a rollout is proportional', () => {
  const t = new TestCluster({ cpu: '100' });
  const rollingUpdate = { maxSurge: 3, maxUnavailable: 2 };
  t.deployment('web', 10, { strategy: { type: 'RollingUpdate', rollingUpdate } });
  t.run(3);
  t.changeDeployment('web', ({ template: old }) => ({
    template: withContainer(old, { resources: { requests: { cpu: '500' } } }),
  }));
  t.run(2);
  expect(t.sizes('web')).toEqual({ 1: 8, 2: 5 });
  t.changeDeployment('web', () => ({ replicas: 15 }));
  t.run(2);
  expect(t.sizes('web')).toEqual({ 1: 11, 2: 7 });
});

test('only so many old ReplicaSets are kept', () => {
  const t = new TestCluster();
  t.deployment('web', 1, { revisionHistoryLimit: 2 });
  t.run(3);
  for (const image of ['a', 'b', 'c', 'd']) {
    t.setImage('web', image);
    t.run(4);
  }
  expect(Object.keys(t.sizes('web'))).toEqual(['3', '4', '5']);
});

test('a stopped controller manager does nothing, and catches up when it starts', async () => {
  const { startControllerManager } = await import('../../../src/cluster/controllers/controllers.ts');
  const t = new TestCluster();
  t.manager.stop();
  t.deployment('web', 2);
  t.run(60);
  expect(t.admin.list(PODS, 'default')).toEqual([]);
  t.manager = startControllerManager(t.cluster);
  t.run(3);
  expect(t.status('web')?.availableReplicas).toBe(2);
});

test('what starts before the API server waits for it', async () => {
  const { startControllerManager } = await import('../../../src/cluster/controllers/controllers.ts');
  const t = new TestCluster();
  t.manager.stop();
  t.deployment('web', 2);
  t.cluster.apiServerRunning = false;
  t.manager = startControllerManager(t.cluster);
  t.run(30);
  t.cluster.apiServerRunning = true;
  t.run(5);
  expect(t.status('web')?.availableReplicas).toBe(2);
});

test('an API server that is away for a while is waited for', () => {
  const t = new TestCluster();
  t.deployment('web', 2);
  t.cluster.apiServerRunning = false;
  t.run(120);
  expect(t.world.faults).toEqual([]);
  t.cluster.apiServerRunning = true;
  t.run(90);
  expect(t.status('web')?.availableReplicas).toBe(2);
});
