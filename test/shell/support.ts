import { ash, bash, dash, sh as posixShell } from '../../src/shell/index.ts';
import { utilities } from '../../src/shell/utilities/index.ts';
import { decode } from '../../src/world/bytes.ts';
import { installProgram } from '../../src/world/execute.ts';
import { Collector, TextInput } from '../../src/world/files/devices.ts';
import { Device, Directory } from '../../src/world/files/inode.ts';
import type { Machine } from '../../src/world/machine.ts';
import { shellStatus } from '../../src/world/process.ts';
import { World } from '../../src/world/world.ts';

export const START = Date.UTC(2026, 0, 1, 9, 0, 0);

export interface Result {
  stdout: string;
  stderr: string;
  exit: number;
}

/** A machine with a shell, the utilities and a few files. */
export function makeShellWorld(seed = 'test'): { world: World; machine: Machine } {
  const world = new World({ seed, startTime: START });
  const machine = world.addMachine({ hostname: 'box' });
  world.programs.add(bash, ash, dash, posixShell, ...utilities);
  const { files } = machine;
  const meta = { mode: 0o755, uid: 0, gid: 0, mtime: START };
  for (const path of ['/bin', '/usr', '/usr/bin', '/etc', '/root', '/tmp', '/dev', '/home', '/home/user']) {
    files.place(path, new Directory({ ...meta, mode: path === '/tmp' ? 0o1777 : path === '/root' ? 0o700 : 0o755 }));
  }
  for (const device of ['null', 'zero', 'full', 'tty'] as const) {
    files.place(`/dev/${device}`, new Device({ ...meta, mode: 0o666 }, device));
  }
  files.place('/dev/stdin', new Device({ ...meta, mode: 0o666 }, 'stdio', 0, 0));
  files.place('/dev/stdout', new Device({ ...meta, mode: 0o666 }, 'stdio', 0, 1));
  files.place('/dev/stderr', new Device({ ...meta, mode: 0o666 }, 'stdio', 0, 2));
  files.writeFile('/etc/passwd', 'root:x:0:0:root:/root:/bin/bash\nuser:x:1000:1000::/home/user:/bin/bash\n');
  files.writeFile('/etc/group', 'root:x:0:\nuser:x:1000:\n');
  for (const folder of ['/usr/bin', '/bin']) {
    for (const program of utilities) installProgram(machine, `${folder}/${program.name}`, program.name);
  }
  installProgram(machine, '/bin/bash', 'bash');
  installProgram(machine, '/bin/ash', 'ash');
  installProgram(machine, '/bin/dash', 'dash');
  installProgram(machine, '/bin/sh', 'dash');
  return { world, machine };
}

export const ENVIRONMENT = new Map([
  ['PATH', '/usr/bin:/bin'],
  ['HOME', '/root'],
  ['LANG', 'C.UTF-8'],
]);

/** Runs a command in a machine for at most `limit` ms of virtual time. */
export function runIn(
  machine: Machine,
  argv: readonly string[],
  { stdin = '', cwd = '/tmp', limit = 60_000, program = 'bash' } = {},
): Result {
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  const found = machine.world.programs.get(program);
  if (!found) throw new Error(`no program ${program}`);
  const process = machine.spawn({
    argv,
    main: found.main,
    env: ENVIRONMENT,
    cwd,
    files: new Map<number, Collector | TextInput>([
      [0, new TextInput(stdin)],
      [1, new Collector((bytes) => out.push(bytes.slice()))],
      [2, new Collector((bytes) => err.push(bytes.slice()))],
    ]),
  });
  machine.world.loop.runUntil(machine.world.now + limit);
  return {
    stdout: decode(Uint8Array.from(out.flatMap((bytes) => [...bytes]))),
    stderr: decode(Uint8Array.from(err.flatMap((bytes) => [...bytes]))),
    exit: process.ended ? shellStatus(process.ended) : -1,
  };
}

/** `bash -c TEXT` in a fresh world. A fault of the world fails the test. @public for tests to come */
export function sh(text: string, options: { stdin?: string; limit?: number; args?: readonly string[] } = {}): Result {
  const { world, machine } = makeShellWorld();
  const result = runIn(machine, ['bash', '-c', text, ...(options.args ?? [])], options);
  const [fault] = world.faults;
  if (fault) throw fault.error;
  return result;
}
