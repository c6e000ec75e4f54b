import { expect, test } from 'vitest';
import { clusterMap } from '../../src/course/cluster-map.ts';

const pod = (name: string, phase: string, ...states: readonly object[]) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { nodeName: 'node01' },
  status: { phase, containerStatuses: states.map((state) => ({ ready: 'running' in state, state })) },
});

test('what the map says of Pods is what kubectl says of them', () => {
  const objects: Record<string, object[]> = {
    Node: [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node01' } }],
    Pod: [
      pod('half', 'Running', { running: {} }, { terminated: { exitCode: 0, reason: 'Completed' } }),
      pod('ended', 'Running', { terminated: { exitCode: 1, reason: 'Error' } }),
      pod('killed', 'Running', { terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      pod('looping', 'Running', { waiting: { reason: 'CrashLoopBackOff' } }),
      pod('new', 'Pending', { waiting: { reason: 'ContainerCreating' } }),
    ],
  };
  const view = { name: 'kubernetes', list: (kind: string) => objects[kind] ?? [] } as unknown as Parameters<
    typeof clusterMap
  >[0];
  expect(clusterMap(view).nodes[0]?.pods.map(({ name, state, note }) => [name, state, note])).toEqual([
    ['half', 'starting', '1/2'],
    ['ended', 'failing', 'Error'],
    ['killed', 'failing', 'OOMKilled'],
    ['looping', 'failing', 'CrashLoopBackOff'],
    ['new', 'starting', 'Pending'],
  ]);
});
