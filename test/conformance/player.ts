import { type BuiltWorld, buildWorld } from '../../src/scenarios/build.ts';
import { decode } from '../../src/world/bytes.ts';
import { resolveExecutable } from '../../src/world/execute.ts';
import { Collector, DeviceFile } from '../../src/world/files/devices.ts';
import type { OpenFile } from '../../src/world/open-file.ts';
import { shellStatus } from '../../src/world/process.ts';

export interface Scenario {
  readonly title?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly steps: readonly (
    | string
    | { readonly run?: string; readonly settle?: boolean; readonly unstable?: boolean }
  )[];
}

export interface RecordedStep {
  run?: string;
  settle?: boolean;
  exit?: number | string;
  stdout?: string;
  stderr?: string;
}

/** The world that the recordings of a folder are played in: those of a whole cluster in a whole cluster. */
export function worldOf(folder: string): 'kubeadm' | 'bare' {
  return folder.startsWith('live-') || folder === 'own-ingress' ? 'kubeadm' : 'bare';
}

/** As in the recordings: a step is given up after 25 s. ms of virtual time. */
const STEP_LIMIT = 25_000;
const QUIET = 2500;
const SETTLE_LIMIT = 40_000;
/** Between two steps, ms. */
const PAUSE = 15;

/** Makes the places that steps run in. */
export function prepare({ workstation, learner }: BuiltWorld): { folder: string; home: string } {
  const folder = '/work/ws';
  const home = '/work/home';
  workstation.files.makeDirectories(folder);
  workstation.files.makeDirectories(home);
  workstation.files.writeFile('/work/admin.conf', workstation.files.readText(`${learner.home}/.kube/config`));
  return { folder, home };
}

/** Plays a scenario in a fresh world, as oracle.mjs plays it on real Kubernetes. */
export function play(
  worldName: string,
  scenario: Scenario,
  seed = 'conformance',
): { steps: RecordedStep[]; built: BuiltWorld } {
  const built = buildWorld(worldName, seed);
  const { folder, home } = prepare(built);
  const { workstation, world } = built;
  // The recorded cluster had no way out: its router neither resolved names nor answered Pods.
  workstation.network.answersNeighbours = false;
  for (const [name, text] of Object.entries(scenario.files ?? {})) {
    const path = `${folder}/${name}`;
    workstation.files.makeDirectories(path.slice(0, path.lastIndexOf('/')));
    workstation.files.writeFile(path, text);
  }
  const steps: RecordedStep[] = [];
  for (const step of scenario.steps) {
    if (step === 'settle' || (typeof step !== 'string' && step.settle)) {
      settle(built);
      steps.push({ settle: true });
      continue;
    }
    const run = typeof step === 'string' ? step : (step.run ?? '');
    steps.push({ run, ...runStep(built, run, folder, home) });
    world.loop.runUntil(world.now + PAUSE);
  }
  return { steps, built };
}

export function runStep(built: BuiltWorld, text: string, folder: string, home: string): RecordedStep {
  const { workstation, world } = built;
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  const files = new Map<number, OpenFile>([
    [0, new DeviceFile('null')],
    [1, new Collector((bytes) => out.push(bytes.slice()))],
    [2, new Collector((bytes) => err.push(bytes.slice()))],
  ]);
  const env = new Map([
    ['PATH', '/usr/bin:/bin:/usr/sbin:/sbin'],
    ['HOME', home],
    ['KUBECONFIG', '/work/admin.conf'],
    ['TERM', 'dumb'],
    ['LANG', 'C.UTF-8'],
  ]);
  const root = { uid: 0, gid: 0, groups: [0] };
  const argv = ['bash', '-c', text];
  const { main } = resolveExecutable(workstation, '/usr/bin/bash', argv, root);
  const process = workstation.spawn({
    argv,
    main,
    env,
    files,
    cwd: folder,
    credentials: root,
    session: { tty: undefined },
  });
  const deadline = world.now + STEP_LIMIT;
  while (!process.ended) {
    const next = world.loop.nextTime();
    if (next === undefined || next > deadline) break;
    world.loop.step();
  }
  let exit: number | string;
  if (process.ended) exit = shellStatus(process.ended);
  else {
    world.loop.runUntil(deadline);
    for (const other of [...workstation.processes.values()]) if (other.session === process.pid) other.signal('TERM');
    exit = 'signal SIGTERM';
  }
  const stderr = err.map(decode).join('');
  return { exit, stdout: out.map(decode).join(''), ...(stderr === '' ? {} : { stderr }) };
}

/** Lets time pass until the cluster has been quiet for 2.5 s. */
function settle({ world, clusters }: BuiltWorld): void {
  const [cluster] = clusters;
  if (!cluster) return;
  const started = world.now;
  let last = cluster.server.store.quietRevision;
  let since = world.now;
  while (world.now - started < SETTLE_LIMIT && world.now - since < QUIET) {
    world.loop.runUntil(world.now + 250);
    const now = cluster.server.store.quietRevision;
    if (now === last) continue;
    last = now;
    since = world.now;
  }
}
