import type {
  AccessQuestion,
  BuiltWorld,
  ClusterView,
  KubeObject,
  ObjectChange,
  WorldSource,
} from '../../src/course/world-source.ts';
import { UnknownWorld } from '../../src/course/world-source.ts';
import { decode } from '../../src/world/bytes.ts';
import { findInPath, installProgram, resolveExecutable } from '../../src/world/execute.ts';
import type { Process } from '../../src/world/process.ts';
import { shellStatus } from '../../src/world/process.ts';
import type { Task } from '../../src/world/task.ts';
import { World } from '../../src/world/world.ts';

const START = Date.UTC(2026, 0, 5, 9, 0, 0);

/** A cluster that is a map, changed by the program `put`. */
export class FakeCluster implements ClusterView {
  readonly name = 'fake';
  readonly objects = new Map<string, KubeObject>();
  private readonly listeners = new Set<(change: ObjectChange) => void>();

  get(kind: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.objects.get(`${kind}/${namespace ?? ''}/${name}`);
  }

  list(kind: string, namespace?: string, selector?: string): readonly KubeObject[] {
    const wanted = (selector ?? '').split(',').filter(Boolean);
    return [...this.objects.values()].filter(
      (object) =>
        object.kind === kind &&
        (namespace === undefined || object.metadata.namespace === namespace) &&
        wanted.every((pair) => object.metadata.labels?.[pair.split('=')[0] ?? ''] === pair.split('=')[1]),
    );
  }

  events(object: KubeObject): readonly KubeObject[] {
    return this.list('Event').filter(
      (event) => (event['involvedObject'] as KubeObject['metadata'])?.name === object.metadata.name,
    );
  }

  may(question: AccessQuestion): boolean {
    return question.user === 'admin';
  }

  onChange(_kind: string, listener: (change: ObjectChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  put(object: KubeObject): void {
    const key = `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const type = this.objects.has(key) ? 'MODIFIED' : 'ADDED';
    this.objects.set(key, object);
    for (const listener of this.listeners) listener({ type, object });
  }

  remove(kind: string, namespace: string, name: string): void {
    const object = this.get(kind, namespace, name);
    this.objects.delete(`${kind}/${namespace}/${name}`);
    if (object) for (const listener of this.listeners) listener({ type: 'DELETED', object });
  }
}

/** A Pod, ready or not, with label app=NAME's first part. */
export function pod(name: string, ready = true): KubeObject {
  return {
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: name.split('-')[0] ?? name } },
    spec: { replicas: 1 },
    status: { phase: ready ? 'Running' : 'Pending', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

/** One machine with a small shell: echo, sleep, write FILE WORD..., pod NAME [unready], rmpod NAME, uuid, hang, exit N, and programs. */
export const fakeSource: WorldSource = {
  names: () => ['fake'],
  build(name: string, seed: string): BuiltWorld {
    if (name !== 'fake') throw new UnknownWorld(name);
    const world = new World({ seed, startTime: START });
    const machine = world.addMachine({ hostname: 'box' });
    const cluster = new FakeCluster();
    world.parts.push({ name: 'cluster', describe: () => [...cluster.objects] });
    machine.files.makeDirectories('/bin');
    machine.files.makeDirectories('/root');
    world.programs.add({ name: 'bash', main: (process) => shell(process, cluster) });
    world.programs.add({
      name: 'sleep',
      main: function* (process) {
        yield* process.sleep(Number(process.argv[1]) * 1000);
        return 0;
      },
    });
    installProgram(machine, '/bin/bash', 'bash');
    installProgram(machine, '/bin/sleep', 'sleep');
    return {
      world,
      workstation: machine,
      clusters: [cluster],
      learner: {
        credentials: { uid: 0, gid: 0, groups: [0] },
        home: '/root',
        shell: '/bin/bash',
        env: new Map([
          ['HOME', '/root'],
          ['PATH', '/usr/local/bin:/bin'],
        ]),
      },
    };
  },
};

function* shell(process: Process, cluster: FakeCluster): Task<number> {
  if (process.argv[1] === '-c') {
    let status = 0;
    for (const line of (process.argv[2] ?? '').split('\n')) status = yield* runLine(process, cluster, line);
    return status;
  }
  process.onSignal('INT', { handle: () => {}, interrupt: false });
  for (;;) {
    yield* process.print('$ ');
    const bytes = yield* process.read(0);
    if (bytes.length === 0) return 0;
    yield* runLine(process, cluster, decode(bytes).trim());
  }
}

function* runLine(process: Process, cluster: FakeCluster, line: string): Task<number> {
  const [name = '', ...args] = line.trim().split(/\s+/);
  yield* process.cpu(0.3);
  if (name === '' || name.startsWith('#')) return 0;
  if (name === 'echo') yield* process.print(`${args.join(' ')}\n`);
  else if (name === 'exit') process.exit(Number(args[0]));
  else if (name === 'uuid') yield* process.print(`${process.machine.world.random.uid()}\n`);
  else if (name === 'write') process.machine.files.writeFile(args[0] ?? '', `${args.slice(1).join(' ')}\n`);
  else if (name === 'pod') cluster.put(pod(args[0] ?? '', args[1] !== 'unready'));
  else if (name === 'hang') for (;;) yield* process.cpu(0.3);
  else if (name === 'rmpod') cluster.remove('Pod', 'default', args[0] ?? '');
  else return yield* runProgram(process, [name, ...args]);
  return 0;
}

function* runProgram(process: Process, argv: string[]): Task<number> {
  const path = findInPath(process, argv[0] ?? '');
  if (path === undefined) {
    yield* process.printError(`${argv[0]}: command not found\n`);
    return 127;
  }
  const { main } = resolveExecutable(process.machine, path, argv, process.credentials);
  const terminal = process.tty;
  const child = process.spawn({ argv, main, ...(terminal ? { group: 'own' } : {}) });
  if (terminal) terminal.foreground = child.group;
  const status = shellStatus(yield* process.waitFor(child));
  if (terminal) terminal.foreground = process.group;
  return status;
}
