import type { Machine } from '../../world/machine.ts';

/**
 * What a program of the world takes beside what its work is accounted for: memory in KiB, cpu in thousandths of a core.
 * Orders of size as such programs have on a small idle cluster.
 */
const PROGRAMS: Readonly<Record<string, { readonly memory: number; readonly cpu: number }>> = {
  'kube-apiserver': { memory: 262_144, cpu: 48 },
  etcd: { memory: 53_248, cpu: 22 },
  'kube-controller-manager': { memory: 66_560, cpu: 17 },
  'kube-scheduler': { memory: 31_744, cpu: 4 },
  'kube-proxy': { memory: 23_552, cpu: 1 },
  coredns: { memory: 15_360, cpu: 2 },
  'metrics-server': { memory: 20_480, cpu: 4 },
  'local-path-provisioner': { memory: 9_216, cpu: 1 },
  mysqld: { memory: 460_800, cpu: 7 },
  mariadbd: { memory: 92_160, cpu: 2 },
  postgres: { memory: 38_912, cpu: 2 },
  'redis-server': { memory: 4_096, cpu: 3 },
  nginx: { memory: 1_536, cpu: 0 },
  httpd: { memory: 6_144, cpu: 1 },
};
const SMALL = { memory: 620, cpu: 0 };

export interface Usage {
  /** Core-milliseconds since the machine was made. */
  readonly cpu: number;
  /** bytes */
  readonly memory: number;
}

/** What the processes of a container use. */
export function usageOf(machine: Machine): Usage {
  let cpu = machine.cores.used;
  let memory = 0;
  for (const process of machine.processes.values()) {
    if (process.machine !== machine || process.ended) continue;
    const name = (process.title ?? process.argv[0] ?? '').replace(/:$/, '').replace(/.*\//, '');
    const known = PROGRAMS[name] ?? SMALL;
    cpu += (known.cpu * (machine.world.now - process.startTime)) / 1000;
    memory += known.memory * 1024 + process.memory;
  }
  return { cpu, memory };
}
