import { Channel } from '../../world/task.ts';
import { StatusError } from '../apimachinery/errors.ts';
import type { Stored } from './object.ts';
import type { Selection } from './options.ts';
import { type Resource, tableName } from './resource.ts';
import type { Store, StoreEvent } from './store.ts';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

export interface WatchOptions {
  readonly namespace: string;
  readonly selection: Selection;
  /** Whether an object is part of what is watched. */
  readonly selects: (object: Stored) => boolean;
  /** Events after this revision; undefined or 0 begins with what is there now. */
  readonly resourceVersion: number | undefined;
  /** What is sent for an object: itself, or a Table. */
  readonly present: (object: Stored) => unknown;
}

function expired(wanted: number, current: number): StatusError {
  return StatusError.expired(`too old resource version: ${wanted} (${current})`);
}

/** Starts a watch: a stream of WatchEvents that goes on until the reader closes it. */
export function watch(store: Store, resource: Resource, options: WatchOptions): Channel<unknown> {
  const name = tableName(resource);
  const events = new Channel<unknown>();
  const send = (type: WatchEvent['type'], object: Stored) => events.push({ type, object: options.present(object) });
  const inScope = (object: Stored) =>
    (options.namespace === '' || object.metadata.namespace === options.namespace) && options.selects(object);
  const pass = (event: StoreEvent) => {
    // An object that begins or ceases to be selected appears or disappears.
    const is = event.type !== 'DELETED' && inScope(event.object);
    const was = event.old !== undefined && inScope(event.old);
    if (is && was) send('MODIFIED', event.object);
    else if (is) send('ADDED', event.object);
    else if (was) send('DELETED', event.object);
  };
  if (options.resourceVersion) {
    const past = store.since(name, options.resourceVersion);
    if (!past) {
      events.push({ type: 'ERROR', object: expired(options.resourceVersion, store.revision).toStatus() });
      events.end();
      return events;
    }
    for (const event of past) pass(event);
  } else for (const object of store.list(name, options.namespace)) if (options.selects(object)) send('ADDED', object);
  const stop = store.subscribe(name, pass);
  events.onClose = stop;
  return events;
}
