import type { World } from '../../world/world.ts';
import type { Client } from '../api/client.ts';
import { EVENTS } from '../api/kinds.ts';
import { type ApiObject, keyOf, type Stored } from '../api/object.ts';
import { toSeconds } from '../apimachinery/time.ts';

/** client-go: similar events beyond this many in ten minutes become one with a combined message. */
const MAX_SIMILAR = 10;
const SIMILAR_INTERVAL = 600_000;
/** client-go: events of one source about one object: a burst of 25, then one in 300 s. */
const BURST = 25;
const REFILL = 300_000;

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
  private readonly tokens = new Map<string, { left: number; time: number }>();

  constructor(
    private readonly client: Client,
    private readonly world: World,
    private readonly component: string,
    private readonly host: string,
  ) {}

  /** `fieldPath` names a part of the object: `spec.containers{web}`. */
  event(about: Stored | ApiObject, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath = ''): void {
    if (!this.client.available || !about.metadata) return;
    const subject = `${about.kind}/${about.metadata.namespace ?? ''}/${about.metadata.name}/${about.metadata.uid}`;
    const aggregate = `${subject}/${type}/${reason}/${fieldPath}`;
    const text = this.aggregated(aggregate, message);
    if (!this.mayPass(subject)) return;
    const identity = `${aggregate}/${text}`;
    const seen = this.seen.get(identity);
    if (seen && this.countUp(seen)) return;
    this.create(about, type, reason, text, fieldPath, identity);
  }

  /** The message, or the combined one when many similar messages came. */
  private aggregated(key: string, message: string): string {
    const now = this.world.now;
    let similar = this.similar.get(key);
    if (!similar || now - similar.last > SIMILAR_INTERVAL) {
      similar = { messages: new Set(), last: now };
      this.similar.set(key, similar);
    }
    similar.last = now;
    similar.messages.add(message);
    return similar.messages.size < MAX_SIMILAR ? message : `(combined from similar events): ${message}`;
  }

  private mayPass(subject: string): boolean {
    const now = this.world.now;
    const bucket = this.tokens.get(subject) ?? { left: BURST, time: now };
    bucket.left = Math.min(BURST, bucket.left + (now - bucket.time) / REFILL);
    bucket.time = now;
    this.tokens.set(subject, bucket);
    if (bucket.left < 1) return false;
    bucket.left--;
    return true;
  }

  private countUp(seen: Seen): boolean {
    const [namespace = '', name = ''] = seen.key.split('/');
    if (!this.client.get(EVENTS, namespace, name)) return false;
    seen.count++;
    this.client.modify(EVENTS, namespace, name, (old) => ({
      ...old,
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
    const event = this.client.create(EVENTS, namespace, {
      // kubernetes: the object's name and the time in nanoseconds, in hexadecimal
      metadata: { name: `${metadata.name}.${this.nanoseconds()}`, namespace },
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
    });
    this.seen.set(identity, { key: keyOf(event), count: 1 });
  }

  private nanoseconds(): string {
    return (BigInt(Math.floor(this.world.now * 1000)) * 1000n + BigInt(this.world.random.integer(1000))).toString(16);
  }
}
