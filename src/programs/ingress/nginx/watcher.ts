import type { Client } from '../../../cluster/api/client.ts';
import {
  CONFIG_MAPS,
  ENDPOINT_SLICES,
  INGRESS_CLASSES,
  INGRESSES,
  SECRETS,
  SERVICES,
} from '../../../cluster/api/kinds.ts';
import { isRecord, keyOf, type Stored } from '../../../cluster/api/object.ts';
import type { StoreEvent } from '../../../cluster/api/store.ts';
import type { Ingress } from '../../../cluster/api/types.generated.ts';
import { EventRecorder } from '../../../cluster/controllers/event-recorder.ts';
import { Condition } from '../../../world/task.ts';
import type { World } from '../../../world/world.ts';
import { type ClassOptions, classOf } from '../classes.ts';
import { unmodelled } from './annotations.ts';
import { LocalSecrets, type LogLine } from './secrets.ts';

/** What the controller's informers tell: that something changed, and lines for its log. kubernetes/ingress-nginx: internal/ingress/controller/store/store.go */
export class Watcher {
  readonly changed = new Condition();
  /** Lines that wait to be written: severity, place and text. */
  readonly lines: LogLine[] = [];
  dirty = true;
  private readonly stops: (() => void)[] = [];
  private readonly recorder: EventRecorder;
  private readonly secrets: LocalSecrets;

  constructor(
    private readonly client: Client,
    world: World,
    private readonly options: ClassOptions & { readonly namespace: string; readonly configMap: string },
  ) {
    this.secrets = new LocalSecrets(client, () => this.ingresses());
    this.recorder = new EventRecorder(client, world, 'nginx-ingress-controller', '');
  }

  start(): void {
    for (const ingress of this.client.list(INGRESSES))
      this.onIngress({ type: 'ADDED', object: ingress, old: undefined, revision: 0 });
    const configMap = this.configMap();
    if (configMap) this.tell(configMap, 'Normal', 'CREATE', `ConfigMap ${keyOf(configMap)}`);
    const mark = () => this.mark();
    this.stops.push(
      this.client.watch(INGRESSES, (event) => this.onIngress(event)),
      this.client.watch(INGRESS_CLASSES, mark),
      this.client.watch(SERVICES, mark),
      this.client.watch(ENDPOINT_SLICES, mark),
      this.client.watch(SECRETS, (event) => {
        this.lines.push(...this.secrets.onSecret(event));
        mark();
      }),
      this.client.watch(CONFIG_MAPS, ({ type, object }) => {
        if (keyOf(object) !== this.options.configMap) return;
        if (type !== 'DELETED') this.tell(object, 'Normal', 'UPDATE', `ConfigMap ${keyOf(object)}`);
        mark();
      }),
    );
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  /** The Ingresses of this controller. */
  ingresses(): Stored<Ingress>[] {
    return this.client.list(INGRESSES, this.options.namespace).filter((ingress) => this.isMine(ingress));
  }

  isMine(ingress: Stored<Ingress>): boolean {
    return this.whyNotMine(ingress) === undefined;
  }

  /** Why an Ingress is not this controller's. */
  whyNotMine(ingress: Stored<Ingress>): string | undefined {
    const found = classOf(this.client, ingress, this.options);
    return 'why' in found ? found.why : undefined;
  }

  /** The options of the ConfigMap. */
  settings(): Readonly<Record<string, string>> {
    return this.configMap()?.data ?? {};
  }

  /** Records an event and logs it, as client-go's event broadcaster does. */
  tell(about: Stored, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { kind, apiVersion, metadata } = about;
    const reference = `Kind:"${kind}", Namespace:"${metadata.namespace ?? ''}", Name:"${metadata.name}", UID:"${metadata.uid}", APIVersion:"${apiVersion}", ResourceVersion:"${metadata.resourceVersion}", FieldPath:""`;
    this.lines.push([
      'I',
      'event.go:377',
      `Event(v1.ObjectReference{${reference}}): type: '${type}' reason: '${reason}' ${message}`,
    ]);
    this.recorder.event(about, type, reason, message);
  }

  private configMap() {
    const [namespace = '', name = ''] = this.options.configMap.split('/');
    return this.options.configMap === '' ? undefined : this.client.get(CONFIG_MAPS, namespace, name);
  }

  private mark(): void {
    this.dirty = true;
    this.changed.notify();
  }

  private onIngress({ type, object, old }: StoreEvent<Ingress>): void {
    const key = keyOf(object);
    if (this.options.namespace !== '' && object.metadata.namespace !== this.options.namespace) return;
    const found = classOf(this.client, object, this.options);
    const wasMine = old !== undefined && this.isMine(old);
    if ('why' in found) {
      if (wasMine) return this.mark();
      if (type === 'ADDED')
        this.lines.push([
          'I',
          'store.go:439',
          `"Ignoring ingress because of error while validating ingress class" ingress="${key}" error="${found.why}"`,
        ]);
      return this.changed.notify();
    }
    if (type === 'DELETED') return this.mark();
    if (type === 'ADDED' || !wasMine) {
      this.lines.push([
        'I',
        'store.go:443',
        `"Found valid IngressClass" ingress="${key}" ingressclass="${found.name || '_'}"`,
      ]);
      for (const annotation of unmodelled(object))
        this.lines.push([
          'W',
          'store.go:450',
          `kubetutor does not model the annotation "${annotation}" of Ingress ${key}: it has no effect`,
        ]);
    }
    if (type === 'ADDED' || !sameButVersion(object, old)) this.tell(object, 'Normal', 'Sync', 'Scheduled for sync');
    this.lines.push(...this.secrets.sync(object));
    this.mark();
  }
}

function sameButVersion(a: Stored, b: Stored | undefined): boolean {
  return (
    isRecord(b) &&
    JSON.stringify({ ...a, metadata: 0 }) === JSON.stringify({ ...b, metadata: 0 }) &&
    a.metadata.generation === b.metadata.generation &&
    JSON.stringify(a.metadata.annotations) === JSON.stringify(b.metadata.annotations)
  );
}
