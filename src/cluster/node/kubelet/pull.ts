import type { Stored } from '../../api/object.ts';
import type { Pod } from '../../api/types.generated.ts';
import { formatDuration as goDuration } from '../../apimachinery/duration.ts';
import type { Image, ImageCatalog } from '../images/catalog.ts';
import { engineRefusal } from '../images/engine-refusal.ts';
import { InvalidReference, parseImageReference } from '../images/reference.ts';
import type { Backoff } from './backoff.ts';
import type { ContainerState } from './container-state.ts';
import type { KubeletHost } from './host.ts';

/** Bytes a ms of virtual time, and what a look-up at the registry takes: a fast line. */
export const BYTES_PER_MS = 60_000;
export const LOOKUP_TIME = 350;

export interface PullProblem {
  readonly reason: string;
  readonly message: string;
  /** ms until the back-off is over. */
  readonly retryAfter?: number;
}

/** Finds a container's image, pulling it when that is called for. kubernetes: pkg/kubelet/images/image_manager.go */
export class ImagePuller {
  constructor(
    private readonly host: KubeletHost,
    private readonly backoff: Backoff,
  ) {}

  /** Calls `done` with the image or with why there is none, perhaps later. */
  ensure(pod: Stored<Pod>, state: ContainerState, done: (result: Image | PullProblem) => void): void {
    const name = state.spec.image ?? '';
    const event = (type: 'Normal' | 'Warning', reason: string, message: string) =>
      this.host.recorder.event(pod, type, reason, message, state.fieldPath);
    let reference: ReturnType<typeof parseImageReference>;
    try {
      reference = parseImageReference(name);
    } catch (error) {
      if (!(error instanceof InvalidReference)) throw error;
      const message = `Failed to apply default image tag ${JSON.stringify(name)}: couldn't parse image name ${JSON.stringify(name)}: ${error.message}`;
      event('Warning', 'InspectFailed', message);
      event('Warning', 'Failed', 'Error: InvalidImageName');
      return done({ reason: 'InvalidImageName', message });
    }
    const policy = state.spec.imagePullPolicy ?? (reference.tag === 'latest' ? 'Always' : 'IfNotPresent');
    const present = this.host.pulled.has(reference.full);
    if (policy === 'Never' || (policy === 'IfNotPresent' && present)) {
      const image = present ? this.host.catalog.find(reference) : undefined;
      if (image) {
        event(
          'Normal',
          'Pulled',
          `Container image ${JSON.stringify(name)} already present on machine and can be accessed by the pod`,
        );
        return done(image);
      }
      const message = `Container image ${JSON.stringify(name)} is not present with pull policy of Never`;
      event('Warning', 'ErrImageNeverPull', message);
      event('Warning', 'Failed', 'Error: ErrImageNeverPull');
      return done({ reason: 'ErrImageNeverPull', message });
    }
    const key = `${pod.metadata.uid}_${name}`;
    const now = this.host.world.now;
    const lastError = this.lastErrors.get(key);
    const left = this.backoff.left(key, this.lastTries.get(key) ?? 0, now);
    if (left > 0) {
      event('Normal', 'BackOff', `Back-off pulling image ${JSON.stringify(name)}`);
      event('Warning', 'Failed', 'Error: ImagePullBackOff');
      return done({
        reason: 'ImagePullBackOff',
        message: `Back-off pulling image ${JSON.stringify(name)}: ErrImagePull: ${lastError ?? ''}`,
        retryAfter: left,
      });
    }
    event('Normal', 'Pulling', `Pulling image ${JSON.stringify(name)}`);
    this.pull(reference, present, (result, took) => {
      if (typeof result === 'string') {
        this.lastErrors.set(key, result);
        this.lastTries.set(key, this.host.world.now);
        this.backoff.next(key, this.host.world.now);
        event('Warning', 'Failed', `Failed to pull image ${JSON.stringify(name)}: ${result}`);
        event('Warning', 'Failed', 'Error: ErrImagePull');
        return done({ reason: 'ErrImagePull', message: result });
      }
      this.backoff.reset(key);
      const time = goDuration(Math.round(took));
      event(
        'Normal',
        'Pulled',
        `Successfully pulled image ${JSON.stringify(name)} in ${time} (${time} including waiting). Image size: ${result.size} bytes.`,
      );
      return done(result);
    });
  }

  private readonly lastErrors = new Map<string, string>();
  private readonly lastTries = new Map<string, number>();

  /** Asks the registry, whatever the node holds. */
  pull(
    reference: ReturnType<typeof parseImageReference>,
    present: boolean,
    done: (result: Image | string, took: number) => void,
  ): void {
    const { world, catalog, pulled } = this.host;
    const answer = catalog.pull(reference);
    const image = typeof answer === 'string' ? undefined : answer;
    const took = LOOKUP_TIME + world.random.integer(150) + (image && !present ? image.size / BYTES_PER_MS : 0);
    world.loop.after(took, () => {
      if (image) {
        pulled.add(reference.full);
        return done(image, took);
      }
      return done(typeof answer === 'string' ? answer : this.refusal(reference), took);
    });
  }

  /** In the words of the node's runtime: what cri-dockerd hands on has no code that says anything. */
  private refusal(reference: ReturnType<typeof parseImageReference>): string {
    const { runtime, catalog } = this.host;
    return runtime === 'docker'
      ? `Error response from daemon: ${engineRefusal(reference, catalog)}`
      : pullError(reference, catalog);
  }
}

/** containerd's words for an image that its registry does not have. */
function pullError(reference: ReturnType<typeof parseImageReference>, catalog: ImageCatalog): string {
  const prefix = `failed to pull and unpack image ${JSON.stringify(reference.full)}: failed to resolve image: `;
  if (catalog.hasRepository(reference))
    return `rpc error: code = NotFound desc = ${prefix}${reference.full}: not found`;
  if (reference.registry === 'docker.io') {
    return `${prefix}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`;
  }
  if (['registry.k8s.io', 'quay.io', 'ghcr.io', 'gcr.io'].includes(reference.registry))
    return `rpc error: code = NotFound desc = ${prefix}${reference.full}: not found`;
  const host = reference.registry.split(':')[0] ?? '';
  return `${prefix}failed to do request: Head "https://${reference.registry}/v2/${reference.repository}/manifests/${reference.tag}": dial tcp: lookup ${host}: no such host`;
}
