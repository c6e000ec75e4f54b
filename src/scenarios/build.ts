import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from '../kubectl/kubectl.ts';
import { programs } from '../programs/index.ts';
import { resolveName } from '../programs/net/resolve.ts';
import { ash, bash, dash, sh } from '../shell/index.ts';
import { makeUtilities, utilities } from '../shell/utilities/index.ts';
import type { Machine } from '../world/machine.ts';
import { World } from '../world/world.ts';
import { addInternet } from './internet/internet.ts';
import type { Learner } from './workstation.ts';
import { buildBare } from './worlds/bare.ts';
import { buildDefault } from './worlds/default.ts';
import { buildDesktop } from './worlds/desktop.ts';
import { buildCrio, buildKubeadm, buildWithoutCni } from './worlds/kubeadm.ts';

/** Every world begins on the same morning. ms since 1970. */
export const START_TIME = Date.UTC(2026, 8, 1, 9, 0, 0);

/** A world with the things in it that others must know of. */
export interface BuiltWorld {
  readonly world: World;
  readonly workstation: Machine;
  readonly learner: Learner;
  /** The first is the one the workstation's kubectl talks to. */
  readonly clusters: readonly Cluster[];
  /** What a cloud account holds beside what it began with, and what it has cost, US dollars. */
  readonly account?: {
    items(): readonly {
      readonly kind: string;
      readonly id: string;
      readonly region: string;
      readonly hourly: number;
    }[];
    total(): number;
  };
}

type Builder = (world: World) => BuiltWorld;

const PROGRAMS = [...utilities, ...makeUtilities('busybox'), ash, bash, dash, sh, kubectl, ...programs];

/** The built-in worlds: one line each. */
const WORLDS: Record<string, Builder> = {
  bare: buildBare,
  kubeadm: buildKubeadm,
  default: buildDefault,
  crio: buildCrio,
  desktop: buildDesktop,
  'no-cni': buildWithoutCni,
};

/** Worlds whose code is large: whoever builds one first loads it and calls `addWorld`. */
const LOADED_WORLDS = ['aws'];

export function worldNames(): string[] {
  return [...new Set([...Object.keys(WORLDS), ...LOADED_WORLDS])];
}

export function addWorld(name: string, build: Builder): void {
  WORLDS[name] = build;
}

/** Raises RangeError for a world that is not known. */
export function buildWorld(name: string, seed: string): BuiltWorld {
  const build = WORLDS[name];
  if (!build)
    throw new RangeError(`${LOADED_WORLDS.includes(name) ? 'world is not loaded' : 'unknown world'}: ${name}`);
  const world = new World({ seed, startTime: START_TIME });
  world.programs.add(...PROGRAMS);
  world.network.resolver = resolveName;
  addInternet(world);
  return build(world);
}
