import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encode } from './bytes.ts';
import { Device, Directory, type Inode, RegularFile, Symlink } from './files/inode.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

/** The whole state of a world as plain data, in a fixed order. */
export function describeWorld(world: World): unknown {
  return {
    time: world.now,
    events: world.loop.count,
    random: world.random.describe(),
    machines: [...world.machines.values()].map(describeMachine),
    parts: world.parts.map((part) => [part.name, part.describe()]),
  };
}

export function describeMachine(machine: Machine): unknown {
  return {
    hostname: machine.hostname,
    processes: [...machine.processes.values()].map((process) => [
      process.pid,
      process.parent?.pid ?? 0,
      process.argv,
      process.cwd,
      process.credentials.uid,
      process.ended ?? process.stopped ?? 'running',
      [...process.env],
    ]),
    addresses: [...machine.network.addresses],
    listeners: machine.network.all.map((listener) => [listener.protocol, listener.address, listener.port]),
    files: describeTree(machine.files.root),
  };
}

function describeTree(inode: Inode): unknown {
  const meta = [inode.kind, inode.mode, inode.uid, inode.gid, inode.mtime];
  if (inode instanceof Directory) {
    if (inode.untouched) return [...meta, 'image'];
    const names = [...inode.entries.keys()].sort();
    return [...meta, names.map((name) => [name, describeTree(inode.entries.get(name) ?? inode)])];
  }
  if (inode instanceof Symlink) return [...meta, inode.target];
  if (inode instanceof Device) return [...meta, inode.device];
  if (inode instanceof RegularFile) {
    return [...meta, inode.program ?? (inode.computed || inode.lazy || inode.shared ? '' : digestBytes(inode.content))];
  }
  return meta;
}

/** SHA-256 of plain data in hexadecimal. */
export function digest(value: unknown): string {
  return digestBytes(encode(JSON.stringify(value)));
}

export function digestBytes(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}
