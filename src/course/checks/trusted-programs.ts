import { decode } from '../../world/bytes.ts';
import { DEFAULT_PATH, programOf } from '../../world/execute.ts';
import { RegularFile } from '../../world/files/inode.ts';
import type { Machine } from '../../world/machine.ts';
import { type Check, scriptOf } from '../lesson/lesson.ts';
import type { BuiltWorld } from '../world-source.ts';

/** Of a script that is a command, so much tells it from another. */
const SCRIPT_LENGTH = 100_000;

/**
 * The programs that check scripts name, as they were before the learner had a hand in it. Whoever is root on the
 * workstation may put another `kubectl` before the real one, or another bash; a script would believe it.
 */
export class TrustedPrograms {
  /** By machine and name: what ran then. */
  private readonly known = new Map<string, string>();

  constructor(
    private readonly built: BuiltWorld,
    checks: readonly Check[],
  ) {
    for (const check of checks) {
      const script = scriptOf(check);
      if (script === undefined) continue;
      const machine = this.machineOf(check.bash?.machine);
      for (const name of machine ? this.namesIn(script) : []) {
        const found = machine && this.resolve(machine, name);
        if (found) this.known.set(`${machine.hostname} ${name}`, found.what);
      }
    }
  }

  /** Path of a program of the script that is not what it was; undefined when all are. */
  replaced(script: string, machineName: string | undefined): string | undefined {
    const machine = this.machineOf(machineName);
    for (const name of machine ? this.namesIn(script) : []) {
      const before = machine && this.known.get(`${machine.hostname} ${name}`);
      if (!machine || before === undefined) continue;
      const now = this.resolve(machine, name);
      if (now && now.what !== before) return now.path;
    }
    return undefined;
  }

  private machineOf(name: string | undefined): Machine | undefined {
    return name === undefined ? this.built.workstation : this.built.world.machines.get(name);
  }

  /** Every word that may be a command, and the shell itself. */
  private namesIn(script: string): ReadonlySet<string> {
    return new Set([this.built.learner.shell, ...(script.match(/[A-Za-z0-9_][\w.+-]*/g) ?? [])]);
  }

  private resolve(machine: Machine, name: string): { path: string; what: string } | undefined {
    const directories = (this.built.learner.env.get('PATH') ?? DEFAULT_PATH).split(':');
    const paths = name.startsWith('/') ? [name] : directories.map((directory) => `${directory}/${name}`);
    for (const path of paths) {
      const inode = machine.files.tryStat(path);
      if (!(inode instanceof RegularFile) || (inode.mode & 0o111) === 0) continue;
      return { path, what: programOf(inode) ?? `script ${decode(inode.content.subarray(0, SCRIPT_LENGTH))}` };
    }
    return undefined;
  }
}
