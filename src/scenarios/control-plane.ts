import type { Cluster } from '../cluster/cluster.ts';
import type { HttpRequest, HttpResponse } from '../world/network/http.ts';
import type { Process } from '../world/process.ts';
import type { Program } from '../world/program.ts';
import { type Task, wait } from '../world/task.ts';

/** Virtual ms that the API server takes for a request. */
const REQUEST_TIME = 2;

/** Waits for ever: what a daemon does that works by events. */
export function* forever(): Task<never> {
  for (;;) yield* wait({ arm: () => () => {} });
}

/** kube-apiserver as a program: while its process lives, it listens and the cluster can be reached. */
export function apiServerProgram(cluster: Cluster): Program {
  return {
    name: 'kube-apiserver',
    *main(process: Process) {
      const port = Number(cluster.options.address.split(':')[1] ?? '6443');
      const { network } = process.machine;
      const listener = {
        protocol: 'tcp' as const,
        address: '0.0.0.0',
        port,
        owner: process,
        tls: { names: ['kubernetes', 'controlplane'] },
        *http(request: HttpRequest): Task<HttpResponse> {
          yield* wait(process.timer(REQUEST_TIME));
          return cluster.server.handle(request);
        },
      };
      if (!network.listen(listener)) {
        yield* process.printError(
          `Error: failed to create listener: failed to listen on 0.0.0.0:${port}: listen tcp 0.0.0.0:${port}: bind: address already in use\n`,
        );
        return 1;
      }
      cluster.apiServerUp = true;
      try {
        return yield* forever();
      } finally {
        cluster.apiServerUp = false;
        network.close(listener);
      }
    },
  };
}

/** A component that works by the cluster's events, as a program: it runs while its process lives. */
export function componentProgram(name: string, start: () => { readonly stop: () => void }): Program {
  return {
    name,
    *main() {
      const component = start();
      try {
        return yield* forever();
      } finally {
        component.stop();
      }
    },
  };
}
