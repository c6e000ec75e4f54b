import type { World } from '../../world/world.ts';
import { ApiUnreachable, type Client } from '../api/client.ts';
import { EVENTS } from '../api/kinds.ts';
import { type ApiObject, keyOf, splitKey } from '../api/object.ts';
import { StatusError } from '../apimachinery/errors.ts';
import { toSeconds } from '../apimachinery/time.ts';

/** client-go: this many different messages of one kind in ten minutes become one event with a combined message. */
const MAX_SIMILAR = 10;
const SIMILAR_INTERVAL = 600_000;
/** client-go: events of one source about one object, warnings and others apart: a burst of 25, then one in 300 s. */
const BURST = 25;
const REFILL = 300_000;
/** What client-go's caches of events hold. */
const CACHE = 4096;

interface Seen {
  readonly key: string;
  count: number;
}

interface Similar {
  readonly messages: Set<string>;
  last: number;
}

/** Records core/v1 Events, with client-go's counting, aggregation and spam filter. kubernetes: client-go/tools/record */
export class EventRecorder {
  private readonly seen = new Map<string, Seen>();
  private readonly similar = new Map<string, Similar>();
  private sequence = 0;
  private readonly tokens = new Map<string, { left: number; time: number }>();

  constructor(
    private readonly client: Client,
    private readonly world: World,
    private readonly component: string,
    private readonly host: string,
  ) {}

  /** `fieldPath` names a part of the object: `spec.containers{web}`. */
  event(about: ApiObject, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath = ''): void {
    const { metadata } = about;
    if (!this.client.available || !metadata) return;
    const subject = `${about.kind}/${metadata.namespace ?? ''}/${metadata.name}/${metadata.uid}`;
    // All parts of an object count together. kubernetes: events_cache.go EventAggregatorByReasonFunc
    const aggregate = `${subject}/${type}/${reason}`;
    const combined = this.isOneOfMany(aggregate, message);
    const text = combined ? `(combined from similar events): ${message}` : message;
    if (!this.mayPass(`${subject}/${type}`)) return;
    const identity = combined ? aggregate : `${aggregate}/${fieldPath}/${text}`;
    const seen = this.seen.get(identity);
    if (seen && this.countUp(seen, text)) return;
    this.create(about, type, reason, text, fieldPath, identity);
  }

  /** Whether so many messages of this kind came that they are combined. */
  private isOneOfMany(key: string, message: string): boolean {
    const now = this.world.now;
    let similar = this.similar.get(key);
    if (!similar || now - similar.last > SIMILAR_INTERVAL) {
      similar = { messages: new Set(), last: now };
      remember(this.similar, key, similar);
    }
    similar.last = now;
    similar.messages.add(message);
    if (similar.messages.size < MAX_SIMILAR) return false;
    for (const oldest of similar.messages) {
      similar.messages.delete(oldest);
      break;
    }
    return true;
  }

  private mayPass(subject: string): boolean {
    const now = this.world.now;
    let bucket = this.tokens.get(subject);
    if (!bucket) {
      bucket = { left: BURST, time: now };
      remember(this.tokens, subject, bucket);
    }
    bucket.left = Math.min(BURST, bucket.left + (now - bucket.time) / REFILL);
    bucket.time = now;
    if (bucket.left < 1) return false;
    bucket.left--;
    return true;
  }

  private countUp(seen: Seen, message: string): boolean {
    const { namespace, name } = splitKey(seen.key);
    if (!this.client.get(EVENTS, namespace, name)) return false;
    seen.count++;
    this.client.modify(EVENTS, namespace, name, (old) => ({
      ...old,
      message,
      count: seen.count,
      lastTimestamp: toSeconds(this.world.now),
    }));
    return true;
  }

  private create(
    about: ApiObject,
    type: string,
    reason: string,
    message: string,
    fieldPath: string,
    identity: string,
  ): void {
    const metadata = about.metadata ?? {};
    const namespace = metadata.namespace || 'default';
    const time = toSeconds(this.world.now);
    const event = writeUnlessTerminating(() =>
      this.client.create(EVENTS, namespace, {
        // kubernetes: the object's name and the time in nanoseconds, in hexadecimal
        metadata: { name: `${metadata.name}.${nanoseconds(this.world, this.sequence++)}`, namespace },
        involvedObject: {
          kind: about.kind,
          namespace: metadata.namespace,
          name: metadata.name,
          uid: metadata.uid,
          apiVersion: about.apiVersion,
          resourceVersion: metadata.resourceVersion,
          fieldPath: fieldPath === '' ? undefined : fieldPath,
        },
        reason,
        message,
        source: { component: this.component, host: this.host === '' ? undefined : this.host },
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
        type,
        reportingComponent: this.component,
        reportingInstance: this.host,
      }),
    );
    if (event) remember(this.seen, identity, { key: keyOf(event), count: 1 });
  }
}

/** The time in nanoseconds, in hexadecimal: the end of an Event's name. What comes later sorts later. */
export function nanoseconds(world: World, sequence: number): string {
  const within = (sequence % 1000) * 1000 + world.random.integer(1000);
  return (BigInt(Math.floor(world.now)) * 1_000_000n + BigInt(within)).toString(16);
}

/** Events are best effort: one that the API server refuses (its namespace is going) is dropped. */
export function writeUnlessTerminating<T>(write: () => T): T | undefined {
  try {
    return write();
  } catch (error) {
    if (error instanceof StatusError || error instanceof ApiUnreachable) return undefined;
    throw error;
  }
}

/** Puts into a cache of limited size, which forgets its oldest entries. */
function remember<V>(cache: Map<string, V>, key: string, value: V): void {
  cache.delete(key);
  cache.set(key, value);
  if (cache.size <= CACHE) return;
  for (const oldest of cache.keys()) {
    cache.delete(oldest);
    return;
  }
}
