import { keyOf, type Stored } from '../api/object.ts';
import type { Node, Pod } from '../api/types.generated.ts';
import { type HostPort, podInfo, portsConflict } from './pod-info.ts';
import { type Amounts, add, amountsOf } from './resources.ts';

/** A node with the sums of the Pods on it. kubernetes: pkg/scheduler/framework/types.go NodeInfo */
export class NodeInfo {
  readonly pods = new Map<string, Stored<Pod>>();
  readonly requested: Amounts = new Map();
  readonly nonZeroRequested: Amounts = new Map();
  readonly ports = new Map<string, readonly HostPort[]>();
  /** Sizes in bytes of the images that the node has, by name with tag. */
  readonly images: ReadonlyMap<string, number>;
  readonly allocatable: Amounts;

  constructor(
    readonly node: Stored<Node>,
    pods: Iterable<Stored<Pod>> = [],
  ) {
    this.allocatable = amountsOf(node.status?.allocatable);
    this.images = new Map(
      (node.status?.images ?? []).flatMap((image) => (image.names ?? []).map((name) => [name, image.sizeBytes ?? 0])),
    );
    for (const pod of pods) this.add(pod);
  }

  get name(): string {
    return this.node.metadata.name;
  }

  get labels(): { readonly [key: string]: string } {
    return this.node.metadata.labels ?? {};
  }

  add(pod: Stored<Pod>): void {
    const key = keyOf(pod);
    const info = podInfo(pod);
    this.pods.set(key, pod);
    add(this.requested, info.requests);
    add(this.nonZeroRequested, info.nonZeroRequests);
    if (info.ports.length > 0) this.ports.set(key, info.ports);
  }

  remove(pod: Stored<Pod>): void {
    const key = keyOf(pod);
    const known = this.pods.get(key);
    if (!known) return;
    const info = podInfo(known);
    this.pods.delete(key);
    add(this.requested, info.requests, -1);
    add(this.nonZeroRequested, info.nonZeroRequests, -1);
    this.ports.delete(key);
  }

  /** A copy to try things on. */
  clone(): NodeInfo {
    return new NodeInfo(this.node, this.pods.values());
  }

  takesPort(port: HostPort): boolean {
    for (const ports of this.ports.values()) if (ports.some((taken) => portsConflict(taken, port))) return true;
    return false;
  }
}
