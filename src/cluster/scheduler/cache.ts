import type { Client } from '../api/client.ts';
import { NAMESPACES } from '../api/kinds.ts';
import { keyOf, type Stored } from '../api/object.ts';
import type { Node, Pod } from '../api/types.generated.ts';
import { isPodTerminal } from '../controllers/pods.ts';
import { NodeInfo } from './node-info.ts';
import { PodCounts } from './pod-counts.ts';
import { type AffinityTerm, podInfo } from './pod-info.ts';

/** Terms of Pods that run, each with how many Pods on each node have it. */
export type TermCounts = Map<string, { readonly term: AffinityTerm; readonly perNode: Map<string, number> }>;

/** Nodes and the Pods on them, with all the sums that filters and scores need. kubernetes: pkg/scheduler/backend/cache */
export class Cache {
  readonly nodes = new Map<string, NodeInfo>();
  readonly counts: PodCounts;
  readonly antiAffinity: TermCounts = new Map();
  readonly affinity: TermCounts = new Map();
  readonly preferredAffinity: TermCounts = new Map();
  readonly preferredAntiAffinity: TermCounts = new Map();
  /** Pods whose node is not known (yet). */
  private readonly strays = new Map<string, Stored<Pod>>();

  constructor(private readonly client: Client) {
    this.counts = new PodCounts(() => this.pods());
  }

  setNode(node: Stored<Node>): void {
    const { name } = node.metadata;
    const pods = this.nodes.get(name)?.pods.values() ?? [];
    const info = new NodeInfo(node, pods);
    for (const [key, pod] of this.strays) {
      if (pod.spec?.nodeName !== name) continue;
      info.add(pod);
      this.strays.delete(key);
    }
    this.nodes.set(name, info);
  }

  removeNode(name: string): void {
    const info = this.nodes.get(name);
    this.nodes.delete(name);
    for (const [key, pod] of info?.pods ?? []) this.strays.set(key, pod);
  }

  /** A Pod that runs on a node appeared or changed. */
  setPod(pod: Stored<Pod>): void {
    const old = this.find(pod);
    if (old) this.drop(old);
    if (isPodTerminal(pod)) return;
    const node = this.nodes.get(pod.spec?.nodeName ?? '');
    if (node) node.add(pod);
    else this.strays.set(keyOf(pod), pod);
    this.counts.add(pod);
    this.countTerms(pod, 1);
  }

  removePod(pod: Stored<Pod>): void {
    const old = this.find(pod);
    if (old) this.drop(old);
  }

  has(pod: Stored<Pod>): boolean {
    return this.find(pod) !== undefined;
  }

  /** Whether a term of one Pod's affinity is about another Pod. */
  termMatches(term: AffinityTerm, pod: Stored<Pod>): boolean {
    return this.inScope(term, pod.metadata.namespace ?? '') && term.selector.matches(pod.metadata.labels);
  }

  /** How many Pods that a term is about run on each node. */
  matchingTerm(term: AffinityTerm): ReadonlyMap<string, number> {
    return this.counts.ask(`term ${term.key}`, (pod) => this.termMatches(term, pod));
  }

  private inScope(term: AffinityTerm, namespace: string): boolean {
    if (term.namespaces.has(namespace)) return true;
    if (!term.namespaceSelector) return false;
    return term.namespaceSelector.matches(this.client.get(NAMESPACES, '', namespace)?.metadata.labels);
  }

  private find(pod: Stored<Pod>): Stored<Pod> | undefined {
    const key = keyOf(pod);
    return this.nodes.get(pod.spec?.nodeName ?? '')?.pods.get(key) ?? this.strays.get(key);
  }

  private drop(pod: Stored<Pod>): void {
    this.nodes.get(pod.spec?.nodeName ?? '')?.remove(pod);
    this.strays.delete(keyOf(pod));
    this.counts.remove(pod);
    this.countTerms(pod, -1);
  }

  private countTerms(pod: Stored<Pod>, by: number): void {
    const info = podInfo(pod);
    const node = pod.spec?.nodeName ?? '';
    countEach(this.affinity, info.affinity, node, by);
    countEach(this.antiAffinity, info.antiAffinity, node, by);
    countEach(this.preferredAffinity, info.preferredAffinity, node, by);
    countEach(this.preferredAntiAffinity, info.preferredAntiAffinity, node, by);
  }

  private *pods(): Iterable<Stored<Pod>> {
    for (const node of this.nodes.values()) yield* node.pods.values();
    yield* this.strays.values();
  }
}

function countEach(counts: TermCounts, terms: readonly AffinityTerm[], node: string, by: number): void {
  for (const term of terms) {
    let entry = counts.get(term.key);
    if (!entry) {
      entry = { term, perNode: new Map() };
      counts.set(term.key, entry);
    }
    const left = (entry.perNode.get(node) ?? 0) + by;
    if (left > 0) entry.perNode.set(node, left);
    else entry.perNode.delete(node);
    if (entry.perNode.size === 0) counts.delete(term.key);
  }
}
