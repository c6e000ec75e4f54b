import { Errno } from '../../world/errno.ts';
import type { Machine } from '../../world/machine.ts';
import { type HttpRequest, type HttpResponse, textResponse } from '../../world/network/http.ts';
import type { OpenFile } from '../../world/open-file.ts';
import type { Process } from '../../world/process.ts';
import { type Task, wait } from '../../world/task.ts';
import type { PublishedPort } from './rules.ts';

/**
 * The process that holds a published port on the host, and answers where no rule of the packet filter translates:
 * on 127.0.0.1, and for containers of the same bridge. moby: cmd/docker-proxy. Undefined when the port is taken.
 */
export function startDockerProxy(machine: Machine, published: PublishedPort): Process | undefined {
  const { hostAddress, hostPort, protocol, address, port } = published;
  if (machine.network.listenerAt(protocol, hostAddress, hostPort)) return undefined;
  return machine.spawn({
    argv: [
      '/usr/bin/docker-proxy',
      '-proto',
      protocol,
      '-host-ip',
      hostAddress,
      '-host-port',
      String(hostPort),
      '-container-ip',
      address,
      '-container-port',
      String(port),
      '-use-listen-fd',
    ],
    files: new Map(),
    session: { tty: undefined },
    main: (process) => serve(process, published),
  });
}

function* serve(process: Process, published: PublishedPort): Task<number> {
  const { hostAddress, hostPort, protocol, address, port } = published;
  const { network, world } = process.machine;
  const common = { protocol, address: hostAddress, port: hostPort, owner: process };
  if (protocol === 'udp') {
    network.listen({
      ...common,
      datagram(bytes) {
        const answer = world.network.exchangeDatagram(network, address, port, bytes);
        return answer && 'bytes' in answer ? { bytes: answer.bytes, delay: answer.delay } : undefined;
      },
    });
  } else {
    network.listen({
      ...common,
      *http(request: HttpRequest): Task<HttpResponse> {
        try {
          return yield* world.network.request(process, address, port, request);
        } catch (error) {
          if (!(error instanceof Errno)) throw error;
          return textResponse(502, '');
        }
      },
      accept: (client) => {
        process.spawn({ argv: process.argv, files: new Map([[3, client]]), main: (child) => relay(child, published) });
        client.release();
      },
    });
  }
  process.onSignal('CHLD', 'ignore');
  for (;;) yield* wait({ arm: () => () => {} });
}

/** Bytes both ways between the client, descriptor 3, and the container. */
function* relay(process: Process, { address, port }: PublishedPort): Task<number> {
  const client = process.file(3);
  try {
    const server = yield* process.machine.world.network.connect(process, address, port);
    process.addFile(server, 4);
    process.spawn({
      argv: process.argv,
      files: new Map<number, OpenFile>([
        [3, client],
        [4, server],
      ]),
      *main(child) {
        yield* copy(child, 3, 4);
        server.shutdown();
        return 0;
      },
    });
    yield* copy(process, 4, 3);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return 0;
}

function* copy(process: Process, from: number, to: number): Task {
  for (;;) {
    const bytes = yield* process.read(from);
    if (bytes.length === 0) return;
    yield* process.write(to, bytes);
  }
}
