import type { Process } from '../../world/process.ts';
import { type Task, wait } from '../../world/task.ts';
import type { UnitOptions } from '../../world/units.ts';

/** The service that lets `ssh` in: without it, connections are refused. */
export const sshdUnit: UnitOptions = {
  name: 'ssh.service',
  description: 'OpenBSD Secure Shell server',
  argv: ['/usr/sbin/sshd', '-D'],
  path: '/usr/lib/systemd/system/ssh.service',
  documentation: 'man:sshd(8)',
  restartDelay: 100,
  main: sshd,
};

function* sshd(process: Process): Task<number> {
  const { network } = process.machine;
  const open = network.listen({
    protocol: 'tcp',
    address: '0.0.0.0',
    port: 22,
    owner: process,
    accept: (connection) => {
      // Who speaks to it by hand sees the banner; `ssh` finds the machine itself.
      process.spawn({
        argv: ['sshd: [accepted]'],
        files: new Map([[3, connection]]),
        *main(child) {
          yield* child.write(3, 'SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.13\r\n');
          const line = yield* child.read(3);
          if (line.length > 0) yield* child.write(3, 'Invalid SSH identification string.\r\n');
          return 255;
        },
      });
      connection.release();
    },
  });
  if (!open) {
    yield* process.printError('error: Bind to port 22 on 0.0.0.0 failed: Address already in use.\n');
    return 255;
  }
  yield* process.print('Server listening on 0.0.0.0 port 22.\n');
  process.onSignal('CHLD', 'ignore');
  for (;;) yield* wait({ arm: () => () => {} });
}
