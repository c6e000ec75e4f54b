import { decode } from './bytes.ts';
import { Errno } from './errno.ts';
import { Collector, DeviceFile } from './files/devices.ts';
import type { Machine } from './machine.ts';
import type { OpenFile } from './open-file.ts';
import type { Main, Process } from './process.ts';
import type { Task } from './task.ts';

export interface UnitOptions {
  /** `kubelet.service` */
  readonly name: string;
  readonly description: string;
  readonly argv: readonly string[];
  /** What its files make of the command line at each start, where those count. */
  readonly command?: () => readonly string[];
  readonly main: Main;
  /** Path of the unit file. */
  readonly path: string;
  readonly dropIns?: readonly string[];
  readonly documentation?: string;
  /** ms until a service that ended by itself starts again; undefined for never. */
  readonly restartDelay?: number;
}

export interface JournalEntry {
  /** ms */
  readonly time: number;
  /** `kubelet`, `systemd` */
  readonly identifier: string;
  readonly pid: number;
  readonly message: string;
}

export type UnitState = 'active' | 'inactive' | 'failed' | 'activating' | 'deactivating';

const MAX_JOURNAL = 2000;
/** systemd.exec(5): the program of the unit could not be run. */
const EXIT_EXEC = 203;

function* notThere(): Task<number> {
  return EXIT_EXEC;
}

/** A service of a machine, as systemd sees it. */
export class Unit {
  state: UnitState = 'inactive';
  enabled = true;
  /** When the state last changed, ms. */
  since = 0;
  process: Process | undefined;
  restarts = 0;
  lastStatus: Process['ended'];
  readonly journal: JournalEntry[] = [];

  constructor(
    private readonly machine: Machine,
    readonly options: UnitOptions,
  ) {}

  get name(): string {
    return this.options.name;
  }

  /** Where a link to /dev/null keeps anybody from starting it. systemd: src/shared/install.c unit_file_mask */
  get maskPath(): string {
    return `/etc/systemd/system/${this.name}`;
  }

  get masked(): boolean {
    try {
      return this.machine.files.readLink(this.maskPath) === '/dev/null';
    } catch (error) {
      if (error instanceof Errno) return false;
      throw error;
    }
  }

  /** The command line that it was started with last, or would be. */
  get argv(): readonly string[] {
    return this.process?.argv ?? this.options.command?.() ?? this.options.argv;
  }

  start(): void {
    if (this.masked) return;
    if (this.process && !this.process.ended) return;
    const { machine, options } = this;
    const argv = options.command?.() ?? options.argv;
    const [executable = ''] = argv;
    this.log('systemd', 1, `Started ${options.name} - ${options.description}.`);
    let rest = '';
    const output = new Collector((bytes) => {
      const lines = (rest + decode(bytes)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.log(options.argv[0]?.split('/').at(-1) ?? '', this.process?.pid ?? 0, line);
    });
    const files = new Map<number, OpenFile>([
      [0, new DeviceFile('null')],
      [1, output],
      [2, output],
    ]);
    const found = options.command === undefined || machine.files.exists(executable);
    const main = found ? options.main : notThere;
    const process = machine.spawn({ argv, main, files, session: { tty: undefined } });
    if (!found) {
      const why = `${executable}: No such file or directory`;
      this.log(
        `(${executable.split('/').at(-1)})`,
        process.pid,
        `${this.name}: Unable to locate executable '${executable}': No such file or directory`,
      );
      this.log(`(${executable.split('/').at(-1)})`, process.pid, `${this.name}: Failed at step EXEC spawning ${why}`);
    }
    this.process = process;
    this.enter('active');
    const listener = (ended: Process) => {
      if (ended !== process) return;
      machine.endListeners.delete(listener);
      this.ended(process);
    };
    machine.endListeners.add(listener);
  }

  stop(): void {
    const { process } = this;
    if (!process || process.ended) {
      this.enter('inactive');
      return;
    }
    this.log('systemd', 1, `Stopping ${this.name} - ${this.options.description}...`);
    this.state = 'deactivating';
    process.signal('TERM');
    if (!process.ended) this.machine.world.loop.after(90_000, () => process.destroy());
  }

  log(identifier: string, pid: number, message: string): void {
    this.journal.push({ time: this.machine.world.now, identifier, pid, message });
    if (this.journal.length > MAX_JOURNAL) this.journal.splice(0, MAX_JOURNAL / 4);
  }

  private ended(process: Process): void {
    this.lastStatus = process.ended;
    const wanted = this.state === 'deactivating';
    const clean = process.ended?.kind === 'exited' && process.ended.code === 0;
    if (clean && !wanted) this.log('systemd', 1, `${this.name}: Deactivated successfully.`);
    if (wanted || (clean && this.options.restartDelay === undefined)) {
      this.log('systemd', 1, `${this.name}: Deactivated successfully.`);
      this.log('systemd', 1, `Stopped ${this.name} - ${this.options.description}.`);
      this.enter('inactive');
      return;
    }
    const code =
      process.ended?.kind === 'exited'
        ? `code=exited, status=${process.ended.code}/${process.ended.code === EXIT_EXEC ? 'EXEC' : 'FAILURE'}`
        : `code=killed, status=9/KILL`;
    if (!clean) {
      this.log('systemd', 1, `${this.name}: Main process exited, ${code}`);
      const result = process.ended?.kind === 'exited' ? 'exit-code' : 'signal';
      this.log('systemd', 1, `${this.name}: Failed with result '${result}'.`);
    }
    const delay = this.options.restartDelay;
    if (delay === undefined) return this.enter('failed');
    this.enter('activating');
    this.machine.world.loop.after(delay, () => {
      if (this.state !== 'activating') return;
      this.restarts++;
      this.log('systemd', 1, `${this.name}: Scheduled restart job, restart counter is at ${this.restarts}.`);
      this.start();
    });
  }

  private enter(state: UnitState): void {
    this.state = state;
    this.since = this.machine.world.now;
  }
}

/** The services of a machine: what systemctl and journalctl look at. */
export class Units {
  private readonly units = new Map<string, Unit>();

  constructor(private readonly machine: Machine) {}

  add(options: UnitOptions): Unit {
    const unit = new Unit(this.machine, options);
    this.units.set(options.name, unit);
    return unit;
  }

  /** By `kubelet` or `kubelet.service`. */
  find(name: string): Unit | undefined {
    return this.units.get(name) ?? this.units.get(`${name}.service`);
  }

  all(): Unit[] {
    return [...this.units.values()];
  }
}
