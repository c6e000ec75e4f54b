import type { Kubelet } from '../../cluster/node/kubelet/kubelet.ts';
import type { PodWorker } from '../../cluster/node/kubelet/pod-worker.ts';
import type { Container } from '../../cluster/node/runtime/container.ts';
import { logTimestamp } from '../../cluster/node/runtime/log.ts';
import { concat, encode } from '../../world/bytes.ts';
import { type Inode, RegularFile, Symlink } from '../../world/files/inode.ts';
import { ComputedDirectory } from '../../world/files/procfs.ts';
import type { Machine } from '../../world/machine.ts';

/** /var/log/pods and /var/log/containers: what the kubelet's containers have written, as CRI runtimes keep it. */
export function showContainerLogs(machine: Machine, kubelet: () => Kubelet): void {
  const { files, bootTime } = machine;
  const workers = () =>
    [...kubelet().workers.values()].filter((worker) => worker.containers.some((one) => one.current));
  files.place(
    '/var/log/pods',
    new ComputedDirectory(
      bootTime,
      () => new Map(workers().map((worker): [string, Inode] => [podFolder(worker), podLogs(worker)])),
      0o755,
    ),
  );
  files.place(
    '/var/log/containers',
    new ComputedDirectory(
      bootTime,
      () => {
        const links = new Map<string, Inode>();
        const meta = { mode: 0o777, uid: 0, gid: 0, mtime: bootTime };
        for (const worker of workers())
          for (const { name, attempt, container } of attempts(worker)) {
            const { metadata } = worker.pod;
            const link = `${metadata.name}_${metadata.namespace}_${name}-${container.id}.log`;
            links.set(link, new Symlink(meta, `/var/log/pods/${podFolder(worker)}/${name}/${attempt}.log`));
          }
        return links;
      },
      0o755,
    ),
  );
}

function podFolder({ pod }: PodWorker): string {
  return `${pod.metadata.namespace}_${pod.metadata.name}_${pod.metadata.uid}`;
}

interface Attempt {
  readonly name: string;
  readonly attempt: number;
  readonly container: Container;
}

/** What the node still keeps: the container that runs or ran last, and the one before while it runs. */
function attempts(worker: PodWorker): Attempt[] {
  return worker.containers.flatMap(({ name, current, previous, restartCount }) => [
    ...(previous && current?.running ? [{ name, attempt: restartCount - 1, container: previous }] : []),
    ...(current ? [{ name, attempt: restartCount, container: current }] : []),
  ]);
}

function podLogs(worker: PodWorker): Inode {
  return new ComputedDirectory(
    worker.startTime,
    () => {
      const folders = new Map<string, Map<string, Inode>>();
      for (const { name, attempt, container } of attempts(worker)) {
        const folder = folders.get(name) ?? new Map<string, Inode>();
        folder.set(`${attempt}.log`, logFile(container));
        folders.set(name, folder);
      }
      return new Map(
        [...folders].map(([name, files]) => [name, new ComputedDirectory(worker.startTime, () => files, 0o755)]),
      );
    },
    0o755,
  );
}

/** kubernetes: the CRI log format, `TIME stdout F text`. */
function logFile(container: Container): RegularFile {
  const file = new RegularFile({ mode: 0o640, uid: 0, gid: 0, mtime: container.startedAt });
  file.computed = () =>
    concat(
      container.log.lines.flatMap(({ time, stream, bytes }) => [
        logTimestamp(time),
        encode(`${stream} ${bytes.at(-1) === 10 ? 'F' : 'P'} `),
        bytes,
        ...(bytes.at(-1) === 10 ? [] : [encode('\n')]),
      ]),
    );
  return file;
}
