/** `spec` and `replicas` to `spec.replicas`. An empty parent is the root. */
export function child(parent: string, ...names: string[]): string {
  return names.reduce((path, name) => (path === '' ? name : `${path}.${name}`), parent);
}

/** `spec.containers` and 0 to `spec.containers[0]`. */
export function index(parent: string, position: number): string {
  return `${parent}[${position}]`;
}

/** `metadata.labels` and `app` to `metadata.labels[app]`. */
export function key(parent: string, name: string): string {
  return `${parent}[${name}]`;
}
