import type { PacketRule } from './rule.ts';

export type TableName = 'mangle' | 'filter' | 'nat';

/**
 * A chain: rules in order, kept in named sections so that the rules of one Service can be replaced without a look at
 * those of the others, and found by the destination that most of them ask for.
 */
export class Chain {
  private readonly sections = new Map<string, readonly PacketRule[]>();
  private readonly byDestination = new Map<string, Map<PacketRule, number>>();
  /** Rules without a single address as destination. */
  private readonly others = new Map<PacketRule, number>();
  private sequence = 0;
  private first = 0;
  /** Comes after all sections. */
  private last: readonly PacketRule[] = [];
  /** Answers of `candidates`, until the rules change. */
  private readonly found = new Map<string, readonly PacketRule[]>();

  constructor(
    readonly name: string,
    /** Called before each change. */
    private readonly onChange: () => void,
    /** Of built-in chains. */
    public policy?: 'ACCEPT' | 'DROP',
  ) {}

  /** False when the chain has none, or there is no such policy. */
  setPolicy(policy: string): boolean {
    if (this.policy === undefined || (policy !== 'ACCEPT' && policy !== 'DROP')) return false;
    this.onChange();
    this.policy = policy;
    return true;
  }

  get rules(): readonly PacketRule[] {
    return [...[...this.sections.values()].flat(), ...this.last];
  }

  /** Replaces the rules of a section; none takes it away. */
  set(section: string, rules: readonly PacketRule[]): void {
    this.forget(section);
    if (rules.length > 0) this.sections.set(section, rules);
    for (const rule of rules) this.bucket(rule, true).set(rule, this.sequence++);
  }

  /** The rules come before all others (`iptables -I`). */
  setFirst(section: string, rules: readonly PacketRule[]): void {
    this.forget(section);
    const others = [...this.sections];
    this.sections.clear();
    for (const [name, each] of [[section, rules] as const, ...others]) this.sections.set(name, each);
    this.first -= rules.length;
    rules.forEach((rule, index) => {
      this.bucket(rule, true).set(rule, this.first + index);
    });
  }

  private change(): void {
    this.found.clear();
    this.onChange();
  }

  private forget(section: string): void {
    this.change();
    for (const rule of this.sections.get(section) ?? []) this.bucket(rule).delete(rule);
    this.sections.delete(section);
  }

  setLast(rules: readonly PacketRule[]): void {
    this.change();
    this.last = rules;
  }

  section(name: string): readonly PacketRule[] {
    return this.sections.get(name) ?? [];
  }

  /** Takes the first such rule away; false when there is none. */
  remove(isIt: (rule: PacketRule, index: number) => boolean): boolean {
    const at = this.rules.findIndex(isIt);
    const rule = this.rules[at];
    if (!rule) return false;
    this.change();
    for (const [name, rules] of this.sections) {
      if (!rules.includes(rule)) continue;
      this.bucket(rule).delete(rule);
      this.sections.set(
        name,
        rules.filter((each) => each !== rule),
      );
    }
    this.last = this.last.filter((each) => each !== rule);
    return true;
  }

  clear(): void {
    this.change();
    this.sections.clear();
    this.byDestination.clear();
    this.others.clear();
    this.last = [];
  }

  /** The rules that may match a packet to `destination`, in order. */
  candidates(destination: string): readonly PacketRule[] {
    const exact = this.byDestination.get(destination);
    if (this.others.size === 0 && !exact) return this.last;
    const key = exact ? destination : '';
    let found = this.found.get(key);
    if (!found) {
      const rules = [...(exact ?? []), ...this.others].sort((a, b) => a[1] - b[1]).map(([rule]) => rule);
      found = [...rules, ...this.last];
      this.found.set(key, found);
    }
    return found;
  }

  private bucket(rule: PacketRule, make = false): Map<PacketRule, number> {
    const { destination } = rule;
    if (!destination || destination.negated || destination.address.includes('/')) return this.others;
    const bucket = this.byDestination.get(destination.address) ?? new Map<PacketRule, number>();
    if (make) this.byDestination.set(destination.address, bucket);
    return bucket;
  }
}

/** The packet filter of a machine: what `iptables` shows. */
export class PacketTables {
  /** Packets that no rule does anything about, as long as no rule changes: probes come by every second. */
  readonly passing = new Set<string>();
  private readonly onChange = () => this.passing.clear();
  private readonly tables: ReadonlyMap<TableName, Map<string, Chain>> = new Map([
    ['mangle', this.builtIn(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'])],
    ['filter', this.builtIn(['INPUT', 'FORWARD', 'OUTPUT'])],
    ['nat', this.builtIn(['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'])],
  ]);
  /** Lists of `-m recent`: the last time a sender was seen, ms. */
  readonly recent = new Map<string, Map<string, number>>();
  /** Tables that somebody made use of. */
  private readonly used = new Set<TableName>();

  get names(): readonly TableName[] {
    return [...this.tables.keys()].filter((name) => this.used.has(name));
  }

  table(name: TableName): ReadonlyMap<string, Chain> {
    return this.tables.get(name) ?? new Map();
  }

  find(table: TableName, chain: string): Chain | undefined {
    return this.tables.get(table)?.get(chain);
  }

  /** The chain, made when it is not there. */
  chain(table: TableName, name: string): Chain {
    this.used.add(table);
    const chains = this.tables.get(table);
    const chain = chains?.get(name) ?? new Chain(name, this.onChange);
    chains?.set(name, chain);
    return chain;
  }

  /** How many rules jump to a chain. */
  referencesTo(table: TableName, name: string): number {
    let count = 0;
    for (const chain of this.table(table).values())
      for (const { target } of chain.rules) if (target?.kind === 'jump' && target.chain === name) count++;
    return count;
  }

  /** Takes a chain away that is not built in, with what its rules remembered. */
  remove(table: TableName, name: string): void {
    const chains = this.tables.get(table);
    this.onChange();
    if (chains?.get(name)?.policy === undefined) chains?.delete(name);
    this.recent.delete(name);
  }

  private builtIn(names: readonly string[]): Map<string, Chain> {
    return new Map(names.map((name) => [name, new Chain(name, this.onChange, 'ACCEPT')]));
  }
}
