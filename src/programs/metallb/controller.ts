import type { Client } from '../../cluster/api/client.ts';
import { SERVICES } from '../../cluster/api/kinds.ts';
import { keyOf, type Stored } from '../../cluster/api/object.ts';
import type { Service } from '../../cluster/api/types.generated.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { EventRecorder } from '../../cluster/controllers/event-recorder.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { untilSignal } from '../servers/support.ts';
import { follow } from './follow.ts';
import { addressesOf, FROM_POOL, IP_ADDRESS_POOLS, listIfServed, poolHas } from './pools.ts';

const POOL = 'metallb.io/address-pool';
const WANTED = 'metallb.io/loadBalancerIPs';

/** MetalLB's controller: gives Services of type LoadBalancer addresses of its pools. metallb: controller/service.go */
export function metallbControllerProgram(cluster: Cluster): Program {
  return {
    name: 'images/metallb-controller',
    *main(process) {
      const client = cluster.client(
        'system:serviceaccount:metallb-system:controller',
        ['system:masters'],
        'controller',
      );
      yield* process.print(`{"caller":"main.go:288","level":"info","msg":"MetalLB controller starting"}\n`);
      const allocator = new Allocator(process, client);
      const stop = follow(process, client, () => allocator.run());
      try {
        yield* untilSignal(process);
        return 0;
      } finally {
        stop();
      }
    },
  };
}

class Allocator {
  private readonly recorder: EventRecorder;
  /** What was last said about a Service that has to wait. */
  private readonly failed = new Map<string, string>();

  constructor(
    process: Process,
    private readonly client: Client,
  ) {
    this.recorder = new EventRecorder(client, process.machine.world, 'metallb-controller', '');
  }

  run(): void {
    const services = this.client.list(SERVICES);
    const used = new Set<string>();
    for (const service of services) for (const ip of assigned(service)) used.add(ip);
    for (const service of services) this.converge(service, used);
  }

  private converge(service: Stored<Service>, used: Set<string>): void {
    const { spec, metadata } = service;
    const pool = metadata.annotations?.[FROM_POOL];
    if (spec?.type !== 'LoadBalancer') {
      if (pool !== undefined) this.write(service, undefined, undefined);
      return;
    }
    // Who names a class waits for the implementation of that class.
    if (spec.loadBalancerClass !== undefined || metadata.deletionTimestamp) return;
    const [current] = assigned(service);
    const pools = listIfServed(this.client, IP_ADDRESS_POOLS);
    const wanted = (metadata.annotations?.[WANTED] ?? spec.loadBalancerIP ?? '').split(',')[0] ?? '';
    const named = metadata.annotations?.[POOL];
    const kept = current !== undefined && pools.some((one) => poolHas(one, current));
    if (kept && (wanted === '' || wanted === current)) return;
    const candidates = pools.filter((one) => (named ? one.metadata.name === named : one.spec?.autoAssign !== false));
    for (const one of wanted === '' ? candidates : pools) {
      for (const address of wanted === '' ? addressesOf(one) : poolHas(one, wanted) ? [wanted] : []) {
        if (used.has(address)) continue;
        used.add(address);
        this.write(service, address, one.metadata.name);
        this.recorder.event(service, 'Normal', 'IPAllocated', `Assigned IP ["${address}"]`);
        return;
      }
    }
    this.refuse(service, named, wanted, pools.length);
  }

  private refuse(service: Stored<Service>, pool: string | undefined, wanted: string, pools: number): void {
    const key = keyOf(service);
    const why =
      wanted !== ''
        ? `["${wanted}"] is not allowed in config`
        : pool !== undefined
          ? `no available IPs in pool "${pool}"`
          : 'no available IPs';
    if (pools === 0 || this.failed.get(key) === why) return;
    this.failed.set(key, why);
    this.recorder.event(service, 'Warning', 'AllocationFailed', `Failed to allocate IP for "${key}": ${why}`);
  }

  private write(service: Stored<Service>, address: string | undefined, pool: string | undefined): void {
    const { namespace = '', name } = service.metadata;
    this.client.modify(SERVICES, namespace, name, (old) => {
      const { [FROM_POOL]: _, ...annotations } = old.metadata.annotations ?? {};
      return {
        ...old,
        metadata: {
          ...old.metadata,
          annotations: pool === undefined ? annotations : { ...annotations, [FROM_POOL]: pool },
        },
      };
    });
    const ingress = address === undefined ? {} : { ingress: [{ ip: address, ipMode: 'VIP' }] };
    this.client.modify(
      SERVICES,
      namespace,
      name,
      (old) => ({ ...old, status: { ...old.status, loadBalancer: ingress } }),
      'status',
    );
  }
}

/** Addresses that a Service has. */
export function assigned({ status }: Service): string[] {
  return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
}
