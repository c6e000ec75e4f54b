import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Client } from '../../cluster/api/client.ts';
import { ENDPOINT_SLICES, PODS, SERVICES } from '../../cluster/api/kinds.ts';
import type { Stored } from '../../cluster/api/object.ts';
import type { Service } from '../../cluster/api/types.generated.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { EventRecorder } from '../../cluster/controllers/event-recorder.ts';
import { encode } from '../../world/bytes.ts';
import type { Link } from '../../world/network/link.ts';
import type { Process } from '../../world/process.ts';
import type { Program } from '../../world/program.ts';
import { untilSignal } from '../servers/support.ts';
import { assigned } from './controller.ts';
import { follow } from './follow.ts';
import { FROM_POOL, IP_ADDRESS_POOLS, L2_ADVERTISEMENTS, listIfServed, poolHas } from './pools.ts';

/** MetalLB's speaker of a node in layer 2 mode: one node answers for each address. metallb: speaker/layer2_controller.go */
export function metallbSpeakerProgram(cluster: Cluster): Program {
  return {
    name: 'images/metallb-speaker',
    *main(process) {
      const client = cluster.client('system:serviceaccount:metallb-system:speaker', ['system:masters'], 'speaker');
      yield* process.print(`{"caller":"main.go:115","level":"info","msg":"MetalLB speaker starting"}\n`);
      const speaker = new Speaker(process, client);
      const stop = follow(process, client, () => speaker.run());
      try {
        yield* untilSignal(process);
        return 0;
      } finally {
        stop();
        speaker.withdraw();
      }
    },
  };
}

class Speaker {
  private readonly announced = new Set<string>();
  private readonly recorder: EventRecorder;
  private readonly node: string;
  private readonly link: Link | undefined;

  constructor(
    process: Process,
    private readonly client: Client,
  ) {
    this.node = process.env.get('METALLB_NODE_NAME') ?? process.machine.hostname;
    this.link = process.machine.network.link('eth0');
    this.recorder = new EventRecorder(client, process.machine.world, 'metallb-speaker', this.node);
  }

  run(): void {
    const wanted = new Map<string, Stored<Service>>();
    for (const service of this.client.list(SERVICES))
      for (const address of assigned(service))
        if (this.advertised(service, address) && this.chosen(service, address)) wanted.set(address, service);
    for (const address of this.announced) if (!wanted.has(address)) this.silence(address);
    for (const [address, service] of wanted) {
      if (this.announced.has(address)) continue;
      this.announced.add(address);
      if (this.link) this.link.segment?.owners.set(address, this.link);
      const text = `announcing from node "${this.node}" with protocol "layer2"`;
      this.recorder.event(service, 'Normal', 'nodeAssigned', text);
    }
  }

  withdraw(): void {
    for (const address of [...this.announced]) this.silence(address);
  }

  private silence(address: string): void {
    this.announced.delete(address);
    const owners = this.link?.segment?.owners;
    if (owners?.get(address) === this.link) owners?.delete(address);
  }

  /** Whether an L2Advertisement is for the pool of the address. */
  private advertised(service: Stored<Service>, address: string): boolean {
    const named = service.metadata.annotations?.[FROM_POOL];
    const pool = listIfServed(this.client, IP_ADDRESS_POOLS).find((one) => one.metadata.name === named);
    if (!pool || !poolHas(pool, address)) return false;
    return listIfServed(this.client, L2_ADVERTISEMENTS).some(({ spec }) => {
      const pools = spec?.ipAddressPools ?? [];
      return pools.length === 0 || pools.includes(pool.metadata.name);
    });
  }

  /** All speakers choose the same node without talking: the first by a hash of node and address. */
  private chosen(service: Stored<Service>, address: string): boolean {
    const nodes = new Set<string>();
    for (const pod of this.client.list(PODS, 'metallb-system')) {
      const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
      if (pod.metadata.labels?.['component'] === 'speaker' && ready && pod.spec?.nodeName) nodes.add(pod.spec.nodeName);
    }
    const usable = this.endpointNodes(service);
    const local = service.spec?.externalTrafficPolicy === 'Local';
    if (usable.size === 0) return false;
    const candidates = [...nodes].filter((node) => !local || usable.has(node));
    const [first] = candidates.sort((a, b) => (hash(`${a}#${address}`) < hash(`${b}#${address}`) ? -1 : 1));
    return first === this.node;
  }

  /** Nodes with endpoints that answer. */
  private endpointNodes({ metadata }: Stored<Service>): Set<string> {
    const nodes = new Set<string>();
    for (const slice of this.client.list(ENDPOINT_SLICES, metadata.namespace)) {
      if (slice.metadata.labels?.['kubernetes.io/service-name'] !== metadata.name) continue;
      for (const { conditions, nodeName } of slice.endpoints ?? [])
        if (conditions?.ready !== false) nodes.add(nodeName ?? '');
    }
    return nodes;
  }
}

function hash(text: string): string {
  return bytesToHex(sha256(encode(text)));
}
