import type { JsonObject } from '../../cluster/apimachinery/json-value.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { KubectlError } from '../errors.ts';
import { listAt, objectAt, textAt } from '../json.ts';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

export function containerNames(pod: JsonObject, field: string): string[] {
  return listAt(pod, 'spec', field).map((container) => textAt(container, 'name'));
}

/** `a, b, setup (init), look (ephem)`: all containers of a Pod as messages list them. kubernetes: kubectl/pkg/cmd/util/podcmd AllContainerNames */
export function allContainerNames(pod: JsonObject): string {
  return [
    ...containerNames(pod, 'containers'),
    ...containerNames(pod, 'ephemeralContainers').map((name) => `${name} (ephem)`),
    ...containerNames(pod, 'initContainers').map((name) => `${name} (init)`),
  ].join(', ');
}

/** The container that is meant: the one named, the annotated one, or the first; a choice is told. Raises KubectlError. */
export function* chooseContainer(process: Process, pod: JsonObject, wanted: string, quiet = false): Task<string> {
  const name = textAt(pod, 'metadata', 'name');
  const all = ['containers', 'ephemeralContainers', 'initContainers'].flatMap((field) => containerNames(pod, field));
  if (wanted !== '') {
    if (all.includes(wanted)) return wanted;
    throw new KubectlError(`container ${wanted} is not valid for pod ${name} out of: ${allContainerNames(pod)}`);
  }
  const containers = containerNames(pod, 'containers');
  const first = containers[0];
  if (first === undefined) throw new KubectlError(`no containers in pod ${name}`);
  const annotated = objectAt(pod, 'metadata', 'annotations')[DEFAULT_CONTAINER];
  if (typeof annotated === 'string' && annotated !== '' && all.length > 1) {
    if (all.includes(annotated)) return annotated;
    yield* process.printError(`Default container name ${JSON.stringify(annotated)} not found in pod ${name}\n`);
  }
  if (all.length > 1 && !quiet)
    yield* process.printError(`Defaulted container ${JSON.stringify(first)} out of: ${allContainerNames(pod)}\n`);
  return first;
}
