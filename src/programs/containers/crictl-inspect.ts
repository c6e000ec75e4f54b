import { parseImageReference } from '../../cluster/node/images/reference.ts';
import type { Process } from '../../world/process.ts';
import type { Task } from '../../world/task.ts';
import { Fatal, type Line, need, sandbox } from './crictl-line.ts';
import type { ListedContainer, NodeRuntime } from './runtime.ts';

const time = (ms: number) =>
  ms === 0 ? '0001-01-01T00:00:00Z' : `${new Date(ms).toISOString().replace('Z', '000000Z')}`;

export function statusOf({ container, state, worker, attempt }: ListedContainer, process: Process) {
  const { metadata } = worker.pod;
  const reason = container.running ? '' : container.exitCode === 0 ? 'Completed' : 'Error';
  void process;
  return {
    annotations: { 'io.kubernetes.container.restartCount': String(attempt) },
    createdAt: time(container.startedAt),
    exitCode: container.exitCode,
    finishedAt: time(container.finishedAt),
    id: container.id,
    image: { image: state.image },
    imageRef: state.imageID,
    labels: {
      'io.kubernetes.container.name': state.name,
      'io.kubernetes.pod.name': metadata.name,
      'io.kubernetes.pod.namespace': metadata.namespace,
      'io.kubernetes.pod.uid': metadata.uid,
    },
    logPath: `/var/log/pods/${metadata.namespace}_${metadata.name}_${metadata.uid}/${state.name}/${attempt}.log`,
    message: '',
    metadata: { attempt, name: state.name },
    mounts: container.options.mounts.map((mount) => ({
      containerPath: mount.path,
      hostPath: mount.from,
      readonly: mount.readOnly,
    })),
    reason,
    startedAt: time(container.startedAt),
    state: container.running ? 'CONTAINER_RUNNING' : 'CONTAINER_EXITED',
  };
}

export function* inspect(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  for (const id of line.operands.length > 0 ? line.operands : [undefined]) {
    const one = need(runtime, id);
    const { options, machine } = one.container;
    const first = [...machine.processes.values()].find((each) => each.machine === machine);
    const pid = process.machine.pids.numberOf(first);
    const config = {
      args: options.argv,
      cwd: options.workingDirectory,
      env: [...options.env].map((pair) => pair.join('=')),
    };
    const whole = {
      info: {
        pid,
        runtimeSpec: { hostname: options.hostname, process: config },
        sandboxID: one.worker.sandboxFacts.id,
      },
      status: statusOf(one, process),
    };
    yield* process.print(`${JSON.stringify(whole, null, 2)}\n`);
  }
  return 0;
}

export function* inspectp(process: Process, runtime: NodeRuntime, line: Line): Task<number> {
  for (const operand of line.operands) {
    const worker = sandbox(runtime, operand);
    const { metadata, spec } = worker.pod;
    const { id, attempt, since } = worker.sandboxFacts;
    const status = {
      createdAt: time(since),
      id,
      labels: metadata.labels ?? {},
      metadata: { attempt, name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
      network: { additionalIps: [], ip: spec?.hostNetwork ? '' : worker.podIP },
      state: worker.isReady ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
    };
    yield* process.print(`${JSON.stringify({ status }, null, 2)}\n`);
  }
  return 0;
}

export function* inspecti(process: Process, { kubelet }: NodeRuntime, line: Line): Task<number> {
  for (const text of line.operands) {
    const found = kubelet.images().find(({ name, tag, digest }) => {
      const reference = /^[0-9a-f]{6,}$/.test(text) ? undefined : parseImageReference(text);
      return reference ? reference.full === `${name}:${tag}` : digest.includes(text);
    });
    if (!found) throw new Fatal(`no such image ${JSON.stringify(text)} present`);
    const { name, tag, digest, size, config } = found;
    const status = { id: digest, repoDigests: [`${name}@${digest}`], repoTags: [`${name}:${tag}`], size: String(size) };
    yield* process.print(`${JSON.stringify({ status, info: { imageSpec: { config } } }, null, 2)}\n`);
  }
  return 0;
}
