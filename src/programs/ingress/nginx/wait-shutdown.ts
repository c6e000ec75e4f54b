import type { Program } from '../../../world/program.ts';

/** ms */
const POLL = 1000;

/** /wait-shutdown of the controller's image: tells the controller to stop and waits until it no longer serves. */
export const waitShutdown: Program = {
  name: 'images/wait-shutdown',
  *main(process) {
    const { processes, network } = process.machine;
    for (const other of processes.values())
      if (other !== process && /nginx-ingress-controller$/.test(other.argv[0] ?? '')) other.signal('TERM');
    while (network.listenerAt('tcp', '0.0.0.0', 80)) yield* process.sleep(POLL);
    return 0;
  },
};
