import { fullscreenPrograms } from '../../../src/programs/fullscreen/index.ts';
import { installProgram } from '../../../src/world/execute.ts';
import type { Machine } from '../../../src/world/machine.ts';
import { TestTerminal } from '../../shell/terminal.ts';

/** A shell on a terminal of 60 by 12, with the full-screen programs and files in /tmp. */
export function fullscreenTerminal(files: Readonly<Record<string, string>> = {}): TestTerminal {
  return new TestTerminal(60, 12, {}, (machine: Machine) => {
    machine.world.programs.add(...fullscreenPrograms);
    for (const program of fullscreenPrograms) installProgram(machine, `/usr/bin/${program.name}`, program.name);
    for (const [name, text] of Object.entries(files)) machine.files.writeFile(`/tmp/${name}`, text);
  });
}
