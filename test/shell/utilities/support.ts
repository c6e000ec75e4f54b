import { ash, bash, dash } from '../../../src/shell/index.ts';
import { makeUtilities, utilities } from '../../../src/shell/utilities/index.ts';
import { decode } from '../../../src/world/bytes.ts';
import { installProgram } from '../../../src/world/execute.ts';
import { Collector, TextInput } from '../../../src/world/files/devices.ts';
import { Device } from '../../../src/world/files/inode.ts';
import type { Machine } from '../../../src/world/machine.ts';
import type { OpenFile } from '../../../src/world/open-file.ts';
import { type Process, shellStatus } from '../../../src/world/process.ts';
import type { World } from '../../../src/world/world.ts';
import { makeWorld } from '../../world/support.ts';
import { FILES } from './files.mjs';

const ENV = new Map([
  ['PATH', '/usr/local/bin:/usr/bin:/bin'],
  ['LC_ALL', 'C.UTF-8'],
  ['TZ', 'UTC'],
  ['HOME', '/tmp/kt'],
]);

/** A machine with all utilities in /bin and /usr/bin and the files of the recordings in /tmp/kt. */
export function makeBox(dialect: 'gnu' | 'busybox' = 'gnu'): { world: World; machine: Machine } {
  const { world, machine } = makeWorld();
  world.programs.add(ash, bash, dash, ...utilities, ...makeUtilities('busybox'));
  const { files } = machine;
  for (const directory of ['/bin', '/usr/bin', '/tmp', '/dev', '/etc', '/tmp/kt']) files.makeDirectories(directory);
  const meta = { mode: 0o666, uid: 0, gid: 0, mtime: world.now };
  files.place('/dev/null', new Device(meta, 'null'));
  files.place('/dev/zero', new Device(meta, 'zero'));
  files.writeFile('/etc/passwd', 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n');
  files.writeFile('/etc/group', 'root:x:0:\nnogroup:x:65534:\n');
  installProgram(machine, '/bin/sh', 'dash');
  installProgram(machine, '/bin/bash', 'bash');
  installProgram(machine, '/bin/busybox', 'busybox');
  const dialectNames = new Set(makeUtilities('busybox').map(({ name }) => name));
  for (const { name } of utilities) {
    if (dialect === 'busybox' && !dialectNames.has(`busybox/${name}`)) continue;
    installProgram(machine, `/bin/${name}`, dialect === 'gnu' ? name : `busybox/${name}`);
    installProgram(machine, `/usr/bin/${name}`, dialect === 'gnu' ? name : `busybox/${name}`);
  }
  const time = Date.UTC(2026, 0, 1, 8, 30, 0);
  for (const [name, text] of Object.entries(FILES)) {
    const path = `/tmp/kt/${name}`;
    files.makeDirectories(path.slice(0, path.lastIndexOf('/')));
    files.writeFile(path, text);
    files.touch(path, time);
  }
  for (const directory of ['sub', 'sub/deep']) files.touch(`/tmp/kt/${directory}`, time);
  return { world, machine };
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | undefined;
  readonly process: Process;
}

/** Plays a one-liner, to its end or for `limit` ms of virtual time. */
export function play(machine: Machine, line: string, input = '', limit = 30_000): Outcome {
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  const files = new Map<number, OpenFile>([
    [0, new TextInput(input)],
    [1, new Collector((bytes) => out.push(bytes.slice()))],
    [2, new Collector((bytes) => err.push(bytes.slice()))],
  ]);
  const process = machine.spawn({ argv: ['bash', '-c', line], main: bash.main, files, env: ENV, cwd: '/tmp/kt' });
  const end = machine.world.now + limit;
  while (!process.ended && machine.world.loop.nextTime() !== undefined && (machine.world.loop.nextTime() ?? 0) <= end)
    machine.world.loop.step();
  return {
    stdout: decode(join(out)),
    stderr: decode(join(err)),
    status: process.ended ? shellStatus(process.ended) : undefined,
    process,
  };
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
