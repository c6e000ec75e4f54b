import type { RegularFile } from '../../../world/files/inode.ts';
import type { Container as ContainerSpec } from '../../api/types.generated.ts';
import type { Container } from '../runtime/container.ts';

export interface TerminatedState {
  readonly containerID: string;
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason: string;
  readonly message?: string;
  /** ms; 0 for one that never started. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

export type ContainerRole = 'init' | 'sidecar' | 'app' | 'ephemeral';

/** What a kubelet knows of one container of a Pod. */
export class ContainerState {
  /** The container that runs or ran last. */
  current: Container | undefined;
  /** The one before, for `logs --previous`. */
  previous: Container | undefined;
  terminated: TerminatedState | undefined;
  lastTerminated: TerminatedState | undefined;
  /** What is reported while it does not run. */
  waiting: { readonly reason: string; readonly message?: string } | undefined;
  /** Why it could not be started the last time; reported from the next round on. */
  failure: { readonly reason: string; readonly message: string } | undefined;
  /** Its postStart hook runs: what is reported still says that it is being made. */
  starting = false;
  /** It has ended since the last relist: what is reported still says that it runs. */
  endUnseen = false;
  /** What lies at its terminationMessagePath. */
  terminationLog: RegularFile | undefined;
  /** Was told to end. */
  stopping = false;
  restartCount = 0;
  ready = false;
  started = false;
  /** The one before had started when it ended. */
  wasStarted = false;
  /** The container whose startup probe has succeeded. */
  startupPassed: Container | undefined;
  imageID = '';
  image = '';
  /** Something is under way (a pull, a start): nothing else is begun meanwhile. */
  busy = false;
  /** Killed on purpose (a failed probe, a changed image): it starts again whatever its exit status. */
  restartWanted = false;
  stopProbes: (() => void) | undefined;

  constructor(
    public spec: ContainerSpec,
    readonly role: ContainerRole,
  ) {}

  get name(): string {
    return this.spec.name;
  }

  get running(): boolean {
    return this.current?.running === true;
  }

  /** The relist has found out that it has ended. */
  seeEnd(): void {
    if (!this.endUnseen) return;
    this.endUnseen = false;
    this.wasStarted = this.started;
    this.ready = this.role === 'init' && this.terminated?.exitCode === 0;
    this.started = false;
  }

  /** The container that `--previous` means: the last that ended, as the status tells it. */
  get logBefore(): Container | undefined {
    return !this.running && this.waiting && this.terminated ? this.current : this.previous;
  }

  /** Whether the node has thrown away an ended container, because a later one has ended too. */
  isGone(container: Container): boolean {
    return container !== this.current && !this.running && !(this.waiting && this.terminated);
  }

  /** Where events about it point. */
  get fieldPath(): string {
    const list =
      this.role === 'app' ? 'containers' : this.role === 'ephemeral' ? 'ephemeralContainers' : 'initContainers';
    return `spec.${list}{${this.name}}`;
  }
}
