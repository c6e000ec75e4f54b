import { at, isRecord } from '../../object.ts';

/** A container as plain data, with its name. */
export interface NamedContainer {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Init, ordinary and ephemeral containers, in this order. kubernetes: pod-security-admission/policy/visitor.go */
export function containersOf(spec: unknown): NamedContainer[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    records(at(spec, field)).map((fields) => ({ name: String(fields['name'] ?? ''), fields })),
  );
}

export function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** `"a", "b"` */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

export function plural(one: string, many: string, count: number): string {
  return count === 1 ? one : many;
}

/** `container "a"` or `containers "a", "b"` */
export function containersText(names: readonly string[]): string {
  return `${plural('container', 'containers', names.length)} ${quoted(names)}`;
}

/** `pod`, `container "a"`, or `pod and container "a"`. */
export function settersText(pod: boolean, names: readonly string[]): string {
  if (names.length === 0) return 'pod';
  return pod ? `pod and ${containersText(names)}` : containersText(names);
}
