import type { Stored } from '../object.ts';

/** The class that is marked as default by `annotation`: the newest, and of those of one second the first by name. kubernetes: pkg/volume/util/storageclass.go GetDefaultClass */
export function newestDefault(classes: readonly Stored[], annotation: string): Stored | undefined {
  return classes.filter(({ metadata }) => metadata.annotations?.[annotation] === 'true').sort(newestFirst)[0];
}

function newestFirst({ metadata: a }: Stored, { metadata: b }: Stored): number {
  if (a.creationTimestamp !== b.creationTimestamp) return a.creationTimestamp > b.creationTimestamp ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
