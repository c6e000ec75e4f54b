// Measures, side by side in one run:   npm run bench
// Ratios are against bare `node`; CPU times are of this process, the median of several rounds.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NODES } from '../../src/cluster/api/kinds.ts';
import { type BuiltWorld, buildWorld } from '../../src/scenarios/build.ts';
import { prepare, runStep } from '../conformance/player.ts';

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function cpu(work: () => void): number {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

function wall(command: string, args: readonly string[]): number {
  const begin = process.hrtime.bigint();
  spawnSync(command, args, { stdio: 'ignore' });
  return Number(process.hrtime.bigint() - begin) / 1e6;
}

function row(name: string, value: string, wanted: string): void {
  console.log(`${name.padEnd(58)} ${value.padStart(12)}   wanted ${wanted}`);
}

function coldStart(): void {
  const bundle = path.resolve('dist/kubetutor.js');
  if (!existsSync(bundle)) return console.log('no dist/: run `npm run build` first for the cold start');
  const folder = mkdtempSync(path.join(tmpdir(), 'kubetutor-bench-'));
  const script = path.join(folder, 'one.sh');
  writeFileSync(script, 'echo hello\n');
  const ratios: number[] = [];
  for (let round = 0; round < 7; round++) {
    const bare = wall(process.execPath, ['-e', '0']);
    ratios.push(wall(process.execPath, [bundle, 'run', script]) / bare);
  }
  rmSync(folder, { recursive: true, force: true });
  row('kubetutor run of one line, against bare node', `${median(ratios).toFixed(1)} x`, '5 x');
}

function boots(): void {
  for (const name of ['bare', 'default']) {
    buildWorld(name, 'warm-up');
    const times = [1, 2, 3, 4, 5].map((round) => cpu(() => void buildWorld(name, String(round))));
    row(`world ${name}: boot`, `${median(times).toFixed(0)} ms CPU`, '60 ms');
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

function replicas(count: number, wanted: string): void {
  const times: number[] = [];
  let ready = 0;
  let heap = 0;
  for (let round = 0; round < 3; round++) {
    const built = tenNodes();
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    times.push(
      cpu(() => {
        runStep(built, `kubectl create deployment web --image=nginx --replicas=${count}`, '/', '/root');
        built.world.loop.runUntil(built.world.now + 30_000);
      }),
    );
    ready =
      built.clusters[0]?.server.store
        .list('pods', 'default')
        .filter((pod) => JSON.stringify(pod).includes('"type":"Ready"')).length ?? 0;
    globalThis.gc?.();
    heap = (process.memoryUsage().heapUsed - before) / count / 1024;
  }
  row(`${count} replicas on 10 nodes to Ready (${ready} there)`, `${median(times).toFixed(0)} ms CPU`, wanted);
  if (globalThis.gc) row(`heap for each of ${count} Pods`, `${heap.toFixed(1)} kB`, '30 kB');
}

function gets(): void {
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

coldStart();
boots();
replicas(100, '150 ms');
replicas(1000, '2000 ms');
gets();
