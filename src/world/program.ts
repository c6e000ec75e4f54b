import type { Main } from './process.ts';

/** Something that can be executed in the world. Files of a machine name it; the table finds it. */
export interface Program {
  readonly name: string;
  readonly main: Main;
}

/** All programs of a world by name. Adding one is one line where the world is composed. */
export class ProgramTable {
  private readonly programs = new Map<string, Program>();

  add(...programs: readonly Program[]): void {
    for (const program of programs) this.programs.set(program.name, program);
  }

  get(name: string): Program | undefined {
    return this.programs.get(name);
  }

  names(): string[] {
    return [...this.programs.keys()].sort();
  }
}
