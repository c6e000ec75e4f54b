import { NODES } from '../../src/cluster/api/kinds.ts';
import { type BuiltWorld, buildWorld } from '../../src/scenarios/build.ts';
import { prepare, runStep } from '../conformance/player.ts';
import { cpu, median, row } from './measure.ts';

export function boots(): void {
  for (const name of ['bare', 'kubeadm', 'default']) {
    const first = cpu(() => void buildWorld(name, 'warm-up'));
    const times = Array.from({ length: 15 }, (_, round) => cpu(() => void buildWorld(name, String(round))));
    const text = `${median(times).toFixed(0)} ms CPU`;
    row(`world ${name}: boot (the first one ${first.toFixed(0)} ms)`, text, '60 ms');
  }
}

/** Ten workers beside the control plane. */
function tenNodes(): BuiltWorld {
  const built = buildWorld('bare', 'bench');
  prepare(built);
  const [cluster] = built.clusters;
  const client = cluster?.client('kubernetes-admin', ['system:masters'], 'bench');
  const model = client?.get(NODES, '', 'node01');
  for (let index = 3; index <= 10; index++) {
    const name = `node${String(index).padStart(2, '0')}`;
    if (!model || !client) continue;
    client.create(NODES, '', {
      metadata: {
        name,
        labels: { ...model.metadata.labels, 'kubernetes.io/hostname': name },
        annotations: model.metadata.annotations,
      },
      spec: {},
      status: { ...model.status, conditions: [] },
    });
  }
  built.world.loop.runUntil(built.world.now + 10_000);
  return built;
}

function makeReplicas(built: BuiltWorld, count: number): void {
  runStep(built, `kubectl create deployment web --image=nginx --replicas=${count}`, '/', '/root');
  built.world.loop.runUntil(built.world.now + 30_000);
}

export function replicas(count: number, wanted: string): void {
  const heap = heapOf(count);
  const times: number[] = [];
  let ready = 0;
  for (let round = 0; round < 3; round++) {
    const built = tenNodes();
    times.push(cpu(() => makeReplicas(built, count)));
    ready =
      built.clusters[0]?.server.store
        .list('pods', 'default')
        .filter((pod) => JSON.stringify(pod).includes('"type":"Ready"')).length ?? 0;
  }
  row(`${count} replicas on 10 nodes to Ready (${ready} there)`, `${median(times).toFixed(0)} ms CPU`, wanted);
  if (heap !== undefined) row(`heap for each of ${count} Pods`, `${heap.toFixed(1)} kB`, '30 kB');
}

/** kB of heap for each Pod, against the same world with none; undefined without --expose-gc. */
function heapOf(count: number): number | undefined {
  const { gc } = globalThis;
  if (!gc) return undefined;
  // What is made once and stays (code, caches) must be there before.
  makeReplicas(tenNodes(), 10);
  const built = tenNodes();
  gc();
  const before = process.memoryUsage().heapUsed;
  makeReplicas(built, count);
  gc();
  const used = process.memoryUsage().heapUsed - before;
  return built.world.now > 0 ? used / count / 1024 : undefined;
}

export function gets(): void {
  const built = buildWorld('bare', 'bench');
  prepare(built);
  runStep(built, 'kubectl create deployment web --image=nginx --replicas=10', '/', '/root');
  built.world.loop.runUntil(built.world.now + 5000);
  const loop = 'for i in {1..100}; do kubectl get pods > /dev/null; done';
  runStep(built, loop, '/', '/root');
  const time = cpu(() => {
    for (let round = 0; round < 10; round++) runStep(built, loop, '/', '/root');
  });
  row('1,000 kubectl get pods', `${time.toFixed(0)} ms CPU`, '1000 ms');
}
