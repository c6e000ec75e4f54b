import type { JsonObject } from '../../../cluster/apimachinery/json-value.ts';
import type { Task } from '../../../world/task.ts';
import type { Client } from '../../client.ts';
import type { DescribeWriter } from './writer.ts';

/** What a describer works with. */
export interface Description {
  readonly out: DescribeWriter;
  readonly object: JsonObject;
  readonly client: Client;
  /** ms since the epoch. */
  readonly now: number;
}

/** Writes all but the events of one object. */
export interface Describer {
  readonly write: (description: Description) => Task<void>;
  /** The kind that events name; none: events are not shown. */
  readonly events: boolean;
}

/** A describer that asks the server nothing. */
export function plain(write: (out: DescribeWriter, object: JsonObject, now: number) => void, events = true): Describer {
  return {
    events,
    *write({ out, object, now }) {
      write(out, object, now);
    },
  };
}
