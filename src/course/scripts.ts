import { decode } from '../world/bytes.ts';
import { Errno } from '../world/errno.ts';
import { resolveExecutable } from '../world/execute.ts';
import { Collector, TextInput } from '../world/files/devices.ts';
import type { Machine } from '../world/machine.ts';
import type { OpenFile } from '../world/open-file.ts';
import { type Process, type ProcessStatus, shellStatus } from '../world/process.ts';
import { anyOf, type Task, wait } from '../world/task.ts';
import type { BuiltWorld } from './world-source.ts';

/** Virtual ms that the processes of a script may compute, and how often that is looked at: an endless loop is told long before its time is over. */
const MAX_CPU = 60_000;
const LOOK_PERIOD = 5000;
/** Bytes of a script's output that are kept. */
const MAX_OUTPUT = 1_000_000;

export interface ScriptOutcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Ended from outside: for the time that was over, or because it computed without end. */
  readonly timedOut: boolean;
  /** Virtual s that it was given, of time or of computing. */
  readonly given: number;
}

export interface ShellOptions {
  readonly argv: readonly string[];
  readonly files: ReadonlyMap<number, OpenFile>;
  readonly parent?: Process;
  /** Another machine than the workstation: root's shell there. */
  readonly machine?: Machine;
}

/** Starts bash as the learner would, in a session of its own and without a terminal. Raises Errno when the machine has no bash. */
export function startBash(built: BuiltWorld, options: ShellOptions): Process {
  const { learner, workstation } = built;
  const machine = options.machine ?? workstation;
  const mine = machine === workstation;
  const credentials = mine ? learner.credentials : { uid: 0, gid: 0, groups: [0] };
  const home = mine ? learner.home : '/root';
  const bash = resolveExecutable(machine, learner.shell, options.argv, credentials);
  const env = mine
    ? learner.env
    : new Map([
        ['HOME', home],
        ['USER', 'root'],
        ['PATH', learner.env.get('PATH') ?? '/usr/bin:/bin'],
      ]);
  return machine.spawn({
    argv: bash.argv,
    main: bash.main,
    files: options.files,
    credentials,
    env,
    cwd: machine.files.exists(home) ? home : '/',
    session: { tty: undefined },
    ...(options.parent && mine ? { parent: options.parent } : {}),
  });
}

/** Runs a bash script beside whatever else happens, and gives what it said. Takes virtual time, at most `limit` ms. */
export function* runScript(
  process: Process,
  built: BuiltWorld,
  script: string,
  limit: number,
  machineName?: string,
  onStart?: (child: Process) => void,
): Task<ScriptOutcome> {
  const stdout = new Capture();
  const stderr = new Capture();
  const machine = machineName === undefined ? built.workstation : built.world.machines.get(machineName);
  if (!machine) return { exit: 127, stdout: '', stderr: `no machine ${machineName}`, timedOut: false, given: 0 };
  let child: Process;
  try {
    child = startBash(built, {
      argv: ['bash', '-c', script],
      files: new Map<number, OpenFile>([
        [0, new TextInput('')],
        [1, stdout.file],
        [2, stderr.file],
      ]),
      parent: process,
      machine,
    });
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return { exit: 126, stdout: '', stderr: error.message, timedOut: false, given: 0 };
  }
  onStart?.(child);
  const deadline = process.now + limit;
  let computes = false;
  while (!child.ended && process.now < deadline && !computes) {
    yield* wait(anyOf(child.stateChange, process.timer(Math.min(LOOK_PERIOD, deadline - process.now))));
    computes = cpuOf(machine, child) > MAX_CPU;
  }
  const timedOut = !child.ended;
  if (timedOut) machine.signalGroup(child.group, 'KILL');
  const status: ProcessStatus = child.takeStatus(false) ?? child.ended ?? { kind: 'killed', signal: 'KILL' };
  return {
    exit: shellStatus(status),
    stdout: stdout.text,
    stderr: stderr.text,
    timedOut,
    given: (computes ? MAX_CPU : limit) / 1000,
  };
}

/** Virtual ms that a shell and what it has started have computed, as far as they live. */
function cpuOf(machine: Machine, shell: Process): number {
  let sum = 0;
  for (const process of machine.processes.values()) if (process.session === shell.session) sum += process.cpuTime;
  return sum;
}

/** Keeps what is written, up to a bound. */
class Capture {
  private readonly chunks: Uint8Array[] = [];
  private size = 0;
  readonly file = new Collector((bytes) => {
    if (this.size > MAX_OUTPUT) return;
    this.size += bytes.length;
    this.chunks.push(bytes.slice());
  });

  get text(): string {
    return this.chunks.map(decode).join('');
  }
}
