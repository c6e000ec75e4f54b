import type { Main } from './process.ts';

/** Something that can be executed in the world. Files of a machine name it; the table finds it. */
export interface Program {
  readonly name: string;
  readonly main: Main;
}

/**
 * Programs by name. Those of the world are one table, and adding one is one line where the world is composed; machines
 * of a cluster have one of their own over it, with what belongs to their cluster alone.
 */
export class ProgramTable {
  private readonly programs = new Map<string, Program>();

  private version = 0;
  private sorted: { readonly stamp: number; readonly names: readonly string[] } | undefined;

  constructor(private readonly below?: ProgramTable) {}

  add(...programs: readonly Program[]): void {
    for (const program of programs) this.programs.set(program.name, program);
    this.version++;
  }

  get(name: string): Program | undefined {
    return this.programs.get(name) ?? this.below?.get(name);
  }

  /** All of them, sorted; the same array until one is added. */
  names(): readonly string[] {
    const stamp = this.stamp;
    if (this.sorted?.stamp !== stamp)
      this.sorted = { stamp, names: [...new Set([...(this.below?.names() ?? []), ...this.programs.keys()])].sort() };
    return this.sorted.names;
  }

  /** Grows with every addition, here or below. */
  private get stamp(): number {
    return this.version + (this.below?.stamp ?? 0);
  }
}
