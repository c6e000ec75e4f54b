import { describeWorld, digest } from './describe.ts';
import { EventLoop } from './loop.ts';
import { Machine, type MachineOptions } from './machine.ts';
import { Network } from './network/network.ts';
import type { Process } from './process.ts';
import { ProgramTable } from './program.ts';
import { Random } from './random.ts';

export interface WorldOptions {
  readonly seed: string;
  /** Virtual time at the start, ms since 1970. */
  readonly startTime: number;
}

/** Part of a world that describes itself for `World.describe`: a cluster, a cloud account. */
export interface Describable {
  readonly name: string;
  /** Plain data, in a fixed order. */
  describe(): unknown;
}

/** A simulated data centre. It changes by inputs only; the same seed and inputs give the same world. */
export class World {
  readonly loop: EventLoop;
  readonly random: Random;
  readonly network: Network;
  readonly programs = new ProgramTable();
  readonly machines = new Map<string, Machine>();
  readonly parts: Describable[] = [];
  /** Programs of the world that failed by a fault of ours, for the log of the host; never shown to learners as success. */
  readonly faults: { readonly time: number; readonly program: string; readonly error: unknown }[] = [];

  constructor(readonly options: WorldOptions) {
    this.loop = new EventLoop(options.startTime);
    this.random = new Random(options.seed);
    this.network = new Network(this.random, () => this.loop.now);
  }

  get now(): number {
    return this.loop.now;
  }

  /** A computer with a name in the data centre. Containers are made with `new Machine` instead. */
  addMachine(options: MachineOptions): Machine {
    const machine = new Machine(this, options);
    this.machines.set(options.hostname, machine);
    return machine;
  }

  /** A program ended by an exception that is not part of the world. */
  onFault(process: Process, error: unknown): void {
    this.faults.push({ time: this.now, program: process.argv.join(' '), error });
  }

  /** The whole state as plain data. */
  describe(): unknown {
    return describeWorld(this);
  }

  /** A digest of `describe()`: equal for equal worlds. */
  hash(): string {
    return digest(this.describe());
  }
}
