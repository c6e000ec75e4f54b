import { decode } from '../../../world/bytes.ts';
import { Errno } from '../../../world/errno.ts';
import { Collector, DeviceFile } from '../../../world/files/devices.ts';
import type { OpenFile } from '../../../world/open-file.ts';
import { shellStatus } from '../../../world/process.ts';
import type { LifecycleHandler } from '../../api/types.generated.ts';
import { type Container, StartError } from '../runtime/container.ts';
import type { KubeletHost } from './host.ts';

/** Runs postStart or preStop; `done` hears why it failed, or undefined. kubernetes: pkg/kubelet/lifecycle/handlers.go */
export function runHook(
  host: KubeletHost,
  podIP: string,
  container: Container,
  handler: LifecycleHandler,
  done: (problem: string | undefined) => void,
): void {
  if (handler.exec) return runCommand(container, handler.exec.command ?? [], done);
  if (handler.sleep) {
    host.world.loop.after(handler.sleep.seconds * 1000, () => done(undefined));
    return;
  }
  const get = handler.httpGet;
  if (!get) return done(undefined);
  const address = get.host || podIP;
  const port = Number(get.port);
  host.node.spawn({
    argv: ['kubelet', 'hook'],
    thread: true,
    *main(process) {
      try {
        const response = yield* host.world.network.request(process, address, port, {
          method: 'GET',
          path: get.path ?? '/',
        });
        done(response.status < 400 ? undefined : `HTTP hook failed with statuscode: ${response.status}`);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        done(
          `Get "http://${address}:${port}${get.path ?? '/'}": dial tcp ${address}:${port}: connect: ${error.text.toLowerCase()}`,
        );
      }
      return 0;
    },
  });
}

function runCommand(
  container: Container,
  command: readonly string[],
  done: (problem: string | undefined) => void,
): void {
  const chunks: Uint8Array[] = [];
  const collector = new Collector((bytes) => chunks.push(bytes));
  const files = new Map<number, OpenFile>([
    [0, new DeviceFile('null')],
    [1, collector],
    [2, collector],
  ]);
  const { machine } = container;
  try {
    const process = container.exec(command, files, undefined);
    const listener = (ended: unknown) => {
      if (ended !== process || !process.ended) return;
      machine.endListeners.delete(listener);
      const code = shellStatus(process.ended);
      done(
        code === 0 ? undefined : `command '${command.join(' ')}' exited with ${code}: ${chunks.map(decode).join('')}`,
      );
    };
    machine.endListeners.add(listener);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    done(error.message);
  }
}
