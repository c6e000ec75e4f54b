import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';

/** A named entry of a kubeconfig: its fields as they stand in the file, and which file that is. */
export interface Entry {
  readonly fields: JsonObject;
  /** Absolute path of the file; empty for what came from flags. */
  readonly origin: string;
}

/** One kubeconfig, or several merged. client-go: tools/clientcmd/api */
export interface Kubeconfig {
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly currentContext: string;
}

export type Section = 'clusters' | 'users' | 'contexts';

/** Name of the inner object of an entry in each section. */
export const INNER: Readonly<Record<Section, string>> = { clusters: 'cluster', users: 'user', contexts: 'context' };

export const EMPTY_CONFIG: Kubeconfig = {
  clusters: new Map(),
  users: new Map(),
  contexts: new Map(),
  currentContext: '',
};

/** A text field; empty when it is absent. */
export function textField(entry: Entry | undefined, name: string): string {
  const value = entry?.fields[name];
  return typeof value === 'string' ? value : '';
}

export function flagField(entry: Entry | undefined, name: string): boolean {
  return entry?.fields[name] === true;
}
