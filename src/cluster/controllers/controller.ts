import type { Timer } from '../../world/loop.ts';
import type { World } from '../../world/world.ts';
import type { Client, Kind } from '../api/client.ts';
import { type ApiObject, keyOf, type Stored } from '../api/object.ts';
import type { StoreEvent } from '../api/store.ts';
import type { ClusterOptions } from '../cluster.ts';
import { EventRecorder } from './event-recorder.ts';
import { type BackOff, WorkQueue } from './work-queue.ts';

/** How often an API server that does not answer is asked again, ms. */
const RETRY = 1000;

/** One file a controller in this folder, one line in `controllers.ts`. */
export interface Controller {
  /** As in kube-controller-manager's --controllers: `replicaset-controller`. */
  readonly name: string;
  /** Its ServiceAccount, when that has another name: several controllers may share one. */
  readonly account?: string;
  /** For the few that use the controller manager's own identity. */
  readonly user?: string;
  readonly start: (context: ControllerContext, cluster: ClusterOptions) => void;
}

/**
 * What a running controller works with. Everything started here ends with `stop`: a controller manager that is
 * stopped reconciles nothing, and one that starts looks at all that is there.
 */
export class ControllerContext {
  private readonly stops: (() => void)[] = [];

  constructor(
    readonly world: World,
    readonly client: Client,
    /** Problems that the component would log. */
    readonly log: (text: string) => void = () => {},
  ) {}

  get now(): number {
    return this.world.now;
  }

  /** A queue whose worker runs `reconcile(key)`; its errors are retried with back-off. */
  queue(reconcile: (key: string) => void, backOff?: BackOff): WorkQueue {
    const complain = (key: string, error: unknown) => this.log(`"Unhandled Error" key="${key}" err="${String(error)}"`);
    const queue = new WorkQueue(this.world.loop, reconcile, complain, backOff);
    this.onStop(() => queue.stop());
    return queue;
  }

  /** Calls `handle` for every object that is there now (as ADDED) and for every change from now on. */
  informer<T extends ApiObject>(kind: Kind<T>, handle: (event: StoreEvent<T>) => void): void {
    let listed = false;
    this.onStop(this.client.watch(kind, (event) => listed && handle(event)));
    this.whenAvailable(() => {
      listed = true;
      for (const object of this.client.list(kind)) handle({ type: 'ADDED', object, old: undefined, revision: 0 });
    });
  }

  /** Runs now, or as soon as the API server answers: it is asked again every second. */
  private whenAvailable(run: () => void): void {
    if (this.client.available) return run();
    const timer = this.world.loop.after(RETRY, () => this.whenAvailable(run));
    this.onStop(() => timer.cancel());
  }

  /** An informer that only puts the object's key into a queue. */
  enqueue<T extends ApiObject>(
    kind: Kind<T>,
    queue: WorkQueue,
    key: (object: Stored<T>) => string | undefined = keyOf,
  ): void {
    this.informer(kind, ({ object, old }) => {
      const now = key(object);
      if (now !== undefined) queue.add(now);
      const before = old && key(old);
      if (before !== undefined && before !== now) queue.add(before);
    });
  }

  /** Records events as `component`. */
  recorder(component: string, host = ''): EventRecorder {
    return new EventRecorder(this.client, this.world, component, host);
  }

  /** Calls `run` every `period` ms of virtual time. */
  every(period: number, run: () => void): void {
    let timer: Timer;
    const next = () => {
      timer = this.world.loop.after(period, () => {
        next();
        run();
      });
    };
    next();
    this.onStop(() => timer.cancel());
  }

  onStop(stop: () => void): void {
    this.stops.push(stop);
  }

  stop(): void {
    for (const stop of this.stops.splice(0).reverse()) stop();
  }
}
