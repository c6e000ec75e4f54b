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

  constructor(private readonly below?: ProgramTable) {}

  add(...programs: readonly Program[]): void {
    for (const program of programs) this.programs.set(program.name, program);
  }

  get(name: string): Program | undefined {
    return this.programs.get(name) ?? this.below?.get(name);
  }

  names(): string[] {
    return [...new Set([...(this.below?.names() ?? []), ...this.programs.keys()])].sort();
  }
}
