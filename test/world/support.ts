import { decode } from '../../src/world/bytes.ts';
import { Collector } from '../../src/world/files/devices.ts';
import type { Machine } from '../../src/world/machine.ts';
import type { Main, Process } from '../../src/world/process.ts';
import { World } from '../../src/world/world.ts';

export const START = Date.UTC(2026, 0, 1, 9, 0, 0);

export function makeWorld(seed = 'test'): { world: World; machine: Machine } {
  const world = new World({ seed, startTime: START });
  return { world, machine: world.addMachine({ hostname: 'box' }) };
}

/** Runs `main` to its end (or for `limit` ms of virtual time) and gives what it wrote. */
export function run(machine: Machine, main: Main, limit = 60_000): { process: Process; out: string; err: string } {
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  const files = new Map([
    [1, new Collector((bytes) => out.push(bytes))],
    [2, new Collector((bytes) => err.push(bytes))],
  ]);
  const process = machine.spawn({ argv: ['test'], main, files });
  machine.world.loop.runUntil(machine.world.now + limit);
  return { process, out: out.map(decode).join(''), err: err.map(decode).join('') };
}
