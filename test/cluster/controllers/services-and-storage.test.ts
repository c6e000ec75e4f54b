import { expect, test } from 'vitest';
import {
  ENDPOINT_SLICES,
  ENDPOINTS,
  HORIZONTAL_POD_AUTOSCALERS,
  NODES,
  PERSISTENT_VOLUME_CLAIMS,
  PERSISTENT_VOLUMES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  SERVICES,
} from '../../../src/cluster/api/kinds.ts';
import { servePodMetrics } from '../../../src/cluster/controllers/autoscaling/metrics.ts';
import { TestCluster, template } from './support.ts';

test('Services have EndpointSlices and Endpoints of their ready Pods', () => {
  const t = new TestCluster();
  t.deployment('web', 2);
  t.admin.create(
    SERVICES,
    'default',
    { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] } },
    true,
  );
  t.admin.create(
    SERVICES,
    'default',
    { metadata: { name: 'none' }, spec: { selector: { app: 'no' }, ports: [{ port: 80 }] } },
    true,
  );
  t.run(3);
  const slices = t.admin.list(ENDPOINT_SLICES, 'default').filter((slice) => slice.metadata.name !== 'kubernetes');
  expect(
    slices.map((slice) => [
      slice.metadata.labels?.['kubernetes.io/service-name'],
      slice.endpoints?.length,
      slice.ports?.[0]?.port,
    ]),
  ).toEqual([
    ['none', undefined, undefined],
    ['web', 2, 8080],
  ]);
  expect(slices[1]?.endpoints?.[0]?.conditions).toEqual({ ready: true, serving: true, terminating: false });
  expect(t.admin.get(ENDPOINTS, 'default', 'web')?.subsets?.[0]).toMatchObject({
    ports: [{ port: 8080, protocol: 'TCP' }],
  });
  t.admin.delete(SERVICES, 'default', 'web');
  t.run(2);
  expect(t.admin.get(ENDPOINTS, 'default', 'web')).toBeUndefined();
  expect(t.admin.list(ENDPOINT_SLICES, 'default')).toHaveLength(2);
});

test('hand-made Endpoints are mirrored', () => {
  const t = new TestCluster();
  t.admin.create(SERVICES, 'default', { metadata: { name: 'db' }, spec: { ports: [{ port: 5432 }] } }, true);
  t.admin.create(
    ENDPOINTS,
    'default',
    {
      metadata: { name: 'db' },
      subsets: [{ addresses: [{ ip: '192.0.2.7' }], ports: [{ name: 'pg', port: 5432, protocol: 'TCP' }] }],
    },
    true,
  );
  t.run(1);
  const slice = t.admin.list(ENDPOINT_SLICES, 'default').find((each) => each.metadata.name.startsWith('db-'));
  expect(slice?.metadata.labels?.['endpointslice.kubernetes.io/managed-by']).toBe(
    'endpointslicemirroring-controller.k8s.io',
  );
  expect(slice?.endpoints).toEqual([{ addresses: ['192.0.2.7'], conditions: { ready: true } }]);
});

function volume(t: TestCluster, name: string, policy: 'Delete' | 'Retain'): void {
  const spec = {
    capacity: { storage: '2Gi' },
    accessModes: ['ReadWriteOnce' as const],
    persistentVolumeReclaimPolicy: policy,
    storageClassName: 'manual',
    hostPath: { path: '/srv/x' },
  };
  t.admin.create(PERSISTENT_VOLUMES, '', { metadata: { name }, spec }, true);
}

function claim(t: TestCluster, name: string, storageClassName: string | undefined, storage = '1Gi'): void {
  const spec = { accessModes: ['ReadWriteOnce' as const], resources: { requests: { storage } }, storageClassName };
  t.admin.create(PERSISTENT_VOLUME_CLAIMS, 'default', { metadata: { name }, spec }, true);
}

test('claims bind, wait, and let go', () => {
  const t = new TestCluster();
  volume(t, 'dropped', 'Delete');
  claim(t, 'one', 'manual');
  claim(t, 'too-big', 'slow', '3Gi');
  claim(t, 'no-class', undefined);
  t.run(2);
  const bound = t.admin.get(PERSISTENT_VOLUME_CLAIMS, 'default', 'one');
  expect(bound?.status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '2Gi' } });
  expect(bound?.metadata.finalizers).toEqual(['kubernetes.io/pvc-protection']);
  expect(t.events('PersistentVolumeClaim', 'too-big')).toEqual([
    'ProvisioningFailed: storageclass.storage.k8s.io "slow" not found',
  ]);
  expect(t.events('PersistentVolumeClaim', 'no-class')).toEqual([
    'FailedBinding: no persistent volumes available for this claim and no storage class is set',
  ]);
  t.pod('writer', { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'one' } }] });
  t.run(2);
  t.admin.delete(PERSISTENT_VOLUME_CLAIMS, 'default', 'one');
  t.run(2);
  expect(t.admin.get(PERSISTENT_VOLUME_CLAIMS, 'default', 'one')?.metadata.deletionTimestamp).toBeDefined();
  t.admin.delete(PODS, 'default', 'writer');
  t.run(2);
  expect(t.admin.get(PERSISTENT_VOLUME_CLAIMS, 'default', 'one')).toBeUndefined();
  expect(t.admin.get(PERSISTENT_VOLUMES, '', 'dropped')?.status).toMatchObject({
    phase: 'Failed',
    message: 'host_path deleter only supports /tmp/.+ but received provided /srv/x',
  });
});

test('a budget counts, and an autoscaler without metrics says so', () => {
  const t = new TestCluster();
  t.deployment('web', 2);
  const spec = { minAvailable: 1, selector: { matchLabels: { app: 'web' } } };
  t.admin.create(POD_DISRUPTION_BUDGETS, 'default', { metadata: { name: 'web' }, spec }, true);
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  t.admin.create(
    HORIZONTAL_POD_AUTOSCALERS,
    'default',
    { metadata: { name: 'web' }, spec: { minReplicas: 3, maxReplicas: 5, scaleTargetRef } },
    true,
  );
  t.run(5);
  expect(t.admin.get(POD_DISRUPTION_BUDGETS, 'default', 'web')?.status).toMatchObject({
    currentHealthy: 2,
    desiredHealthy: 1,
    expectedPods: 2,
    disruptionsAllowed: 1,
  });
  t.run(30);
  expect(t.status('web')?.availableReplicas).toBe(3);
  const events = t.events('HorizontalPodAutoscaler', 'web');
  expect(events[0]).toBe('SuccessfulRescale: New size: 3; reason: Current number of replicas below Spec.MinReplicas');
  expect(events[1]).toBe(
    'FailedGetResourceMetric: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
  );
});

test('a silent node is tainted, and its Pods go after five minutes', () => {
  const t = new TestCluster();
  t.deployment('web', 2);
  t.run(3);
  t.kwok.stop();
  t.run(65);
  const node = t.admin.get(NODES, '', 'node01');
  expect(node?.status?.conditions?.find((c) => c.type === 'Ready')).toMatchObject({
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  });
  expect(node?.spec?.taints?.map((taint) => `${taint.key}:${taint.effect}`)).toEqual([
    'node.kubernetes.io/unreachable:NoSchedule',
    'node.kubernetes.io/unreachable:NoExecute',
  ]);
  expect(t.status('web')?.readyReplicas).toBeUndefined();
  t.run(300);
  expect(t.pods('web').filter((pod) => pod.metadata.deletionTimestamp)).toHaveLength(2);
});

test('an autoscaler follows the load, up at once and down after five minutes', () => {
  const t = new TestCluster();
  const requests = { requests: { cpu: '100m' } };
  const busy = template({ app: 'web' }, { containers: [{ name: 'app', image: 'nginx', resources: requests }] });
  t.deployment('web', 1, { template: busy });
  let load = 300;
  servePodMetrics(t.cluster.server, { usage: () => load / Math.max(1, t.pods('web').length) });
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const cpu = { name: 'cpu', target: { type: 'Utilization' as const, averageUtilization: 50 } };
  const spec = { maxReplicas: 10, scaleTargetRef, metrics: [{ type: 'Resource' as const, resource: cpu }] };
  t.admin.create(HORIZONTAL_POD_AUTOSCALERS, 'default', { metadata: { name: 'web' }, spec }, true);
  t.run(20);
  expect(t.status('web')?.availableReplicas).toBe(4);
  t.run(30);
  expect(t.status('web')?.availableReplicas).toBe(6);
  const events = t.events('HorizontalPodAutoscaler', 'web');
  expect(events).toEqual([
    'SuccessfulRescale: New size: 4; reason: cpu resource utilization (percentage of request) above target',
    'SuccessfulRescale: New size: 6; reason: cpu resource utilization (percentage of request) above target',
  ]);
  load = 50;
  t.run(200);
  expect(t.status('web')?.availableReplicas).toBe(6);
  t.run(200);
  expect(t.status('web')?.availableReplicas).toBe(1);
  expect(t.events('HorizontalPodAutoscaler', 'web').at(-1)).toMatch(/reason: All metrics below target$/);
});
