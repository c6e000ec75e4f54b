import type { Image } from '../../cluster/node/images/catalog.ts';
import { engineRefusal } from '../../cluster/node/images/engine-refusal.ts';
import type { ImageReference } from '../../cluster/node/images/reference.ts';
import { BYTES_PER_MS, LOOKUP_TIME } from '../../cluster/node/kubelet/pull.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { type DockerEngine, daemonError } from './engine.ts';
import { familiar } from './names.ts';
import { savedPassword } from './registry.ts';

/** Pulls an image and says so on descriptor `fd`, if there is one. Raises DockerError. An image of the world has one layer. */
export function* pullImage(process: Process, engine: DockerEngine, text: string, fd: 1 | 2 | undefined): Task<Image> {
  const reference = engine.reference(text);
  const { registry, repository, tag, digest, full } = reference;
  yield* process.sleep(LOOKUP_TIME);
  const { registry: own } = engine.options;
  const answer = own?.has(registry)
    ? own.pull(reference, savedPassword(process, registry))
    : engine.options.catalog.find(reference);
  if (typeof answer === 'string') throw daemonError(refusalText(reference, answer));
  const image = answer;
  if (!image) throw daemonError(engineRefusal(reference, engine.options.catalog));
  const put = function* (line: string): Task {
    if (fd !== undefined) yield* process.write(fd, `${line}\n`);
  };
  const shownName = registry === 'docker.io' ? repository : `${registry}/${repository}`;
  const local = engine.images.has(full);
  const shown = digest === '' ? tag : `${shownName}@${digest}`;
  yield* put(`${shown}: Pulling from ${repository}`);
  if (!local) {
    const layer = image.digest.slice('sha256:'.length + 12, 'sha256:'.length + 24);
    const onScreen = fd !== undefined && process.hasFile(fd) && process.file(fd).tty !== undefined;
    if (!onScreen) yield* put(`${layer}: Pulling fs layer`);
    yield* process.sleep(image.size / BYTES_PER_MS);
    if (!onScreen) {
      yield* put(`${layer}: Verifying Checksum`);
      yield* put(`${layer}: Download complete`);
    }
    yield* put(`${layer}: Pull complete`);
    engine.images.set(full, image);
  }
  yield* put(`Digest: ${image.digest}`);
  const short = familiar(full);
  yield* put(`Status: ${local ? 'Image is up to date for' : 'Downloaded newer image for'} ${short}`);
  return image;
}

/** Without credentials it is the daemon that says what it asked for. */
function refusalText({ registry, repository, tag }: ImageReference, answer: string): string {
  if (answer !== 'no basic auth credentials') return answer;
  return `Head "https://${registry}/v2/${repository}/manifests/${tag}": ${answer}`;
}
