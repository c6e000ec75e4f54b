interface Candidate {
  readonly name: string;
  readonly weight: number;
  deadline: number;
}

/** Weighted round robin by the earliest deadline. traefik: pkg/server/service/loadbalancer/wrr/wrr.go */
export class Balancer {
  private candidates: Candidate[] = [];
  private current = 0;

  /** Takes over a new list; those that were there keep their turn. Weights of 0 are never chosen. */
  update(entries: readonly { readonly name: string; readonly weight: number }[]): void {
    const able = entries.filter(({ weight }) => weight > 0);
    const same =
      able.length === this.candidates.length &&
      able.every(({ name, weight }) => this.candidates.some((one) => one.name === name && one.weight === weight));
    if (same) return;
    this.candidates = able.map(({ name, weight }) => ({ name, weight, deadline: this.current + 1 / weight }));
  }

  /** The name of the next one; undefined when there is none. */
  next(): string | undefined {
    let best: Candidate | undefined;
    for (const candidate of this.candidates) if (!best || candidate.deadline < best.deadline) best = candidate;
    if (!best) return undefined;
    this.current = best.deadline;
    best.deadline += 1 / best.weight;
    return best.name;
  }
}
