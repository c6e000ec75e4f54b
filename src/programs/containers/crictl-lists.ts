import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { statusOf } from './crictl-inspect.ts';
import { has, type Line, SHORT, stateOf, value } from './crictl-line.ts';
import {
  humanAge,
  humanBytes,
  type ListedContainer,
  listContainers,
  listSandboxes,
  type NodeRuntime,
} from './runtime.ts';
import { TextTable } from './table.ts';

function wanted(line: Line): (one: ListedContainer) => boolean {
  const name = value(line, 'name');
  const state = value(line, 'state', 's')?.toLowerCase();
  const pod = value(line, 'pod', 'p');
  const all = has(line, 'a', 'all') || state !== undefined;
  return (one) =>
    (all || one.container.running) &&
    (name === undefined || new RegExp(name).test(one.state.name)) &&
    (state === undefined || stateOf(one).toLowerCase() === state) &&
    (pod === undefined || one.worker.sandboxFacts.id.startsWith(pod));
}

export function* ps(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  let found = listContainers(runtime).filter(wanted(line));
  if (has(line, 'l', 'latest')) found = found.slice(0, 1);
  if (has(line, 'q', 'quiet')) {
    yield* process.print(found.map(({ container }) => `${container.id}\n`).join(''));
    return 0;
  }
  if (value(line, 'o', 'output') === 'json') {
    const containers = found.map((one) => ({
      ...statusOf(one, process),
      podSandboxId: one.worker.sandboxFacts.id,
    }));
    yield* process.print(`${JSON.stringify({ containers }, null, 2)}\n`);
    return 0;
  }
  const table = new TextTable([
    'CONTAINER',
    'IMAGE',
    'CREATED',
    'STATE',
    'NAME',
    'ATTEMPT',
    'POD ID',
    'POD',
    'NAMESPACE',
  ]);
  for (const one of found) {
    const { container, state, worker, attempt } = one;
    table.add([
      container.id.slice(0, SHORT),
      state.imageID.replace(/.*sha256:/, '').slice(0, SHORT),
      `${humanAge(process.now - (container.startedAt || process.now))} ago`,
      stateOf(one),
      state.name,
      String(attempt),
      worker.sandboxFacts.id.slice(0, SHORT),
      worker.pod.metadata.name,
      worker.pod.metadata.namespace ?? '',
    ]);
  }
  yield* process.print(table.text());
  return 0;
}

export function* pods(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  const name = value(line, 'name');
  const namespace = value(line, 'namespace');
  const state = value(line, 'state', 's')?.toLowerCase();
  const stateText = (worker: { readonly isReady: boolean }) => (worker.isReady ? 'Ready' : 'NotReady');
  const found = listSandboxes(runtime).filter(
    (worker) =>
      (name === undefined || new RegExp(name).test(worker.pod.metadata.name)) &&
      (namespace === undefined || worker.pod.metadata.namespace === namespace) &&
      (state === undefined || stateText(worker).toLowerCase() === state),
  );
  if (has(line, 'q', 'quiet')) {
    yield* process.print(found.map(({ sandboxFacts }) => `${sandboxFacts.id}\n`).join(''));
    return 0;
  }
  const table = new TextTable(['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME']);
  for (const worker of found) {
    const { id, attempt, since } = worker.sandboxFacts;
    table.add([
      id.slice(0, SHORT),
      `${humanAge(process.now - since)} ago`,
      stateText(worker),
      worker.pod.metadata.name,
      worker.pod.metadata.namespace ?? '',
      String(attempt),
      '(default)',
    ]);
  }
  yield* process.print(table.text());
  return 0;
}

export function* images(process: Process, { kubelet }: NodeRuntime, line: Line): Task<number> {
  const { operands } = line;
  const found = kubelet
    .images()
    .filter(({ name, tag }) => operands.length === 0 || operands.some((one) => `${name}:${tag}`.includes(one)))
    .sort((a, b) => (`${a.name}:${a.tag}` < `${b.name}:${b.tag}` ? -1 : 1));
  if (has(line, 'q', 'quiet')) {
    yield* process.print(found.map(({ digest }) => `${digest}\n`).join(''));
    return 0;
  }
  const table = new TextTable(['IMAGE', 'TAG', 'IMAGE ID', 'SIZE']);
  for (const { name, tag, digest, size } of found)
    table.add([name, tag, digest.replace('sha256:', '').slice(0, SHORT), humanBytes(size)]);
  yield* process.print(table.text());
  return 0;
}
