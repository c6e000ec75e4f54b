import type { World } from '../../world/world.ts';
import type { Client } from '../api/client.ts';
import { EVENTS } from '../api/kinds.ts';
import { keyOf, type Stored, splitKey } from '../api/object.ts';
import { toMicroseconds } from '../apimachinery/time.ts';
import { type EventRecorder, nanoseconds, writeUnlessTerminating } from '../controllers/event-recorder.ts';

const KEPT = 1000;

/** Which API a scheduler writes its Events with: `core` when it found no server that could tell it of the newer one. */
export type EventsApi = 'events.k8s.io' | 'core';

/** What a scheduler tells of Pods. */
export type SchedulerEvents = Pick<SeriesRecorder, 'event'>;

/** kubernetes: client-go/tools/events/event_broadcaster.go NewEventBroadcasterAdapterWithContext */
export function coreEvents(recorder: EventRecorder): SchedulerEvents {
  return {
    event: (about, _related, type, reason, _action, message) => recorder.event(about, type, reason, message),
  };
}

/**
 * Records Events as the events.k8s.io API has them: with eventTime and series instead of counts and timestamps.
 * A second one like it starts a series; further ones are not written. kubernetes: client-go/tools/events
 */
export class SeriesRecorder {
  private sequence = 0;
  private readonly recorded = new Map<string, { readonly key: string; inSeries: boolean }>();

  constructor(
    private readonly client: Client,
    private readonly world: World,
    private readonly component: string,
    private readonly instance: string,
  ) {}

  event(
    about: Stored,
    related: Stored | undefined,
    type: 'Normal' | 'Warning',
    reason: string,
    action: string,
    message: string,
  ): void {
    if (!this.client.available) return;
    const { name, uid, resourceVersion } = about.metadata;
    const identity = `${uid}/${resourceVersion}/${type}/${reason}/${action}/${related?.metadata.uid ?? ''}`;
    const earlier = this.recorded.get(identity);
    if (earlier) return this.continueSeries(earlier);
    const namespace = about.metadata.namespace || 'default';
    // v1 writes the times of the older API as null.
    const older: object = { firstTimestamp: null, lastTimestamp: null };
    const event = writeUnlessTerminating(() =>
      this.client.create(EVENTS, namespace, {
        ...older,
        metadata: { name: `${name}.${nanoseconds(this.world, this.sequence++)}`, namespace },
        involvedObject: referenceTo(about),
        related: related && referenceTo(related),
        eventTime: toMicroseconds(this.world.now),
        reason,
        action,
        message,
        source: {},
        type,
        reportingComponent: this.component,
        reportingInstance: this.instance,
      }),
    );
    if (!event) return;
    if (this.recorded.size > KEPT) this.recorded.clear();
    this.recorded.set(identity, { key: keyOf(event), inSeries: false });
  }

  private continueSeries(earlier: { readonly key: string; inSeries: boolean }): void {
    if (earlier.inSeries) return;
    earlier.inSeries = true;
    const { namespace, name } = splitKey(earlier.key);
    if (!this.client.get(EVENTS, namespace, name)) return;
    const series = { count: 2, lastObservedTime: toMicroseconds(this.world.now) };
    this.client.modify(EVENTS, namespace, name, (old) => ({ ...old, series }));
  }
}

function referenceTo(object: Stored) {
  const { apiVersion, kind, metadata } = object;
  const { namespace, name, uid, resourceVersion } = metadata;
  return { apiVersion, kind, namespace, name, uid, resourceVersion };
}
