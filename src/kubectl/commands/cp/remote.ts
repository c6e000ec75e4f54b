import { EMPTY } from '../../../world/bytes.ts';
import type { RemoteSession } from '../../../world/network/http.ts';
import { anyOf, type Task, wait } from '../../../world/task.ts';
import { statusError } from '../../client.ts';
import type { Invocation } from '../../command/command.ts';
import { KubectlError } from '../../errors.ts';

/** What a command in a container does with what it is given. */
export interface RemoteStreams {
  readonly stdin?: Uint8Array;
  readonly stdout: (bytes: Uint8Array) => Task<void>;
  readonly stderr: (bytes: Uint8Array) => Task<void>;
}

/** Runs a command in a container to its end; its Status comes back. Raises KubectlError, StatusError. */
export function* runInContainer(
  { factory }: Invocation,
  path: string,
  container: string,
  command: readonly string[],
  streams: RemoteStreams,
): Task<unknown> {
  const response = yield* factory.client().exchange('POST', `${path}/exec`, {
    query: [
      ['container', container],
      ...command.map((word): [string, string] => ['command', word]),
      ...(streams.stdin ? ([['stdin', 'true']] as const) : []),
      ['stdout', 'true'],
      ['stderr', 'true'],
    ],
  });
  if (response.body?.kind !== 'upgrade') {
    const error = statusError(response);
    if (error.reason === 'Forbidden') throw new KubectlError(`unable to upgrade connection: ${error.message}`);
    throw error.reason === 'InternalError' ? new KubectlError(error.message) : error;
  }
  const { session } = response.body;
  if (streams.stdin) session.stdin.push(streams.stdin.length > 0 ? streams.stdin : EMPTY);
  session.stdin.end();
  try {
    return yield* pump(session, streams);
  } finally {
    session.stdout.close();
    session.stderr.close();
  }
}

function* pump(session: RemoteSession, { stdout, stderr }: RemoteStreams): Task<unknown> {
  for (;;) {
    for (let bytes = session.stdout.poll(); bytes; bytes = session.stdout.poll()) yield* stdout(bytes);
    for (let bytes = session.stderr.poll(); bytes; bytes = session.stderr.poll()) yield* stderr(bytes);
    if (session.stdout.done && session.stderr.done) {
      const status = session.status.poll();
      if (status !== undefined || session.status.done) return status;
    }
    const open = [session.stdout, session.stderr, session.status].filter((channel) => !channel.done);
    yield* wait(anyOf(...open.map((channel) => channel.readable)));
  }
}
