import { AssociativeArray, IndexedArray } from './arrays.ts';
import { ShellError } from './control.ts';

export type VariableValue = string | IndexedArray | AssociativeArray | undefined;

export class Variable {
  value: VariableValue;
  exported = false;
  readonly = false;
  integer = false;
  lower = false;
  upper = false;
  nameref = false;
  /** Computes the value at each use: RANDOM and the like. */
  dynamic: { get(): string; set?(value: string): void } | undefined;

  constructor(value?: VariableValue) {
    this.value = value;
  }

  copy(): Variable {
    const copy = new Variable(typeof this.value === 'object' ? this.value.copy() : this.value);
    copy.exported = this.exported;
    copy.readonly = this.readonly;
    copy.integer = this.integer;
    copy.lower = this.lower;
    copy.upper = this.upper;
    copy.nameref = this.nameref;
    return copy;
  }

  /** `$x`: an array's element 0. */
  get text(): string | undefined {
    if (this.dynamic) return this.dynamic.get();
    if (this.value instanceof IndexedArray) return this.value.get(0);
    if (this.value instanceof AssociativeArray) return this.value.get('0');
    return this.value;
  }

  get isArray(): boolean {
    return typeof this.value === 'object';
  }

  /** Letters as `${x@a}` and `declare -p` show them. */
  get flags(): string {
    let flags = '';
    if (this.value instanceof IndexedArray) flags += 'a';
    if (this.value instanceof AssociativeArray) flags += 'A';
    if (this.integer) flags += 'i';
    if (this.nameref) flags += 'n';
    if (this.readonly) flags += 'r';
    if (this.exported) flags += 'x';
    if (this.lower) flags += 'l';
    if (this.upper) flags += 'u';
    return flags;
  }
}

const NAMEREF_DEPTH = 8;
export const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Characters that all variables of a shell may hold: a loop that doubles a variable must not eat the host's memory. */
export const MAX_VALUE = 4 * 1024 * 1024;
const MAX_TOTAL = 4 * MAX_VALUE;
/** Elements of one array. */
const MAX_ELEMENTS = 1_000_000;

/** The variables of a shell with bash's dynamic scopes. The last scope is the innermost function's. */
export class Variables {
  private scopes: Map<string, Variable>[] = [new Map()];

  /** Called after each change, with the variable's name: PATH empties the hash table and so on. */
  onChange: ((name: string) => void) | undefined;

  /** Arrays that are made anew at each use: PIPESTATUS, FUNCNAME … */
  readonly computed = new Map<string, () => IndexedArray>();

  /** Characters in all values, roughly. */
  private total = 0;

  /** Counts a value that changes its size. Raises ShellError when there is too much. */
  account(added: number, elements = 0): void {
    this.total = Math.max(0, this.total + added);
    if (this.total <= MAX_TOTAL && elements <= MAX_ELEMENTS) return;
    this.total = Math.max(0, this.total - added);
    throw new ShellError(`xrealloc: cannot allocate ${Math.max(this.total + added, elements * 16)} bytes`, 'shell', 2);
  }

  get depth(): number {
    return this.scopes.length - 1;
  }

  pushScope(): void {
    this.scopes.push(new Map());
  }

  /** Leaves scopes until `depth` are left above the global one. */
  popScopes(depth: number): void {
    while (this.depth > depth) {
      const gone = this.scopes.pop();
      if (gone) for (const name of gone.keys()) this.onChange?.(name);
    }
  }

  /** The variable itself, without following references. */
  raw(name: string): Variable | undefined {
    const compute = this.computed.get(name);
    if (compute) return new Variable(compute());
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const found = this.scopes[i]?.get(name);
      if (found) return found;
    }
    return undefined;
  }

  /** Follows `declare -n`. */
  resolveName(name: string): string {
    let at = name;
    for (let depth = 0; depth < NAMEREF_DEPTH; depth++) {
      const variable = this.raw(at);
      if (!variable?.nameref || typeof variable.value !== 'string' || variable.value === '') return at;
      at = variable.value;
    }
    return name;
  }

  find(name: string): Variable | undefined {
    const variable = this.raw(name);
    return variable?.nameref ? this.raw(this.resolveName(name)) : variable;
  }

  get(name: string): string | undefined {
    return this.find(name)?.text;
  }

  /** Assigns as `name=value` does: in the scope where it is, else globally. Raises ShellError for a read-only one. */
  set(name: string, value: string): Variable {
    const target = this.resolveName(name);
    const variable = this.raw(target) ?? this.create(target);
    this.assign(target, variable, value);
    return variable;
  }

  assign(name: string, variable: Variable, value: string): void {
    if (variable.readonly) throw new ShellError(`${name}: readonly variable`);
    if (value.length > MAX_VALUE) throw new ShellError(`xrealloc: cannot allocate ${value.length} bytes`, 'shell', 2);
    this.account(value.length - (typeof variable.value === 'string' ? variable.value.length : 0));
    const text = variable.lower ? value.toLowerCase() : variable.upper ? value.toUpperCase() : value;
    if (variable.dynamic) variable.dynamic.set?.(text);
    else if (variable.value instanceof IndexedArray) variable.value.set(0, text);
    else if (variable.value instanceof AssociativeArray) variable.value.set('0', text);
    else variable.value = text;
    this.onChange?.(name);
  }

  create(name: string, scope = 0): Variable {
    const variable = new Variable();
    this.scopes[scope]?.set(name, variable);
    return variable;
  }

  /** The variable to change by `declare`: local to the innermost function when `local`. */
  declare(name: string, local: boolean): Variable {
    const scope = this.scopes.at(-1);
    if (!local || !scope || this.scopes.length === 1) return this.raw(name) ?? this.create(name);
    const there = scope.get(name);
    if (there) return there;
    const variable = new Variable();
    // bash: a local inherits nothing but is exported when the outer one is.
    variable.exported = this.raw(name)?.exported ?? false;
    scope.set(name, variable);
    return variable;
  }

  isLocal(name: string): boolean {
    return this.scopes.length > 1 && (this.scopes.at(-1)?.has(name) ?? false);
  }

  unset(name: string): void {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const scope = this.scopes[i];
      const variable = scope?.get(name);
      if (!scope || !variable) continue;
      if (variable.readonly) throw new ShellError(`${name}: cannot unset: readonly variable`);
      if (typeof variable.value === 'string') this.account(-variable.value.length);
      else if (variable.value) this.account(-variable.value.characters);
      // A local stays local while its function runs, so that assigning again does not reach the outer one.
      if (i > 0 && i === this.scopes.length - 1) scope.set(name, new Variable());
      else scope.delete(name);
      this.onChange?.(name);
      return;
    }
  }

  /** A temporary, exported assignment (`X=1 command`). Gives how to take it back. */
  override(name: string, variable: Variable): () => void {
    const scope = this.scopes.at(-1) ?? new Map<string, Variable>();
    const before = scope.get(name);
    scope.set(name, variable);
    this.onChange?.(name);
    return () => {
      if (before) scope.set(name, before);
      else scope.delete(name);
      this.onChange?.(name);
    };
  }

  names(): string[] {
    const names = new Set<string>();
    for (const scope of this.scopes) for (const name of scope.keys()) names.add(name);
    return [...names].sort();
  }

  /** Names with a value. */
  setNames(): string[] {
    return this.names().filter((name) => {
      const variable = this.raw(name);
      return variable?.value !== undefined || variable?.dynamic !== undefined;
    });
  }

  environment(): Map<string, string> {
    const env = new Map<string, string>();
    for (const scope of this.scopes) {
      for (const [name, variable] of scope) {
        if (variable.exported && typeof variable.value === 'string') env.set(name, variable.value);
        else if (variable.exported && variable.dynamic) env.set(name, variable.dynamic.get());
        else if (!variable.exported) env.delete(name);
      }
    }
    return env;
  }

  /** A copy for a subshell; computed variables are left for the subshell to define. */
  copy(): Variables {
    const copy = new Variables();
    copy.total = this.total;
    copy.scopes = this.scopes.map((scope) => {
      const map = new Map<string, Variable>();
      for (const [name, variable] of scope) if (!variable.dynamic) map.set(name, variable.copy());
      return map;
    });
    return copy;
  }

  define(name: string, get: () => string, set?: (value: string) => void): Variable {
    const variable = new Variable();
    variable.dynamic = set ? { get, set } : { get };
    this.scopes[0]?.set(name, variable);
    return variable;
  }
}
