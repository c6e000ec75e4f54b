import { encode } from '../bytes.ts';
import type { Machine } from '../machine.ts';
import type { Link } from '../network/link.ts';
import { type Inode, RegularFile } from './inode.ts';
import { ComputedDirectory } from './procfs.ts';

/** sysfs(5) of a machine, as far as people look there: its network interfaces. */
export class SysDirectory extends ComputedDirectory {
  constructor(machine: Machine) {
    super(machine.world.now, () => directories(machine, TREE));
  }
}

interface Tree {
  readonly [name: string]: Tree | ((machine: Machine) => Map<string, Inode>);
}

const TREE: Tree = {
  class: { net: interfaces },
  fs: { cgroup: {} },
  kernel: {},
};

function directories(machine: Machine, tree: Tree): Map<string, Inode> {
  const { now } = machine.world;
  const below = (name: string): (() => Map<string, Inode>) => {
    const part = tree[name] ?? {};
    return () => (typeof part === 'function' ? part(machine) : directories(machine, part));
  };
  return new Map(Object.keys(tree).map((name) => [name, new ComputedDirectory(now, below(name))]));
}

function interfaces(machine: Machine): Map<string, Inode> {
  const { now } = machine.world;
  const files = (link: Link) => (): Map<string, Inode> =>
    new Map(Object.entries(LINK_FILES).map(([name, make]) => [name, text(now, () => `${make(link)}\n`)]));
  return new Map(machine.network.links.map((link) => [link.name, new ComputedDirectory(now, files(link))]));
}

/** Linux: net/core/net-sysfs.c */
const LINK_FILES: Readonly<Record<string, (link: Link) => string>> = {
  address: ({ mac }) => mac,
  carrier: ({ up, carrier }) => (up && carrier ? '1' : '0'),
  ifindex: ({ index }) => String(index),
  iflink: ({ index, peer }) => String(peer?.index ?? index),
  mtu: ({ mtu }) => String(mtu),
  operstate: ({ kind, up, carrier }) => (kind === 'loopback' ? 'unknown' : up && carrier ? 'up' : 'down'),
  tx_queue_len: ({ queueLength }) => String(queueLength),
};

function text(now: number, make: () => string): RegularFile {
  const file = new RegularFile({ mode: 0o444, uid: 0, gid: 0, mtime: now });
  file.computed = () => encode(make());
  return file;
}
